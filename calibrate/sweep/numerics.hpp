// SPDX-License-Identifier: Apache-2.0
// How far every kernel that is timed is from a double-precision reference on the host, at sizes small enough for it.
#pragma once

#include <cuda_runtime.h>

#include <string>
#include <vector>

#include "calibrate/units/gemm.hpp"

namespace braid::gpu {

struct NumericError {
  std::string what;
  double error;  ///< norm of the difference over norm of the reference; 1e30 when a result is not a number
};

/// bf16 keeps 8 bits: one rounding is 2e-3 of a value.
inline constexpr double kNumericLimit = 1e-2;

/// ||got - want|| / ||want||, 1e30 for NaN.
double relative_error(const std::vector<double>& got, const std::vector<double>& want);

/// `n` values of the GPU's as doubles; waits for the default stream only.
std::vector<double> read(const Bf16* p, std::size_t n);
std::vector<double> read(const float* p, std::size_t n);

/// RMSNorm, residual add, SwiGLU, RoPE, cross-entropy, embedding and Adam, forward and backward.
std::vector<NumericError> kernel_errors(cudaStream_t);

/// Products F, I and W with each of the first `algorithms` that cuBLASLt offers: the worst of sampled elements,
/// relative as spot_check says.
std::vector<NumericError> gemm_errors(const LtHandle&, int algorithms, cudaStream_t);

}  // namespace braid::gpu
