// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/memory/memory.hpp"
#include "sim/schedule/generators.hpp"
#include "tests/sim/program/fixture.hpp"
#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using ::testing::ElementsAre;
using ::testing::FieldsAre;

/// Ops of one rank, each a second long: kind, bytes that it takes and gives back, all of one microbatch and unit.
struct OneOp {
  OpKind kind = OpKind::forward;
  double alloc = 0, release = 0;
  Unit unit = Unit::attn;
};

MemoryByClass by_class(const std::vector<OneOp>& ops) {
  tiny::Tiny tiny(1);
  for (const OneOp& op : ops) {
    const auto at = tiny.compute_with_memory(0, 1, {}, op.alloc, op.release);
    OpKey& key = tiny.program().ranks[0].ops[at].key;
    key.kind = op.kind;
    key.unit = op.unit;
    key.microbatch = 3;
  }
  const Timeline timeline = tiny.play();
  return memory_by_class(join_complete(tiny.program(), timeline), 0);
}

TEST(MemoryByClass, DefersWhatTheWeightGradientNeedsFromTheEndOfI) {
  // F keeps 10, of which W needs 4. I takes a gradient of 3 at 1 s and at its end gives back 10 - 4 = 6: what is left,
  // 4 + 3 = 7, is there for W alone, which runs from 3 s to 4 s.
  const MemoryByClass memory = by_class({{OpKind::forward, 10, 0},
                                         {OpKind::input_grad, 3, 6},
                                         {OpKind::forward, 0, 0, Unit::mlp},
                                         {OpKind::weight_grad, 0, 7}});
  EXPECT_THAT(memory.points,
              ElementsAre(FieldsAre(0_s, 10, 0), FieldsAre(1_s, 13, 0), FieldsAre(2_s, 0, 7), FieldsAre(4_s, 0, 0)));
}

TEST(MemoryByClass, DefersNothingForAWeightGradientThatRunsBeforeItsI) {
  // The W of 0..1 s gives back what no I has left behind, so its bytes are activations to the end.
  const MemoryByClass memory =
      by_class({{OpKind::forward, 10, 0}, {OpKind::weight_grad, 0, 4}, {OpKind::input_grad, 0, 6}});
  EXPECT_THAT(memory.points, ElementsAre(FieldsAre(0_s, 10, 0), FieldsAre(2_s, 6, 0), FieldsAre(3_s, 0, 0)));
}

TEST(MemoryByClass, KeepsUnitsApart) {
  // The W of mlp has no I here, as an embedding: its bytes are activations until it ends.
  const MemoryByClass memory = by_class({{OpKind::forward, 10, 0},
                                         {OpKind::input_grad, 0, 6},
                                         {OpKind::weight_grad, 0, 3, Unit::mlp},
                                         {OpKind::weight_grad, 0, 1}});
  EXPECT_THAT(memory.points,
              ElementsAre(FieldsAre(0_s, 10, 0), FieldsAre(2_s, 3, 1), FieldsAre(3_s, 0, 1), FieldsAre(4_s, 0, 0)));
}

/// Every op one second after the other in the order of issue, rank by rank.
Timeline one_after_another(const Program& program) {
  Timeline timeline;
  for (const RankProgram& rank : program.ranks) {
    RankTimeline& played = timeline.ranks.emplace_back();
    played.rank = static_cast<int>(timeline.ranks.size() - 1);
    double now = 0;
    for (const Op& op : rank.ops) {
      played.lanes[static_cast<std::size_t>(op.lane)].push_back({op.key, Seconds(now), Seconds(now + 1), 0_s});
      now += 1;
    }
  }
  timeline.multiplicity = program.placement.tp * program.placement.dp;
  return timeline;
}

TEST(MemoryByClass, SumsToMemoryOverTimeInEveryScheduleAndReturnsAll) {
  using namespace braid::testing;
  for (const char* name : {"1f1b", "zb-v", "stp", "1f1b-i", "zb-h1"}) {
    for (const Recompute recompute : {Recompute::none, Recompute::selective, Recompute::full}) {
      for (const AsyncAllReduce async : {AsyncAllReduce::none, AsyncAllReduce::column, AsyncAllReduce::whole}) {
        Scenario scenario = small_scenario(2, 6);
        scenario.model.layers = 8;
        scenario.plan.recompute = recompute;
        const Schedule schedule = generate_schedule(name, {.stages = 2, .microbatches = 6});
        const Program program = lower(schedule, scenario, {.async_all_reduce = async});
        const Timeline timeline = one_after_another(program);
        const Played played = join_complete(program, timeline);
        for (std::size_t rank = 0; rank < 2; ++rank) {
          const MemoryByClass memory = memory_by_class(played, rank);
          double resident = 0, most = 0, most_deferred = 0;
          for (const Bytes bytes : memory.resident) resident += bytes.value;
          const Counter whole = memory_over_time(played, rank, 1'000'000);
          ASSERT_EQ(whole.points.size(), memory.points.size()) << name;
          for (std::size_t i = 0; i < memory.points.size(); ++i) {
            const auto& point = memory.points[i];
            ASSERT_GE(point.activations, 0) << name;
            ASSERT_GE(point.deferred_w, 0) << name;
            ASSERT_EQ(resident + point.activations + point.deferred_w, whole.points[i].second) << name;
            most = std::max(most, point.activations + point.deferred_w);
            most_deferred = std::max(most_deferred, point.deferred_w);
          }
          EXPECT_EQ(memory.points.back().activations, 0) << name;
          EXPECT_EQ(memory.points.back().deferred_w, 0) << name;
          EXPECT_EQ(memory_peaks(played)[rank].bytes.value, resident + most) << name;
          EXPECT_GT(most_deferred, 0) << name;
        }
      }
    }
  }
}

TEST(MemoryByClass, HoldsAUnitForEachWeightGradientThatAZeroBubbleScheduleHasPutOff) {
  // Two microbatches of one layer whose I come first: after the second I, both W of mlp and of attn are put off, twice
  // what one of them holds; in the order I W I W never more than one microbatch's.
  using namespace braid::testing;
  Scenario scenario = small_scenario(1, 2);
  const auto most = [&](std::vector<Cell> row) {
    const Program program = lower(one_rank(std::move(row), 2), scenario, {});
    const Timeline timeline = one_after_another(program);
    double deferred = 0;
    for (const auto& point : memory_by_class(join_complete(program, timeline), 0).points) {
      deferred = std::max(deferred, point.deferred_w);
    }
    return deferred;
  };
  const double together = most({{{F(0, 0)}}, {{F(0, 1)}}, {{I(0, 0)}}, {{I(0, 1)}}, {{W(0, 0)}}, {{W(0, 1)}}});
  const double in_turn = most({{{F(0, 0)}}, {{F(0, 1)}}, {{I(0, 0)}}, {{W(0, 0)}}, {{I(0, 1)}}, {{W(0, 1)}}});
  EXPECT_GT(in_turn, 0);
  EXPECT_EQ(together, 2 * in_turn);
}

}  // namespace
}  // namespace braid
