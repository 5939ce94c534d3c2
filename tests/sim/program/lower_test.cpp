// SPDX-License-Identifier: Apache-2.0
// Programs written out by hand from the rules in sim/program/lower.hpp.
#include "sim/program/lower.hpp"

#include <gtest/gtest.h>

#include "tests/sim/program/fixture.hpp"

namespace braid {
namespace {

using namespace testing;

TEST(Lower, WritesALoneForwardAndBackwardOfAWholeModel) {
  // Every unit in order; an all-reduce behind embedding, attn, mlp and head, and behind I of head, mlp and attn.
  // Megatron's asynchronous all-reduce: the row-parallel part of W (#1) before I, the column-parallel (#2) beside it.
  const Program program = lower(one_rank({{{F(0, 0)}}, {{B(0, 0)}}}, 1), small_scenario(1, 1),
                                {.async_all_reduce = AsyncAllReduce::column});
  EXPECT_EQ(text_of_rank(program, 0),
            "0 compute F embedding mb0 chunk0\n"
            "1 tp all_reduce embedding mb0 chunk0 <- 0\n"
            "2 compute F pre_attn mb0 chunk0 layer0 <- 1\n"
            "3 compute F attn mb0 chunk0 layer0\n"
            "4 tp all_reduce attn mb0 chunk0 layer0 <- 3\n"
            "5 compute F pre_mlp mb0 chunk0 layer0 <- 4\n"
            "6 compute F mlp mb0 chunk0 layer0\n"
            "7 tp all_reduce mlp mb0 chunk0 layer0 <- 6\n"
            "8 compute F final_norm mb0 chunk0 <- 7\n"
            "9 compute F head mb0 chunk0\n"
            "10 tp all_reduce head mb0 chunk0 <- 9\n"
            "11 compute I head mb0 chunk0 <- 10\n"
            "12 tp all_reduce head mb0 chunk0 #2 <- 11\n"
            "13 compute W head mb0 chunk0\n"
            "14 compute I final_norm mb0 chunk0 <- 12\n"
            "15 compute W mlp mb0 chunk0 layer0 #1\n"
            "16 compute I mlp mb0 chunk0 layer0\n"
            "17 tp all_reduce mlp mb0 chunk0 layer0 #2 <- 16\n"
            "18 compute W mlp mb0 chunk0 layer0 #2\n"
            "19 compute I pre_mlp mb0 chunk0 layer0 <- 17\n"
            "20 compute W attn mb0 chunk0 layer0 #1\n"
            "21 compute I attn mb0 chunk0 layer0\n"
            "22 tp all_reduce attn mb0 chunk0 layer0 #2 <- 21\n"
            "23 compute W attn mb0 chunk0 layer0 #2\n"
            "24 compute I pre_attn mb0 chunk0 layer0 <- 22\n"
            "25 compute W embedding mb0 chunk0\n");
  EXPECT_TRUE(check(program).empty());
}

TEST(Lower, GathersWhatEveryTensorParallelRankWasSentASliceOf) {
  // 4 tokens of 8 at 2 B are 64 B, half of which each of two ranks sends; the receiver's group gathers 64 B first.
  const braid::Run scattered{.p2p_scatter_gather = true, .async_all_reduce = AsyncAllReduce::none};
  const Schedule schedule = middle_of_three({{{F(1, 0)}}, {{F(1, 1)}}, {{B(1, 0)}}, {{B(1, 1)}}});
  const Program program = lower(schedule, small_scenario(3, 2), scattered);
  const std::string text = text_of_rank(program, 1);
  EXPECT_EQ(text.substr(0, text.find("3 ")),
            "0 pp recv mb0 chunk0 from rank 0\n"
            "1 tp all_gather mb0 chunk0 <- 0\n"
            "2 compute F pre_attn mb0 chunk0 layer1 <- 1\n");
  EXPECT_NE(text.find("tp all_gather mb0 chunk0 #2 <- "), std::string::npos);  // of the gradient
  const auto& ops = program.ranks[1].ops;
  EXPECT_EQ(program.works[ops[0].work].bytes, Bytes(32));
  EXPECT_EQ(program.works[ops[1].work].bytes, Bytes(64));
  EXPECT_TRUE(check(program).empty());
}

TEST(Lower, ScattersNothingThatIsSlicedOrWhole) {
  // Sequence parallelism sends slices already; one rank alone has all.
  const braid::Run scattered{.p2p_scatter_gather = true};
  const Schedule schedule = middle_of_three({{{F(1, 0)}}, {{F(1, 1)}}, {{B(1, 0)}}, {{B(1, 1)}}});
  Scenario sliced = small_scenario(3, 2), alone = small_scenario(3, 2);
  sliced.plan.sequence_parallel = true;
  alone.plan.tp = 1;
  for (const Scenario& scenario : {sliced, alone}) {
    EXPECT_EQ(to_text(lower(schedule, scenario, scattered)), to_text(lower(schedule, scenario, braid::Run{})));
  }
}

TEST(Lower, SaysWhetherTheHostWaitsForMessages) {
  const Schedule schedule = one_rank({{{F(0, 0)}}, {{B(0, 0)}}}, 1);
  EXPECT_TRUE(lower(schedule, small_scenario(1, 1), {.p2p_host_waits = true}).host_waits);
  EXPECT_FALSE(lower(schedule, small_scenario(1, 1), {}).host_waits);
}

TEST(Lower, BraidsForwardAndBackwardSoThatEachAllReduceHasComputeOfTheOtherBesideIt) {
  // Attn(F), MLP-I(B), MLP-W(B), MLP(F), Attn-I(B), Attn-W(B): DESIGN's order, norms before the unit they feed.
  const Program program = lower(middle_of_three({{{F(1, 0)}}, {{F(1, 1), B(1, 0)}}, {{B(1, 1)}}}), small_scenario(3, 2),
                                {.async_all_reduce = AsyncAllReduce::none});
  const std::string text = text_of_rank(program, 1);
  EXPECT_EQ(text.substr(0, text.find("24 ")),
            "0 pp recv mb0 chunk0 from rank 0\n"
            "1 compute F pre_attn mb0 chunk0 layer1 <- 0\n"
            "2 compute F attn mb0 chunk0 layer1\n"
            "3 tp all_reduce attn mb0 chunk0 layer1 <- 2\n"
            "4 compute F pre_mlp mb0 chunk0 layer1 <- 3\n"
            "5 compute F mlp mb0 chunk0 layer1\n"
            "6 tp all_reduce mlp mb0 chunk0 layer1 <- 5\n"
            "7 pp send mb0 chunk0 to rank 2 <- 6\n"
            "8 pp recv mb0 chunk0 #2 from rank 2\n"
            "9 pp recv mb1 chunk0 from rank 0\n"
            "10 compute F pre_attn mb1 chunk0 layer1 <- 9\n"
            "11 compute F attn mb1 chunk0 layer1\n"
            "12 tp all_reduce attn mb1 chunk0 layer1 <- 11\n"
            "13 compute I mlp mb0 chunk0 layer1 <- 8\n"
            "14 tp all_reduce mlp mb0 chunk0 layer1 #2 <- 13\n"
            "15 compute W mlp mb0 chunk0 layer1\n"
            "16 compute F pre_mlp mb1 chunk0 layer1 <- 12\n"
            "17 compute F mlp mb1 chunk0 layer1\n"
            "18 tp all_reduce mlp mb1 chunk0 layer1 <- 17\n"
            "19 compute I pre_mlp mb0 chunk0 layer1 <- 14\n"
            "20 compute I attn mb0 chunk0 layer1\n"
            "21 tp all_reduce attn mb0 chunk0 layer1 #2 <- 20\n"
            "22 compute W attn mb0 chunk0 layer1\n"
            "23 compute I pre_attn mb0 chunk0 layer1 <- 21\n");
  EXPECT_TRUE(check(program).empty());
}

TEST(Lower, WaitsForTheAllReduceOfIBeforeWWhenItIsNotAsynchronous) {
  const Program program =
      lower(one_rank({{{F(0, 0)}}, {{B(0, 0)}}}, 1), small_scenario(1, 1), {.async_all_reduce = AsyncAllReduce::none});
  EXPECT_NE(text_of_rank(program, 0)
                .find("12 tp all_reduce head mb0 chunk0 #2 <- 11\n"
                      "13 compute W head mb0 chunk0 <- 12\n"),
            std::string::npos);
}

TEST(Lower, FillsTheGapsOfAForwardWithPendingW) {
  // F & W: an all-reduce of the forward, then one unit's W, then the next part of the forward.
  const Program program =
      lower(middle_of_three({{{F(1, 0)}}, {{I(1, 0)}}, {{F(1, 1), W(1, 0)}}, {{B(1, 1)}}}), small_scenario(3, 2), {});
  const std::string text = text_of_rank(program, 1);
  const auto braid = text.find("F pre_attn mb1");
  ASSERT_NE(braid, std::string::npos);
  const auto order = {"F attn mb1", "all_reduce attn mb1", "W mlp mb0", "F pre_mlp mb1",
                      "F mlp mb1",  "all_reduce mlp mb1",  "W attn mb0"};
  auto from = braid;
  for (const char* next : order) {
    const auto found = text.find(next, from);
    ASSERT_NE(found, std::string::npos) << next << " is missing or out of order in\n" << text;
    from = found;
  }
}

TEST(Lower, RunsTheRestOfTheLongerSideAlone) {
  // Stage 1 of 2 has one layer and no embedding, but a head: its backward has one segment more in front.
  // F of the last stage: [pre_attn attn AR] [pre_mlp mlp AR] [final_norm head AR]; F & F of one rank and one layer
  // each go turn by turn, three segments either side, none left over.
  Schedule schedule{
      .name = "hand",
      .microbatches = 2,
      .rank_of_stage = {0, 1},
      .rows = {{{{F(0, 0)}}, {{F(0, 1)}}, {{B(0, 0)}}, {{B(0, 1)}}}, {{{F(1, 0), F(1, 1)}}, {{B(1, 0)}}, {{B(1, 1)}}}}};
  const std::string text = text_of_rank(lower(schedule, small_scenario(2, 2), {}), 1);
  const auto order = {"F attn mb0", "F attn mb1", "F mlp mb0", "F mlp mb1", "F head mb0", "F head mb1"};
  std::size_t from = 0;
  for (const char* next : order) {
    const auto found = text.find(next, from);
    ASSERT_NE(found, std::string::npos) << next << " is missing or out of order in\n" << text;
    from = found;
  }
}

TEST(Lower, GathersAndScattersTheSequenceInPlaceOfAllReduces) {
  // Sequence parallelism: all-gather before attn and mlp, reduce-scatter behind; I gathers the output gradient; W
  // gathers the input again (#3), beside I.
  Scenario scenario = small_scenario(3, 2);
  scenario.plan.sequence_parallel = true;
  const Program program = lower(middle_of_three({{{F(1, 0)}}, {{B(1, 0)}}, {{F(1, 1)}}, {{B(1, 1)}}}), scenario,
                                {.async_all_reduce = AsyncAllReduce::whole});
  const std::string text = text_of_rank(program, 1);
  EXPECT_EQ(text.substr(0, text.find("21 ")),
            "0 pp recv mb0 chunk0 from rank 0\n"
            "1 compute F pre_attn mb0 chunk0 layer1 <- 0\n"
            "2 tp all_gather attn mb0 chunk0 layer1 <- 1\n"
            "3 compute F attn mb0 chunk0 layer1 <- 2\n"
            "4 tp reduce_scatter attn mb0 chunk0 layer1 <- 3\n"
            "5 compute F pre_mlp mb0 chunk0 layer1 <- 4\n"
            "6 tp all_gather mlp mb0 chunk0 layer1 <- 5\n"
            "7 compute F mlp mb0 chunk0 layer1 <- 6\n"
            "8 tp reduce_scatter mlp mb0 chunk0 layer1 <- 7\n"
            "9 pp send mb0 chunk0 to rank 2 <- 8\n"
            "10 pp recv mb0 chunk0 #2 from rank 2\n"
            "11 tp all_gather mlp mb0 chunk0 layer1 #2 <- 10\n"
            "12 tp all_gather mlp mb0 chunk0 layer1 #3\n"
            "13 compute I mlp mb0 chunk0 layer1 <- 11\n"
            "14 tp reduce_scatter mlp mb0 chunk0 layer1 #2 <- 13\n"
            "15 compute W mlp mb0 chunk0 layer1 <- 12\n"
            "16 compute I pre_mlp mb0 chunk0 layer1 <- 14\n"
            "17 tp all_gather attn mb0 chunk0 layer1 #2 <- 16\n"
            "18 tp all_gather attn mb0 chunk0 layer1 #3\n"
            "19 compute I attn mb0 chunk0 layer1 <- 17\n"
            "20 tp reduce_scatter attn mb0 chunk0 layer1 #2 <- 19\n");
}

TEST(Lower, GathersTheEmbeddingsGradientUnderSequenceParallelism) {
  // Its output was scattered over the sequence [Korthikanti22, s. 4.2]: forward a reduce-scatter, backward a gather
  // behind the I of the first layer; W waits for it, also a deferred one.
  Scenario scenario = small_scenario(1, 1);
  scenario.plan.sequence_parallel = true;
  const std::string full = text_of_rank(lower(one_rank({{{F(0, 0)}}, {{B(0, 0)}}}, 1), scenario, {}), 0);
  EXPECT_NE(full.find("33 tp all_gather embedding mb0 chunk0 #2 <- 32\n"
                      "34 compute W embedding mb0 chunk0 <- 33\n"),
            std::string::npos)
      << full;
  const std::string split = text_of_rank(lower(one_rank({{{F(0, 0)}}, {{I(0, 0)}}, {{W(0, 0)}}}, 1), scenario, {}), 0);
  EXPECT_NE(split.find("25 tp all_gather embedding mb0 chunk0 #2 <- 24\n"), std::string::npos) << split;
  EXPECT_NE(split.find("compute W embedding mb0 chunk0 <- 25\n"), std::string::npos) << split;
}

TEST(Lower, RunsALayerForwardAgainBeforeItsIUnderFullRecomputation) {
  Scenario scenario = small_scenario(3, 2);
  scenario.plan.recompute = Recompute::full;
  const std::string text =
      text_of_rank(lower(middle_of_three({{{F(1, 0)}}, {{B(1, 0)}}, {{F(1, 1)}}, {{B(1, 1)}}}), scenario, {}), 1);
  EXPECT_NE(text.find("8 pp recv mb0 chunk0 #2 from rank 2\n"
                      "9 compute R pre_attn mb0 chunk0 layer1 <- 8\n"
                      "10 compute R attn mb0 chunk0 layer1\n"
                      "11 tp all_reduce attn mb0 chunk0 layer1 #1 <- 10\n"
                      "12 compute R pre_mlp mb0 chunk0 layer1 <- 11\n"
                      "13 compute R mlp mb0 chunk0 layer1\n"
                      "14 tp all_reduce mlp mb0 chunk0 layer1 #1 <- 13\n"),
            std::string::npos)
      << text;
}

TEST(Lower, HasNoCollectivesOnOneRankOfTensorParallelism) {
  Scenario scenario = small_scenario(1, 1);
  scenario.plan.tp = 1;
  EXPECT_EQ(to_text(lower(one_rank({{{F(0, 0)}}, {{B(0, 0)}}}, 1), scenario, {})).find("all_reduce"),
            std::string::npos);
}

TEST(Lower, LetsASenderComputeOnOnlyBehindItsSendWhenThatBlocks) {
  // Rank 1 sends its activation (op 7) and next computes I of the same microbatch: with eager messages that waits for
  // the gradient alone (op 8), with blocking ones for the send as well.
  const Schedule schedule = middle_of_three({{{F(1, 0)}}, {{B(1, 0)}}, {{F(1, 1)}}, {{B(1, 1)}}});
  const auto first_backward = [&](P2pMode mode) {
    const std::string text = text_of_rank(
        lower(schedule, small_scenario(3, 2), {.p2p = mode, .async_all_reduce = AsyncAllReduce::whole}), 1);
    const auto at = text.find("9 compute I mlp mb0");
    return text.substr(at, text.find('\n', at) - at);
  };
  EXPECT_EQ(first_backward(P2pMode::eager), "9 compute I mlp mb0 chunk0 layer1 <- 8");
  EXPECT_EQ(first_backward(P2pMode::blocking), "9 compute I mlp mb0 chunk0 layer1 <- 8 7");
}

TEST(Lower, TreatsAnIWithItsOwnWBehindItAsAFullBWhenAsked) {
  const Schedule schedule = one_rank({{{F(0, 0)}}, {{I(0, 0)}}, {{W(0, 0)}}}, 1);
  const Schedule full = one_rank({{{F(0, 0)}}, {{B(0, 0)}}}, 1);
  const Scenario scenario = small_scenario(1, 1);
  EXPECT_EQ(to_text(lower(schedule, scenario, {.join_adjacent_w = true})), to_text(lower(full, scenario, {})));
  EXPECT_NE(to_text(lower(schedule, scenario, {})), to_text(lower(full, scenario, {})));
}

TEST(OpsBefore, AreThoseOfTheSameOrderedLane) {
  RankProgram rank;
  for (const Lane lane : {Lane::compute, Lane::tp, Lane::pp, Lane::compute, Lane::pp, Lane::tp}) {
    Op op;
    op.lane = lane;
    rank.ops.push_back(op);
  }
  EXPECT_EQ(ops_before(rank), (std::vector<std::uint32_t>{kNoOp, kNoOp, kNoOp, 0, kNoOp, 1}));
}

}  // namespace
}  // namespace braid
