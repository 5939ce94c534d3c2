// SPDX-License-Identifier: Apache-2.0
#include "sim/report/json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/sim/report/reports.hpp"

namespace braid {
namespace {

nlohmann::json parsed(bool wall_clock) { return nlohmann::json::parse(to_json(tiny::round_comparison(), wall_clock)); }

TEST(ReportJson, HasEveryFieldThatScriptsRelyOn) {
  const auto document = parsed(true);
  EXPECT_EQ(document["schema"], "braid.report/1");
  EXPECT_EQ(document["scenario"], "round");
  const auto& run = document["runs"].at(0);
  for (const char* field :
       {"schedule", "step_time_s", "samples_per_s", "tokens_per_s_per_gpu", "mfu", "bubble_global_s", "bubble_span_s",
        "bubble_by_cause_s", "busy_s", "stretch_s", "exposed_communication_s", "peak_memory_bytes",
        "memory_by_class_bytes", "peak_rank", "ops", "flows", "wall_s"}) {
    EXPECT_TRUE(run.contains(field)) << field;
  }
  for (const char* cause : {"tp", "pp_wait", "pp_transfer", "dp", "offload", "host", "warm_up", "drain"}) {
    EXPECT_TRUE(run["bubble_by_cause_s"].contains(cause)) << cause;
  }
  EXPECT_EQ(run["bubble_by_cause_s"].size(), 8u);
}

TEST(ReportJson, HoldsTheNumbersOfTheReport) {
  const auto run = parsed(true)["runs"].at(0);
  EXPECT_EQ(run["schedule"], "1f1b-i");
  EXPECT_EQ(run["step_time_s"], 2.0);
  EXPECT_EQ(run["mfu"], 0.5);
  EXPECT_EQ(run["bubble_by_cause_s"]["tp"], 0.3);
  EXPECT_EQ(run["worst_rank"]["bubble_by_cause_s"]["tp"]["s"], 0.4);
  EXPECT_EQ(run["worst_rank"]["bubble_by_cause_s"]["tp"]["rank"], 1);
  EXPECT_EQ(run["memory_by_class_bytes"]["activations"], 40e9);
  EXPECT_EQ(run["peak_memory_bytes"], 90e9);
  EXPECT_EQ(run["peak_rank"], 1);
  EXPECT_EQ(run["ops"], 1234);
  EXPECT_EQ(run["flows"], 56);
  EXPECT_EQ(run["wall_s"], 0.75);
  EXPECT_EQ(run["fits"], false);
  EXPECT_EQ(run["notes"].at(0), "a note");
  EXPECT_EQ(run["provenance"]["kind"], "simulated");
  EXPECT_EQ(parsed(true)["runs"].at(1)["speed_up"], 1.25);
}

TEST(ReportJson, LeavesWallClockOutOfFiles) { EXPECT_FALSE(parsed(false)["runs"].at(0).contains("wall_s")); }

TEST(ReportJson, IsTheSameBytesForTheSameReport) {
  EXPECT_EQ(to_json(tiny::round_comparison(), false), to_json(tiny::round_comparison(), false));
}

TEST(ReportJson, SurvivesALabelThatIsNotText) {
  Comparison comparison = tiny::round_comparison();
  comparison.runs[0].schedule = "\xff\xfe";
  EXPECT_NO_THROW(nlohmann::json::parse(to_json(comparison, false)));
}

}  // namespace
}  // namespace braid
