// SPDX-License-Identifier: Apache-2.0
// Records what the GPU runs, through CUPTI's activity API. One recording per process: CUPTI 13.0 mislabels graph
// launches in a second.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <string>
#include <unordered_map>

#include "calibrate/cupti/decode.hpp"
#include "sim/base/op_key.hpp"

namespace braid::gpu {

/// The clock that recorded times are in: CLOCK_MONOTONIC, nanoseconds.
std::uint64_t recording_clock_ns();

/// Starts recording kernels, memsets, copies and tags; false, with the reason, when CUPTI cannot be used (no GPU,
/// another tool attached, a library older than the header that Braid was built with). A refusal holds nothing.
bool start_recording(std::string* why);

/// Stops and returns everything recorded, sorted by start. Call after the device was synchronised. Throws Error when
/// CUPTI fails or nothing was being recorded.
GpuTrace stop_recording();

/// Tags all CUDA launches that this thread makes while it lives; the innermost of nested ones counts. Without effect
/// while nothing is recorded.
class RecordingTag {
 public:
  explicit RecordingTag(std::uint64_t id);
  /// Throws Error where tag_of does.
  explicit RecordingTag(const OpKey&);
  ~RecordingTag();
  RecordingTag(const RecordingTag&) = delete;
  RecordingTag& operator=(const RecordingTag&) = delete;
};

/// Tags of graph nodes, gathered while a stream is captured: a launched graph gives all its kernels one correlation id,
/// so only their nodes tell them apart. Usable while a recording runs.
class GraphTags {
 public:
  /// Tags the nodes that `capturing` gained since the last call. Throws Error when it is not being captured.
  void add(cudaStream_t capturing, std::uint64_t tag);
  void add(cudaStream_t capturing, const OpKey&);
  /// Tag by node id, for GpuTrace::node_tags.
  const std::unordered_map<std::uint64_t, std::uint64_t>& by_node() const { return tags_; }

 private:
  std::unordered_map<std::uint64_t, std::uint64_t> tags_;
};

}  // namespace braid::gpu
