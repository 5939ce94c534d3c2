// SPDX-License-Identifier: Apache-2.0
// How long the attention core (scores, softmax, weighted sum) takes, fused (flash) or not.
//
// Fused: a start-up for each tile, arithmetic at one rate, and a wait for the longest tile at the end. Unfused: its
// matrix products over the whole square, causal or not; the traffic of the score matrix is in Work::elementwise.
// Projections are not here.
#pragma once

#include "sim/base/hardware.hpp"
#include "sim/base/units.hpp"
#include "sim/cost/cost_parameters.hpp"
#include "sim/model/work.hpp"

namespace braid {

/// Arithmetic of the fused kernel: forward 4 s^2 d a head (two products), backward 2.5 times that (five products, the
/// scores are computed again), half of it if causal [FlashAttention-2, arXiv 2307.08691, section 4.1].
Flops flash_flops(const AttentionShape& shape);

/// CTAs of the fused kernel: one for 128 rows of a head.
double flash_tiles(const AttentionShape& shape);

/// Alone on the GPU. Fused, with work = flops * (1 + ramp / s) and the longest tile on every SM = critical:
///   t = overhead + small + max(max(critical, work + tail * critical) / (efficiency * peak * clock), bytes / bandwidth)
/// without the waiting for a tail where there is no more than a tile for each SM; small = attention_backward_extra *
/// bytes of the small kernels (backward). The form that an H100 showed over 0.3 to 47 tiles an SM
/// (results/0002-h100-units).
Seconds attention_time(const AttentionShape& shape, const Gpu& gpu, const Parameters& parameters);

/// Queries, keys, values and result (backward: and their gradients) through memory once.
Bytes attention_bytes(const AttentionShape& shape);

/// Kernels that this time includes, as the demand counts them: fused 1 forward and 3 backward (row sums, the pass, dQ
/// to bf16), unfused one for each product.
int attention_kernels(const AttentionShape& shape);

}  // namespace braid
