// SPDX-License-Identifier: Apache-2.0
#include "gui/model/run_compare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "gui/model/op_join.hpp"
#include "tests/gui/made_run.hpp"
#include "tests/gui/small_run.hpp"

namespace braid {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

OpKey forward(int microbatch, int rank = 0) {
  return {
      .rank = rank, .microbatch = static_cast<std::int16_t>(microbatch), .kind = OpKind::forward, .unit = Unit::attn};
}
OpKey input_grad(int microbatch) {
  return {.microbatch = static_cast<std::int16_t>(microbatch), .kind = OpKind::input_grad, .unit = Unit::mlp};
}

const Residual& of_class(const RunComparison& comparison, const std::string& name) {
  const auto found = std::ranges::find(comparison.classes, name, &Residual::name);
  EXPECT_NE(found, comparison.classes.end()) << name;
  return *found;
}

/// One compute row on one rank.
Trace one_row(std::vector<SmallSpan> spans, RunRank rank = {.rank = 0, .pp = 0, .tp = 0, .dp = 0}) {
  SmallRun run;
  run.rank(rank).row(RowKind::lane, Lane::compute, spans);
  return Trace(run.columns(), "row");
}

TEST(CompareRuns, JoinsByKeyWhateverTheOrder) {
  const Trace first = one_row({{0, 10, Category::forward, forward(0)},
                               {10, 30, Category::forward, forward(1)},
                               {.start = 30, .end = 35, .category = Category::idle_tp},
                               {35, 65, Category::input_grad, input_grad(0)}});
  const Trace second = one_row({{0, 12, Category::forward, forward(0)},
                                {12, 36, Category::input_grad, input_grad(0)},
                                {36, 51, Category::forward, forward(1)},
                                {51, 59, Category::forward, forward(2)}});
  const RunComparison c = compare_runs(first, second);
  EXPECT_THAT(c.match, ElementsAre(0, 2, kNoIndex, 1));
  EXPECT_EQ(c.joined, 3u);
  EXPECT_EQ(c.only_first, 0u);   // the idle piece is no op
  EXPECT_EQ(c.only_second, 1u);  // F attn of microbatch 2
  const Residual& f = of_class(c, "F attn");
  EXPECT_EQ(f.count, 2u);
  EXPECT_EQ(f.first_count, 2u);
  EXPECT_EQ(f.second_count, 3u);
  EXPECT_EQ(f.first, 30);    // 10 + 20
  EXPECT_EQ(f.second, 35);   // 12 + 15 + 8
  EXPECT_EQ(f.absolute, 7);  // |10 - 12| + |20 - 15|
  EXPECT_EQ(f.first_span, 1u);
  EXPECT_EQ(f.second_span, 2u);
  EXPECT_EQ(of_class(c, "I mlp").difference(), 6);  // 30 - 24
  ASSERT_EQ(c.ops.size(), 3u);
  EXPECT_EQ(c.ops[0].absolute, 6);
  EXPECT_EQ(c.ops[0].name, "I mlp mb0, rank 0");
  EXPECT_EQ(c.ops[1].absolute, 5);  // 20 - 15
  EXPECT_EQ(c.ops[1].first_span, 1u);
  EXPECT_EQ(c.ops[1].second_span, 2u);
  EXPECT_EQ(c.ops[2].absolute, 2);
  EXPECT_EQ(c.first_step, 65);
  EXPECT_EQ(c.first_busy(), 60);
  EXPECT_EQ(c.first_time[static_cast<std::size_t>(Category::idle_tp)], 5);
}

TEST(CompareRuns, HoldsAFoldedRankAgainstAllItStandsFor) {
  SmallRun folded, unfolded;
  folded.rank({.rank = 0, .pp = 0, .tp = 0, .dp = 0});
  folded.row(RowKind::lane, Lane::compute, {{0, 10, Category::forward, forward(0)}});
  for (int tp = 0; tp < 2; ++tp) {
    unfolded.rank({.rank = tp, .pp = 0, .tp = tp, .dp = 0});
    unfolded.row(RowKind::lane, Lane::compute, {{0, 11 + 2 * tp, Category::forward, forward(0, tp)}});
  }
  const Trace one(folded.columns(), "folded"), two(unfolded.columns(), "unfolded");
  const RunComparison c = compare_runs(one, two);
  EXPECT_THAT(c.match, ElementsAre(0));
  EXPECT_EQ(c.only_second, 0u);
  EXPECT_EQ(of_class(c, "F attn").first, 20);    // 10 + 10
  EXPECT_EQ(of_class(c, "F attn").second, 24);   // 11 + 13
  EXPECT_EQ(of_class(c, "F attn").absolute, 4);  // 1 + 3
  EXPECT_THAT(compare_runs(two, one).match, ElementsAre(0, 0));
}

TEST(CompareRuns, ComparesTotalsWhereNothingIsCommon) {
  const RunComparison c = compare_runs(one_row({{0, 10, Category::forward, forward(0)}}),
                                       one_row({{0, 30, Category::forward, forward(5)}}, {.rank = 0, .pp = 3}));
  EXPECT_EQ(c.joined, 0u);
  EXPECT_EQ(c.only_first, 1u);
  EXPECT_EQ(c.only_second, 1u);
  ASSERT_EQ(c.classes.size(), 1u);
  EXPECT_EQ(c.classes[0].count, 0u);
  EXPECT_EQ(c.classes[0].difference(), -20);
  EXPECT_THAT(c.ops, IsEmpty());
}

TEST(CompareRuns, JoinsForeignSpansByNameAndOrder) {
  // gemm is there twice: the n-th is held against the n-th.
  const Trace first = one_row({{0, 5, Category::compute, {}, "gemm"},
                               {5, 6, Category::compute, {}, "norm"},
                               {6, 12, Category::compute, {}, "gemm"}},
                              {.rank = 4711});
  const Trace second = one_row({{0, 1, Category::compute, {}, "norm"},
                                {1, 8, Category::compute, {}, "gemm"},
                                {8, 17, Category::compute, {}, "gemm"}},
                               {.rank = 815});
  const RunComparison c = compare_runs(first, second);
  EXPECT_THAT(c.match, ElementsAre(1, 0, 2));
  EXPECT_EQ(of_class(c, "gemm").absolute, 5);  // |5 - 7| + |6 - 9|
}

TEST(CompareRuns, MatchesPassesButDoesNotCountThem) {
  const auto run = [](std::int64_t end) {
    SmallRun made;
    made.rank({.rank = 0, .pp = 0, .tp = 0, .dp = 0});
    made.row(RowKind::passes, Lane::compute, {{0, end, Category::forward, {}, "F0"}});
    made.row(RowKind::lane, Lane::compute, {{0, end, Category::forward, forward(0)}});
    return std::make_unique<Trace>(made.columns(), "pass");
  };
  const RunComparison c = compare_runs(*run(10), *run(12));
  EXPECT_THAT(c.match, ElementsAre(0, 1));
  EXPECT_EQ(c.joined, 1u);
  ASSERT_EQ(c.classes.size(), 1u);
  EXPECT_EQ(c.classes[0].absolute, 2);
}

TEST(RankPairs, GoByPlaceThenByNumberThenByPosition) {
  RunColumns placed, other, numbered, positions;
  placed.ranks = {{.rank = 0, .pp = 0, .tp = 0, .dp = 0}, {.rank = 1, .pp = 1, .tp = 0, .dp = 0}};
  other.ranks = {{.rank = 8, .pp = 1, .tp = 0, .dp = 0}, {.rank = 9, .pp = 0, .tp = 0, .dp = 0}};
  EXPECT_THAT(rank_pairs(placed.view(), other.view()), ElementsAre(Pair(0, 1), Pair(1, 0)));
  numbered.ranks = {{.rank = 1}, {.rank = 5}};
  EXPECT_THAT(rank_pairs(placed.view(), numbered.view()), ElementsAre(Pair(1, 0)));
  positions.ranks = {{.rank = 100}, {.rank = 101}, {.rank = 102}};
  EXPECT_THAT(rank_pairs(placed.view(), positions.view()), ElementsAre(Pair(0, 0), Pair(1, 1)));
}

TEST(CompareRuns, FindsNothingBetweenARunAndItself) {
  const Trace run(made_run({.pp = 2, .microbatches = 6, .steps = 2}), "made");
  const RunComparison c = compare_runs(run, run);
  EXPECT_EQ(c.only_first + c.only_second, 0u);
  EXPECT_THAT(c.ops, IsEmpty());
  for (std::uint32_t span = 0; span < c.match.size(); ++span) {
    if (is_idle(run.run().category[span])) continue;
    ASSERT_EQ(c.match[span], span);
  }
}

TEST(DifferenceBand, IsTheMeanShareOfTheComputeLanes) {
  SmallRun first, second;
  first.rank({.rank = 0, .pp = 0}).row(RowKind::lane, Lane::compute, {{0, 10, Category::forward}});
  first.row(RowKind::lane, Lane::tp, {{0, 40, Category::tp}});
  first.rank({.rank = 1, .pp = 1}).row(RowKind::lane, Lane::compute, {{0, 20, Category::forward}});
  second.rank({.rank = 0, .pp = 0}).row(RowKind::lane, Lane::compute, {{105, 125, Category::forward}});
  const Trace one(first.columns(), "one"), two(second.columns(), "two");
  // Four pixels of 10 ns: of the first run (1 + 1) / 2, (0 + 1) / 2, 0, 0; of the second, moved by -100, 1/2, 1, 1/2,
  // 0.
  const DifferenceBand band = difference_band(one, two, {{0, 40}, 4}, 0, -100);
  EXPECT_THAT(band.first_busy, ElementsAre(1.0f, 0.5f, 0.0f, 0.0f));
  EXPECT_THAT(band.second_busy, ElementsAre(0.5f, 1.0f, 0.5f, 0.0f));
}

}  // namespace
}  // namespace braid
