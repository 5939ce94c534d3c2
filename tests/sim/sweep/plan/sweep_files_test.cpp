// SPDX-License-Identifier: Apache-2.0
// Every sweep under scenarios/ reads, expands, and has a sound scenario at its first and last point.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "sim/base/csv.hpp"
#include "sim/sweep/plan/expand.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

TEST(SweepFiles, ReadAndExpand) {
  int sweeps = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(BRAID_SOURCE_DIR) / "scenarios")) {
    const std::string path = entry.path().string(), name = entry.path().filename().string();
    constexpr std::string_view ending = ".sweep.toml";
    if (!name.ends_with(ending)) continue;
    SCOPED_TRACE(path);
    const Sweep sweep = read_sweep(path);
    EXPECT_EQ(sweep.name + std::string(ending), name);
    const Expansion expansion = expand(sweep);
    for (const std::int64_t point : {expansion.points.front(), expansion.points.back()}) {
      EXPECT_THAT(check(scenario_at(sweep, choice_of(sweep, point))), testing::IsEmpty());
    }
    ++sweeps;
  }
  EXPECT_GE(sweeps, 1);
}

// tp 1, 2, 4, 8 x pp 2, 4, 8 x 2 x 2 runs = 48. On 16 GPUs tp * pp = 32 and 64 do not fit: (4, 8), (8, 4), (8, 8) drop
// 3 * 4 = 12. Of the others m = 128 / dp = 8 * tp * pp is at least 3 * pp - 1: 36 are left.
TEST(SweepFiles, TheExample) {
  const Sweep sweep = read_sweep(std::string(BRAID_SOURCE_DIR) + "/scenarios/sizing/example.sweep.toml");
  EXPECT_EQ(sweep.product(), 48);
  EXPECT_EQ(expand(sweep).points.size(), 36);
  EXPECT_EQ(scenario_at(sweep, choice_of(sweep, 0)).plan.microbatches, 16);  // tp 1, pp 2: dp 8
}

// tp 3 values x pp 4 x 2 x the three runs of the scenario = 72.
TEST(SweepFiles, TheExampleOfTheManual) {
  const std::string page = read_file(std::string(BRAID_SOURCE_DIR) + "/docs/sweeps.md");
  const std::string fence = "```toml\n";
  const std::size_t begin = page.find(fence) + fence.size();
  const std::string text = page.substr(begin, page.find("```", begin) - begin);
  const Sweep sweep = parse_sweep(text, std::string(BRAID_SOURCE_DIR) + "/scenarios/sizing/manual.sweep.toml");
  EXPECT_EQ(sweep.product(), 72);
  EXPECT_GT(expand(sweep).points.size(), 0);
}

// A million points: no scenario is read for each. 0.05 s on the machine it was written on.
TEST(SweepFiles, AMillionPointsExpandAtOnce) {
  const std::string scenario = std::string(BRAID_SOURCE_DIR) + "/scenarios/sizing/stp-1024.toml";
  const Sweep sweep = parse_sweep("schema = 1\nname = \"m\"\nscenario = \"" + scenario +
                                      "\"\nconstraints = [\"tp <= gpus_per_node\", \"sequence > 1000\"]\n[fields]\n"
                                      "\"plan.tp\" = { from = 1, to = 10, step = 1 }\n"
                                      "\"plan.microbatches\" = { from = 1, to = 100, step = 1 }\n"
                                      "\"plan.sequence\" = { from = 1, to = 1000, step = 1 }\n",
                                  "m.sweep.toml", {});
  EXPECT_EQ(sweep.product(), 1'000'000);
  EXPECT_THROW(expand(sweep), Error);  // no sequence is longer than 1000
}

}  // namespace
}  // namespace braid
