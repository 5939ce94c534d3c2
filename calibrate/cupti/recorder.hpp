// SPDX-License-Identifier: Apache-2.0
// Records what the GPU runs, through CUPTI's activity API. One recording per process: CUPTI 13.0 mislabels graph
// launches in a second.
#pragma once

#include <cstdint>
#include <string>

#include "calibrate/cupti/decode.hpp"

namespace braid::gpu {

/// The clock that recorded times are in: CLOCK_MONOTONIC, nanoseconds.
std::uint64_t recording_clock_ns();

/// Starts recording kernels, memsets and tags; false, with the reason, when CUPTI cannot be used (no GPU, another tool
/// attached).
bool start_recording(std::string* why);

/// Stops and returns everything recorded, sorted by start. Call after the device was synchronised. Throws Error when
/// CUPTI fails.
GpuTrace stop_recording();

/// Tags all CUDA launches that this thread makes while it lives.
class RecordingTag {
 public:
  explicit RecordingTag(std::uint64_t id);
  ~RecordingTag();
  RecordingTag(const RecordingTag&) = delete;
  RecordingTag& operator=(const RecordingTag&) = delete;
};

}  // namespace braid::gpu
