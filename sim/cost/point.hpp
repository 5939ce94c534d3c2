// SPDX-License-Identifier: Apache-2.0
// The names of measured points: text that says one demand exactly, so that a profile can override its rule.
//
//   gemm F 6144x4736x5120                          m x n x k of a product, with the pass (its layout); "x48" behind:
//   count attention forward 1x6144x5x1x128 causal flash  samples x sequence x heads x KV heads x head dimension work
//   mlp F whole: gemm F ... + elementwise 7864320 B in 2 kernels
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/model/work.hpp"

namespace braid {

std::string gemm_key(const Gemm& gemm, Pass pass);
std::string attention_key(const AttentionShape& shape);
/// The whole op: all its parts in their order.
std::string work_key(const Work& work);

/// Whether some demand has this key.
bool is_point_key(std::string_view key);
/// Whether one kernel has it: a product, an attention, or elementwise work.
bool is_part_key(std::string_view key);

/// The quantities that a calibrated range can be given for.
const std::vector<std::string>& calibrated_quantities();

}  // namespace braid
