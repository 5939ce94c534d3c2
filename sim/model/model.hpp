// SPDX-License-Identifier: Apache-2.0
// The shape of a dense transformer: what its arithmetic depends on and nothing else.
#pragma once

#include <string>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/base/units.hpp"

namespace braid {

enum class MlpKind { swiglu, gelu };
enum class NormKind { rmsnorm, layernorm };
enum class PositionKind { rope, learned };
/// flash keeps one softmax statistic a row; unfused keeps the s x s scores, the softmax and its dropout mask.
enum class AttentionKind { flash, unfused };

struct Model {
  std::string name;
  int layers = 0;
  int hidden = 0;
  int heads = 0;
  int kv_heads = 0;  ///< grouped-query attention; equal to heads without it
  int head_dim = 0;
  int ffn = 0;              ///< width of the MLP; SwiGLU has two input projections of it
  int vocab = 0;            ///< before padding
  int vocab_padding = 128;  ///< the padded vocabulary is a multiple of this times TP, as in Megatron
  MlpKind mlp = MlpKind::swiglu;
  NormKind norm = NormKind::rmsnorm;
  PositionKind positions = PositionKind::rope;
  int learned_positions = 0;  ///< rows of a learned position table
  AttentionKind attention = AttentionKind::flash;
  bool tied_embeddings = false;
  bool biases = false;            ///< of the linear layers (GPT-2/3)
  bool dropout = false;           ///< keeps one-byte masks
  int element_bytes = 2;          ///< of parameters and activations: bf16 or fp16
  bool fp32_norm_output = false;  ///< some trainers keep the output of a norm in fp32: 4 bytes an element
  bool operator==(const Model&) const = default;
};

/// Far above any model that exists, far below where an int or an OpKey overflows.
inline constexpr int kMostLayers = 10000, kMostHeads = 65536, kMostHeadDim = 16384, kMostWidth = 10'000'000;
inline constexpr int kMostVocab = 100'000'000, kMostPadding = 1'000'000;

/// Every fault of the shape by itself, each with where = "model.<key>": zero, negative or absurd values, heads that are
/// not a multiple of kv_heads, learned positions without rows. Whether it can be split is check_split's.
std::vector<Issue> model_check(const Model& model);

}  // namespace braid
