// SPDX-License-Identifier: Apache-2.0
// Small programs on a real GPU, in partitions of it and as a replay. What is measured is held against verify() by the
// runner itself; here: that there is what the report needs, that times are plausible, and that a step that does not end
// is given up and named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "calibrate/device/check.hpp"
#include "sim/cost/cost_program.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/program/lower.hpp"
#include "sim/program/scheduled.hpp"
#include "sim/report/verify.hpp"
#include "validate/device/gpu_runner.hpp"
#include "validate/runner/replay.hpp"

namespace braid::gpu {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::SizeIs;

/// Before the first CUDA call, as the program does it: 8 hardware queues are too few for four partitions.
const bool environment_set = (set_environment(), true);

/// One of Braid's own scenarios with fewer tokens and microbatches.
struct Small {
  Small(const std::string& file, std::size_t run, int microbatches)
      : scenario(read_scenario(scenarios_folder() + "/" + file,
                               {{"plan.microbatches", std::to_string(microbatches)}, {"plan.sequence", "1024"}})),
        program(lower(schedule_of(scenario, scenario.runs.at(run)), scenario, scenario.runs.at(run))),
        costs(cost_program(program, scenario.cluster, default_profile(scenario.cluster.gpu))) {}
  RunRequest request(double limit_s = 30) const {
    return {.program = program,
            .costs = costs,
            .cluster = scenario.cluster,
            .warm_up = 2,
            .repeats = 3,
            .time_limit_s = limit_s};
  }
  Scenario scenario;
  Program program;
  Costs costs;
};

void expect_measured(const MeasuredRun& run, const Program& program) {
  EXPECT_THAT(verify(program, run.timeline), SizeIs(0));
  EXPECT_EQ(run.timeline.ranks.size(), static_cast<std::size_t>(program.placement.ranks()));
  EXPECT_THAT(run.untraced, SizeIs(3));
  EXPECT_THAT(run.traced, SizeIs(3));
  EXPECT_GT(run.step_time().value, 1e-3);
  // Events at the ends and kernels' records tell of the same steps. Generous: three repeats of a short step.
  EXPECT_NEAR(run.timeline.step_time / run.step_time(), 1, 0.2);
  for (const char* fact : {"gpu", "gpu_uuid", "driver", "cuda", "trace_hash", "placement", "schedule"})
    EXPECT_TRUE(run.timeline.provenance.facts.contains(fact)) << fact;
  for (const std::string& note : run.notes) std::printf("  %s\n", note.c_str());
}

TEST(GpuRunner, RunsOneFOneBOnFourPartitions) {
  const Small s("validate/partition-4x1.toml", 0, 4);
  const MeasuredRun run = gpu_runner({.sms = 32, .soak_s = 0.1})->run(s.request());
  expect_measured(run, s.program);
  EXPECT_EQ(run.placement, "partition");
  for (const std::string& note : run.notes) EXPECT_THAT(note, testing::Not(HasSubstr("carry no op's tag")));
}

TEST(GpuRunner, RunsBatchedMessagesAndCollectivesOnTwoByTwo) {
  const Small s("validate/partition-2x2.toml", 2, 5);  // STP needs 3 p - 1 = 5
  expect_measured(gpu_runner({.sms = 32, .soak_s = 0.1})->run(s.request()), s.program);
}

TEST(GpuRunner, RunsEagerMessagesAndCollectivesOnTwoByTwo) {
  const Small s("validate/partition-2x2.toml", 1, 4);  // ZB-V
  expect_measured(gpu_runner({.sms = 32, .soak_s = 0.1})->run(s.request()), s.program);
}

TEST(GpuRunner, ReplaysARank) {
  const Small s("validate/partition-2x2.toml", 1, 4);
  const Timeline predicted = simulate_ideal(s.program, s.costs, s.scenario.cluster);
  const Replay replay = replay_of(s.program, s.costs, s.scenario.cluster, predicted, 0);
  const MeasuredRun run =
      gpu_runner({.placement = GpuPlacement::replay, .collective_ctas = 8, .message_ctas = 4, .soak_s = 0.1})
          ->run({.program = replay.program,
                 .costs = replay.costs,
                 .cluster = s.scenario.cluster,
                 .warm_up = 2,
                 .repeats = 3,
                 .time_limit_s = 30});
  expect_measured(run, replay.program);
}

TEST(GpuRunner, NamesACollectiveThatAMemberDoesNotComeTo) {
  const Small s("validate/partition-2x2.toml", 1, 4);
  const auto& ops = s.program.ranks[1].ops;
  const auto at =
      std::find_if(ops.begin() + 40, ops.end(), [](const Op& op) { return op.key.kind == OpKind::all_reduce; });
  ASSERT_NE(at, ops.end());
  const int rank = s.program.placement.gpu(1, 1, 0);
  const auto op = static_cast<std::uint32_t>(at - ops.begin());
  const GpuRunnerOptions options{.sms = 32, .soak_s = 0, .omitted = OmittedOp{rank, op}};
  try {
    gpu_runner(options)->run(s.request(2));
    FAIL() << "a step without a member of a collective ended";
  } catch (const RunFailed& e) {
    ASSERT_FALSE(e.stuck().empty());
    EXPECT_THAT(e.stuck().front().where, HasSubstr(to_text(at->key)));
  }
  // Nothing is left behind: the same program runs.
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  expect_measured(gpu_runner({.sms = 32, .soak_s = 0.1})->run(s.request()), s.program);
}

TEST(MeasureWorks, TimesEveryClassOfWorkOnItsPartition) {
  const Small s("validate/partition-2x2.toml", 1, 4);
  const MeasuredWorks works = measure_works({.sms = 32}, s.request());
  for (std::size_t w = 0; w < s.program.works.size(); ++w) {
    EXPECT_GT(works.duration[w].value, 1e-6) << work_name(s.program, w);
    EXPECT_LT(works.duration[w].value, 0.1) << work_name(s.program, w);
  }
  std::fputs(works_csv(s.program, works).c_str(), stdout);
}

}  // namespace
}  // namespace braid::gpu
