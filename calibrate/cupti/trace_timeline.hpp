// SPDX-License-Identifier: Apache-2.0
// A recorded trace as a Timeline, the same type that the simulator makes.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "calibrate/cupti/decode.hpp"
#include "sim/timeline/timeline.hpp"

namespace braid::gpu {

/// A stream as records name it: context, stream.
using StreamId = std::pair<std::uint32_t, std::uint32_t>;

/// Where a stream's work is shown.
struct StreamPlace {
  int rank = 0;
  Lane lane = Lane::compute;
  auto operator<=>(const StreamPlace&) const = default;
};

/// A place for every stream of the trace, from what it ran for most of its time: the tagged op's kind (collectives of a
/// microbatch to tp, of the step to dp; sends and receives to pp; offload copies to d2h and h2d; else compute), or,
/// untagged, the direction of a copy, "nccl" at the start of a kernel's name (tp), else compute. The rank is that of
/// the first tagged op, 0 if there is none.
std::map<StreamId, StreamPlace> places_of(const GpuTrace&);

/// Spans from the start of the first activity, one for each run of activities of one stream with the same op tag (an op
/// may launch several kernels); an activity without an op's tag is a span of its own, of kind `cell`, numbered in its
/// lane by `index` from 0. `lost` counts what the recording lost. Throws Error when a stream has no place, or when two
/// streams share an ordered lane of a rank and overlap there: they need places of their own.
Timeline to_timeline(const GpuTrace&, const std::map<StreamId, StreamPlace>&);

}  // namespace braid::gpu
