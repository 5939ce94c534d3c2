// SPDX-License-Identifier: Apache-2.0
// Blocks against units: the bounds that bench/README.md records with the errors found, and why they are not zero.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "sim/play/play.hpp"
#include "sim/screen/screen.hpp"
#include "tests/sim/screen/grid.hpp"

namespace braid {
namespace {

TEST(ScreeningAccuracy, HoldsOverTheGrid) {
  // A block stretches by the mean of its units, its inner collectives do not wait for a tail that is longer than its
  // first compute, and a braid shifts as a whole when one of its inputs is late: each is a small part of a block, and
  // blocks are a small part of a step. Slow links make the second of these the largest.
  double sum = 0;
  const auto points = testing::screening_grid(67);
  ASSERT_GT(points.size(), 40u);
  for (const testing::GridPoint& point : points) {
    SCOPED_TRACE(point.name);
    const testing::ScreeningError error = testing::screening_error(point);
    sum += std::abs(error.step_time);
    EXPECT_LT(std::abs(error.step_time), 0.035);
    EXPECT_LT(std::abs(error.peak), 1e-9);
    EXPECT_LT(std::abs(error.tp_share), 0.02);
    EXPECT_LT(std::abs(error.pp_share), 0.02);
    EXPECT_LT(std::abs(error.exposed), 0.03);
    EXPECT_FALSE(error.fits_differ);
  }
  EXPECT_LT(sum / static_cast<double>(points.size()), 0.005);
}

TEST(ScreeningAccuracy, HoldsForTheShippedScenarios) {
  int runs = 0;
  for (const char* folder : {"papers", "peers", "sizing"}) {
    for (const auto& file : std::filesystem::directory_iterator(std::string(BRAID_SOURCE_DIR "/scenarios/") + folder)) {
      if (!file.path().string().ends_with(".toml") || file.path().string().ends_with(".sweep.toml")) continue;
      Scenario s = read_scenario(file.path());
      s.network = NetworkKind::ideal;
      const Profile profile = profile_of(s.profile, s.cluster.gpu);
      for (const braid::Run& run : s.runs) {
        SCOPED_TRACE(s.name + " " + run.label);
        const RunReport played = play(s, run, profile).report;
        const RunReport screened = Screener().screen(s, run, profile);
        EXPECT_NEAR(screened.step_time / played.step_time, 1, 0.005);
        EXPECT_NEAR(screened.peak.bytes / played.peak.bytes, 1, 1e-9);
        ++runs;
      }
    }
  }
  EXPECT_GE(runs, 20);
}

}  // namespace
}  // namespace braid
