// SPDX-License-Identifier: Apache-2.0
// Causal attention on the host in double precision, and how far cuDNN's is from it.
#pragma once

#include <vector>

#include "calibrate/units/attention.hpp"

namespace braid::gpu {

struct AttentionError {
  const char* what;  ///< out, dq, dk, dv
  double error;      ///< norm of the difference over norm of the reference
};

/// Runs forward and backward once on random data and compares; the reference takes batch * heads * seq^2 * head_dim * 8
/// operations.
std::vector<AttentionError> attention_errors(AttentionShape, cudaStream_t);

}  // namespace braid::gpu
