// SPDX-License-Identifier: Apache-2.0
// Where the weights of one rank of a Program lie in one row of elements; their gradients and optimizer states lie
// alike.
#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "sim/program/program.hpp"
#include "validate/runner/program_shape.hpp"

namespace braid {

/// A matrix [out, in] or the gain of a norm.
struct Parameter {
  std::size_t offset = 0;  ///< in elements, a multiple of 128
  std::size_t count = 0;
};

struct LayerParameters {
  Parameter pre_attn, qkv, out_proj, pre_mlp, gate_up, down;
};

struct ParameterLayout {
  std::map<int, LayerParameters> layers;  ///< by layer of the model
  std::optional<Parameter> embedding, final_norm, head;
  bool tied = false;         ///< embedding and head are one matrix
  std::size_t elements = 0;  ///< of the row
  std::size_t count = 0;     ///< of them parameters, the rest is padding
};

/// Of the layers and ends that the rank's ops name. Throws Error as shape_of does, and where the rank holds other
/// parameters than these units have: LayerNorm, with a bias more for each norm, or something unknown.
ParameterLayout parameter_layout(const Program& program, int pp_rank);

}  // namespace braid
