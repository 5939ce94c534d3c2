// SPDX-License-Identifier: Apache-2.0
#include "sim/screen/screen.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/play/play.hpp"
#include "sim/report/json.hpp"

namespace braid {
namespace {

Scenario llama_8b(int tp, int pp, int microbatches) {
  const std::string folder = BRAID_SOURCE_DIR "/scenarios/";
  Scenario s;
  s.name = "llama";
  s.model = read_model(folder + "models/llama3-8b.toml");
  s.cluster = read_cluster(folder + "clusters/h100-sxm-8x128.toml");
  s.network = NetworkKind::ideal;
  s.plan = {.tp = tp, .pp = pp, .microbatches = microbatches, .sequence = 4096};
  return s;
}

Run run_of(const std::string& schedule, P2pMode mode = P2pMode::eager) {
  return {.schedule = schedule, .label = schedule, .p2p = mode};
}

/// Messages that take no SM slow nothing down.
Profile without_contention(const Scenario& s) {
  return with_parameter(default_profile(s.cluster.gpu), "message_ctas", 0);
}

TEST(Screening, IsExactWithoutTensorParallelismAndContention) {
  // Nothing is on lane tp, so that the ops of a block follow one another without a gap, whenever they begin: a block is
  // as long as its ops together, and what enters or leaves between two of them does so where the block is cut.
  const Scenario s = llama_8b(1, 4, 16);
  for (const char* schedule : {"gpipe", "1f1b", "1f1b-i", "looped-bfs", "interleaved-zb", "zb-h1", "zb-h2", "zb-v",
                               "v-half", "v-min", "1f1b-v", "dualpipe", "dualpipev", "combined-1f1b", "stp"}) {
    for (const P2pMode mode : {P2pMode::eager, P2pMode::batched, P2pMode::blocking}) {
      const braid::Run run = run_of(schedule, mode);
      const RunReport played = play(s, run, without_contention(s)).report;
      const RunReport screened = Screener().screen(s, run, without_contention(s));
      SCOPED_TRACE(std::string(schedule) + " " + std::to_string(static_cast<int>(mode)));
      EXPECT_NEAR(screened.step_time / played.step_time, 1, 1e-9);
      EXPECT_NEAR(screened.busy.mean / played.busy.mean, 1, 1e-9);
      EXPECT_NEAR(screened.exposed_communication.mean / played.step_time,
                  played.exposed_communication.mean / played.step_time, 1e-9);
      for (std::size_t cause = 0; cause < kCauses; ++cause) {
        EXPECT_NEAR(screened.idle[cause].mean / played.step_time, played.idle[cause].mean / played.step_time, 1e-9)
            << to_text(static_cast<Cause>(cause));
      }
      EXPECT_EQ(screened.ranks.size(), played.ranks.size());
    }
  }
}

TEST(Screening, FindsTheSameMemory) {
  // Units of a rank take and give back memory in their order on the compute lane, which blocks do not change.
  Scenario s = llama_8b(2, 4, 16);
  for (const Recompute recompute : {Recompute::none, Recompute::selective, Recompute::full}) {
    s.plan.recompute = recompute;
    for (const char* schedule : {"1f1b", "zb-v", "stp", "gpipe"}) {
      const RunReport played = play(s, run_of(schedule), default_profile(s.cluster.gpu)).report;
      const RunReport screened = Screener().screen(s, run_of(schedule), default_profile(s.cluster.gpu));
      ASSERT_EQ(screened.peaks.size(), played.peaks.size());
      EXPECT_EQ(screened.peak.rank, played.peak.rank);
      for (std::size_t rank = 0; rank < played.peaks.size(); ++rank) {
        EXPECT_NEAR(screened.peaks[rank].bytes / played.peaks[rank].bytes, 1, 1e-12);
        for (std::size_t c = 0; c < kMemoryClasses; ++c) {
          EXPECT_NEAR(screened.peaks[rank].by_class[c].value, played.peaks[rank].by_class[c].value, 1);
        }
      }
    }
  }
}

TEST(Screening, AccountsForEverySecondOfEveryRank) {
  const Scenario s = llama_8b(4, 4, 16);
  for (const char* schedule : {"1f1b-i", "zb-h1", "stp"}) {
    const RunReport report = Screener().screen(s, run_of(schedule), default_profile(s.cluster.gpu));
    for (const RankTime& rank : report.ranks) {
      EXPECT_NEAR((rank.busy + rank.stretch + rank.idle_total()) / report.step_time, 1, 1e-9);
      EXPECT_GE(rank.busy, Seconds(0));
    }
    // What is left when the three shares are taken away is work.
    const double work = (report.busy.mean + report.stretch.mean) / report.step_time;
    EXPECT_NEAR(report.tp_share() + report.pp_share() + report.other_share() + work, 1, 1e-9);
  }
}

TEST(Screening, SaysWhatItIs) {
  const Scenario s = llama_8b(4, 2, 8);
  const RunReport played = play(s, run_of("stp"), default_profile(s.cluster.gpu)).report;
  const RunReport report = Screener().screen(s, run_of("stp"), default_profile(s.cluster.gpu));
  EXPECT_EQ(report.schedule, "stp");
  EXPECT_EQ(report.gpus, 8);
  EXPECT_EQ(report.folded, 4);
  EXPECT_EQ(report.gpu_memory, s.cluster.gpu.memory);
  EXPECT_EQ(report.notes, played.notes);
  EXPECT_LT(report.ops, played.ops);
  // The same facts as of a play, and the grain.
  auto facts = report.provenance;
  EXPECT_EQ(facts["grain"], "block");
  facts.erase("grain");
  EXPECT_EQ(facts, played.provenance);
}

TEST(Screening, DoesNotDependOnWhatWasScreenedBefore) {
  // The second scenario cuts its blocks otherwise than the first one, whose cuts are kept: links too slow to hide
  // anything, then none at all.
  Screener used;
  Scenario slow = llama_8b(4, 4, 16);
  slow.cluster.intra_bandwidth *= 0.05;
  const Scenario fast = llama_8b(4, 4, 16), alone = llama_8b(1, 4, 16);
  Scenario longer = fast;
  longer.plan.sequence = 8192;
  for (const Scenario& s : {slow, fast, alone, longer, slow}) {
    for (const char* schedule : {"stp", "1f1b", "zb-v"}) {
      const Profile profile = default_profile(s.cluster.gpu);
      const RunReport again = used.screen(s, run_of(schedule), profile);
      const RunReport fresh = Screener().screen(s, run_of(schedule), profile);
      EXPECT_EQ(again.step_time, fresh.step_time);
      EXPECT_EQ(again.exposed_communication.mean, fresh.exposed_communication.mean);
      EXPECT_EQ(again.peak.bytes, fresh.peak.bytes);
      EXPECT_EQ(again.provenance, fresh.provenance);
      EXPECT_EQ(again.ops, fresh.ops);
    }
  }
}

TEST(Screening, WaitsForTheHost) {
  // 20 us a launch is more than many kernels take here: the host is the bottleneck, and blocks must show it.
  Scenario s = llama_8b(8, 2, 8);
  s.plan.sequence = 512;
  for (const double launch : {2e-6, 20e-6}) {
    const Profile profile = with_parameter(default_profile(s.cluster.gpu), "host_launch_s", launch);
    for (const char* schedule : {"1f1b", "stp"}) {
      for (const bool waits : {false, true}) {
        braid::Run run = run_of(schedule);
        run.p2p_host_waits = waits;
        const RunReport played = play(s, run, profile).report;
        const RunReport screened = Screener().screen(s, run, profile);
        EXPECT_NEAR(screened.step_time / played.step_time, 1, 0.02) << schedule << " " << launch << " " << waits;
      }
    }
  }
}

TEST(Screening, PlaysOneColumnThoughMessagesOfOthersTakeShorterPaths) {
  // TP 3 on nodes of 4: ranks 0 and 1 of the pipeline share a node in one column and not in others. The slowest path
  // stands for all, so that the step is no shorter than the unfolded one, and a message between nodes at most longer.
  Scenario s = llama_8b(2, 4, 8);
  s.cluster.gpus_per_node = 3;
  s.cluster.nics_per_node = 3;
  const Profile profile = default_profile(s.cluster.gpu);
  const RunReport played = play(s, run_of("1f1b"), profile).report;
  ASSERT_EQ(played.folded, 1);
  const RunReport screened = Screener().screen(s, run_of("1f1b"), profile);
  EXPECT_EQ(screened.folded, 2);
  EXPECT_GT(screened.step_time / played.step_time, 1 - 1e-3);
  EXPECT_LT(screened.step_time / played.step_time, 1.02);
}

}  // namespace
}  // namespace braid
