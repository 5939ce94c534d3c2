// SPDX-License-Identifier: Apache-2.0
// The demands of each unit and pass, reckoned by hand.
#include <gtest/gtest.h>

#include "tests/sim/model/small_models.hpp"

namespace braid {
namespace {

Gemm product(double m, double n, double k) { return {.m = m, .n = n, .k = k, .count = 1}; }

Work small(Unit unit, Pass pass, WPart part = WPart::whole) {
  return unit_work(small_llama(), unit, pass, on_two_ranks(), part);
}

TEST(UnitWork, OfAttentionForwardIsTwoProductsAndTheCore) {
  const Work w = small(Unit::attn, Pass::F);
  EXPECT_EQ(w.gemms, (std::vector{product(15, 8, 8), product(15, 8, 4)}));
  ASSERT_TRUE(w.attention);
  EXPECT_EQ(*w.attention, (AttentionShape{.samples = 3, .sequence = 5, .heads = 2, .kv_heads = 1, .head_dim = 2}));
  // 2*15*8*8 + 2*15*8*4 = 2880; core: 3 samples * 2 heads * 2*5*5*2 = 600.
  EXPECT_EQ(w.flops, Flops(3480));
  // RoPE reads and writes 15 rows of 4 + 2 at 2 B = 360; the residual add reads two and writes one of 15*8*2 = 240.
  EXPECT_EQ(w.elementwise, Bytes(360 + 720));
  EXPECT_EQ(w.kernels, 6);  // 2 products, 2 RoPE, attention, residual
}

TEST(UnitWork, OfAttentionInputGradientCountsTheCoreTwice) {
  const Work w = small(Unit::attn, Pass::I);
  EXPECT_EQ(w.gemms, (std::vector{product(15, 4, 8), product(15, 8, 8)}));
  EXPECT_TRUE(w.attention->backward);
  EXPECT_EQ(w.flops, Flops(960 + 1920 + 2 * 600));
  EXPECT_EQ(w.elementwise, Bytes(360));
  EXPECT_EQ(w.kernels, 7);  // 2 products, 2 RoPE, 3 of flash backward
}

TEST(UnitWork, OfAttentionWeightGradientHasNoCore) {
  const Work w = small(Unit::attn, Pass::W);
  EXPECT_EQ(w.gemms, (std::vector{product(8, 4, 15), product(8, 8, 15)}));
  EXPECT_FALSE(w.attention);
  EXPECT_EQ(w.flops, Flops(960 + 1920));
  EXPECT_EQ(w.elementwise, Bytes(0));
}

TEST(UnitWork, OfTheMlpFollowsGateUpAndDown) {
  const Work f = small(Unit::mlp, Pass::F);
  EXPECT_EQ(f.gemms, (std::vector{product(15, 12, 8), product(15, 8, 6)}));
  EXPECT_EQ(f.flops, Flops(2880 + 1440));
  EXPECT_EQ(f.elementwise, Bytes(15 * (12 + 6) * 2 + 720));  // SwiGLU reads 12 and writes 6; residual as above
  const Work i = small(Unit::mlp, Pass::I);
  EXPECT_EQ(i.gemms, (std::vector{product(15, 6, 8), product(15, 8, 12)}));
  EXPECT_EQ(i.elementwise, Bytes(15 * (6 + 12 + 12) * 2));  // reads dy and gate, up; writes both gradients
  const Work w = small(Unit::mlp, Pass::W);
  EXPECT_EQ(w.gemms, (std::vector{product(8, 6, 15), product(12, 8, 15)}));
}

TEST(UnitWork, OfNormsHasNoWeightPass) {
  // 15 rows of 8 at 2 B = 240 B. F reads and writes; I reads x and dy, writes dx, then adds the residual's gradient.
  for (const Unit unit : {Unit::pre_attn, Unit::pre_mlp}) {
    EXPECT_EQ(small(unit, Pass::F).elementwise, Bytes(2 * 240));
    EXPECT_EQ(small(unit, Pass::I).elementwise, Bytes(6 * 240));
    EXPECT_EQ(small(unit, Pass::I).kernels, 3);
  }
  EXPECT_EQ(small(Unit::final_norm, Pass::I).elementwise, Bytes(3 * 240));  // no branch begins there
  EXPECT_EQ(small(Unit::final_norm, Pass::I).kernels, 2);
  for (const Unit unit : {Unit::pre_attn, Unit::pre_mlp, Unit::final_norm}) {
    const Work w = small(unit, Pass::W);
    EXPECT_EQ(w.kernels, 0);
    EXPECT_EQ(w.elementwise, Bytes(0));
    EXPECT_TRUE(w.gemms.empty());
  }
}

TEST(UnitWork, OfTheEndsMovesRowsAndLogits) {
  EXPECT_EQ(small(Unit::embedding, Pass::F).elementwise, Bytes(2 * 240));
  EXPECT_EQ(small(Unit::embedding, Pass::I).kernels, 0);
  EXPECT_EQ(small(Unit::embedding, Pass::W).elementwise, Bytes(3 * 240));
  const Work f = small(Unit::head, Pass::F);
  EXPECT_EQ(f.gemms, std::vector{product(15, 8, 8)});
  // 15 * 8 = 120 logits. Each: read 2, cast 4, max 4, subtract 8, exp 8, sum 4, divide 8 = 38 B.
  EXPECT_EQ(f.elementwise, Bytes(120 * 38));
  const Work i = small(Unit::head, Pass::I);
  EXPECT_EQ(i.gemms, std::vector{product(15, 8, 8)});
  EXPECT_EQ(i.elementwise, Bytes(120 * (8 + 4 + 2)));  // scale in place, read as fp32, write as bf16
  EXPECT_EQ(small(Unit::head, Pass::W).gemms, std::vector{product(8, 8, 15)});
}

TEST(UnitWork, OfBothWeightPartsAddsUpToTheWhole) {
  for (const Model& model : {small_llama(), gpt(2, 8, 4, 10)}) {
    for (int u = 0; u <= static_cast<int>(Unit::head); ++u) {
      const Unit unit = static_cast<Unit>(u);
      const Work whole = unit_work(model, unit, Pass::W, on_two_ranks());
      const Work row = unit_work(model, unit, Pass::W, on_two_ranks(), WPart::row_parallel);
      const Work column = unit_work(model, unit, Pass::W, on_two_ranks(), WPart::column_parallel);
      EXPECT_EQ(whole.flops, row.flops + column.flops) << to_text(unit);
      EXPECT_EQ(whole.elementwise, row.elementwise + column.elementwise) << to_text(unit);
      EXPECT_EQ(whole.kernels, row.kernels + column.kernels) << to_text(unit);
      EXPECT_EQ(whole.gemms.size(), row.gemms.size() + column.gemms.size()) << to_text(unit);
    }
  }
  EXPECT_EQ(small(Unit::mlp, Pass::W, WPart::row_parallel).gemms, std::vector{product(8, 6, 15)});
  EXPECT_EQ(small(Unit::head, Pass::W, WPart::row_parallel).kernels, 0);
}

/// 2 samples, so that there are four score matrices of 2 heads: what the fused softmax takes at a time.
Split four_score_matrices() { return {.microbatch = 2, .sequence = 5, .tp = 2}; }

TEST(UnitWork, OfUnfusedAttentionMovesTheScores) {
  // GPT of h 8 and 4 heads on 2 ranks: 2 heads * 2 samples * 25 = 100 scores, 10 rows.
  const Work f = unit_work(gpt(2, 8, 4, 10), Unit::attn, Pass::F, four_score_matrices());
  // Written, read and written by softmax, read and written by dropout with a 1-byte mask, read: 6*2 + 1 = 13 B.
  // Residual add with mask: 10*8*(3*2 + 1) = 560. No RoPE.
  EXPECT_EQ(f.elementwise, Bytes(100 * 13 + 560));
  EXPECT_FALSE(f.attention->flash);
  EXPECT_EQ(f.kernels, 2 + 4 + 1);
  // Backward: dP written; dropout 2*2 + 1; softmax reads two and writes one; dV, dQ, dK read: 9*2 + 1 = 19 B.
  // Branch dropout: 10*8*(2*2 + 1) = 400.
  const Work i = unit_work(gpt(2, 8, 4, 10), Unit::attn, Pass::I, four_score_matrices());
  EXPECT_EQ(i.elementwise, Bytes(100 * 19 + 400));
  EXPECT_EQ(i.kernels, 1 + 2 + 6);
  // Bias gradients: column sums over 10 rows of 8 (out) and of 12 (QKV).
  const Work w = unit_work(gpt(2, 8, 4, 10), Unit::attn, Pass::W, four_score_matrices());
  EXPECT_EQ(w.elementwise, Bytes(10 * 2 * (8 + 12)));
}

TEST(UnitWork, OfUnfusedAttentionRunsPlainSoftmaxWhereFoursDoNotDivideItsMatrices) {
  // 3 samples of 2 heads: six matrices, 150 scores. In place of 4 B for softmax F and 6 B for I there are five kernels:
  // to fp32 6, scale 8, mask 8, softmax 8, to fp16 6 = 36; backward 6 + 12 + 8 + 8 + 6 = 40.
  const Work f = unit_work(gpt(2, 8, 4, 10), Unit::attn, Pass::F, on_two_ranks());
  EXPECT_EQ(f.elementwise, Bytes(150 * (13 - 4 + 36) + 840));
  EXPECT_EQ(f.kernels, 2 + 4 + 1 + 4);
  const Work i = unit_work(gpt(2, 8, 4, 10), Unit::attn, Pass::I, on_two_ranks());
  EXPECT_EQ(i.elementwise, Bytes(150 * (19 - 6 + 40) + 600));
  EXPECT_EQ(i.kernels, 1 + 2 + 6 + 4);
}

TEST(UnitWork, OfTheAttentionCoreIsWhatSelectiveRecomputationRuns) {
  const Work core = attention_core_work(gpt(2, 8, 4, 10), four_score_matrices());
  EXPECT_TRUE(core.gemms.empty());
  EXPECT_EQ(core.elementwise, Bytes(100 * 13));
  EXPECT_EQ(core.flops, Flops(400));  // 2 * 2 * 2*5*5*2
  EXPECT_EQ(core.kernels, 4);
}

TEST(UnitWork, WithSequenceParallelismSharesNormsAndResidualsOnly) {
  // 2 samples of 6 tokens: 12 rows of products, 6 rows a rank of everything else; 6*8*2 = 96 B.
  const Split split{.microbatch = 2, .sequence = 6, .tp = 2, .sequence_parallel = true};
  EXPECT_EQ(unit_work(small_llama(), Unit::pre_attn, Pass::F, split).elementwise, Bytes(2 * 96));
  const Work f = unit_work(small_llama(), Unit::attn, Pass::F, split);
  EXPECT_EQ(f.gemms[0], product(12, 8, 8));
  EXPECT_EQ(f.elementwise, Bytes(2 * 12 * 6 * 2 + 3 * 96));  // RoPE on all rows, residual on the shard
}

TEST(ModelFlops, IsSixPerWeightAndTokenPlusHalfTheAttention) {
  // Weights of products: 2 layers * (8*16 + 8*8 + 8*24 + 12*8) + 8*10 = 2*480 + 80 = 1040; 6*1040*5 = 31200.
  // Attention forward: 2 layers * 4 heads * 2*5*5*2 = 800, backward twice that: 2400.
  EXPECT_EQ(model_flops(small_llama(), 5), Flops(31200 + 2400));
}

TEST(ModelFlops, IsTheSumOverUnitsAndPasses) {
  Model model = small_llama();
  model.vocab_padding = 1;
  const Split whole{.microbatch = 1, .sequence = 5, .tp = 1};
  Flops sum;
  for (const Pass pass : {Pass::F, Pass::I, Pass::W}) {
    for (const Unit unit : {Unit::pre_attn, Unit::attn, Unit::pre_mlp, Unit::mlp}) {
      sum += unit_work(model, unit, pass, whole).flops * model.layers;
    }
    for (const Unit unit : {Unit::embedding, Unit::final_norm, Unit::head}) {
      sum += unit_work(model, unit, pass, whole).flops;
    }
  }
  EXPECT_EQ(sum, model_flops(model, 5));
}

TEST(BoundaryBytes, IsOneRowOfTheHiddenStatePerToken) {
  EXPECT_EQ(boundary_bytes(small_llama(), on_two_ranks()), Bytes(15 * 8 * 2));
}

}  // namespace
}  // namespace braid
