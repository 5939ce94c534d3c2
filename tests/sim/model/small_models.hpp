// SPDX-License-Identifier: Apache-2.0
// Two models small enough to reckon by hand, one of each family.
#pragma once

#include "sim/model/work.hpp"

namespace braid {

/// Two layers, 4 query and 2 KV heads of width 2. On one of two TP ranks: Q 4, K and V 2 each, QKV 8, SwiGLU 12 -> 6,
/// vocabulary 10 padded to 16, so 8.
inline Model small_llama() {
  return {.name = "small-llama",
          .layers = 2,
          .hidden = 8,
          .heads = 4,
          .kv_heads = 2,
          .head_dim = 2,
          .ffn = 12,
          .vocab = 10,
          .vocab_padding = 4};
}

/// GPT in the proportions of [Korthikanti22]: MLP of 4h, heads that fill h, every bias and mask.
inline Model gpt(int layers, int hidden, int heads, int vocab) {
  return {.name = "gpt",
          .layers = layers,
          .hidden = hidden,
          .heads = heads,
          .kv_heads = heads,
          .head_dim = hidden / heads,
          .ffn = 4 * hidden,
          .vocab = vocab,
          .mlp = MlpKind::gelu,
          .norm = NormKind::layernorm,
          .positions = PositionKind::learned,
          .learned_positions = 2048,
          .attention = AttentionKind::unfused,
          .tied_embeddings = true,
          .biases = true,
          .dropout = true};
}

/// 3 samples of 5 tokens, so 15 rows.
inline Split on_two_ranks() { return {.microbatch = 3, .sequence = 5, .tp = 2}; }

}  // namespace braid
