// SPDX-License-Identifier: Apache-2.0
// EngineOptions::durations: what ops really took, in place of their costs.
#include <gtest/gtest.h>

#include <limits>

#include "tests/sim/engine/tiny_program.hpp"
#include "tests/sim/engine/verified.hpp"

namespace braid {
namespace {

constexpr double kKeep = std::numeric_limits<double>::quiet_NaN();

/// One row of durations for each rank.
EngineOptions taking(std::vector<std::vector<double>> rows) {
  EngineOptions options;
  for (const auto& row : rows) {
    options.durations.emplace_back();
    for (const double seconds : row) options.durations.back().emplace_back(seconds);
  }
  return options;
}

TEST(GivenDurations, ReplaceACostAndItsStretch) {
  // Alone 4 s, and beside the 2 s all-reduce at stretch 1 it would take 5; given 3, it takes 3.
  TinyProgram tiny({.tp = 2});
  const auto work = tiny.compute(4);
  const auto reduce = tiny.collective(Scope::tp, 0, 2);
  tiny.stretch(work, reduce, 1);
  tiny.op(0, Lane::tp, reduce);
  const auto op = tiny.op(0, Lane::compute, work);
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2), taking({{kKeep, 3}}));
  EXPECT_EQ(span_of(t, 0, Lane::compute, op).end, 3_s);
  EXPECT_EQ(span_of(t, 0, Lane::compute, op).stretch, 0_s);
  EXPECT_EQ(t.step_time, 3_s);
}

TEST(GivenDurations, LeaveOpsWithoutOneAlone) {
  // The first keeps its 4 s (negative: none given), the second takes 0 in place of 4.
  TinyProgram tiny({});
  const auto work = tiny.compute(4);
  tiny.op(0, Lane::compute, work);
  tiny.op(0, Lane::compute, work);
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 1), taking({{-1, 0}}));
  EXPECT_EQ(t.step_time, 4_s);
}

TEST(GivenDurations, OfAMessageCountFromTheStartOfItsBytes) {
  // Batched: sent at 1, received at 3, so the bytes start at 3; given 5, they end at 8.
  TinyProgram tiny({.pp = 2}, P2pMode::batched);
  const auto first = tiny.op(0, Lane::compute, tiny.compute(1));
  const auto second = tiny.op(1, Lane::compute, tiny.compute(3));
  const auto ends = tiny.send(0, 1, tiny.message(1, 1), {first}, {second});
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2), taking({{kKeep, 5}, {kKeep, kKeep}}));
  EXPECT_EQ(span_of(t, 1, Lane::pp, ends.recv).start, 3_s);
  EXPECT_EQ(span_of(t, 1, Lane::pp, ends.recv).end, 8_s);
}

TEST(GivenDurations, OfACollectiveCountFromItsLastMemberAndStretchOthersStill) {
  // Unfolded: rank 0 computes 1 s, rank 1 2 s (given 3). The all-reduce starts at 3 and takes the given 4: ends at 7.
  // Compute of 10 s beside it from 3, stretch 1: 4 s of it take 4, doing 2; 8 more: ends at 15.
  TinyProgram tiny({.tp = 2});
  const auto before = tiny.op(0, Lane::compute, tiny.compute(1));
  const auto reduce = tiny.collective(Scope::tp, 0, 2);
  const auto collective = tiny.op(0, Lane::tp, reduce, {before});
  const auto beside = tiny.compute(10);
  tiny.stretch(beside, reduce, 1);
  const auto after = tiny.op(0, Lane::compute, beside);
  EngineOptions options = taking({{kKeep, 4, kKeep}, {3, kKeep, kKeep}});
  options.fold = false;
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2), options);
  EXPECT_EQ(span_of(t, 0, Lane::tp, collective).start, 3_s);
  EXPECT_EQ(span_of(t, 1, Lane::tp, collective).end, 7_s);
  EXPECT_EQ(span_of(t, 1, Lane::compute, after).end, 15_s);
}

}  // namespace
}  // namespace braid
