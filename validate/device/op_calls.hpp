// SPDX-License-Identifier: Apache-2.0
// The kernels of a compute op, in order, with their operands in place: what enqueueing it calls.
//
// As the kernels of calibrate/units are, they are fewer than Work counts: the residual rides in the product before it,
// Q and K turn at once, a norm's input gradient adds the gradient of the residual stream, the loss is one kernel that
// leaves the gradient in the logits.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "calibrate/units/attention.hpp"
#include "validate/device/linear_products.hpp"
#include "validate/runner/parameter_layout.hpp"
#include "validate/runner/tensor_plan.hpp"

namespace braid::gpu {

using OpCall = std::function<void(cudaStream_t)>;

/// What all ops of a rank share. Everything behind the pointers must outlive the calls.
struct RankOperands {
  const ProgramShape* shape = nullptr;
  const TensorPlan* plan = nullptr;
  const ParameterLayout* layout = nullptr;
  const LinearProducts* products = nullptr;
  Attention* attention = nullptr;
  std::byte* block = nullptr;  ///< of the plan
  Bf16* weights = nullptr;     ///< by the layout
  float* gradients = nullptr;  ///< by the layout
  const float* cosine = nullptr;
  const float* sine = nullptr;
  const int* tokens = nullptr;   ///< [microbatch][token]
  const int* targets = nullptr;  ///< [microbatch][token]
};

/// Of the op at this place of the rank's program; none for the optimizer and for what does not compute.
std::vector<OpCall> op_calls(const RankOperands& operands, const Op& op, std::uint32_t index);

}  // namespace braid::gpu
