// SPDX-License-Identifier: Apache-2.0
// What a forward keeps: by hand for the Llama family, by the published equations for GPT.
#include <gtest/gtest.h>

#include "tests/sim/model/small_models.hpp"

namespace braid {
namespace {

constexpr Unit kLayer[] = {Unit::pre_attn, Unit::attn, Unit::pre_mlp, Unit::mlp};

double layer_bytes(const Model& model, const Split& split, bool selective = false) {
  Bytes sum;
  for (const Unit unit : kLayer) sum += unit_kept(model, unit, split, selective).saved;
  return sum.value;
}

TEST(UnitKept, OfAttentionIsInputQkvStatisticsAndOutput) {
  // Rows 15: norm output 8, QKV 8, output 4 at 2 B = 240 + 240 + 120; log-sum-exp of 2 heads at 4 B = 120.
  // W needs norm output and attention output; I leaves gradients of QKV (8) and of the output (8): 15*16*2.
  EXPECT_EQ(unit_kept(small_llama(), Unit::attn, on_two_ranks()),
            (Kept{.saved = Bytes(720), .saved_for_weight = Bytes(360), .gradient = Bytes(480)}));
}

TEST(UnitKept, OfTheMlpIsInputGateUpAndActivation) {
  // Rows 15: input 8, gate and up 12, activation 6 at 2 B = 240 + 360 + 180; W: input and activation;
  // gradients of gate and up (12) and of the output (8): 15*20*2.
  EXPECT_EQ(unit_kept(small_llama(), Unit::mlp, on_two_ranks()),
            (Kept{.saved = Bytes(780), .saved_for_weight = Bytes(420), .gradient = Bytes(600)}));
}

TEST(UnitKept, OfANormIsItsInputUntilItsInputGradient) {
  for (const Unit unit : {Unit::pre_attn, Unit::pre_mlp, Unit::final_norm}) {
    EXPECT_EQ(unit_kept(small_llama(), unit, on_two_ranks()),
              (Kept{.saved = Bytes(240), .saved_for_weight = Bytes(0), .gradient = Bytes(0)}));
  }
}

TEST(UnitKept, OfTheHeadIsInputAndFp32Softmax) {
  // Input 240; 15 * 8 logits at 4 B; their gradient at 2 B.
  EXPECT_EQ(unit_kept(small_llama(), Unit::head, on_two_ranks()),
            (Kept{.saved = Bytes(240 + 480), .saved_for_weight = Bytes(240), .gradient = Bytes(240)}));
}

TEST(UnitKept, OfTheEmbeddingIsTokenIdsUntilW) {
  EXPECT_EQ(unit_kept(small_llama(), Unit::embedding, on_two_ranks()),
            (Kept{.saved = Bytes(15 * 8), .saved_for_weight = Bytes(15 * 8), .gradient = Bytes(0)}));
}

TEST(UnitKept, WithFp32NormOutputKeepsFourBytesOfIt) {
  Model model = small_llama();
  model.fp32_norm_output = true;  // 15*8 more elements of 2 B in each of attn, mlp and head, for W too
  for (const auto& [unit, saved, for_weight] :
       {std::tuple{Unit::attn, 960, 600}, {Unit::mlp, 1020, 660}, {Unit::head, 960, 480}, {Unit::pre_mlp, 240, 0}}) {
    EXPECT_EQ(unit_kept(model, unit, on_two_ranks()).saved, Bytes(saved)) << to_text(unit);
    EXPECT_EQ(unit_kept(model, unit, on_two_ranks()).saved_for_weight, Bytes(for_weight)) << to_text(unit);
  }
}

TEST(UnitKept, OfAGptLayerFollowsThePublishedEquations) {
  // [Korthikanti22]: eq. 1 sbh(34 + 5as/h); eq. 2 sbh(10 + 24/t + 5as/(ht)); eq. 4 sbh/t (34 + 5as/h);
  // table 2, selective: sbh(10 + 24/t) and 34 sbh/t with sequence parallelism.
  const double a = 16, s = 64, b = 3, h = 512;
  const double sbh = s * b * h;
  const Model model = gpt(2, 512, 16, 1000);
  for (const int t : {1, 2, 4, 8}) {
    const Split tp{.microbatch = 3, .sequence = 64, .tp = t};
    Split sp = tp;
    sp.sequence_parallel = true;
    EXPECT_DOUBLE_EQ(layer_bytes(model, tp), sbh * (10 + 24.0 / t + 5 * a * s / (h * t)));
    EXPECT_DOUBLE_EQ(layer_bytes(model, sp), sbh / t * (34 + 5 * a * s / h));
    EXPECT_DOUBLE_EQ(layer_bytes(model, tp, true), sbh * (10 + 24.0 / t));
    EXPECT_DOUBLE_EQ(layer_bytes(model, sp, true), sbh / t * 34);
  }
}

TEST(UnitKept, OfTheHeadFollowsSection43) {
  // Output layer input 2sbh and fp32 logits 4sbv, both over t with sequence parallelism; final norm input 2sbh/t;
  // the dropout mask behind the embedding sbh/t, beside 8 bytes a token id that the paper leaves out.
  const double s = 64, b = 3, h = 512, v = 1024, t = 4;
  const Split sp{.microbatch = 3, .sequence = 64, .tp = 4, .sequence_parallel = true};
  const Model model = gpt(2, 512, 16, 1000);  // padded to a multiple of 128 * 4: 1024
  EXPECT_DOUBLE_EQ(unit_kept(model, Unit::head, sp).saved.value + unit_kept(model, Unit::final_norm, sp).saved.value,
                   4 * s * b * h / t * (1 + v / h));
  EXPECT_DOUBLE_EQ(unit_kept(model, Unit::embedding, sp).saved.value, s * b * h / t + 8 * s * b);
}

TEST(UnitKept, ForWeightIsNeverMoreThanIsSaved) {
  for (const Model& model : {small_llama(), gpt(2, 8, 4, 10)}) {
    for (int u = 0; u <= static_cast<int>(Unit::head); ++u) {
      for (const bool selective : {false, true}) {
        const Kept kept = unit_kept(model, static_cast<Unit>(u), on_two_ranks(), selective);
        EXPECT_LE(kept.saved_for_weight, kept.saved) << to_text(static_cast<Unit>(u));
      }
    }
  }
}

}  // namespace
}  // namespace braid
