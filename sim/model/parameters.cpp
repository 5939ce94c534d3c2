// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "sim/model/shard.hpp"

namespace braid {
namespace {

/// Weights of one layer's four linears.
double layer_matrix_weights(const Model& m) {
  const Shard whole = shard_of(m, {.microbatch = 1, .sequence = 1, .tp = 1});
  return whole.hidden * (whole.qkv + whole.query + whole.ffn_in + whole.ffn);
}

}  // namespace

double unit_parameters(const Model& m, Unit unit, const Split& split) {
  const Shard s = shard_of(m, split);
  // The bias of a row-parallel linear is added after the all-reduce, so that every rank holds all of it.
  const double column_bias = m.biases ? 1 : 0;
  const double row_bias = m.biases ? s.hidden : 0;
  switch (unit) {
    case Unit::none:
      return 0;
    case Unit::embedding:
      return s.vocab * s.hidden + double(m.learned_positions) * s.hidden;
    case Unit::pre_attn:
    case Unit::pre_mlp:
    case Unit::final_norm:
      return m.norm == NormKind::layernorm ? 2 * s.hidden : s.hidden;
    case Unit::attn:
      return (s.hidden + column_bias) * s.qkv + s.query * s.hidden + row_bias;
    case Unit::mlp:
      return (s.hidden + column_bias) * s.ffn_in + s.ffn * s.hidden + row_bias;
    case Unit::head:
      return s.vocab * s.hidden;
  }
  BRAID_CHECK(false, "every unit is handled");
}

double total_parameters(const Model& model) {
  Model m = model;
  m.vocab_padding = 1;
  const Split whole{.microbatch = 1, .sequence = 1, .tp = 1};
  double layer = 0;
  for (const Unit unit : {Unit::pre_attn, Unit::attn, Unit::pre_mlp, Unit::mlp})
    layer += unit_parameters(m, unit, whole);
  const double head = m.tied_embeddings ? 0 : unit_parameters(m, Unit::head, whole);
  return m.layers * layer + unit_parameters(m, Unit::embedding, whole) + unit_parameters(m, Unit::final_norm, whole) +
         head;
}

double padded_vocab(const Model& m, int tp) {
  const double multiple = double(m.vocab_padding) * tp;
  return std::ceil(m.vocab / multiple) * multiple;
}

Flops model_flops(const Model& m, int sequence) {
  const double weights = m.layers * layer_matrix_weights(m) + double(m.hidden) * m.vocab;
  const double attention_forward = 2.0 * sequence * sequence * m.heads * m.head_dim * m.layers;
  return Flops(6 * weights * sequence + 3 * attention_forward);
}

Bytes boundary_bytes(const Model& m, const Split& split) { return Bytes(split.tokens() * m.hidden * m.element_bytes); }

}  // namespace braid
