// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/screen/screen.hpp"

namespace braid {
namespace {

using ::testing::HasSubstr;

Scenario small() {
  Scenario s;
  s.name = "small";
  s.model = read_model(BRAID_SOURCE_DIR "/scenarios/models/llama-mini.toml");
  s.cluster = read_cluster(BRAID_SOURCE_DIR "/scenarios/clusters/h100-sxm-8x2.toml");
  s.cluster.nodes = 1;
  s.plan = {.tp = 1, .pp = 2, .microbatches = 4, .sequence = 64};
  return s;
}

std::string refusal(const Scenario& s, const Run& run) {
  try {
    Screener().screen(s, run, default_profile(s.cluster.gpu));
  } catch (const Error& error) { return error.what(); }
  return "";
}

TEST(ScreeningErrors, NoiseIsNotForBlocks) {
  Scenario s = small();
  s.noise.jitter = 0.1;
  EXPECT_THAT(refusal(s, {.schedule = "1f1b"}), HasSubstr("blocks cannot show noise"));
  s.noise.jitter = 0;
  s.noise.slow_ranks = {{0, 1.5}};
  EXPECT_THAT(refusal(s, {.schedule = "1f1b"}), HasSubstr("blocks cannot show noise"));
}

TEST(ScreeningErrors, AScheduleOutsideItsPrecondition) {
  // m = 4 < 3p - 1 = 5.
  EXPECT_THAT(refusal(small(), {.schedule = "stp"}), HasSubstr("3p-1"));
}

TEST(ScreeningErrors, LayersThatDoNotDivide) {
  Scenario s = small();
  s.model.layers = 3;
  EXPECT_THAT(refusal(s, {.schedule = "1f1b"}), HasSubstr("layers"));
}

TEST(ScreeningErrors, MoreRanksThanGpus) {
  Scenario s = small();
  s.cluster.gpus_per_node = 1;
  EXPECT_THAT(refusal(s, {.schedule = "1f1b"}), HasSubstr("do not fit on the 1 GPUs"));
}

}  // namespace
}  // namespace braid
