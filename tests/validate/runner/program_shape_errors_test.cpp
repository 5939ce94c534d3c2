// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/validate/runner/small_programs.hpp"
#include "validate/runner/program_shape.hpp"

namespace braid {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// What shape_of says of a small program with one thing changed.
std::string refusal(const std::function<void(Scenario&)>& change) {
  Scenario scenario = testing::small_scenario(2, 2, 2);
  change(scenario);
  const Run run{.schedule = "1f1b"};
  const Program program = lower(schedule_of(scenario, run), scenario, run);
  try {
    shape_of(program);
  } catch (const Error& error) { return error.what(); }
  return "none";
}

TEST(ProgramShapeErrors, EachModelWithoutKernelsIsNamed) {
  EXPECT_THAT(refusal([](Scenario& s) { s.model.mlp = MlpKind::gelu; }), AllOf(HasSubstr("mlp"), HasSubstr("GELU")));
  EXPECT_THAT(refusal([](Scenario& s) { s.model.attention = AttentionKind::unfused; }), HasSubstr("stores its scores"));
  EXPECT_THAT(refusal([](Scenario& s) { s.model.dropout = true; }), HasSubstr("dropout"));
  EXPECT_THAT(refusal([](Scenario& s) { s.model.biases = true; }), HasSubstr("biases"));
  EXPECT_THAT(refusal([](Scenario& s) { s.model.element_bytes = 4; }), HasSubstr("two bytes"));
  EXPECT_THAT(refusal([](Scenario& s) {
                s.model.positions = PositionKind::learned;
                s.model.learned_positions = 32;
              }),
              HasSubstr("positions"));
}

TEST(ProgramShapeErrors, SequenceParallelismIsRefused) {
  EXPECT_THAT(refusal([](Scenario& s) { s.plan.sequence_parallel = true; }), HasSubstr("sequence parallelism"));
}

TEST(ProgramShapeErrors, ACellWithoutAModelIsRefused) {
  const Program program = lower_cells(generate_schedule("1f1b", {.stages = 2, .microbatches = 2}), {}, P2pMode::eager);
  EXPECT_THROW(
      {
        try {
          shape_of(program);
        } catch (const Error& error) {
          EXPECT_THAT(error.what(), HasSubstr("a whole cell has no kernels"));
          throw;
        }
      },
      Error);
}

TEST(ProgramShapeErrors, AProgramWithoutLayersIsRefused) {
  Program program;
  program.ranks.resize(1);
  EXPECT_THROW(shape_of(program), Error);
}

}  // namespace
}  // namespace braid
