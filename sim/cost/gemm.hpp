// SPDX-License-Identifier: Apache-2.0
// How long one matrix product takes on a GPU: tiles dealt to SMs in waves, bounded below by memory traffic.
//
// The library picks a tile shape, and for few tiles a split of k; the rule takes the best of a list. The form was found
// on an H100, in cycles: the main loop runs at a rate that shared memory limits for small tiles, the last epilogue is
// paid whole, of the others a share. Not modelled: stream-k, L2 reuse, clusters of tiles.
#pragma once

#include "sim/base/hardware.hpp"
#include "sim/base/units.hpp"
#include "sim/cost/cost_parameters.hpp"
#include "sim/model/work.hpp"

namespace braid {

/// The kernel that the rule chose for a product.
struct GemmPlan {
  int tile_m = 0;
  int tile_n = 0;
  int split_k = 1;    ///< parts of k, summed at the end
  double tiles = 0;   ///< CTAs in all, split ones counted apart
  Seconds compute{};  ///< its waves on all SMs
  Seconds memory{};   ///< each operand read once, the result written, at the reached bandwidths
  Seconds time{};     ///< the larger of the two, plus launch
};

/// Waves of `tiles` equal CTAs on `sms` SMs, one CTA an SM.
double waves(double tiles, double sms);

/// Bytes of operands and result; the result of pass W is a gradient that is accumulated.
Bytes gemm_bytes(const Gemm& gemm, Pass pass, const Parameters& parameters);

/// The fastest kernel of the list:
///   t = gemm_overhead + max(w * main loop + (1 + share * (w - 1)) * epilogue + sums, operands / read bandwidth +
///   result / write bandwidth)
/// with w waves; main loop 2 tile_m tile_n (k / split) sqrt(1 + (side / 2 / tile_m + side / 2 / tile_n)^2) /
/// (efficiency
/// * peak * sustained_clock / SMs); the epilogue that writes a tile (2 bytes an element, of a weight gradient 4) with
/// an SM's part of the write bandwidth; and, when k is split, fp32 partial sums of every part written and read. Read
/// bandwidth is memory_efficiency, write bandwidth gemm_memory_efficiency of the data sheet's. No dimension makes it
/// faster by growing.
GemmPlan plan_gemm(const Gemm& gemm, Pass pass, const Gpu& gpu, const Parameters& parameters);

}  // namespace braid
