// SPDX-License-Identifier: Apache-2.0
#include "validate/recording/recording.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/base/csv.hpp"
#include "tests/calibrate/temporary_folder.hpp"
#include "tests/validate/fabricated.hpp"
#include "tests/validate/recording/damaged.hpp"

namespace braid {
namespace {

std::int64_t ns(Seconds time) { return std::llround(time.value * 1e9); }

Recording fabricated() {
  const Scenario scenario = parse_scenario(kFabricatedScenario, "f.toml");
  const Priced p = priced(scenario, 2);
  return {.scenario_toml = kFabricatedScenario,
          .profile_csv = "made up\n",
          .schedule = "stp",
          .run = fabricated_run(p.program, p.costs, scenario.cluster, {.jitter = 0.02, .repeats = 4}),
          .attached = {{"works.csv", "a,b\n"}}};
}

TEST(Recording, SurvivesBeingWrittenAndRead) {
  const TemporaryFolder folder;
  const Recording written = fabricated();
  write_recording(folder / "a", written);
  const Recording read = read_recording(folder / "a");
  EXPECT_EQ(read.scenario_toml, written.scenario_toml);
  EXPECT_EQ(read.profile_csv, written.profile_csv);
  EXPECT_EQ(read.schedule, "stp");
  EXPECT_EQ(read.rank, -1);
  EXPECT_EQ(read.attached, written.attached);
  EXPECT_EQ(read.run.placement, "partition");
  EXPECT_EQ(read.run.untraced, written.run.untraced);
  EXPECT_EQ(read.run.traced, written.run.traced);
  EXPECT_EQ(read.run.peak, written.run.peak);
  EXPECT_EQ(read.run.notes, written.run.notes);
  EXPECT_EQ(read.run.timeline.provenance.kind, "measured");
  EXPECT_EQ(read.run.timeline.provenance.facts, written.run.timeline.provenance.facts);
  EXPECT_EQ(read.run.timeline.step_time, written.run.timeline.step_time);
  EXPECT_EQ(read.run.timeline.multiplicity, written.run.timeline.multiplicity);
  ASSERT_EQ(read.run.timeline.ranks.size(), 4u);
  std::size_t spans = 0;
  for (std::size_t r = 0; r < 4; ++r) {
    EXPECT_EQ(read.run.timeline.ranks[r].rank, written.run.timeline.ranks[r].rank);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const auto& a = written.run.timeline.ranks[r].lanes[lane];
      const auto& b = read.run.timeline.ranks[r].lanes[lane];
      ASSERT_EQ(a.size(), b.size());
      for (std::size_t i = 0; i < a.size(); ++i, ++spans) {
        EXPECT_EQ(a[i].key, b[i].key);
        EXPECT_EQ(ns(a[i].start), ns(b[i].start));
        EXPECT_EQ(ns(a[i].end), ns(b[i].end));
        const OpSpread &s = written.run.spread[r][lane][i], &t = read.run.spread[r][lane][i];
        EXPECT_EQ(ns(s.median), ns(t.median));
        EXPECT_EQ(ns(s.p25), ns(t.p25));
        EXPECT_EQ(ns(s.p75), ns(t.p75));
      }
    }
  }
  EXPECT_GT(spans, 1000u);
}

TEST(Recording, IsTheSameBytesWhenItIsWrittenAgain) {
  const TemporaryFolder folder;
  write_recording(folder / "a", fabricated());
  write_recording(folder / "b", read_recording(folder / "a"));
  for (const char* file : {"/scenario.toml", "/profile.csv", "/run.json", "/ops.csv.gz", "/works.csv"}) {
    EXPECT_EQ(read_file(folder / "a" + file), read_file(folder / "b" + file)) << file;
  }
}

TEST(Recording, OfThePastIsStillRead) {
  // Written by hand, see the folder's README: F of microbatch 3, chunk 0, layer 7 from 1000 to 251001 ns.
  const Recording read = read_recording(BRAID_SOURCE_DIR "/tests/data/fabricated-recordings/two-ops");
  EXPECT_EQ(read.schedule, "stp");
  EXPECT_EQ(read.rank, 0);
  EXPECT_EQ(read.run.placement, "replay");
  EXPECT_FALSE(read.profile_csv.has_value());
  EXPECT_EQ(read.run.step_time(), Seconds(0.0003));
  ASSERT_EQ(read.run.timeline.ranks.size(), 1u);
  const RankTimeline& rank = read.run.timeline.ranks[0];
  ASSERT_EQ(rank.lanes[static_cast<std::size_t>(Lane::compute)].size(), 1u);
  ASSERT_EQ(rank.lanes[static_cast<std::size_t>(Lane::tp)].size(), 1u);
  const Span& forward = rank.lanes[static_cast<std::size_t>(Lane::compute)][0];
  EXPECT_EQ(forward.key, (OpKey{.microbatch = 3, .layer = 7, .chunk = 0, .kind = OpKind::forward, .unit = Unit::attn}));
  EXPECT_DOUBLE_EQ(forward.start.value, 1000e-9);
  EXPECT_DOUBLE_EQ(forward.end.value, 251001e-9);
  EXPECT_DOUBLE_EQ(read.run.spread[0][static_cast<std::size_t>(Lane::tp)][0].p75.value, 50000e-9);
}

TEST(Recording, WithoutSpreadsHasItsOneRepeat) {
  const TemporaryFolder folder;
  write_recording(folder / "a", small_recording());
  const Recording read = read_recording(folder / "a");
  EXPECT_DOUBLE_EQ(read.run.spread[0][0][0].median.value, 2e-6);
  EXPECT_EQ(read.run.spread[0][0][0].p25, read.run.spread[0][0][0].p75);
}

}  // namespace
}  // namespace braid
