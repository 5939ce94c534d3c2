// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/base/error.hpp"
#include "tests/sim/engine/tiny_program.hpp"

namespace braid {
namespace {

std::string message_of(const TinyProgram& tiny, const Cluster& cluster, const EngineOptions& options = {}) {
  try {
    simulate_ideal(tiny.program, tiny.costs, cluster, options);
  } catch (const Error& error) { return error.what(); }
  return "no error";
}

TEST(SimulateErrors, NamesTheOpThatADeadlockBlocks) {
  // Each rank receives before it sends: nobody ever posts a send. Batch 0 is the message 0 -> 1, batch 1 the other.
  TinyProgram tiny({.pp = 2}, P2pMode::batched);
  const auto bytes = tiny.message(0, 1);
  for (int rank : {0, 1}) tiny.op(rank, Lane::pp, bytes, {});
  for (int rank : {0, 1}) tiny.op(rank, Lane::pp, bytes, {0});
  tiny.connect(0, 1, {.send = 1, .recv = 0});
  tiny.connect(1, 0, {.send = 1, .recv = 0});
  EXPECT_THAT(message_of(tiny, tiny_cluster(1, 2)),
              testing::AllOf(testing::HasSubstr("rank 0"), testing::HasSubstr("op 0 (recv"),
                             testing::HasSubstr("never runs: it waits for 1 more of batch 1"),
                             testing::HasSubstr("sent by op 1 of rank 1"), testing::HasSubstr("4 ops are left")));
}

TEST(SimulateErrors, NamesTheMessageThatHostsWaitForInACircle) {
  // Both ranks post a send, compute, and post the recv that the other's send needs: lanes alone would not block, but
  // neither host gets behind its own send.
  TinyProgram tiny({.pp = 2}, P2pMode::batched);
  const auto work = tiny.compute(1), message = tiny.message(0, 1);
  const auto there = tiny.op(0, Lane::pp, message), back = tiny.op(1, Lane::pp, message);
  for (const int rank : {0, 1}) tiny.op(rank, Lane::compute, work);
  tiny.connect(0, 1, {there, tiny.op(1, Lane::pp, message)});
  tiny.connect(1, 0, {back, tiny.op(0, Lane::pp, message)});
  EXPECT_EQ(simulate_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2)).step_time, 1_s);
  tiny.costs.launches = {.time = {1_s, 0_s}, .lead = {0_s, 0_s}};
  tiny.program.host_waits = true;
  EXPECT_THAT(
      message_of(tiny, tiny_cluster(1, 2)),
      testing::AllOf(testing::HasSubstr("rank 0: op 0 (send"), testing::HasSubstr("waits for 1 more of batch 0"),
                     testing::HasSubstr("received by op 2 of rank 1; 6 ops are left")));
}

TEST(SimulateErrors, RefusesAPlanThatIsBiggerThanTheCluster) {
  TinyProgram tiny({.tp = 4, .dp = 2});
  EXPECT_THAT(message_of(tiny, tiny_cluster(1, 4)), testing::HasSubstr("8 ranks do not fit on the 4 GPUs"));
}

TEST(SimulateErrors, RefusesASlowdownForTheWrongNumberOfRanks) {
  TinyProgram tiny({.tp = 2});
  EXPECT_THAT(message_of(tiny, tiny_cluster(1, 2), {.slowdown = {1, 1, 1}}),
              testing::HasSubstr("engine.slowdown: names 3 ranks, the plan has 2"));
}

TEST(SimulateErrors, RefusesAbsurdFactors) {
  TinyProgram tiny({.tp = 2});
  EXPECT_THAT(message_of(tiny, tiny_cluster(1, 2), {.slowdown = {1, 0}}), testing::HasSubstr("engine.slowdown"));
  EXPECT_THAT(message_of(tiny, tiny_cluster(1, 2), {.jitter = -1}), testing::HasSubstr("engine.jitter"));
}

TEST(SimulateErrorsDeathTest, ChecksThatADependenceNamesAnEarlierOp) {
  TinyProgram tiny({});
  const auto work = tiny.compute(1);
  tiny.op(0, Lane::compute, work, {0});
  EXPECT_DEATH(simulate_ideal(tiny.program, tiny.costs, tiny_cluster(1, 1)), "a dependence names an earlier op");
}

}  // namespace
}  // namespace braid
