// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/simgrid/child_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "sim/base/error.hpp"
#include "sim/engine/simgrid/simulate_simgrid.hpp"
#include "tests/sim/engine/tiny_program.hpp"

namespace braid {
namespace {

using testing::HasSubstr;

std::string message_of(const std::function<void()>& work) {
  try {
    run_in_child(work);
  } catch (const Error& error) { return error.what(); }
  return "no error";
}

TEST(ChildProcess, LeavesTheParentAsItWas) {
  int value = 1;
  run_in_child([&] { value = 2; });
  EXPECT_EQ(value, 1);
}

TEST(ChildProcess, BringsAnErrorHomeInItsOwnWords) {
  EXPECT_EQ(message_of([] { throw Error("a.toml:3:plan.tp", "is too big"); }), "a.toml:3:plan.tp: is too big");
}

TEST(ChildProcess, SaysHowAChildDied) {
  EXPECT_THAT(message_of([] { std::raise(SIGKILL); }), HasSubstr("ended by signal 9"));
  EXPECT_THAT(message_of([] { std::_Exit(5); }), HasSubstr("ended without saying why"));
}

TEST(ChildProcess, RunsSimgridAsOftenAsAsked) {
  // SimGrid's clock outlives its engine; a process of its own for each play starts every one at 0.
  TinyProgram tiny({.pp = 2});
  tiny.send(0, 1, tiny.message(0, 1));
  for (int n = 0; n < 3; ++n) {
    const Timeline t = simulate_simgrid(tiny.program, tiny.costs, tiny_cluster(1, 2), {.closed_form = false});
    EXPECT_EQ(t.step_time, 1_s);
  }
}

TEST(ChildProcess, NamesTheOpThatADeadlockBlocks) {
  TinyProgram tiny({.pp = 2}, P2pMode::batched);
  const auto bytes = tiny.message(0, 1);
  for (int rank : {0, 1}) tiny.op(rank, Lane::pp, bytes, {});
  for (int rank : {0, 1}) tiny.op(rank, Lane::pp, bytes, {0});
  tiny.connect(0, 1, {.send = 1, .recv = 0});
  tiny.connect(1, 0, {.send = 1, .recv = 0});
  try {
    simulate_simgrid(tiny.program, tiny.costs, tiny_cluster(1, 2));
    FAIL() << "a deadlock is an error";
  } catch (const Error& error) { EXPECT_THAT(error.what(), HasSubstr("rank 0: op 0 (recv")); }
}

}  // namespace
}  // namespace braid
