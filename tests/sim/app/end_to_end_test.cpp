// SPDX-License-Identifier: Apache-2.0
// Bars 6 and 7 on whole runs of 1F1B-I, ZB-V and STP: two networks agree where nothing is shared, folded runs agree
// with unfolded ones, and every second of every rank has a name.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "sim/base/gpus.hpp"
#include "sim/cost/profile.hpp"
#include "sim/memory/played.hpp"
#include "sim/program/scheduled.hpp"
#include "sim/report/bubbles.hpp"
#include "sim/report/link_load.hpp"
#include "tests/sim/app/verified.hpp"

namespace braid {
namespace {

using test::kThreeRuns;

Scenario three_runs(const std::vector<Override>& overrides = {}) {
  Scenario scenario = parse_scenario(kThreeRuns, "three.toml", overrides);
  throw_if_any(check(scenario));
  return scenario;
}

/// A replica is a node, each pair of its GPUs has a link of its own, and each GPU a NIC: no link carries two transfers
/// unless two messages of one pair meet, which messages_meet() rules out.
std::vector<Override> nothing_shared() {
  return {{"cluster.intra", "nvlink_mesh"},
          {"cluster.gpus_per_node", "8"},
          {"cluster.nics_per_node", "8"},
          {"plan.rank_order", "tp-pp-dp"},
          {"plan.pp", "4"},
          {"plan.microbatches", "12"}};
}

/// Whether two messages from one pipeline rank to one other are under way together.
bool messages_meet(const PlayedRun& played) {
  std::map<std::pair<int, int>, std::vector<std::pair<double, double>>> by_pair;
  const Played joined = join_complete(played.program, played.timeline);
  for (const Message& m : played.program.messages) {
    const std::size_t rank = joined.unfolded ? joined.pipeline_peer(0, m.from) : static_cast<std::size_t>(m.from);
    by_pair[{m.from, m.to}].emplace_back(joined.start(rank, m.send_op), joined.end(rank, m.send_op));
  }
  for (auto& [pair, times] : by_pair) {
    std::ranges::sort(times);
    for (std::size_t n = 1; n < times.size(); ++n) {
      if (times[n].first < times[n - 1].second) return true;
    }
  }
  return false;
}

/// Largest difference of a start or end between a rank and the one that plays the same part.
double difference(const RankTimeline& a, const RankTimeline& b) {
  double worst = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    EXPECT_EQ(a.lanes[lane].size(), b.lanes[lane].size());
    for (std::size_t n = 0; n < a.lanes[lane].size(); ++n) {
      worst = std::max(worst, std::abs((a.lanes[lane][n].start - b.lanes[lane][n].start).value));
      worst = std::max(worst, std::abs((a.lanes[lane][n].end - b.lanes[lane][n].end).value));
    }
  }
  return worst;
}

TEST(EndToEnd, SimgridEqualsIdealWhereNothingIsShared) {
  const Scenario scenario = three_runs(nothing_shared());
  using braid::Run;
  // Batched groups of 1F1B-I and STP hold two messages of one pair, which share its link; those of these two do not.
  for (const Run& run :
       {Run{.schedule = "1f1b-i", .chunks = 2}, Run{.schedule = "zb-v"}, Run{.schedule = "stp"},
        Run{.schedule = "zb-v", .p2p = P2pMode::batched}, Run{.schedule = "1f1b", .p2p = P2pMode::batched}}) {
    SCOPED_TRACE(run.schedule + (run.p2p == P2pMode::eager ? " eager" : " batched"));
    for (const bool fold : {true, false}) {
      const EngineOptions all_flows{.fold = fold, .closed_form = false};
      const PlayedRun ideal = test::verified_play(scenario, run, NetworkKind::ideal, all_flows);
      EXPECT_FALSE(messages_meet(ideal));
      const PlayedRun flows = test::verified_play(scenario, run, NetworkKind::simgrid, all_flows);
      // At least a ring for every layer, pass and microbatch of the 4 ranks: 2 layers x 4 collectives x 12 x 4 = 384.
      EXPECT_GE(flows.timeline.flows, 384U);
      EXPECT_EQ(ideal.timeline.flows, 0U);
      ASSERT_EQ(ideal.timeline.ranks.size(), fold ? 4U : 16U);
      for (std::size_t r = 0; r < ideal.timeline.ranks.size(); ++r) {
        EXPECT_LT(difference(ideal.timeline.ranks[r], flows.timeline.ranks[r]), 1e-9 * ideal.timeline.step_time.value);
      }
    }
  }
}

TEST(EndToEnd, SimgridIsSlowerWhereTransfersMeet) {
  // One NIC for the eight GPUs of a node: the rings of gradients of eight ranks share it.
  std::vector<Override> shared = nothing_shared();
  shared.push_back({"cluster.nics_per_node", "1"});
  const Scenario scenario = three_runs(shared);
  for (const braid::Run& run : scenario.runs) {
    SCOPED_TRACE(label_of(run));
    const PlayedRun ideal = test::verified_play(scenario, run, NetworkKind::ideal, {});
    const PlayedRun flows = test::verified_play(scenario, run, NetworkKind::simgrid, {});
    EXPECT_GT(flows.timeline.step_time.value, 1.01 * ideal.timeline.step_time.value);
  }
}

TEST(EndToEnd, MessagesOfOneGroupShareTheLinkOfTheirPair) {
  // STP's batched groups hold F of chunk 0 and I of chunk 1, both from r to r + 1.
  const Scenario scenario = three_runs(nothing_shared());
  const braid::Run& stp = scenario.runs[2];
  const PlayedRun ideal = test::verified_play(scenario, stp, NetworkKind::ideal, {});
  EXPECT_TRUE(messages_meet(ideal));
  EXPECT_GT(test::verified_play(scenario, stp, NetworkKind::simgrid, {}).timeline.step_time, ideal.timeline.step_time);
}

TEST(EndToEnd, FoldedEqualsUnfolded) {
  // TP 2, DP 2 on a shared NVSwitch and two GPUs a NIC; then gradients that leave by one NIC for two.
  for (const std::vector<Override>& overrides :
       {std::vector<Override>{}, std::vector<Override>{{"plan.rank_order", "tp-pp-dp"}, {"cluster.nics_per_node", "4"}},
        std::vector<Override>{{"step_end.data_parallel", "zero1"}, {"plan.sequence_parallel", "true"}},
        std::vector<Override>{{"plan.recompute", "full"}, {"step_end.overlap", "false"}}}) {
    const Scenario scenario = three_runs(overrides);
    for (const braid::Run& run : scenario.runs) {
      for (const NetworkKind network : {NetworkKind::ideal, NetworkKind::simgrid}) {
        SCOPED_TRACE(label_of(run) + (network == NetworkKind::ideal ? " ideal " : " simgrid ") +
                     (overrides.empty() ? "" : overrides[0].path));
        const PlayedRun folded = test::verified_play(scenario, run, network, {});
        const PlayedRun all = test::verified_play(scenario, run, network, {.fold = false});
        ASSERT_EQ(folded.timeline.ranks.size(), 2U);
        ASSERT_EQ(all.timeline.ranks.size(), 8U);
        EXPECT_EQ(folded.timeline.multiplicity, 4);
        const double step = all.timeline.step_time.value;
        const Placement place = scenario.placement();
        for (const RankTimeline& rank : folded.timeline.ranks) {
          for (int gpu = 0; gpu < 4; ++gpu) {
            const int at = place.gpu(gpu % 2, rank.rank, gpu / 2);
            EXPECT_LT(difference(rank, all.timeline.ranks[static_cast<std::size_t>(at)]), 1e-9 * step);
          }
        }
        EXPECT_NEAR(folded.report.mfu, all.report.mfu, 1e-9);
        EXPECT_NEAR(folded.report.samples_per_s, all.report.samples_per_s, 1e-9 * all.report.samples_per_s);
        EXPECT_EQ(folded.report.peak.bytes, all.report.peak.bytes);
        EXPECT_EQ(folded.report.ops * 4, all.report.ops);
      }
    }
  }
}

TEST(EndToEnd, FoldedInPartEqualsUnfolded) {
  struct Case {
    NetworkKind network;
    std::vector<Override> overrides;
    std::vector<double> slowdown;
    std::size_t ranks;  ///< that are played
  };
  // GPU 1 (tp 1 of replica 0) is slow, so replica 0's two columns are of a kind each, and so are those that average
  // gradients with the one and with the other: four kinds of six columns. And two replicas a node on SimGrid: every
  // other edge of their ring leaves it, so there are two kinds of eight columns.
  std::vector<double> slow(12, 1.0);
  slow[1] = 1.25;
  const std::vector<Case> cases{
      {NetworkKind::ideal, {{"plan.dp", "3"}, {"cluster.nodes", "3"}}, slow, 8},
      {NetworkKind::simgrid, {{"plan.dp", "4"}, {"cluster.nodes", "4"}, {"cluster.nics_per_node", "4"}}, {}, 4}};
  for (const Case& one : cases) {
    const Scenario scenario = three_runs(one.overrides);
    for (const braid::Run& run : scenario.runs) {
      const NetworkKind network = one.network;
      EngineOptions options{.slowdown = one.slowdown};
      SCOPED_TRACE(label_of(run) + (network == NetworkKind::ideal ? " ideal" : " simgrid"));
      options.fold = true;
      const PlayedRun some = test::verified_play(scenario, run, network, options);
      options.fold = false;
      const PlayedRun all = test::verified_play(scenario, run, network, options);
      ASSERT_EQ(some.timeline.ranks.size(), one.ranks);
      EXPECT_EQ(some.timeline.multiplicity, 1);
      const double step = all.timeline.step_time.value;
      for (const RankTimeline& rank : some.timeline.ranks) {
        EXPECT_LT(difference(rank, all.timeline.ranks[static_cast<std::size_t>(rank.rank)]), 1e-9 * step);
        for (const int peer : rank.peers) {
          EXPECT_LT(difference(rank, all.timeline.ranks[static_cast<std::size_t>(peer)]), 1e-9 * step);
        }
      }
      EXPECT_NEAR(some.report.busy.mean.value, all.report.busy.mean.value, 1e-9 * step);
      for (std::size_t c = 0; c < kCauses; ++c) {
        EXPECT_NEAR(some.report.idle[c].mean.value, all.report.idle[c].mean.value, 1e-9 * step);
      }
      EXPECT_NEAR(some.report.exposed_communication.mean.value, all.report.exposed_communication.mean.value,
                  1e-9 * step);
      const Played joined = join(some.program, some.timeline);
      const LinkLoad part = link_load(joined, scenario.cluster);
      const LinkLoad whole = link_load(join(all.program, all.timeline), scenario.cluster);
      ASSERT_EQ(part.classes.size(), whole.classes.size());
      for (std::size_t c = 0; c < part.classes.size(); ++c) {
        EXPECT_NEAR(part.classes[c].bytes.value, whole.classes[c].bytes.value, 1e-9 * whole.classes[c].bytes.value);
      }
      EXPECT_NE(joined.position(1, 1, 0), joined.position(1, 1, 1));
      const auto stands =
          std::ranges::find_if(some.timeline.ranks, [](const auto& rank) { return !rank.peers.empty(); });
      ASSERT_NE(stands, some.timeline.ranks.end());
      const std::string told = explain(joined, stands->peers.front(), Seconds(0), {});
      const std::string named = std::to_string(stands->rank) + " ";
      EXPECT_EQ(told.find("rank " + std::to_string(stands->peers.front()) + " does what rank " + named), 0U) << told;
      EXPECT_NE(told.find("\nrank " + named), std::string::npos) << told;
      const int alike = one.slowdown.empty() ? 0 : 1;  // and replica 2
      EXPECT_EQ(joined.position(1, 1, 2), joined.position(1, 1, alike));
    }
  }
}

/// A profile whose hosts take 0.3 ms a kernel, so that they are late for short ops; gone with the object.
class LateHosts {
 public:
  LateHosts() : path_(testing::TempDir() + "/braid-late-hosts-" + std::to_string(getpid()) + ".csv") {
    write_profile(path_, with_parameter(default_profile(gpu_by_name("A100-80G", "test")), "host_launch_s", 3e-4));
  }
  ~LateHosts() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(EndToEnd, LateHostsChangeNothingOfThat) {
  // Two networks where nothing is shared, folded and unfolded, with hosts that wait for messages and hosts that do not.
  const LateHosts late;
  std::vector<Override> overrides = nothing_shared();
  overrides.push_back({"profile", late.path()});
  const Scenario scenario = three_runs(overrides);
  using braid::Run;
  for (Run run : {Run{.schedule = "1f1b-i", .chunks = 2}, Run{.schedule = "1f1b", .p2p = P2pMode::batched}}) {
    double ahead = 0;
    for (const bool waits : {false, true}) {
      SCOPED_TRACE(run.schedule + (waits ? ", hosts wait" : ", hosts do not wait"));
      run.p2p_host_waits = waits;
      run.p2p_scatter_gather = waits;
      const PlayedRun ideal = test::verified_play(scenario, run, NetworkKind::ideal, {});
      const PlayedRun flows = test::verified_play(scenario, run, NetworkKind::simgrid, {.closed_form = false});
      const PlayedRun all = test::verified_play(scenario, run, NetworkKind::ideal, {.fold = false});
      const double step = ideal.timeline.step_time.value;
      for (const RankTimeline& rank : ideal.timeline.ranks) {
        EXPECT_LT(difference(rank, flows.timeline.ranks[static_cast<std::size_t>(rank.rank)]), 1e-9 * step);
        const int at = scenario.placement().gpu(0, rank.rank, 0);
        EXPECT_LT(difference(rank, all.timeline.ranks[static_cast<std::size_t>(at)]), 1e-9 * step);
      }
      test::expect_every_second_accounted_for(all);
      EXPECT_GT(ideal.report.idle[static_cast<std::size_t>(Cause::host)].mean.value, 0.01 * step);
      // A host that runs ahead hides the ramp of the pipeline behind its own launches; one that waits cannot.
      EXPECT_GT(step, 1.05 * ahead);
      ahead = step;
    }
  }
}

TEST(EndToEnd, EverySecondOfEveryRankHasAName) {
  // Each variant makes other causes appear: data parallelism after the last backward, slow links, stragglers.
  int droppable = 0;
  for (const std::vector<Override>& overrides :
       {std::vector<Override>{}, std::vector<Override>{{"step_end.overlap", "false"}},
        std::vector<Override>{{"cluster.inter_latency", "2 ms"}},
        std::vector<Override>{{"noise.jitter", "0.2"}, {"noise.seed", "7"}},
        std::vector<Override>{{"noise.slow_ranks", "[{rank = 3, factor = 1.5}]"}},
        std::vector<Override>{{"step_end.data_parallel", "zero1"}, {"plan.recompute", "selective"}}}) {
    const Scenario scenario = three_runs(overrides);
    for (const braid::Run& run : scenario.runs) {
      SCOPED_TRACE(label_of(run) + " " + (overrides.empty() ? "as it is" : overrides[0].path));
      droppable += test::expect_every_second_accounted_for(test::verified_play(scenario, run));
    }
  }
  // tp, warm_up or drain, and at least one of pp_wait, pp_transfer and dp on most ranks: the test is not empty.
  EXPECT_GT(droppable, 18 * 2 * 3);
}

TEST(EndToEnd, ASlowLinkShowsAsTransferAndASlowRankAsWaiting) {
  // 2 ms a message and microbatches of a few ms: rank 0 sees bytes under way; a rank of 1.5 times the time holds up
  // others, who wait for its compute.
  const Scenario slow_link = three_runs({{"cluster.inter_latency", "2 ms"}});
  const Scenario slow_rank = three_runs({{"noise.slow_ranks", "[{rank = 4, factor = 1.5}]"}});
  const Scenario plain = three_runs();
  const auto cause = [](const PlayedRun& played, Cause c) {
    return played.report.idle[static_cast<std::size_t>(c)].mean.value;
  };
  const braid::Run& run = plain.runs[0];
  const PlayedRun base = test::verified_play(plain, run);
  EXPECT_GT(cause(test::verified_play(slow_link, run), Cause::pp_transfer), 2 * cause(base, Cause::pp_transfer));
  const PlayedRun slow = test::verified_play(slow_rank, run);
  EXPECT_GT(slow.timeline.step_time.value, base.timeline.step_time.value);
  EXPECT_GT(cause(slow, Cause::pp_wait) + cause(slow, Cause::tp) + cause(slow, Cause::dp),
            cause(base, Cause::pp_wait) + cause(base, Cause::tp) + cause(base, Cause::dp));
}

TEST(EndToEnd, AScheduleFromAFilePlaysAsTheGeneratedOne) {
  // stp_p4_m12.braided_ext.csv is what the paper's authors' generator emits for p = 4, m = 12.
  std::vector<Override> four{{"plan.pp", "4"}, {"cluster.nodes", "4"}, {"plan.microbatches", "12"}};
  const Scenario generated = three_runs(four);
  four.push_back({"run.2.schedule", "file:" BRAID_SOURCE_DIR "/tests/data/schedules/stp_p4_m12.braided_ext.csv"});
  const Scenario read = three_runs(four);
  const PlayedRun a = test::verified_play(generated, generated.runs[2]);
  const PlayedRun b = test::verified_play(read, read.runs[2]);
  EXPECT_EQ(a.timeline.step_time, b.timeline.step_time);
  EXPECT_EQ(a.report.peak.bytes, b.report.peak.bytes);
  EXPECT_EQ(a.report.ops, b.report.ops);
}

}  // namespace
}  // namespace braid
