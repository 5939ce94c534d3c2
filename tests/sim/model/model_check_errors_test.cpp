// SPDX-License-Identifier: Apache-2.0
// Each fault of a model by itself and of a split, with its message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/model/small_models.hpp"

namespace braid {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

auto issue(const char* where, const char* what) {
  return AllOf(Field(&Issue::where, where), Field(&Issue::what, HasSubstr(what)));
}

TEST(ModelCheck, AcceptsBothFamilies) {
  EXPECT_THAT(model_check(small_llama()), IsEmpty());
  EXPECT_THAT(model_check(gpt(2, 8, 4, 10)), IsEmpty());
}

TEST(ModelCheck, NamesEveryFaultAtOnce) {
  Model model = small_llama();
  model.layers = 0;
  model.hidden = -5120;
  model.vocab = 2'000'000'000;
  EXPECT_THAT(model_check(model), ElementsAre(issue("model.layers", "0 is not between 1 and 10000"),
                                              issue("model.hidden", "-5120 is not between 1 and 10000000"),
                                              issue("model.vocab", "2000000000 is not between 1 and 100000000")));
}

TEST(ModelCheck, RefusesHeadsThatCannotShare) {
  Model model = small_llama();
  model.kv_heads = 3;
  EXPECT_THAT(model_check(model), ElementsAre(issue("model.kv_heads", "4 heads cannot share 3 KV heads")));
}

TEST(ModelCheck, WantsRowsForLearnedPositionsAndOnlyThen) {
  Model model = small_llama();
  model.learned_positions = 2048;
  EXPECT_THAT(model_check(model), ElementsAre(issue("model.learned_positions", "no meaning with RoPE")));
  model.positions = PositionKind::learned;
  EXPECT_THAT(model_check(model), IsEmpty());
  model.learned_positions = 0;
  EXPECT_THAT(model_check(model), ElementsAre(issue("model.learned_positions", "0 is not between")));
}

TEST(SplitCheck, SaysWhatWouldDivide) {
  Model model = small_llama();
  model.heads = 40;
  model.kv_heads = 8;
  model.ffn = 18944;
  const Split split{.microbatch = 1, .sequence = 3072, .tp = 16};
  EXPECT_THAT(split_check(model, split),
              ElementsAre(issue("plan.tp", "TP of 16 does not divide the 40 heads; of the powers of two 1, 2, 4, 8 "),
                          issue("plan.tp", "TP of 16 does not divide the 8 KV heads (they are not replicated")));
  EXPECT_THROW(check_split(model, split), Error);
}

TEST(SplitCheck, WantsTokensToShareOutWithSequenceParallelismOnly) {
  Split split{.microbatch = 2, .sequence = 5, .tp = 2};
  EXPECT_THAT(split_check(small_llama(), split), IsEmpty());
  split.sequence_parallel = true;
  EXPECT_THAT(split_check(small_llama(), split), ElementsAre(issue("plan.tp", "does not divide the 5 tokens")));
}

TEST(ModelCheck, RefusesAPrecisionThatCostRulesDoNotKnow) {
  Model model = small_llama();
  model.element_bytes = 4;
  EXPECT_THAT(model_check(model), ElementsAre(issue("model.element_bytes", "4 cannot be priced")));
}

}  // namespace
}  // namespace braid
