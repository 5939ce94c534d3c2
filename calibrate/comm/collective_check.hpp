// SPDX-License-Identifier: Apache-2.0
// Whether a collective did what it should: sampled elements of every rank's result against sums on the host.
#pragma once

#include <cstddef>
#include <vector>

#include "calibrate/comm/collective_kind.hpp"
#include "calibrate/device/buffer.hpp"

namespace braid::gpu {

struct RankBuffers {
  int device;
  const Bf16* from;
  const Bf16* to;
};

/// Largest error of about `samples` elements of each rank's result, relative to the sum of the absolute values that
/// went into the element; 1e30 for a NaN. `bytes` as bus_factor() counts them, a multiple of 2 x ranks. Up to
/// (n-1)/2 x 2^-7 is bf16's own rounding; what only moves data must give 0. Reads from the default stream of each
/// device: call when the collective is over.
double worst_error(Collective, std::size_t bytes, const std::vector<RankBuffers>& ranks, std::size_t samples = 512);

}  // namespace braid::gpu
