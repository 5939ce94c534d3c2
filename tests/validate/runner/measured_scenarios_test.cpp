// SPDX-License-Identifier: Apache-2.0
// The scenarios that are to be measured on one GPU: every op has kernels, and what ranks hold fits.
#include <gtest/gtest.h>

#include "sim/cost/cost_program.hpp"
#include "sim/cost/profile.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/program/lower.hpp"
#include "sim/program/scheduled.hpp"
#include "validate/runner/parameter_layout.hpp"
#include "validate/runner/replay.hpp"
#include "validate/runner/tensor_plan.hpp"

namespace braid {
namespace {

/// Weights and gradients, 2 and 4 bytes, and the block of activations; Adam's states take what is left.
double held(const Program& program, int rank) {
  return 6.0 * static_cast<double>(parameter_layout(program, rank).elements) +
         static_cast<double>(tensor_plan(program, rank).arena);
}

// A quarter of an H100's 80 GB for each partition.
TEST(MeasuredScenarios, PartitionsHaveKernelsAndRoom) {
  for (const char* name : {"partition-4x1", "partition-2x2"}) {
    const Scenario scenario = read_scenario(std::string(BRAID_SOURCE_DIR "/scenarios/validate/") + name + ".toml");
    for (const struct Run& run : scenario.runs) {
      const Program program = lower(schedule_of(scenario, run), scenario, run);
      for (int rank = 0; rank < scenario.plan.pp; ++rank) {
        EXPECT_LT(held(program, rank), 20e9) << name << ' ' << label_of(run) << ' ' << rank;
      }
    }
  }
}

// In a replay messages are of no Program, and all that comes from other ranks is in places of its own: in the plan of
// the whole at most as many as there are.
TEST(MeasuredScenarios, AReplayHasKernelsAndRoom) {
  const Scenario scenario = read_scenario(BRAID_SOURCE_DIR "/scenarios/validate/replay-12b-tp8pp2.toml");
  for (const struct Run& run : scenario.runs) {
    const Program program = lower(schedule_of(scenario, run), scenario, run);
    const Costs costs = cost_program(program, scenario.cluster, default_profile(scenario.cluster.gpu));
    const Timeline predicted = simulate_ideal(program, costs, scenario.cluster);
    for (int rank = 0; rank < scenario.plan.pp; ++rank) {
      SCOPED_TRACE(label_of(run) + ' ' + std::to_string(rank));
      const Program replay = replay_of(program, costs, scenario.cluster, predicted, rank).program;
      EXPECT_EQ(shape_of(replay), shape_of(program));
      EXPECT_EQ(parameter_layout(replay, 0).count, parameter_layout(program, rank).count);
      EXPECT_LT(held(replay, 0), 70e9);
      const TensorPlan alone = tensor_plan(replay, 0), whole = tensor_plan(program, rank);
      EXPECT_EQ(alone.most_live, whole.most_live);
      ASSERT_EQ(alone.tensors.size(), whole.tensors.size());
      for (std::size_t t = 0; t < alone.tensors.size(); ++t) {
        ASSERT_EQ(alone.tensors[t].key, whole.tensors[t].key);
        ASSERT_EQ(alone.tensors[t].received, whole.tensors[t].received);
      }
      EXPECT_LE(alone.arena - alone.received_at, whole.arena - whole.received_at);
    }
  }
}

}  // namespace
}  // namespace braid
