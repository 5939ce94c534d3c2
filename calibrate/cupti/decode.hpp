// SPDX-License-Identifier: Apache-2.0
// What CUPTI's activity buffers say, in plain structs. Needs CUPTI's header and library, no GPU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace braid::gpu {

/// One kernel or memset as the GPU ran it; times in nanoseconds of the recorder's clock.
struct GpuActivity {
  std::uint64_t start_ns = 0, end_ns = 0;
  std::uint32_t context = 0, stream = 0, correlation = 0, channel = 0;
  std::uint64_t graph_node = 0;
  int blocks = 0, threads = 0, registers = 0, shared_bytes = 0, cluster = 0;
  std::string name;  ///< "memset" for a memset
  double us() const { return static_cast<double>(end_ns - start_ns) / 1e3; }
};

struct GpuTrace {
  std::vector<GpuActivity> activities;                    ///< sorted by start after `decode_all`
  std::unordered_map<std::uint32_t, std::uint64_t> tags;  ///< external id by correlation id
  std::size_t dropped = 0, without_time = 0, unknown = 0, api = 0;
  /// The tag of an activity, or 0.
  std::uint64_t tag(const GpuActivity&) const;
};

/// Adds the records of one activity buffer to the trace. A record without times is counted, not kept; an unknown kind
/// is counted.
void decode(std::uint8_t* buffer, std::size_t valid_bytes, GpuTrace& into);

}  // namespace braid::gpu
