// SPDX-License-Identifier: Apache-2.0
// What CUPTI's activity buffers say, in plain structs. Needs CUPTI's header and library, no GPU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace braid::gpu {

enum class ActivityKind : std::uint8_t { kernel, memset, copy };
enum class CopyKind : std::uint8_t { none, host_to_device, device_to_host, device_to_device, other };

/// One kernel, memset or copy as the GPU ran it; times in nanoseconds of the recorder's clock.
struct GpuActivity {
  ActivityKind kind = ActivityKind::kernel;
  CopyKind copy = CopyKind::none;
  std::uint64_t start_ns = 0, end_ns = 0;
  std::uint32_t device = 0, context = 0, stream = 0, correlation = 0, channel = 0;
  std::uint64_t graph_node = 0;  ///< 0 unless a graph launched it
  std::uint64_t bytes = 0;       ///< of a copy or memset
  int blocks = 0, threads = 0, registers = 0, shared_bytes = 0, cluster = 0;
  std::string name;  ///< "memset" for a memset, "copy" for a copy
  double us() const { return static_cast<double>(end_ns - start_ns) / 1e3; }
};

struct GpuTrace {
  std::vector<GpuActivity> activities;                         ///< sorted by start after `decode_all`
  std::unordered_map<std::uint32_t, std::uint64_t> tags;       ///< external id by correlation id of a launching call
  std::unordered_map<std::uint64_t, std::uint64_t> node_tags;  ///< tag by graph node (GraphTags)
  /// Records that CUPTI had no room for; records whose times are missing or backwards; records of a kind that is not
  /// kept; buffers that could not be read to their end.
  std::size_t dropped = 0, without_time = 0, unknown = 0, unreadable = 0;
  std::size_t api = 0;  ///< records of calls on the host, which are not kept
  std::uint64_t hash =
      0;  ///< FNV-1a over the bytes of all buffers as CUPTI handed them over: a recording's fingerprint
  /// The tag of an activity, or 0. All kernels of a graph launch share one correlation id, so the node's tag goes
  /// first.
  std::uint64_t tag(const GpuActivity&) const;
  std::size_t lost() const { return dropped + without_time + unknown + unreadable; }
  bool complete() const { return lost() == 0; }
};

/// One line: how many activities, how many tagged, and whether the trace is complete or what it lacks.
std::string summary(const GpuTrace&);

/// Whether the CUPTI that is loaded makes its records at least as long as the header's that the decoder reads (later
/// versions only append); an older one does not.
bool layouts_match();

/// A buffer as CUPTI hands it back: `valid_bytes` of records, 8-byte aligned.
struct ActivityBuffer {
  std::uint8_t* data = nullptr;
  std::size_t valid_bytes = 0;
};

/// Adds the records of one buffer to the trace, in the order of the buffer. Never reads past `valid_bytes`: a record
/// that is cut, or of a kind whose size CUPTI does not know, ends the buffer and counts it as unreadable.
void decode(ActivityBuffer, GpuTrace& into);

/// The trace of all buffers, sorted by start, then end; `dropped` as CUPTI counted.
GpuTrace decode_all(std::span<const ActivityBuffer>, std::size_t dropped);

}  // namespace braid::gpu
