// SPDX-License-Identifier: Apache-2.0
// Causal attention on the host in double precision, and how far cuDNN's is from it.
#pragma once

#include <vector>

#include "calibrate/sweep/numerics.hpp"
#include "calibrate/units/attention.hpp"

namespace braid::gpu {

struct AttentionReference {
  std::vector<double> out, dqkv;
};
/// Causal attention of qkv[tokens, qkv_width] and its gradient for dout[tokens, heads * head_dim]: batch * heads *
/// seq^2 * head_dim * 8 operations.
AttentionReference attention_reference(const AttentionShape&, const std::vector<double>& qkv,
                                       const std::vector<double>& dout);

/// Output, dQ, dK and dV. Runs forward and backward once on random data and compares; the reference takes batch * heads
/// * seq^2 * head_dim * 8 operations.
std::vector<NumericError> attention_errors(AttentionShape, cudaStream_t);

}  // namespace braid::gpu
