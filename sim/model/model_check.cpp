// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sim/model/shard.hpp"

namespace braid {
namespace {

constexpr int kHalfPrecision = 2;  // bytes of bf16 and fp16: what the cost rules know

/// The divisors of `number` that are powers of two, as people pick TP: "1, 2, 4, 8".
std::string powers_of_two_in(int number) {
  std::string text = "1";
  for (int power = 2; power <= number && number % power == 0; power *= 2) text += fmt::format(", {}", power);
  return text;
}

}  // namespace

std::vector<Issue> model_check(const Model& m) {
  std::vector<Issue> issues;
  const auto in_range = [&](const char* key, int value, int low, int high) {
    if (value >= low && value <= high) return true;
    issues.push_back({std::string("model.") + key, fmt::format("{} is not between {} and {}", value, low, high)});
    return false;
  };
  in_range("layers", m.layers, 1, kMostLayers);
  in_range("hidden", m.hidden, 1, kMostWidth);
  const bool heads = in_range("heads", m.heads, 1, kMostHeads);
  const bool kv_heads = in_range("kv_heads", m.kv_heads, 1, kMostHeads);
  in_range("head_dim", m.head_dim, 1, kMostHeadDim);
  in_range("ffn", m.ffn, 1, kMostWidth);
  in_range("vocab", m.vocab, 1, kMostVocab);
  in_range("vocab_padding", m.vocab_padding, 1, kMostPadding);
  if (m.element_bytes != kHalfPrecision) {
    issues.push_back(
        {"model.element_bytes", fmt::format("{} cannot be priced: matrix products and attention are those of "
                                            "bf16 or fp16, 2 bytes",
                                            m.element_bytes)});
  }
  if (heads && kv_heads && m.heads % m.kv_heads != 0) {
    issues.push_back({"model.kv_heads", fmt::format("{} heads cannot share {} KV heads evenly; make kv_heads a divisor "
                                                    "of heads",
                                                    m.heads, m.kv_heads)});
  }
  if (m.positions == PositionKind::learned) {
    in_range("learned_positions", m.learned_positions, 1, kMostVocab);
  } else if (m.learned_positions != 0) {
    issues.push_back(
        {"model.learned_positions", "has no meaning with RoPE; leave it out or set positions = \"learned\""});
  }
  return issues;
}

std::vector<Issue> split_check(const Model& model, const Split& split) {
  std::vector<Issue> issues;
  BRAID_CHECK(split.tp >= 1 && split.microbatch >= 1 && split.sequence >= 1, "a split has at least one of each");
  const auto divides = [&](int number, const char* what) {
    if (number % split.tp == 0) return;
    issues.push_back({"plan.tp", fmt::format("TP of {} does not divide the {} {}; of the powers of two {} would",
                                             split.tp, number, what, powers_of_two_in(number))});
  };
  divides(model.heads, "heads");
  divides(model.kv_heads, "KV heads (they are not replicated, as in Megatron)");
  divides(model.ffn, "columns of the MLP");
  if (split.sequence_parallel) divides(split.sequence, "tokens of a sample, which sequence parallelism shares out");
  return issues;
}

void check_split(const Model& model, const Split& split) { throw_if_any(split_check(model, split)); }

Shard shard_of(const Model& m, const Split& split) {
  const double tp = split.tp;
  const double tokens = split.tokens();
  const double query = double(m.heads) * m.head_dim / tp;
  const double key_value = double(m.kv_heads) * m.head_dim / tp;
  const double ffn = m.ffn / tp;
  return {.tokens = tokens,
          .norm_tokens = split.sequence_parallel ? tokens / tp : tokens,
          .hidden = double(m.hidden),
          .query = query,
          .key_value = key_value,
          .qkv = query + 2 * key_value,
          .ffn = ffn,
          .ffn_in = m.mlp == MlpKind::swiglu ? 2 * ffn : ffn,
          .vocab = padded_vocab(m, split.tp) / tp,
          .scores = m.heads / tp * split.microbatch * double(split.sequence) * split.sequence,
          .element = double(m.element_bytes),
          .norm_element = m.fp32_norm_output ? 4.0 : double(m.element_bytes)};
}

}  // namespace braid
