// SPDX-License-Identifier: Apache-2.0
// Two independent accounts of the same bytes: tensors of kernels, in the order of issue, against WorkItem::alloc and
// release, over the simulated time.
#include <gtest/gtest.h>

#include "sim/cost/cost_program.hpp"
#include "sim/cost/profile.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/memory/memory.hpp"
#include "sim/program/lower.hpp"
#include "sim/program/scheduled.hpp"
#include "validate/runner/tensor_plan.hpp"

namespace braid {
namespace {

constexpr double kTokens = 6144;
constexpr double kResidual = 2 * kTokens * 5120;     // 63 MB
constexpr double kLogit = kTokens * (152064.0 / 4);  // one byte for each logit of a rank: 234 MB

/// What the plan holds and the memory model does not count: between ops a received or sent residual (2), the gradient
/// on its way and under its all-reduce (2), of a braid the forward's residual beside it (2), of an op at work
/// d_activated and d_attended (2): 8 residuals at most. The other way round: of a logit the model counts 4 bytes of
/// softmax and 2 of gradient, the plan 2 that serve for both, with 4 * 234 MB less while a head is at work.
TEST(TensorPlanMemory, AgreesWithTheMemoryModelOnThePaperSchedules) {
  const Scenario scenario = read_scenario(BRAID_SOURCE_DIR "/scenarios/papers/stp-12b-a800-tp4pp4-6144.toml");
  for (const struct Run& run : scenario.runs) {
    const Program program = lower(schedule_of(scenario, run), scenario, run);
    const Costs costs = cost_program(program, scenario.cluster, default_profile(scenario.cluster.gpu));
    const Timeline timeline = simulate_ideal(program, costs, scenario.cluster);
    const std::vector<MemoryPeak> peaks = memory_peaks(join_complete(program, timeline));
    for (std::size_t rank = 0; rank < program.ranks.size(); ++rank) {
      SCOPED_TRACE(label_of(run) + " rank " + std::to_string(rank));
      const TensorPlan plan = tensor_plan(program, static_cast<int>(rank));
      const double model = peaks[rank].by_class[static_cast<std::size_t>(MemoryClass::activations)].value;
      const auto live = static_cast<double>(plan.most_live), arena = static_cast<double>(plan.arena);
      RecordProperty(label_of(run) + "_" + std::to_string(rank) + "_live_over_model", std::to_string(live / model));
      RecordProperty(label_of(run) + "_" + std::to_string(rank) + "_arena_over_model", std::to_string(arena / model));
      EXPECT_LE(live, model + 8 * kResidual);
      EXPECT_GE(live, model - 4 * kLogit);
      // Holes and what communication holds back: a fifth at most, by experience.
      EXPECT_LE(arena, 1.2 * live);
    }
  }
}

}  // namespace
}  // namespace braid
