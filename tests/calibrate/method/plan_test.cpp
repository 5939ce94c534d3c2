// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace braid {
namespace {

double seconds(const std::vector<Allotment>& list) {
  return std::accumulate(list.begin(), list.end(), 0.0, [](double sum, const Allotment& a) { return sum + a.seconds; });
}
std::vector<std::string> names(const std::vector<Allotment>& list) {
  std::vector<std::string> r;
  for (const Allotment& a : list) r.push_back(a.name);
  return r;
}

TEST(Plan, QuickStaysUnderThreeMinutesWithRoomForTheLastPoints) {
  // Each of at most 14 sweeps may overrun by the point at hand: 2 s each.
  EXPECT_LE(seconds(allot({.quick = true})) + 14 * 2, kQuickSeconds);
}

TEST(Plan, FullStaysUnderTwentyFiveMinutesWithTheTestsBefore) {
  // 150 s of tests on the GPU come before it in ./run gpu; each of 14 sweeps may overrun by 5 s.
  EXPECT_LE(150 + seconds(allot({.full = true})) + 14 * 5, kFullSeconds);
}

TEST(Plan, StagesStayUnderEightMinutesAndMakeTheWholeInOrder) {
  std::vector<Allotment> all;
  for (int stage = 1; stage <= kStages; ++stage) {
    const auto part = allot({.stage = stage});
    EXPECT_FALSE(part.empty());
    EXPECT_LE(seconds(part) + 60, kStageSeconds) << stage;
    all.insert(all.end(), part.begin(), part.end());
  }
  EXPECT_EQ(all, allot({}));
}

TEST(Plan, NamesEverySweepOnce) {
  std::set<std::string> seen;
  for (const PlannedSweep& s : plan()) EXPECT_TRUE(seen.insert(s.name).second) << s.name;
}

TEST(Plan, RunsNamedSweepsInItsOwnOrder) {
  EXPECT_THAT(names(allot({.names = {"layer", "check", "gemm"}})), testing::ElementsAre("check", "gemm", "layer"));
}

TEST(Plan, TakesTheAllowanceThatIsGiven) {
  EXPECT_EQ(allot({.names = {"gemm"}, .seconds = 7}), (std::vector<Allotment>{{"gemm", 7}}));
}

TEST(Plan, QuickLeavesOutPowerUnlessItIsNamed) {
  EXPECT_THAT(names(allot({.quick = true})), testing::Not(testing::Contains("power")));
  EXPECT_THAT(names(allot({.names = {"power"}, .quick = true})), testing::ElementsAre("power"));
}

TEST(Plan, SaysWhatABuildLeavesOutInALineForEachLibrary) {
  EXPECT_TRUE(left_out({.cudnn = true, .nccl = true, .cupti = true}).empty());
  // cuDNN computes attention: everything with a whole layer needs it. The braid exchanges by NCCL, too.
  EXPECT_THAT(
      left_out({.nccl = true, .cupti = true}),
      testing::ElementsAre(testing::StartsWith("built without cuDNN, left out: attention, unit, layer, braid, ")));
  EXPECT_THAT(left_out({}), testing::ElementsAre(testing::StartsWith("built without cuDNN, "),
                                                 testing::StartsWith("built without NCCL, left out: braid, "),
                                                 "built without CUPTI, left out: the recording of layer --shape"));
}

TEST(Plan, ASweepNamesTheLibraryThatItLacks) {
  const auto lacks = [](const std::string& name, const Parts& built) {
    const auto at = std::find_if(plan().begin(), plan().end(), [&](const PlannedSweep& s) { return name == s.name; });
    return at == plan().end() ? "no such sweep" : lacking(*at, built);
  };
  EXPECT_EQ(lacks("gemm", {}), "");
  EXPECT_EQ(lacks("unit", {.nccl = true}), "cuDNN");
  EXPECT_EQ(lacks("braid", {.cudnn = true}), "NCCL");
  EXPECT_EQ(lacks("braid", {.cudnn = true, .nccl = true}), "");
}

}  // namespace
}  // namespace braid
