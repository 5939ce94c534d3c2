// SPDX-License-Identifier: Apache-2.0
#include "gui/model/row_layout.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/base/error.hpp"
#include "tests/gui/made_run.hpp"

namespace braid {
namespace {

/// Indented by depth, "+" before a folded heading, "^" before a pinned row.
std::string drawn(const std::vector<LayoutRow>& rows) {
  std::string text;
  for (const LayoutRow& row : rows) {
    text += std::string(static_cast<std::size_t>(row.depth) * 2, ' ') + (row.folded ? "+" : "") +
            (row.pinned ? "^" : "") + row.label + '\n';
  }
  return text;
}

std::string drawn(const MadeRun& wanted, const LayoutOptions& options) {
  const RunColumns run = made_run(wanted);
  return drawn(layout_rows(run.view(), options));
}

/// Spans of one nanosecond at the given times on a row of its own.
void add_row(RunColumns& run, RunRow row, const std::vector<std::pair<std::int64_t, Category>>& spans) {
  row.begin = run.start.size();
  for (const auto& [at, category] : spans) {
    run.start.push_back(at);
    run.end.push_back(at + 1);
    run.category.push_back(category);
  }
  row.end = run.start.size();
  run.rows.push_back(row);
}

constexpr MadeRun kTiny{.pp = 2, .microbatches = 1, .layers = 1};

TEST(LayoutRows, GivesAStageWithOneRankOneHeading) {
  EXPECT_EQ(drawn(kTiny, {}),
            "stage 0\n  passes\n  compute\n  tp\n  pp\n"
            "stage 1\n  passes\n  compute\n  tp\n  pp\n");
}

TEST(LayoutRows, ShowsTheFirstOfFoldedPeers) {
  // Two stages of three TP peers: ranks 0 to 2 and 3 to 5.
  EXPECT_EQ(drawn({.pp = 2, .tp = 3, .microbatches = 1, .layers = 1}, {.hidden_lanes = {Lane::tp, Lane::pp}}),
            "stage 0\n  rank 0 (first of 3)\n    passes\n    compute\n"
            "stage 1\n  rank 3 (first of 3)\n    passes\n    compute\n");
}

TEST(LayoutRows, UnfoldsPeersWhenAsked) {
  EXPECT_EQ(drawn({.pp = 1, .tp = 2, .microbatches = 1, .layers = 1},
                  {.fold_tp_peers = false, .show_passes = false, .hidden_lanes = {Lane::pp}}),
            "stage 0\n  rank 0\n    compute\n    tp\n  rank 1\n    compute\n    tp\n");
}

/// Four ranks of one stage: 2 TP peers in 2 DP replicas, in an order of their own.
RunColumns two_by_two() {
  RunColumns run;
  const std::vector<RunRank> ranks{{.rank = 3, .pp = 0, .tp = 1, .dp = 1},
                                   {.rank = 0, .pp = 0, .tp = 0, .dp = 0},
                                   {.rank = 2, .pp = 0, .tp = 0, .dp = 1},
                                   {.rank = 1, .pp = 0, .tp = 1, .dp = 0}};
  run.ranks = ranks;
  for (int i = 0; i < 4; ++i) add_row(run, {.rank = i}, {{i, Category::forward}});
  return run;
}

TEST(LayoutRows, FoldsPeersAndReplicasApart) {
  const RunColumns run = two_by_two();
  EXPECT_EQ(drawn(layout_rows(run.view(), {})), "stage 0\n  rank 0 (first of 4)\n    compute\n");
  EXPECT_EQ(drawn(layout_rows(run.view(), {.fold_dp_replicas = false})),
            "stage 0\n  rank 0 (first of 2)\n    compute\n  rank 2 (first of 2)\n    compute\n");
  EXPECT_EQ(drawn(layout_rows(run.view(), {.fold_tp_peers = false})),
            "stage 0\n  rank 0 (first of 2)\n    compute\n  rank 1 (first of 2)\n    compute\n");
  EXPECT_EQ(drawn(layout_rows(run.view(), {.fold_tp_peers = false, .fold_dp_replicas = false})),
            "stage 0\n  rank 0\n    compute\n  rank 1\n    compute\n  rank 2\n    compute\n  rank 3\n    compute\n");
}

TEST(LayoutRows, LetsAFoldedHeadingStandForAllRanksOfItsStage) {
  // The peers that are not shown count in the mean as well: rows 0 to 3 are compute rows of the four ranks.
  const RunColumns run = two_by_two();
  const std::vector<LayoutRow> rows = layout_rows(run.view(), {.folded = {"pp0"}});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_TRUE(rows[0].folded);
  std::vector<std::uint32_t> members = rows[0].members;
  std::sort(members.begin(), members.end());
  EXPECT_EQ(members, (std::vector<std::uint32_t>{0, 1, 2, 3}));
}

TEST(LayoutRows, MakesAStageOfOneRowThatRow) {
  RunColumns run;
  for (int i = 0; i < 2; ++i) {
    run.ranks.push_back({.rank = i, .pp = i, .tp = 0, .dp = 0});
    add_row(run, {.rank = i}, {{0, Category::forward}});
  }
  const std::vector<LayoutRow> rows = layout_rows(run.view(), {});
  EXPECT_EQ(drawn(rows), "stage 0\nstage 1\n");
  EXPECT_EQ(rows[1].kind, LayoutRow::Kind::spans);
  EXPECT_EQ(rows[1].id, "pp1/tp0/dp0/compute");
}

TEST(LayoutRows, HasAHeadingForEachProcessOfAForeignTrace) {
  RunColumns run;
  const std::uint32_t python = run.add_name("python 4711"), stream = run.add_name("stream 7");
  run.ranks = {{.rank = 4711, .name = python}, {.rank = 12}};
  add_row(run, {.rank = 0, .name = stream}, {{0, Category::other}});
  add_row(run, {.rank = 1}, {{0, Category::other}});
  add_row(run, {.rank = -1, .name = stream}, {{0, Category::other}});
  EXPECT_EQ(drawn(layout_rows(run.view(), {})), "python 4711\n  stream 7\nrank 12\n  compute\ncluster\n  stream 7\n");
}

TEST(LayoutRows, LeavesCountersOut) {
  const RunColumns run = made_run(kTiny);
  for (const LayoutRow& row : layout_rows(run.view(), {})) {
    for (const std::uint32_t member : row.members) EXPECT_NE(run.rows[member].kind, RowKind::counter);
  }
}

TEST(LayoutRows, PutsPinnedRowsOnTopEvenOfAFoldedStage) {
  EXPECT_EQ(drawn(kTiny, {.folded = {"pp1"}, .pinned = {"pp1/tp0/dp0/tp"}}),
            "^stage 1 tp\nstage 0\n  passes\n  compute\n  tp\n  pp\n+stage 1\n");
}

TEST(LayoutRows, ShowsWhatHasAllWordsOfTheFilter) {
  EXPECT_EQ(drawn(kTiny, {.filter = "stage1 TP"}), "stage 1\n  tp\n");
  EXPECT_EQ(drawn(kTiny, {.filter = "rank 1 pass"}), "stage 1\n  passes\n");
  EXPECT_EQ(drawn(kTiny, {.filter = "nothing"}), "");
}

TEST(LayoutRows, TakesAFiltersNumberWhole) {
  // "rank1" is rank 1 and not rank 10 or 11.
  const std::string text = drawn({.pp = 12, .microbatches = 1, .layers = 1}, {.filter = "rank1 tp"});
  EXPECT_EQ(text, "stage 1\n  tp\n");
}

TEST(LayoutRows, HidesRowsThatAreIdleInView) {
  RunColumns run;
  run.ranks = {{.rank = 0, .pp = 0, .tp = 0, .dp = 0}, {.rank = 1, .pp = 1, .tp = 0, .dp = 0}};
  add_row(run, {.rank = 0}, {{0, Category::forward}, {10, Category::idle_tp}, {20, Category::forward}});
  add_row(run, {.rank = 0, .lane = Lane::tp}, {{10, Category::tp}});
  add_row(run, {.rank = 1}, {{12, Category::forward}});
  const auto at = [&](TimeRange range) {
    return drawn(layout_rows(run.view(), {.only_active = true, .active = range}));
  };
  EXPECT_EQ(at({0, 21}), "stage 0\n  compute\n  tp\nstage 1\n");
  EXPECT_EQ(at({9, 12}), "stage 0\n  tp\n");  // compute only idles there, stage 1 begins at 12
  EXPECT_EQ(at({11, 20}), "stage 1\n");       // the collective ended at 11, the next forward begins at 20
}

TEST(LayoutRows, KeepsTheOrderOfTheUser) {
  const std::string text = drawn({.pp = 3, .microbatches = 1, .layers = 1},
                                 {.folded = {"pp0", "pp1", "pp2"}, .order = {"pp2", "no longer there", "pp0"}});
  EXPECT_EQ(text, "+stage 2\n+stage 0\n+stage 1\n");
}

TEST(LayoutRows, HasIdsThatAreUniqueAtSixtyFourRanks) {
  const RunColumns run = made_run({.pp = 8, .tp = 8, .microbatches = 1, .layers = 1});
  const std::vector<LayoutRow> rows = layout_rows(run.view(), {.fold_tp_peers = false});
  EXPECT_EQ(rows.size(), 8u + 64 * (1 + 4));  // stages, ranks, four rows of each
  std::set<std::string> ids;
  for (const LayoutRow& row : rows) ids.insert(row.id);
  EXPECT_EQ(ids.size(), rows.size());
}

TEST(RowAt, GivesATopToItsRowAndABottomToTheNext) {
  // Heights: heading 18, passes and compute 20 each, tp and pp 10 each: 78 a stage.
  const RunColumns run = made_run(kTiny);
  const std::vector<LayoutRow> rows = layout_rows(run.view(), {.row_height = 20});
  EXPECT_EQ(total_height(rows), 2 * 78);
  EXPECT_EQ(row_at(rows, 0), 0u);
  EXPECT_EQ(row_at(rows, 17.9), 0u);
  EXPECT_EQ(row_at(rows, 18), 1u);
  EXPECT_EQ(row_at(rows, 58), 3u);
  EXPECT_EQ(row_at(rows, 78), 5u);
  EXPECT_EQ(row_at(rows, 156), rows.size());
  EXPECT_EQ(row_at(rows, -1), rows.size());
  EXPECT_EQ(row_at({}, 0), 0u);
}

TEST(RowAt, KeepsThinRowsVisible) {
  // At 4 pixels a lane would have 2: it keeps 3, and a heading 11.
  const RunColumns run = made_run(kTiny);
  const std::vector<LayoutRow> rows = layout_rows(run.view(), {.row_height = 4});
  EXPECT_EQ(total_height(rows), 2 * (11 + 4 + 4 + 3 + 3));
}

std::string called(const MadeRun& wanted, const std::string& words) {
  const RunColumns run = made_run(wanted);
  return drawn(rows_called(layout_rows(run.view(), {.show_passes = false}), words));
}
constexpr MadeRun kFour{.pp = 4, .microbatches = 1, .layers = 1};

TEST(RowsCalled, KnowsStagesRanksLanesAndIds) {
  EXPECT_EQ(called(kFour, "1-2"), "stage 1\n  compute\n  tp\n  pp\nstage 2\n  compute\n  tp\n  pp\n");
  EXPECT_EQ(called(kFour, "stage1-2"), called(kFour, "1-2"));
  EXPECT_EQ(called(kFour, "stage3/tp"), "stage 3 tp\n");
  EXPECT_EQ(called(kFour, "rank2,rank3/pp"), "stage 2 compute\nstage 2 tp\nstage 2 pp\nstage 3 pp\n");
  EXPECT_EQ(called(kFour, "tp"), "stage 0 tp\nstage 1 tp\nstage 2 tp\nstage 3 tp\n");
  EXPECT_EQ(called(kFour, "pp3"), "stage 3\n  compute\n  tp\n  pp\n");
  EXPECT_EQ(called(kFour, "pp3/tp0/dp0/compute"), "stage 3 compute\n");
}

TEST(RowsCalled, StacksWhatItTakes) {
  const RunColumns run = made_run(kFour);
  const std::vector<LayoutRow> rows = rows_called(layout_rows(run.view(), {}), "2/tp,3/tp");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].top, 0);
  EXPECT_EQ(rows[1].top, 9);  // half of 18
}

TEST(RowsCalled, SaysWhatThereIs) {
  const auto complaint = [](const std::string& words) -> std::string {
    try {
      called(kFour, words);
    } catch (const Error& e) { return e.what(); }
    return "";
  };
  EXPECT_EQ(complaint("stage4"),
            "--rows: 'stage4' names no row; there are stage 0, stage 1, stage 2, stage 3; of each compute, tp, pp");
  EXPECT_EQ(complaint("0,,1"),
            "--rows: '' names no row; there are stage 0, stage 1, stage 2, stage 3; of each compute, tp, pp");
  EXPECT_EQ(complaint("stage3-1").substr(0, 20), "--rows: 'stage3-1' n");
  EXPECT_EQ(complaint("stage99999999999999999999").substr(0, 10), "--rows: 's");
  EXPECT_THROW(rows_called({}, "0"), Error);
}

}  // namespace
}  // namespace braid
