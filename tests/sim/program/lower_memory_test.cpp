// SPDX-License-Identifier: Apache-2.0
// Whatever a step allocates it gives back, in every way of splitting, braiding and recomputing.
#include <gtest/gtest.h>

#include "sim/schedule/generators.hpp"
#include "tests/sim/program/fixture.hpp"

namespace braid {
namespace {

using namespace testing;

double left_over(const Program& program) {
  double worst = 0;
  for (const RankProgram& rank : program.ranks) {
    double taken = 0, returned = 0;
    for (const Op& op : rank.ops) {
      taken += program.works[op.work].alloc.value;
      returned += program.works[op.work].release.value;
    }
    EXPECT_GT(taken, 0);
    worst = std::max(worst, std::abs(taken - returned) / taken);
  }
  return worst;
}

TEST(LowerMemory, ReturnsAllThatItTakes) {
  for (const char* name : {"1f1b", "zb-v", "stp", "1f1b-i", "zb-h1"}) {
    for (const Recompute recompute : {Recompute::none, Recompute::selective, Recompute::full}) {
      for (const bool sequence_parallel : {false, true}) {
        for (const AsyncAllReduce async : {AsyncAllReduce::none, AsyncAllReduce::column, AsyncAllReduce::whole}) {
          Scenario scenario = small_scenario(2, 6);
          scenario.model.layers = 8;
          scenario.plan.recompute = recompute;
          scenario.plan.sequence_parallel = sequence_parallel;
          const Schedule schedule = generate_schedule(name, {.stages = 2, .microbatches = 6});
          EXPECT_LT(left_over(lower(schedule, scenario, {.async_all_reduce = async})), 1e-12)
              << name << " recompute " << int(recompute) << " sp " << sequence_parallel << " async " << int(async);
        }
      }
    }
  }
}

}  // namespace
}  // namespace braid
