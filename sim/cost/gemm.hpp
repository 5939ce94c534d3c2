// SPDX-License-Identifier: Apache-2.0
// How long one matrix product takes on a GPU: tiles dealt to SMs in waves, bounded below by memory traffic.
//
// cuBLAS picks a tile shape and a split of k per shape; the rule takes the best of a short list instead. Not modelled:
// stream-k kernels, L2 reuse between waves, power throttling beyond the sustained rate that gemm_efficiency states.
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
  int split_k = 1;    ///< CTAs that share one output tile
  double tiles = 0;   ///< CTAs in all
  Seconds compute{};  ///< its waves on all SMs
  Seconds memory{};   ///< each operand through memory once, at the reached bandwidth
  Seconds time{};     ///< the larger of the two, plus launch and the sum over splits
};

/// Waves of `tiles` equal CTAs on `sms` SMs, one CTA an SM.
double waves(double tiles, double sms);

/// Bytes of operands and result; the result of pass W is a gradient that is accumulated.
Bytes gemm_bytes(const Gemm& gemm, Pass pass, const Parameters& parameters);

/// The fastest kernel of the list: t = gemm_overhead + max(waves * (2 tile_m tile_n k/split / rate + tile overhead),
/// bytes / bandwidth), rate = efficiency * peak / SMs. Monotone in m, n, k and count: each candidate is.
GemmPlan plan_gemm(const Gemm& gemm, Pass pass, const Gpu& gpu, const Parameters& parameters);

}  // namespace braid
