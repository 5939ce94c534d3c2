// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/parameter_layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/validate/runner/small_programs.hpp"

namespace braid {
namespace {

Program program_of(const Scenario& scenario) {
  const struct Run run { .schedule = "1f1b" };
  return lower(schedule_of(scenario, run), scenario, run);
}

// Two layers, one a rank. A layer: gains 2 x 64, QKV 64 x 64, out projection 64 x 32, gate and up 96 x 64, down 64 x
// 48: 128 + 4096 + 2048 + 6144 + 3072 = 15488. Each gain is padded to 128, 64 elements more.
TEST(ParameterLayout, LaysOutLayersAndEnds) {
  const Program program = program_of(testing::small_scenario(2, 2, 2));
  const ParameterLayout first = parameter_layout(program, 0), last = parameter_layout(program, 1);
  EXPECT_EQ(first.count, 15488u + 256 * 64);
  EXPECT_EQ(first.elements, 15616u + 256 * 64);
  EXPECT_EQ(first.layers.at(0).qkv.offset, 128u);
  EXPECT_EQ(first.layers.at(0).out_proj.offset, 128u + 4096);
  EXPECT_EQ(first.embedding->offset, 15616u);
  EXPECT_FALSE(first.head);
  EXPECT_EQ(last.count, 15488u + 64 + 256 * 64);
  EXPECT_TRUE(last.layers.contains(1));
  EXPECT_TRUE(last.final_norm && last.head && !last.embedding);
}

TEST(ParameterLayout, ATiedMatrixIsThereOnce) {
  Scenario scenario = testing::small_scenario(1, 1, 1);
  EXPECT_EQ(parameter_layout(program_of(scenario), 0).count, 15488u + 64 + 2 * 256 * 64);
  scenario.model.tied_embeddings = true;
  const ParameterLayout layout = parameter_layout(program_of(scenario), 0);
  EXPECT_TRUE(layout.tied);
  EXPECT_EQ(layout.count, 15488u + 64 + 256 * 64);
  EXPECT_EQ(layout.head->offset, layout.embedding->offset);
}

std::string refusal(const Program& program) {
  try {
    parameter_layout(program, 0);
  } catch (const Error& error) { return error.what(); }
  return "none";
}

TEST(ParameterLayoutErrors, LayerNormIsNamed) {
  Scenario scenario = testing::small_scenario(2, 2, 2);
  scenario.model.norm = NormKind::layernorm;
  EXPECT_THAT(refusal(program_of(scenario)), ::testing::HasSubstr("rank 0: LayerNorm is not run"));
}

TEST(ParameterLayoutErrors, OtherParametersAreCounted) {
  Program program = program_of(testing::small_scenario(2, 2, 2));
  program.ranks[0].resident[static_cast<std::size_t>(MemoryClass::parameters)] += Bytes(2 * 7);
  EXPECT_THAT(refusal(program), ::testing::HasSubstr("holds 31879 parameters, its units have 31872"));  // 15488 + 16384
}

TEST(ParameterLayoutErrors, AnEndWithoutAVocabularyIsRefused) {
  Program program = program_of(testing::small_scenario(2, 2, 2));
  for (WorkItem& item : program.works) {
    if (item.compute.unit == Unit::head && item.compute.pass == Pass::F) item.compute.gemms.clear();
  }
  EXPECT_THAT(refusal(program), ::testing::HasSubstr("vocabulary"));
}

}  // namespace
}  // namespace braid
