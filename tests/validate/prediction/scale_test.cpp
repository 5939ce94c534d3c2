// SPDX-License-Identifier: Apache-2.0
#include "validate/prediction/scale.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/base/gpus.hpp"
#include "sim/memory/memory.hpp"
#include "validate/prediction/prediction.hpp"

namespace braid {
namespace {

using testing::HasSubstr;

const std::string kScenario = BRAID_SOURCE_DIR "/scenarios/sizing/qwen2-12b-h100-tp8pp2.toml";

Scenario scaled(const std::string& text, std::vector<Override> overrides, Bytes memory = Bytes(80e9)) {
  const Scaled s = scale(text, read_scenario(kScenario, overrides), overrides, memory);
  overrides.insert(overrides.end(), s.overrides.begin(), s.overrides.end());
  return read_scenario(kScenario, overrides);
}

Bytes fullest_rank(const Scenario& scenario) {
  Bytes most;
  for (const Run& run : scenario.runs) {
    const Prediction p = predict(scenario, run, default_profile(scenario.cluster.gpu));
    most = std::max(most, fullest(memory_peaks(join_complete(p.program, p.timeline))).bytes);
  }
  return most;
}

std::string refusal(const std::string& text, Bytes memory = Bytes(80e9)) {
  try {
    scaled(text, {{"plan.microbatches", "8"}}, memory);
  } catch (const Error& error) { return error.what(); }
  return "";
}

TEST(Scale, OfLayersAndHiddenSize) {
  EXPECT_EQ(scaled("", {}).model, read_scenario(kScenario).model);
  EXPECT_EQ(scaled("layers=14", {}).model.layers, 14);
  // 5120 hidden, 40 heads of 128, 8 KV heads, FFN 13824, halved; the head dimension stays 128.
  const Model half = scaled("hidden=0.5", {}).model;
  EXPECT_EQ(half.hidden, 2560);
  EXPECT_EQ(half.heads, 20);
  EXPECT_EQ(half.kv_heads, 4);
  EXPECT_EQ(half.head_dim, 128);
  EXPECT_EQ(half.ffn, read_scenario(kScenario).model.ffn / 2);
}

TEST(Scale, FitsTheMostLayersThatDivide) {
  const std::vector<Override> few{{"plan.microbatches", "8"}};
  const Bytes whole = fullest_rank(read_scenario(kScenario, few));
  // Nine tenths of the memory are used, so the whole model needs ten ninths of what it takes.
  EXPECT_EQ(scaled("fit", few, whole * (10.0 / 9.0) * 1.001).model.layers, 30);
  const Scenario smaller = scaled("fit", few, whole);
  // Four virtual stages and the last with two layers fewer: 26 is the next below 30.
  EXPECT_EQ(smaller.model.layers, 26);
  EXPECT_LE(fullest_rank(smaller), whole * 0.9);
}

TEST(ScaleErrors, NameWhatIsWrong) {
  EXPECT_THAT(refusal("layers"), HasSubstr("--scale: 'layers'"));
  EXPECT_THAT(refusal("layers=x"), HasSubstr("not a number"));
  EXPECT_THAT(refusal("layers=31"), HasSubstr("1 to 30"));
  EXPECT_THAT(refusal("layers=0"), HasSubstr("1 to 30"));
  EXPECT_THAT(refusal("layers=2.5"), HasSubstr("1 to 30"));
  EXPECT_THAT(refusal("hidden=2"), HasSubstr("between 0 and 1"));
  EXPECT_THAT(refusal("hidden=0.3"), HasSubstr("whole number"));
  EXPECT_THAT(refusal("fit", Bytes(1e6)), HasSubstr("even the fewest layers need"));
}

}  // namespace
}  // namespace braid
