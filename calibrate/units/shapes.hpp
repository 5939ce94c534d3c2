// SPDX-License-Identifier: Apache-2.0
// The transformer shapes that are measured: which linear layers a model has, and what tensor parallelism makes of them.
// Host only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/model/work.hpp"

namespace braid::gpu {

const char* name(Pass);

struct ModelShape {
  std::string name;
  int hidden, heads, kv_heads, head_dim, ffn;
  bool gated;  ///< SwiGLU: gate and up projections side by side
  int vocab;
};

/// Qwen2-style 12.1B and 26.3B (arXiv 2510.27257), Llama-3 8B and 70B (arXiv 2407.21783), GPT-3 175B (arXiv
/// 2005.14165).
const std::vector<ModelShape>& model_shapes();

/// Y[tokens, out] = X[tokens, in] W[out, in]^T on one rank.
struct LinearShape {
  std::string unit;  ///< qkv, out_proj, gate_up (or up), down, lm_head
  int in, out;
};

/// The linear layers of one rank: QKV, gate+up and LM head split their outputs over `tp` ranks, out_proj and down their
/// inputs. Throws std::invalid_argument when the KV heads, heads or FFN do not divide by tp.
std::vector<LinearShape> linear_shapes(const ModelShape&, int tp);

/// C[m,n] (+)= op(A) op(B), all row-major, over an inner dimension k.
struct GemmShape {
  int m, n, k;
  Pass pass;
  double flops() const { return 2.0 * m * n * k; }
  /// Each operand read once, the result written once (W also reads its fp32 accumulator).
  double bytes() const;
};

/// F: Y = X W^T; I: dX = dY W; W: dW += dY^T X with an fp32 accumulator.
GemmShape gemm_shape(const LinearShape&, int tokens, Pass);

}  // namespace braid::gpu
