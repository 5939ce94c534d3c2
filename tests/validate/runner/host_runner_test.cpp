// SPDX-License-Identifier: Apache-2.0
// Bar 1: the host backend runs every schedule, and its threads and the engine, which share no code, agree op for op.
#include "validate/runner/host_runner.hpp"

#include <gtest/gtest.h>

#include "sim/engine/core/simulate.hpp"
#include "sim/memory/memory.hpp"
#include "tests/validate/runner/every_schedule.hpp"
#include "tests/validate/runner/same_timeline.hpp"

namespace braid {
namespace {

using test::Priced;
using test::ScheduleCase;

MeasuredRun host_run(const Priced& c, HostOptions options = {}) {
  return host_runner(std::move(options))->run({.program = c.program, .costs = c.costs, .cluster = c.cluster});
}

/// run() has passed verify(); what is left to show is that the engine plays the same.
void expect_same_as_engine(const Priced& c, HostOptions options = {}) {
  const bool fold = !options.unfolded;
  const MeasuredRun run = host_run(c, std::move(options));
  test::expect_same(run.timeline, simulate_ideal(c.program, c.costs, c.cluster, {.fold = fold}));
  EXPECT_EQ(run.traced.size(), 1U);
}

class HostRunOf : public testing::TestWithParam<ScheduleCase> {};

TEST_P(HostRunOf, AbstractCellsIsTheEngines) { expect_same_as_engine(test::abstract_case(GetParam())); }

TEST_P(HostRunOf, AModelIsTheEngines) {
  const Priced c = test::model_case(GetParam());
  expect_same_as_engine(c);
}

INSTANTIATE_TEST_SUITE_P(EverySchedule, HostRunOf, testing::ValuesIn(test::every_schedule()),
                         [](const auto& param) { return test::name_of(param.param); });

}  // namespace
}  // namespace braid
