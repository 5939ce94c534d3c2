// SPDX-License-Identifier: Apache-2.0
// Measurements that are made up so that it is known whose the error is.
#include "validate/report/attribution.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/engine/core/simulate.hpp"
#include "sim/report/op_class.hpp"
#include "tests/sim/engine/synthetic_program.hpp"
#include "tests/sim/engine/tiny_program.hpp"

namespace braid {
namespace {

/// 1F1B on two ranks with TP 2, nothing stretched: then durations of one class do not depend on those of another.
Synthetic two_stages() { return synthetic_program({.placement = {.tp = 2, .pp = 2}, .stretch = 0}); }

/// The work of the first op of that class.
std::uint16_t work_of(const Program& program, const std::string& class_name) {
  for (const RankProgram& rank : program.ranks) {
    for (const Op& op : rank.ops) {
      if (class_of(op.key, op.lane) == class_name) return op.work;
    }
  }
  throw Error("test", "no such class");
}

const ClassExplains& explains(const Attribution& attribution, const std::string& name) {
  return *std::ranges::find(attribution.classes, name, &ClassExplains::name);
}

TEST(Attribution, BlamesTheProfileForAClassThatTakesLonger) {
  // Weight gradients really take 1.1 times their cost and the engine's rules hold: played with what was measured the
  // program is the measured run, so all of the error is the profile's, and W's durations alone explain it.
  const Synthetic s = two_stages();
  const Cluster cluster = tiny_cluster(1, 4);
  Costs real = s.costs;
  real.duration[work_of(s.program, "W")] *= 1.1;
  for (const bool fold : {true, false}) {
    const Seconds predicted = simulate_ideal(s.program, s.costs, cluster, {.fold = fold}).step_time;
    const Timeline run = simulate_ideal(s.program, real, cluster, {.fold = fold});
    ASSERT_GT(run.step_time, predicted * 1.01);
    const Attribution a = attribute(s.costs, cluster, predicted, join_complete(s.program, run));
    EXPECT_NEAR(a.model_error().value, 0, 1e-12);
    EXPECT_NEAR(a.profile_error().value, (predicted - run.step_time).value, 1e-12);
    EXPECT_EQ(a.classes.front().name, "W");
    EXPECT_NEAR(a.classes.front().explained.value, (predicted - run.step_time).value, 1e-12);
    EXPECT_NEAR(explains(a, "F").explained.value, 0, 1e-12);
  }
}

TEST(Attribution, BlamesTheProfileForSlowCollectivesAndMessages) {
  // All-reduces take twice and messages three times their cost: again no error is left for the model.
  const Synthetic s = two_stages();
  const Cluster cluster = tiny_cluster(1, 4);
  Costs real = s.costs;
  for (CommCost& cost : real.collective) cost.transfer *= 2;
  for (auto& paths : real.message) {
    for (CommCost& cost : paths) cost.transfer *= 3;
  }
  const Seconds predicted = simulate_ideal(s.program, s.costs, cluster).step_time;
  const Timeline run = simulate_ideal(s.program, real, cluster);
  const Attribution a = attribute(s.costs, cluster, predicted, join_complete(s.program, run));
  EXPECT_LT(a.profile_error(), 0_s);
  EXPECT_NEAR(a.model_error().value, 0, 1e-12);
}

TEST(Attribution, BlamesTheModelForADependenceThatItDoesNotKnow) {
  // Every op takes what it costs, but on the machine the weight gradient waits for the all-reduce beside it: the
  // durations explain nothing.
  TinyProgram tiny({.tp = 2});
  const auto grad = tiny.compute(1), weight = tiny.compute(2);
  const auto reduce = tiny.collective(Scope::tp, 0, 1.5);
  const auto i = tiny.op(0, Lane::compute, grad);
  const auto all_reduce = tiny.op(0, Lane::tp, reduce, {i});
  tiny.op(0, Lane::compute, weight, {i});
  TinyProgram real({.tp = 2});
  real.compute(1), real.compute(2);
  real.collective(Scope::tp, 0, 1.5);
  real.op(0, Lane::compute, grad);
  real.op(0, Lane::tp, reduce, {i});
  real.op(0, Lane::compute, weight, {i, all_reduce});
  const Cluster cluster = tiny_cluster(1, 2);
  // Predicted 1 + max(1.5, 2) = 3, measured 1 + 1.5 + 2 = 4.5.
  const Seconds predicted = simulate_ideal(tiny.program, tiny.costs, cluster).step_time;
  const Timeline run = simulate_ideal(real.program, real.costs, cluster);
  const Attribution a = attribute(tiny.costs, cluster, predicted, join_complete(tiny.program, run));
  EXPECT_EQ(a.predicted, 3_s);
  EXPECT_EQ(a.measured, 4.5_s);
  EXPECT_EQ(a.profile_error(), 0_s);
  EXPECT_EQ(a.model_error(), -1.5_s);
  for (const ClassExplains& one : a.classes) EXPECT_EQ(one.explained, 0_s) << one.name;
}

TEST(Attribution, ChargesALateMemberToWhoIsLate) {
  // Unfolded, TP 2. Both members compute 1 s by cost; on the machine the second takes 3. The all-reduce takes 1 in
  // both. Predicted 2, measured 4: F explains 2 s, the all-reduce nothing, though the first member's kernel ran for 3
  // s.
  TinyProgram tiny({.tp = 2});
  const auto f = tiny.op(0, Lane::compute, tiny.compute(1));
  tiny.op(0, Lane::tp, tiny.collective(Scope::tp, 0, 1), {f});
  const Cluster cluster = tiny_cluster(1, 2);
  EngineOptions options{.fold = false};
  Timeline run = simulate_ideal(tiny.program, tiny.costs, cluster, options);
  run.provenance.kind = "measured";
  const auto lane = [&](std::size_t rank, Lane l) -> Span& { return run.ranks[rank].lanes[std::size_t(l)][0]; };
  lane(1, Lane::compute).end = lane(1, Lane::tp).start = 3_s;
  lane(0, Lane::tp).end = lane(1, Lane::tp).end = run.step_time = 4_s;
  const Attribution a = attribute(tiny.costs, cluster, 2_s, join_complete(tiny.program, run));
  EXPECT_EQ(a.profile_error(), -2_s);
  EXPECT_EQ(a.model_error(), 0_s);
  ASSERT_EQ(a.classes.size(), 2u);
  EXPECT_EQ(a.classes[0].name, "F");
  EXPECT_EQ(a.classes[0].explained, -2_s);
  EXPECT_EQ(a.classes[1].explained, 0_s);
}

}  // namespace
}  // namespace braid
