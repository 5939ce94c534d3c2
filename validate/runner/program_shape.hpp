// SPDX-License-Identifier: Apache-2.0
// The widths of the tensors behind a Program, read back from the work of its ops, and whether kernels exist for it.
//
// A Program has no model, but its products have shapes: QKV is [tokens, hidden] x [hidden, qkv], and so on. Kernels are
// those of Llama and Qwen2: gated MLP, RMSNorm, RoPE, grouped query heads, flash attention, two-byte elements, no
// biases, no dropout.
#pragma once

#include "sim/program/program.hpp"

namespace braid {

/// Of one rank of the tensor-parallel group; rows are tokens of one microbatch.
struct ProgramShape {
  int samples = 0;
  int sequence = 0;
  int hidden = 0;
  int heads = 0;
  int kv_heads = 0;
  int head_dim = 0;
  int ffn = 0;    ///< of the activation; its input is twice as wide
  int vocab = 0;  ///< padded; 0: the program has no head
  int tokens() const { return samples * sequence; }
  int query() const { return heads * head_dim; }
  int qkv() const { return (heads + 2 * kv_heads) * head_dim; }
  bool operator==(const ProgramShape&) const = default;
};

/// Throws Error naming an op that no kernel exists for, and why: a whole cell without a model,
/// sequence parallelism, an MLP that is not gated, learned positions, dropout, biases, scores that are stored,
/// elements of other than two bytes. LayerNorm's work is RMSNorm's: its parameters give it away, not its ops.
ProgramShape shape_of(const Program& program);

}  // namespace braid
