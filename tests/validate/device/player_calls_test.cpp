// SPDX-License-Identifier: Apache-2.0
// What the player of one GPU asks of CUDA, over stand-ins that count calls and run nothing: every event that a stream
// waits for was recorded before in the same step, each kernel is launched once, and whatever fails leaves nothing held.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sim/cost/cost_program.hpp"
#include "sim/engine/core/simulate.hpp"
#include "tests/calibrate/gpu/fake.hpp"
#include "tests/validate/runner/small_programs.hpp"
#include "validate/device/gpu_runner.hpp"
#include "validate/device/one_gpu_player.hpp"
#include "validate/runner/replay.hpp"

namespace braid::gpu {
namespace {

using fake::calls;
using fake::error_of;
using ::testing::HasSubstr;

const Cluster kCluster{.name = "one", .gpu = {.name = "H100-80G", .sms = 132}, .gpus_per_node = 4};

struct Small {
  explicit Small(const std::string& schedule, P2pMode p2p = P2pMode::eager)
      : scenario(testing::small_scenario(4, 2, 6)) {
    const struct Run run { .schedule = schedule, .p2p = p2p };
    program = lower(schedule_of(scenario, run), scenario, run);
    // Any costs do: only a replay's stand-ins look at them.
    costs.duration.assign(program.works.size(), Seconds(1e-5));
    costs.collective.assign(program.works.size(), {.latency = Seconds(1e-6), .transfer = Seconds(1e-6)});
    costs.message.resize(program.works.size());
    for (auto& m : costs.message) m.fill({.latency = Seconds(1e-6), .transfer = Seconds(1e-6)});
    costs.stretch.assign(program.works.size(), std::vector<double>(program.works.size(), 0));
  }
  RunRequest request(double limit_s = 20) const {
    return {.program = program, .costs = costs, .cluster = kCluster, .time_limit_s = limit_s};
  }
  Scenario scenario;
  Program program;
  Costs costs;
};

class PlayerCalls : public ::testing::Test {
 protected:
  void SetUp() override { calls() = {}; }
  void TearDown() override {
    for (const auto& [kind, count] : calls().live) EXPECT_EQ(count, 0) << kind << " left behind";
  }
  /// Plays a step and holds every wait against the records of that step.
  static StepResult play(OneGpuPlayer& player) {
    std::set<const void*> recorded;
    int early = 0;
    calls().on_event = [&](const char* call, const void* event, const void*) {
      if (std::string(call) == "record") recorded.insert(event);
      early += std::string(call) == "wait" && !recorded.contains(event);
    };
    const StepResult result = player.play({.mark = 1});
    calls().on_event = nullptr;
    EXPECT_EQ(early, 0) << "waits for events that nobody had recorded";
    return result;
  }
};

TEST_F(PlayerCalls, WaitOnlyForWhatIsEnqueued) {
  for (const P2pMode p2p : {P2pMode::eager, P2pMode::batched, P2pMode::blocking}) {
    for (const char* schedule : {"1f1b", "1f1b-i", "zb-v", "stp", "dualpipev"}) {
      SCOPED_TRACE(std::string(schedule) + " p2p " + std::to_string(static_cast<int>(p2p)));
      const Small s(schedule, p2p);
      OneGpuPlayer player({.sms = 32}, s.request());
      play(player);
      play(player);
    }
  }
}

// Of each rank: kernels by OpKernels (tested by itself), a ring kernel for each collective, a copy for each send, and
// the gate's and the mark's once.
TEST_F(PlayerCalls, LaunchEveryKernelOnce) {
  const Small s("zb-v");
  OneGpuPlayer player({.sms = 32}, s.request());
  play(player);
  auto& made = calls().made;
  int own = 0;
  for (std::uint32_t i = 0; i < player.instances().size(); ++i) {
    const auto& ops = s.program.ranks[static_cast<std::size_t>(player.instances()[i].pp)].ops;
    for (std::uint32_t op = 0; op < ops.size(); ++op) {
      if (ops[op].lane == Lane::compute) {
        const int before = made["launch"];
        player.kernels(i).enqueue(op, player.compute_stream(i));
        own += made["launch"] - before;
      }
      own += s.program.works[ops[op].work].kind == WorkKind::collective;
      own += ops[op].key.kind == OpKind::send;
    }
  }
  const int before = made["launch"];
  play(player);
  EXPECT_EQ(made["launch"] - before, own + 2);
}

TEST_F(PlayerCalls, AReplayWaitsForItsPeersInTheStreams) {
  const Small s("1f1b");
  const Timeline predicted = simulate_ideal(s.program, s.costs, kCluster);
  const Replay replay = replay_of(s.program, s.costs, kCluster, predicted, 0);
  const auto peers =
      std::count_if(replay.program.ranks[0].ops.begin(), replay.program.ranks[0].ops.end(), is_peer_delay);
  ASSERT_GT(peers, 0);
  OneGpuPlayer player({.placement = GpuPlacement::replay},
                      {.program = replay.program, .costs = replay.costs, .cluster = kCluster, .time_limit_s = 20});
  play(player);
  EXPECT_EQ(calls().made["cuStreamWaitValue32"], peers);
  const auto spans = player.host_spans();
  ASSERT_EQ(static_cast<std::ptrdiff_t>(spans.size()), peers);
  // However late an instant came, the next one is not counted from before it.
  for (std::size_t k = 1; k < spans.size(); ++k) {
    EXPECT_EQ(spans[k].start_ns, spans[k - 1].end_ns);
    EXPECT_GE(spans[k].end_ns, spans[k].start_ns);
  }
  EXPECT_EQ(player.tags().size(), 1u);
}

// A stream of the GPU is as full as all the streams of the plan that were put on it: of 700 entries an op takes 2 + 0
// + 1.
TEST_F(PlayerCalls, CountsAStreamOnceHoweverManyOfThePlanAreOnIt) {
  Program p{.schedule = "by hand"};
  p.works = {{.kind = WorkKind::fixed, .fixed = Seconds(1e-3)}};
  p.ranks.resize(1);
  RankIssue plan{.streams = {{.lane = Lane::pp}, {.lane = Lane::pp}}};
  for (std::uint32_t k = 0; k < 234; ++k) {
    p.ranks[0].ops.push_back({.lane = Lane::pp});
    plan.steps.push_back({.op = k, .stream = k % 2});
  }
  const Stream stream;
  RankQueue same(p, p.ranks[0], plan, {stream, stream});
  calls().fail = "cudaEventQuery";  // nothing ends
  calls().at = 0;
  calls().code = cudaErrorNotReady;
  for (std::uint32_t k = 0; k < 233; ++k) same.record(plan.steps[k]);
  EXPECT_FALSE(same.fits(plan.steps[233]));  // 233 * 3 + 3 = 702
  const Stream other;
  RankQueue apart(p, p.ranks[0], plan, {stream, other});
  for (std::uint32_t k = 0; k < 233; ++k) apart.record(plan.steps[k]);
  EXPECT_TRUE(apart.fits(plan.steps[233]));  // 116 * 3 + 3
  calls().fail.clear();
}

TEST_F(PlayerCalls, NameWhatDoesNotEnd) {
  const Small s("1f1b");
  OneGpuPlayer player({.sms = 32}, s.request(0.2));
  calls().fail = "cudaEventQuery";  // says "not ready", for ever
  calls().at = 0;
  calls().code = cudaErrorNotReady;
  try {
    player.play({});
    FAIL() << "a step that does not end ended";
  } catch (const RunFailed& e) {
    ASSERT_FALSE(e.stuck().empty());
    // Nothing has ended, so the first op of the first stage is what holds up all others.
    EXPECT_THAT(e.stuck().front().where, HasSubstr("F embedding mb0"));
  }
  calls().fail.clear();
  play(player);  // and the next step plays
}

TEST_F(PlayerCalls, LeaveNothingBehindWhateverFails) {
  const Small s("zb-v");
  for (const char* call : {"cudaEventRecord", "cudaStreamWaitEvent", "launch", "cudaMalloc", "cudaEventCreateWithFlags",
                           "cuGreenCtxStreamCreate", "cudaHostAlloc"}) {
    for (const int at : {1, 3, 60}) {
      SCOPED_TRACE(std::string(call) + " " + std::to_string(at));
      calls() = {};
      calls().fail = call;
      calls().at = at;
      error_of([&] {
        OneGpuPlayer player({.sms = 32}, s.request());
        player.play({});
      });
      EXPECT_EQ(calls().held(), 0);
    }
  }
}

// Every elapsed time is 250 us here: eight communications in a row take 31.25 us each.
TEST_F(PlayerCalls, TimeEveryClassOfWork) {
  const Small s("zb-v");
  const MeasuredWorks works = measure_works({.sms = 32, .soak_s = 0.01}, s.request());
  for (std::size_t w = 0; w < s.program.works.size(); ++w) {
    const WorkKind kind = s.program.works[w].kind;
    EXPECT_GT(works.duration[w].value, 0) << work_name(s.program, w);
    if (kind == WorkKind::compute) continue;
    EXPECT_NEAR(works.duration[w].value, 31.25e-6, 1e-12);
  }
}

TEST_F(PlayerCalls, GiveUpAWorkThatDoesNotEnd) {
  const Small s("zb-v");
  calls().fail = "cudaStreamQuery";  // never idle
  calls().at = 0;
  EXPECT_THAT(error_of([&] { measure_works({.sms = 32}, s.request(0.05)); }),
              HasSubstr("while it was timed by itself"));
}

TEST_F(PlayerCalls, RefuseADriverThatCannotWaitForValues) {
  const Small s("1f1b");
  const Replay replay = replay_of(s.program, s.costs, kCluster, simulate_ideal(s.program, s.costs, kCluster), 0);
  calls().missing = "cuStreamWaitValue32";
  EXPECT_THAT(error_of([&] {
                OneGpuPlayer player({.placement = GpuPlacement::replay},
                                    {.program = replay.program, .costs = replay.costs, .cluster = kCluster});
              }),
              HasSubstr("lacks cuStreamWaitValue32, which a replay's absent peers need"));
}

}  // namespace
}  // namespace braid::gpu
