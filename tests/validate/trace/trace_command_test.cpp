// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/trace_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/base/csv.hpp"
#include "tests/calibrate/temporary_folder.hpp"
#include "tests/validate/complaint.hpp"
#include "tests/validate/trace/joint.hpp"
#include "tests/validate/trace/written_kineto.hpp"
#include "tests/validate/trace/written_nsight.hpp"

namespace braid {
namespace {

using test::complaint;
using testing::HasSubstr;

/// Two ranks, a forward of 10 us each; measured 20 us.
class TraceCommand : public testing::Test {
 protected:
  TraceCommand() : joint(2) {
    joint.predicted.provenance.facts["gpu"] = "H100-SXM";
    joint.pass(0, OpKind::forward, 0, 0, 10).pass(1, OpKind::forward, 0, 10, 20);
    for (int rank : {0, 1}) {
      test::WrittenKineto trace;
      trace.rank = rank;
      trace.world_size = 2;
      trace.step(1, 0, 100).step(2, 100, 40).range("PP:" + std::to_string(rank) + "F0", 100, 5);
      trace.kernel("gemm \xff odd bytes", 110, 20, 7, 101);
      write_file(folder / ("t" + std::to_string(rank) + ".json"), trace.text());
    }
  }

  std::string run(const TraceOptions& options) const {
    std::ostringstream out;
    trace_command(options, joint.program, joint.predicted, out);
    return out.str();
  }

  TemporaryFolder folder;
  test::Joint joint;
};

TEST_F(TraceCommand, PrintsJson) {
  const auto json = nlohmann::json::parse(run({.files = {folder / "t0.json", folder / "t1.json"}, .json = true}));
  EXPECT_EQ(json["schema"], "braid.trace/1");
  EXPECT_EQ(json["recorded_by"], "torch.profiler");
  EXPECT_EQ(json["ranks"].size(), 2u);
  EXPECT_NEAR(json["measured"]["step_s"].get<double>(), 40e-6, 1e-12);
  EXPECT_NEAR(json["measured"]["idle_share"].get<double>(), 0.5, 1e-9);  // 20 of 40 us
  EXPECT_NEAR(json["predicted"]["step_s"].get<double>(), 20e-6, 1e-12);
  EXPECT_EQ(json["orders"][0]["same"], true);
  EXPECT_EQ(json["actions"][0]["type"], "F");
  EXPECT_TRUE(json["kernels"][0]["predicted_s"].is_null());
}

TEST_F(TraceCommand, PrintsText) {
  const std::string text = run({.files = {folder / "t0.json"}});
  EXPECT_THAT(
      text,
      HasSubstr("1 of 2 ranks recorded by torch.profiler on NVIDIA H100 80GB HBM3; predicted: by hand on H100-SXM\n"));
  // 20 us predicted of 40 us measured; a bubble of 50 % either way (rank 0 computes 10 of 20 us).
  EXPECT_THAT(text, testing::ContainsRegex("step time +40 us +20 us +-50.0 %\n"));
  EXPECT_THAT(text, testing::ContainsRegex("idle \\(bubble\\) +50.0 % +50.0 % +[-+]0.0 pts\n"));
  EXPECT_THAT(text, HasSubstr("rank 0: 1 actions, the same\n"));
  EXPECT_THAT(text, HasSubstr("not compared\n"));
}

TEST_F(TraceCommand, WritesTheComparisonAndTheRunAsATrace) {
  run({.files = {folder / "t0.json", folder / "t1.json"}, .out_dir = folder / "made"});
  EXPECT_EQ(nlohmann::json::parse(read_file(folder / "made/comparison.json"))["schema"], "braid.trace/1");
  const auto trace = nlohmann::json::parse(read_file(folder / "made/measured.json"));
  EXPECT_EQ(trace["otherData"]["kind"], "measured");
  // What it wrote is no trace of a profiler.
  EXPECT_THAT(complaint([&] { run({.files = {folder / "made/measured.json"}}); }),
              HasSubstr("is a trace that Braid wrote"));
}

TEST_F(TraceCommand, ANodeRecordedByNsight) {
  test::WrittenNsight file(folder / "node.sqlite");
  for (int rank : {0, 1}) {
    file.kernel("gemm", 110'000, 130'000, 7, 101'000, rank, 11 + rank);
    file.range("iteration 5", 100'000, 140'000, 11 + rank);
  }
  file.close();
  const auto json =
      nlohmann::json::parse(run({.files = {folder / "node.sqlite"}, .step_name = "iteration ", .json = true}));
  EXPECT_EQ(json["recorded_by"], "Nsight Systems");
  ASSERT_EQ(json["ranks"].size(), 2u);
  EXPECT_NEAR(json["ranks"][1]["measured"]["step_s"].get<double>(), 40e-6, 1e-12);
  EXPECT_NEAR(json["ranks"][1]["measured"]["computing_s"].get<double>(), 20e-6, 1e-12);
}

TEST_F(TraceCommand, RefusesWhatMakesNoSense) {
  EXPECT_EQ(complaint([&] { run({}); }), "--trace: names no file");
  EXPECT_EQ(complaint([&] { run({.files = {folder / "t0.json"}, .steps = 0}); }), "--steps: must be at least 1");
  EXPECT_THAT(complaint([&] {
                run({.files = {folder / "t0.json", folder / "t0.json"}});
              }),
              HasSubstr("is of rank 0 again"));
  EXPECT_THAT(complaint([&] { run({.files = {folder / "t0.json"}, .out_dir = folder / "t0.json/made"}); }),
              HasSubstr("t0.json/made: cannot be made"));
}

TEST_F(TraceCommand, StepsWithoutWorkAreLeftOutAndSaid) {
  // The third step launched nothing: a mean over it would be of 40 and 1000 us.
  test::WrittenKineto trace;
  trace.world_size = 2;
  trace.step(1, 0, 100).step(2, 100, 40).step(3, 140, 1000).kernel("gemm", 110, 20, 7, 101);
  write_file(folder / "gap.json", trace.text());
  const auto json = nlohmann::json::parse(run({.files = {folder / "gap.json"}, .json = true}));
  EXPECT_NEAR(json["measured"]["step_s"].get<double>(), 40e-6, 1e-12);
  EXPECT_THAT(json["notes"].dump(), HasSubstr("rank 0: 1 steps launched no GPU work and are left out"));
}

TEST_F(TraceCommand, AStepThatTakesNoTimeIsRefused) {
  test::WrittenKineto trace;
  trace.world_size = 2;
  trace.lone_kernel("gemm", 110, 0, 7);
  write_file(folder / "zero.json", trace.text());
  EXPECT_THAT(complaint([&] { run({.files = {folder / "zero.json"}}); }), HasSubstr("its GPU work takes no time"));
}

}  // namespace
}  // namespace braid
