// SPDX-License-Identifier: Apache-2.0
#include "gui/model/aggregates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gui/model/costliest.hpp"
#include "tests/gui/made_run.hpp"
#include "tests/gui/small_run.hpp"

namespace braid {
namespace {

using testing::ElementsAre;
using testing::Field;

OpKey op(OpKind kind, Unit unit, int microbatch = 0) {
  return {.microbatch = static_cast<std::int16_t>(microbatch), .kind = kind, .unit = unit};
}
OpKey reduce(Unit unit) { return op(OpKind::all_reduce, unit); }  // index 0: of a forward

double time_of(const RankAggregate& of, Category category) { return of.time[static_cast<std::size_t>(category)]; }

/// rank 0   compute  F attn [0,40)  idle tp [40,60)  I mlp [60,100)
///          tp       [30,60)        pp  [50,70)      pp  a peer's post [70,90)
/// rank 1   compute  F attn [10,30)  F attn [30,60)
///          tp       [60,80)
Trace two_ranks() {
  SmallRun run;
  run.rank({.rank = 0, .pp = 0, .tp = 0, .dp = 0});
  run.row(RowKind::passes, Lane::compute, {{0, 100, Category::forward, op(OpKind::forward, Unit::none), "F0"}});
  run.row(RowKind::lane, Lane::compute,
          {{0, 40, Category::forward, op(OpKind::forward, Unit::attn)},
           {.start = 40, .end = 60, .category = Category::idle_tp, .deps = {3, 4}},
           {60, 100, Category::input_grad, op(OpKind::input_grad, Unit::mlp)}});
  run.row(RowKind::lane, Lane::tp, {{30, 60, Category::tp, reduce(Unit::attn)}});
  run.row(RowKind::lane, Lane::pp,
          {{50, 70, Category::pp, op(OpKind::recv, Unit::none)}, {70, 90, Category::pp, op(OpKind::cell, Unit::none)}});
  run.rank({.rank = 1, .pp = 1, .tp = 0, .dp = 0});
  run.row(RowKind::lane, Lane::compute,
          {{10, 30, Category::forward, op(OpKind::forward, Unit::attn, 1)},
           {30, 60, Category::forward, op(OpKind::forward, Unit::attn, 2)}});
  run.row(RowKind::lane, Lane::tp, {{60, 80, Category::tp, reduce(Unit::attn)}});
  return Trace(run.columns(), "two");
}

TEST(Aggregate, HoldsCommunicationAgainstWhatComputes) {
  const Aggregates all = aggregate(two_ranks(), {0, 100}, {});
  ASSERT_EQ(all.ranks.size(), 2u);
  const RankAggregate& first = all.ranks[0];
  EXPECT_EQ(first.rank, 0);
  EXPECT_EQ(first.compute, 80);     // 40 + 40; the pass says it again and does not count
  EXPECT_EQ(first.overlapped, 20);  // in flight [30,70): beside F [30,40), beside I [60,70); the peer is none of ours
  EXPECT_EQ(first.exposed, 20);     // [40,60)
  EXPECT_EQ(first.idle(), 20);
  EXPECT_EQ(time_of(first, Category::forward), 40);
  EXPECT_EQ(time_of(first, Category::tp), 30);
  EXPECT_EQ(time_of(first, Category::pp), 40);
  EXPECT_EQ(all.ranks[1].compute, 50);
  EXPECT_EQ(all.ranks[1].exposed, 20);  // [60,80)
  EXPECT_EQ(all.all.compute, 130);
  EXPECT_EQ(all.all.exposed, 40);
  EXPECT_EQ(time_of(all.all, Category::tp), 50);
  EXPECT_EQ(all.spans, 9u);  // of ten, the pass left out
}

TEST(Aggregate, ClipsToTheRange) {
  const RankAggregate first = aggregate(two_ranks(), {35, 65}, {}).ranks[0];
  EXPECT_EQ(first.compute, 10);     // [35,40) and [60,65)
  EXPECT_EQ(first.overlapped, 10);  // in flight all the time: the same
  EXPECT_EQ(first.exposed, 20);
  EXPECT_EQ(time_of(first, Category::tp), 25);  // [35,60)
  EXPECT_EQ(time_of(first, Category::pp), 15);  // [50,65)
}

TEST(Aggregate, TakesTheRowsThatAreGiven) {
  const Trace trace = two_ranks();
  const Aggregates tp = aggregate(trace, {0, 100}, {2, 2});
  ASSERT_EQ(tp.ranks.size(), 1u);
  EXPECT_EQ(tp.ranks[0].compute, 0);
  EXPECT_EQ(tp.ranks[0].overlapped, 10);  // [30,40): beside its own rank's compute lane, though that is not selected
  EXPECT_EQ(tp.ranks[0].exposed, 20);
  // A pass alone counts, beside a lane of its rank it does not.
  EXPECT_EQ(aggregate(trace, {0, 100}, {0}).ranks[0].compute, 100);
  EXPECT_EQ(aggregate(trace, {0, 100}, {0, 1}).ranks[0].compute, 80);
}

TEST(Aggregate, SumsByUnit) {
  const Aggregates all = aggregate(two_ranks(), {20, 100}, {});
  // F attn: [20,40) + [20,30) + [30,60) = 60; I mlp 40; all_reduce: [30,60) + [60,80) = 50; recv 20; the peer 20.
  ASSERT_EQ(all.units.size(), 5u);
  EXPECT_EQ(all.units[0].name, "F attn");
  EXPECT_EQ(all.units[0].category, Category::forward);
  EXPECT_EQ(all.units[0].count, 3u);
  EXPECT_EQ(all.units[0].time, 60);
  EXPECT_EQ(all.units[0].shortest, 10);
  EXPECT_EQ(all.units[0].longest, 30);
  EXPECT_EQ(all.units[1].name, "all_reduce F attn");
  EXPECT_EQ(all.units[2].name, "I mlp");
  EXPECT_TRUE(aggregate(two_ranks(), {20, 100}, {}, 8).units.empty());  // nine spans there
}

TEST(Aggregate, CountsForeignSpansByTheirNames) {
  SmallRun run;
  run.rank({.rank = 7});
  run.row(RowKind::lane, Lane::compute,
          {{0, 10, Category::compute, {}, "gemm"}, {10, 14, Category::compute, {}, "gemm"}, {20, 21, Category::other}});
  const Aggregates all = aggregate(Trace(run.columns(), "foreign"), {0, 30}, {});
  ASSERT_EQ(all.units.size(), 2u);
  EXPECT_EQ(all.units[0].name, "gemm");  // two entries of the table of names with one text
  EXPECT_EQ(all.units[0].count, 2u);
  EXPECT_EQ(all.units[1].name, to_text(Category::other));
}

TEST(Aggregate, OfAnEmptyRunOrRangeIsEmpty) {
  EXPECT_TRUE(aggregate(Trace(RunColumns{}, "none"), {0, 100}, {}).ranks.empty());
  EXPECT_EQ(aggregate(two_ranks(), {500, 600}, {}).all.compute, 0);
}

TEST(Aggregate, ComputeAndIdlenessFillTheComputeLane) {
  // made_run() leaves no hole in its compute lanes between 0 and their ends, which differ.
  const Trace trace(made_run({.pp = 3, .microbatches = 5}), "made");
  for (const RankAggregate& rank : aggregate(trace, trace.extent(), {}).ranks) {
    std::int64_t end = 0;
    for (const RunRow& row : trace.run().rows) {
      if (row.rank == rank.rank && row.kind == RowKind::lane && row.lane == Lane::compute)
        end = trace.run().end[row.end - 1];
    }
    EXPECT_NEAR(rank.compute + rank.idle(), static_cast<double>(end), 1);
  }
}

SmallRun three_bubbles() {
  SmallRun run;
  run.rank({.rank = 0, .pp = 0});
  run.row(RowKind::lane, Lane::compute,
          {{0, 10, Category::idle_warm_up},
           {.start = 10, .end = 20},
           {.start = 20, .end = 50, .category = Category::idle_tp, .deps = {3, 5}},
           {.start = 50, .end = 60},
           {60, 60, Category::idle_drain}});
  run.row(RowKind::lane, Lane::tp, {{20, 50, Category::tp}});
  run.rank({.rank = 1, .pp = 1});
  run.row(RowKind::lane, Lane::compute, {{0, 20, Category::idle_pp_wait}, {.start = 20, .end = 60}});
  return run;
}

TEST(Bubbles, AreSortedByCostAndNameWhoWaitedAndWhoIsBlamed) {
  const RunColumns columns = three_bubbles().columns();
  const Bubbles all = bubbles(columns.view(), {0, 60});
  EXPECT_EQ(all.count, 3u);  // the empty drain is none
  EXPECT_EQ(all.time, 60);   // 30 + 20 + 10
  EXPECT_THAT(all.rows,
              ElementsAre(Field(&BubbleRow::length, 30), Field(&BubbleRow::length, 20), Field(&BubbleRow::length, 10)));
  EXPECT_EQ(all.rows[0].span, 2u);
  EXPECT_EQ(all.rows[0].waiting, 3u);
  EXPECT_EQ(all.rows[0].blamed, 5u);
  EXPECT_EQ(all.rows[1].rank, 1);
  EXPECT_EQ(all.rows[1].blamed, kNoIndex);
}

TEST(Bubbles, AreFilteredAndCut) {
  const RunColumns columns = three_bubbles().columns();
  const RunView run = columns.view();
  EXPECT_EQ(bubbles(run, {0, 60}, {.cause = Category::idle_tp}).count, 1u);
  EXPECT_EQ(bubbles(run, {0, 60}, {.rank = 1}).rows[0].span, 6u);
  EXPECT_EQ(bubbles(run, {15, 20}).count, 1u);  // [0,20) of rank 1 alone; [20,50) begins where the range ends
  const Bubbles cut = bubbles(run, {0, 60}, {}, 1);
  EXPECT_EQ(cut.rows.size(), 1u);
  EXPECT_EQ(cut.rows[0].length, 30);
  EXPECT_EQ(cut.count, 3u);
}

TEST(CostliestOf, KeepsTheDearestAndOfEqualOnesTheFirst) {
  Costliest<int> three(3);
  for (int i = 0; i < 1000; ++i) three.offer(i % 10, i);
  EXPECT_THAT(three.take(), ElementsAre(9, 19, 29));
}

}  // namespace
}  // namespace braid
