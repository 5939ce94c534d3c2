// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/sim/model/small_models.hpp"

namespace braid {
namespace {

TEST(UnitParameters, OnOneOfTwoRanksHoldsHalfOfEachLinear) {
  const Model model = small_llama();
  const Split split = on_two_ranks();
  EXPECT_EQ(unit_parameters(model, Unit::attn, split), 8 * 8 + 4 * 8);  // QKV 8 -> 8, out 4 -> 8
  EXPECT_EQ(unit_parameters(model, Unit::mlp, split), 8 * 12 + 6 * 8);  // gate/up 8 -> 12, down 6 -> 8
  EXPECT_EQ(unit_parameters(model, Unit::pre_attn, split), 8);          // every rank has the whole norm
  EXPECT_EQ(unit_parameters(model, Unit::embedding, split), 8 * 8);     // 16 padded rows over 2
  EXPECT_EQ(unit_parameters(model, Unit::head, split), 8 * 8);
}

TEST(UnitParameters, WithBiasesReplicatesThoseBehindTheAllReduce) {
  const Model model = gpt(2, 8, 4, 10);
  const Split split = on_two_ranks();
  EXPECT_EQ(unit_parameters(model, Unit::attn, split), (8 + 1) * 12 + 4 * 8 + 8);  // QKV bias cut, out bias whole
  EXPECT_EQ(unit_parameters(model, Unit::mlp, split), (8 + 1) * 16 + 16 * 8 + 8);
  EXPECT_EQ(unit_parameters(model, Unit::pre_mlp, split), 2 * 8);                 // LayerNorm: scale and shift
  EXPECT_EQ(unit_parameters(model, Unit::embedding, split), 128 * 8 + 2048 * 8);  // 256 padded rows over 2; positions
}

TEST(TotalParameters, CountsALayerByHand) {
  // Layer: QKV 8*16, out 8*8, gate/up 8*24, down 12*8, norms 16 = 496. Two, embedding 10*8, head 10*8, norm 8.
  EXPECT_EQ(total_parameters(small_llama()), 2 * 496 + 160 + 8);
}

TEST(TotalParameters, CountsATiedHeadOnce) {
  Model model = small_llama();
  model.tied_embeddings = true;
  EXPECT_EQ(total_parameters(model), 2 * 496 + 80 + 8);
}

TEST(TotalParameters, OfGptIsTwelveHSquaredAndThirteenH) {
  // [Narayanan21, eq. 2]: 12 l h^2 (1 + 13/(12 h) + (V + s)/(12 l h)); the final norm's 2h is not in it.
  const double l = 3, h = 64, vocab = 100, s = 2048;
  EXPECT_DOUBLE_EQ(total_parameters(gpt(3, 64, 4, 100)),
                   12 * l * h * h * (1 + 13 / (12 * h) + (vocab + s) / (12 * l * h)) + 2 * h);
}

TEST(PaddedVocab, IsAMultipleOfPaddingTimesTp) {
  Model model = small_llama();
  model.vocab = 50257;
  model.vocab_padding = 128;
  EXPECT_EQ(padded_vocab(model, 1), 50304);  // 393 * 128
  EXPECT_EQ(padded_vocab(model, 8), 51200);  // 50 * 1024
  model.vocab = 51200;
  EXPECT_EQ(padded_vocab(model, 8), 51200);
}

}  // namespace
}  // namespace braid
