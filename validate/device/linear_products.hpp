// SPDX-License-Identifier: Apache-2.0
// The matrix products of one rank's linear layers, forward, input gradient and weight gradient: one tuned object for
// each shape, used by all layers and microbatches.
#pragma once

#include <array>
#include <memory>

#include "calibrate/units/gemm.hpp"
#include "validate/runner/program_shape.hpp"

namespace braid::gpu {

enum class Linear { qkv, out_proj, gate_up, down, head };

struct ProductOptions {
  bool head = false;              ///< whether the rank has one
  float residual = 1;             ///< what the forward of out_proj and down adds of the residual stream
  int sms = 0;                    ///< to plan for; 0: the whole GPU
  cudaStream_t stream = nullptr;  ///< to time on
};

class LinearProducts {
 public:
  /// Chooses algorithms by timing on random operands, in memory that is given back. Throws Error where cuBLASLt has
  /// none or memory is short.
  LinearProducts(const LtHandle& lt, const ProgramShape& shape, const ProductOptions& options);
  /// Head only if the rank has one.
  const Gemm& of(Linear linear, Pass pass) const;

 private:
  std::array<std::array<std::unique_ptr<Gemm>, 3>, 5> products_;
};

}  // namespace braid::gpu
