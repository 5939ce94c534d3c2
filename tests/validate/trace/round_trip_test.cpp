// SPDX-License-Identifier: Apache-2.0
// A simulated step, written down as torch.profiler would have recorded it, is found to be what was predicted: same
// times, same lanes, same actions in the same order, for schedules with chunks, with I and W apart, and with braids.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "sim/cost/cost_program.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/program/lower.hpp"
#include "sim/program/scheduled.hpp"
#include "sim/schedule/csv_action.hpp"
#include "tests/validate/trace/written_kineto.hpp"
#include "validate/trace/foreign_compare.hpp"
#include "validate/trace/kineto.hpp"
#include "validate/trace/read_trace.hpp"

namespace braid {
namespace {

/// The pass that an op serves: type, microbatch, chunk.
using Pass = std::tuple<ActionType, int, int>;

std::optional<Pass> pass_of(const OpKey& key) {
  switch (key.kind) {
    case OpKind::forward:
      return Pass{ActionType::F, key.microbatch, key.chunk};
    case OpKind::input_grad:
      return Pass{ActionType::I, key.microbatch, key.chunk};
    case OpKind::weight_grad:
      return Pass{ActionType::W, key.microbatch, key.chunk};
    default:
      return std::nullopt;
  }
}

const char* kernel_of(const OpKey& key) {
  switch (key.kind) {
    case OpKind::all_reduce:
      return "ncclDevKernel_AllReduce_Sum_bf16_RING_LL";
    case OpKind::send:
    case OpKind::recv:
      return "ncclDevKernel_SendRecv";
    case OpKind::optimizer:
      return "multi_tensor_apply_kernel";
    default:
      return "nvjet_tst_128x256_64x4_1x2_h_bz_coopA_TNT";
  }
}

ForeignTrace recorded(const Schedule& schedule, const Program& program, const Timeline& timeline, int pp) {
  const auto r = static_cast<std::size_t>(pp);
  const std::vector<int> stages = schedule.stages_of(pp);
  test::WrittenKineto trace;
  trace.rank = program.placement.gpu(0, pp, 0);
  trace.world_size = program.placement.ranks();
  trace.step(1, 0, timeline.step_time.value * 1e6);
  // The host goes through its row once, a microsecond an action, far ahead of the GPU.
  std::map<Pass, double> launch;
  double host = 1;
  for (const Cell& cell : schedule.rows[r]) {
    if (cell.empty()) continue;
    trace.range("PP:" + csv_text(cell), host, 1);
    for (const Action& action : cell.actions) {
      const auto chunk = static_cast<int>(std::find(stages.begin(), stages.end(), action.stage) - stages.begin());
      const bool whole = action.type == ActionType::B;
      launch[{whole ? ActionType::I : action.type, action.microbatch, chunk}] = host + 0.5;
      if (whole) launch[{ActionType::W, action.microbatch, chunk}] = host + 0.5;
    }
    host += 1;
  }
  constexpr std::array<std::pair<Lane, const char*>, 4> kLanesWithGroups{
      {{Lane::compute, ""}, {Lane::tp, "mesh_tp"}, {Lane::pp, "mesh_pp"}, {Lane::dp, "mesh_dp"}}};
  for (std::size_t l = 0; l < kLanesWithGroups.size(); ++l) {
    const auto& [lane, group] = kLanesWithGroups[l];
    const std::string more = lane == Lane::compute ? std::string()
                                                   : R"(, "Process Group Name": "1", "Process Group Description": ")" +
                                                         std::string(group) + "\"";
    for (const Span& span : timeline.ranks[r].lanes[static_cast<std::size_t>(lane)]) {
      const auto pass = pass_of(span.key);
      trace.kernel(kernel_of(span.key), span.start.value * 1e6, (span.end - span.start).value * 1e6,
                   static_cast<int>(7 + l), pass ? launch.at(*pass) : host + 1, more);
    }
  }
  return parse_kineto(trace.text(), "rank.json", kProfilerStep).front();
}

TEST(ForeignRoundTrip, ARecordedSimulationIsAsPredicted) {
  // STP needs 3 p - 1 = 11 microbatches.
  const Scenario scenario = read_scenario(BRAID_SOURCE_DIR "/scenarios/papers/stp-12b-a800-tp4pp4-3072.toml",
                                          {parse_override("plan.microbatches=12")});
  const Profile profile = default_profile(scenario.cluster.gpu);
  ASSERT_EQ(scenario.runs.size(), 3u);
  for (const braid::Run& run : scenario.runs) {
    SCOPED_TRACE(label_of(run));
    const Schedule schedule = schedule_of(scenario, run);
    const Program program = lower(schedule, scenario, run);
    const Timeline timeline =
        simulate_ideal(program, cost_program(program, scenario.cluster, profile), scenario.cluster);
    std::vector<ForeignTrace> traces;
    for (int pp = 0; pp < program.placement.pp; ++pp) traces.push_back(recorded(schedule, program, timeline, pp));
    const ForeignComparison c = compare_foreign(traces, 1, program, timeline);

    // Every time is rounded to a nanosecond; some ten thousand spans make ten microseconds of a second.
    constexpr double kRounding = 2e-5;
    ASSERT_EQ(c.ranks.size(), 4u);
    for (const RankLoads& rank : c.ranks) {
      EXPECT_NEAR(rank.measured.step.value, rank.predicted.step.value, 1e-9);
      EXPECT_NEAR(rank.measured.busy.value, rank.predicted.busy.value, kRounding);
      EXPECT_NEAR(rank.measured.communication.value, rank.predicted.communication.value, kRounding);
      EXPECT_NEAR(rank.measured.exposed.value, rank.predicted.exposed.value, kRounding);
      EXPECT_GT(rank.measured.communication.value, 0.001);
    }
    for (const ClassTime& k : c.classes) {
      if (k.predicted) { EXPECT_NEAR(k.measured.value, k.predicted->value, kRounding) << k.name; }
    }
    EXPECT_FALSE(c.actions.empty());
    for (const ActionTime& a : c.actions) EXPECT_NEAR(a.measured.value, a.predicted.value, 1e-6) << a.type;
    ASSERT_EQ(c.orders.size(), 4u);
    for (const ActionOrder& order : c.orders) {
      EXPECT_EQ(order.first_difference, "") << "rank " << order.rank;
      // F and B of 12 microbatches on two chunks, at least.
      EXPECT_GE(order.actions, 48);
    }
    EXPECT_EQ(c.lost + c.odd_labels + c.guessed_lanes, 0u);
    EXPECT_TRUE(c.unknown_kernels.empty());
  }
}

}  // namespace
}  // namespace braid
