// SPDX-License-Identifier: Apache-2.0
// Bytes kept between forward and backward, tensor by tensor. The comments give each in the units of
// [Korthikanti22, s. 4.1], where s b h is the elements of a residual and 2 bytes an element.
#include "sim/model/shard.hpp"

namespace braid {
namespace {

constexpr double kMask = 1;       // bytes of an element of a dropout mask
constexpr double kStatistic = 4;  // log-sum-exp of a row of flash attention, fp32 [Dao22, alg. 1]
constexpr double kLogit = 4;      // fp32 softmax that cross entropy keeps [Korthikanti22, s. 4.3]
constexpr double kTokenId = 8;    // int64

/// Softmax output 2as^2b, its dropout mask as^2b and its dropped copy 2as^2b, over TP; or one statistic a row.
double attention_core(const Model& m, const Shard& s) {
  if (m.attention == AttentionKind::flash) return kStatistic * s.tokens * s.query / m.head_dim;
  return s.scores * (m.dropout ? 2 * s.element + kMask : s.element);
}

/// The mask behind a branch, sbh.
double branch_mask(const Model& m, const Shard& s) { return m.dropout ? kMask * s.norm_tokens * s.hidden : 0; }

Kept attn_kept(const Model& m, const Shard& s, bool recompute_attention_core) {
  const double input = s.norm_element * s.norm_tokens * s.hidden;  // 2sbh
  const double qkv = s.element * s.tokens * s.qkv;                 // 6sbh over TP without grouped queries
  const double projected = s.element * s.tokens * s.query;         // 2sbh over TP
  const double core = recompute_attention_core ? 0 : attention_core(m, s);
  return {.saved = Bytes(input + qkv + core + projected + branch_mask(m, s)),
          .saved_for_weight = Bytes(input + projected),
          .gradient = Bytes(s.element * s.tokens * (s.qkv + s.hidden))};
}

Kept mlp_kept(const Model& m, const Shard& s) {
  const double input = s.norm_element * s.norm_tokens * s.hidden;  // 2sbh
  const double before = s.element * s.tokens * s.ffn_in;           // 8sbh over TP with GELU
  const double after = s.element * s.tokens * s.ffn;               // 8sbh over TP
  return {.saved = Bytes(input + before + after + branch_mask(m, s)),
          .saved_for_weight = Bytes(input + after),
          .gradient = Bytes(s.element * s.tokens * (s.ffn_in + s.hidden))};
}

}  // namespace

Kept unit_kept(const Model& m, Unit unit, const Split& split, bool recompute_attention_core) {
  const Shard s = shard_of(m, split);
  switch (unit) {
    case Unit::none:
      return {};
    case Unit::embedding: {
      const Bytes all(kTokenId * s.tokens + branch_mask(m, s));
      return {.saved = all, .saved_for_weight = all, .gradient = Bytes()};
    }
    case Unit::pre_attn:
    case Unit::pre_mlp:
    case Unit::final_norm:  // its input, 2sbh
      return {.saved = Bytes(s.element * s.norm_tokens * s.hidden), .saved_for_weight = Bytes(), .gradient = Bytes()};
    case Unit::attn:
      return attn_kept(m, s, recompute_attention_core);
    case Unit::mlp:
      return mlp_kept(m, s);
    case Unit::head: {
      const double input = s.norm_element * s.norm_tokens * s.hidden;  // 2sbh
      return {.saved = Bytes(input + kLogit * s.tokens * s.vocab),     // 4sbv over TP
              .saved_for_weight = Bytes(input),
              .gradient = Bytes(s.element * s.tokens * s.vocab)};
    }
  }
  BRAID_CHECK(false, "every unit is handled");
}

}  // namespace braid
