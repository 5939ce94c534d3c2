// SPDX-License-Identifier: Apache-2.0
// `braid validate SCENARIO`, `--recording` and `--trace` as a user runs them, without a GPU.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/base/csv.hpp"
#include "tests/sim/app/cli/run_braid.hpp"
#include "tests/validate/fabricated.hpp"
#include "tests/validate/trace/written_kineto.hpp"
#include "validate/recording/recording.hpp"

namespace braid {
namespace {

using test::Outcome;
using test::Workplace;
using testing::HasSubstr;
using testing::Not;

Outcome validate(const Workplace& place, const std::vector<std::string>& arguments) {
  return place.run(BRAID_BINARY_DIR "/bin/braid-validate", arguments);
}

/// The scenario of fabricated.hpp as a file.
std::string scenario(const Workplace& place) { return place.file("s.toml", kFabricatedScenario); }

/// A recording of its 1f1b, with F mlp `factor` times as long as predicted.
void record(const Workplace& place, const std::string& name, double factor) {
  const Scenario s = parse_scenario(kFabricatedScenario, "s.toml");
  const Priced run = priced(s, 0);
  const Costs real = with_class_scaled(run.program, run.costs, "F mlp", factor);
  write_recording((place.folder() / name).string(), {.scenario_toml = kFabricatedScenario,
                                                     .profile_csv = {},
                                                     .schedule = "1f1b",
                                                     .run = fabricated_run(run.program, real, s.cluster, {})});
}

TEST(ValidateRun, OnTheHostEqualsThePredictionForEveryRun) {
  const Workplace place;
  const Outcome o = validate(place, {scenario(place), "--placement", "host", "--json"});
  ASSERT_EQ(o.code, 0) << o.err;
  const auto json = nlohmann::json::parse(o.out);
  ASSERT_EQ(json["runs"].size(), 3u);
  for (const auto& run : json["runs"]) {
    EXPECT_NEAR(run["predicted_step_s"].get<double>(), run["measured_step_s"].get<double>(), 1e-9);
  }
  EXPECT_EQ(place.files(), std::vector<std::string>{"s.toml"});
}

TEST(ValidateRun, WritesAReportAndBothTimelines) {
  const Workplace place;
  const Outcome o = validate(place, {scenario(place), "--placement", "host", "--run", "stp", "--out", "made"});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("nothing was measured"));
  EXPECT_EQ(place.files(),
            (std::vector<std::string>{"made/", "made/report.html", "made/report.json", "made/stp.measured.braid",
                                      "made/stp.measured.pftrace", "made/stp.predicted.braid",
                                      "made/stp.predicted.pftrace", "s.toml"}));
}

TEST(ValidateRun, NamesAFaultAndEndsWithFour) {
  const Workplace place;
  const std::string file = scenario(place);
  for (const auto& [fault, said] :
       {std::pair("dies:rank=1,at=40", "its rank died before it could start"),
        std::pair("lost:rank=0,at=send mb3 chunk0", "never came"),
        std::pair("drops:rank=1,at=30", "could start, all it waits for has ended, but it never did")}) {
    const Outcome o = validate(place, {file, "--placement", "host", "--run", "1f1b", "--fault", fault});
    EXPECT_EQ(o.code, 4) << fault << o.err;
    EXPECT_EQ(o.out, "");
    EXPECT_THAT(o.err, HasSubstr(said));
    EXPECT_THAT(o.err, HasSubstr("rank 1")) << "the op is named with its rank";
  }
}

TEST(ValidateRun, OnTheHostPlaysEveryGpuWhereTheScenarioDoesNotFold) {
  // TP 2 x PP 2: two pipeline ranks that stand for two GPUs each, or four.
  const Workplace place;
  const auto ranks = [&](const char* fold) {
    const Outcome o = validate(place, {scenario(place), "--placement", "host", "--run", "1f1b", "--json", "--set",
                                       std::string("plan.fold=") + fold});
    EXPECT_EQ(o.code, 0) << o.err;
    return nlohmann::json::parse(o.out)["runs"][0]["memory"].size();
  };
  EXPECT_EQ(ranks("true"), 2u);
  EXPECT_EQ(ranks("false"), 4u);
}

TEST(ValidateRun, ScalesAndSaysSo) {
  const Workplace place;
  const Outcome o = validate(place, {scenario(place), "--placement", "host", "--run", "1f1b", "--scale", "layers=4"});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("scaled: 4 of 8 layers"));
}

TEST(ValidateRun, WithoutAGpuIsSkipped) {
  const Workplace place;
  const std::string file = scenario(place);
  setenv("CUDA_VISIBLE_DEVICES", "", 1);
  for (const char* placement : {"partition", "replay", "multi"}) {
    const Outcome o = validate(place, {file, "--placement", placement, "--run", "1f1b"});
    EXPECT_EQ(o.code, 77) << placement << o.err;
  }
}

TEST(ValidateRecording, BeyondItsLimitsEndsWithThreeAndNamesTheClass) {
  const Workplace place;
  record(place, "all/good", 1);
  Outcome o = validate(place, {"--recording", "all"});
  EXPECT_EQ(o.code, 0) << o.out << o.err;
  record(place, "all/wrong", 1.5);
  o = validate(place, {"--recording", "all/wrong", "--out", "made"});
  EXPECT_EQ(o.code, 3);
  EXPECT_THAT(o.err, HasSubstr("wrong: unit_error_percent of 1f1b"));
  EXPECT_THAT(o.err, HasSubstr("F mlp"));
  const auto files = place.files();
  EXPECT_NE(std::ranges::find(files, "made/report.html"), files.end());
}

TEST(ValidateTrace, HoldsAKernelAgainstThePrediction) {
  const Workplace place;
  // One GPU, one microbatch: the trace has one product of 1 ms in a step of 2 ms.
  test::WrittenKineto trace;
  trace.range("ProfilerStep#1", 0, 2000).kernel("nvjet_hsh_128x256_64x4", 500, 1000, 7, 10);
  place.file("rank0.json", trace.text());
  const Outcome o = validate(place, {scenario(place), "--set", "plan.tp=1", "--set", "plan.pp=1", "--set",
                                     "cluster.gpus_per_node=1", "--run", "1f1b", "--trace", "rank0.json", "--json"});
  ASSERT_EQ(o.code, 0) << o.err;
  const auto json = nlohmann::json::parse(o.out);
  EXPECT_NEAR(json["measured"]["step_s"].get<double>(), 2e-3, 1e-9);
  EXPECT_NEAR(json["measured"]["computing_s"].get<double>(), 1e-3, 1e-9);
}

/// A mistake of the user: exit code 2, nothing on stdout, one line on stderr, which is returned.
std::string mistake_with(const Workplace& place, const std::string& file, std::vector<std::string> more) {
  more.insert(more.begin(), file);
  const Outcome o = validate(place, more);
  EXPECT_EQ(o.code, 2) << o.err;
  EXPECT_EQ(o.out, "");
  EXPECT_EQ(test::lines_of(o.err).size(), 1u) << o.err;
  return o.err;
}

TEST(ValidateRunErrors, AreOneLine) {
  const Workplace place;
  const std::string file = scenario(place);
  const auto mistake = [&](const std::vector<std::string>& more) { return mistake_with(place, file, more); };
  EXPECT_THAT(mistake({}), HasSubstr("--placement: says where"));
  EXPECT_THAT(mistake({"--placement", "moon"}), HasSubstr("--placement"));
  EXPECT_THAT(mistake({"--placement", "host", "--run", "gpipe"}), HasSubstr("'gpipe' is no run of s.toml"));
  EXPECT_THAT(mistake({"--placement", "host", "--record", "r"}), HasSubstr("measures nothing"));
  EXPECT_THAT(mistake({"--placement", "host", "--rank", "1"}), HasSubstr("--rank: belongs to --placement replay"));
  EXPECT_THAT(mistake({"--placement", "host", "--repeats", "0"}), HasSubstr("--repeats"));
  EXPECT_THAT(mistake({"--placement", "host", "--fault", "burns:rank=0,at=1"}), HasSubstr("no such kind of fault"));
  EXPECT_THAT(mistake({"--placement", "host", "--scale", "width=2"}), HasSubstr("--scale"));
  EXPECT_THAT(mistake({"--placement", "host", "--limits", "none.toml"}), HasSubstr("none.toml"));
  EXPECT_THAT(mistake({"--placement", "host", "--where", "tp=1"}), HasSubstr("belongs to another way to validate"));
  EXPECT_THAT(mistake({"--placement", "host", "--scale", ""}), HasSubstr("--scale: has an empty value"));
  EXPECT_THAT(mistake({"--placement", "host", "--out", ""}), HasSubstr("--out: has an empty value"));
  EXPECT_THAT(mistake({"--recording", "r"}), HasSubstr("SCENARIO: means nothing here"));
  EXPECT_THAT(mistake({"--trace", "none.json"}), HasSubstr("--run: says which run the trace is of: 1f1b, zb-v, stp"));
  EXPECT_THAT(mistake({"--trace", "none.json", "--run", "stp"}), HasSubstr("none.json"));
}

TEST(ValidateRunErrors, AreToldBeforeAnythingRuns) {
  // One line and no line of progress: on a GPU what runs first would be minutes.
  const Workplace place;
  const std::string file = scenario(place);
  place.file("in_the_way", "");
  const auto mistake = [&](const std::vector<std::string>& more) { return mistake_with(place, file, more); };
  EXPECT_THAT(mistake({"--placement", "host", "--out", "in_the_way"}), HasSubstr("in_the_way is no folder"));
  EXPECT_THAT(mistake({"--placement", "partition", "--record", "in_the_way/r"}), HasSubstr("is no folder"));
  EXPECT_THAT(mistake({"--run", "stp", "--trace", "none.json", "--out", "in_the_way"}), HasSubstr("is no folder"));
  EXPECT_THAT(mistake({"--placement", "host", "--jitter", "0.6"}), HasSubstr("--jitter: is a number from 0 to 0.5"));
  EXPECT_THAT(mistake({"--placement", "partition", "--sms", "-1"}), HasSubstr("--sms"));
  EXPECT_THAT(mistake({"--placement", "replay", "--rank", "-1"}), HasSubstr("--rank"));
  EXPECT_THAT(mistake({"--placement", "replay", "--rank", "99"}), HasSubstr("--rank: the plan has pipeline ranks"));
  EXPECT_THAT(mistake({"--placement", "host", "--run", "stp,stp"}), HasSubstr("--run: names 'stp' twice"));
  EXPECT_THAT(mistake({"--placement", "host", "--profile", "none.csv"}), HasSubstr("--profile: there is no file"));
}

TEST(ValidateRun, OnTheHostSaysAboveItsFiguresThatNothingWasMeasured) {
  const Workplace place;
  const Outcome o = validate(place, {scenario(place), "--placement", "host", "--run", "1f1b"});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_LT(o.out.find("nothing was measured"), o.out.find("error"));
  EXPECT_THAT(o.out, Not(HasSubstr("noise.jitter")));
  const Outcome noisy =
      validate(place, {scenario(place), "--placement", "host", "--run", "1f1b", "--set", "noise.jitter=0.1"});
  EXPECT_THAT(noisy.out, HasSubstr("the prediction leaves out the scenario's noise.jitter"));
}

}  // namespace
}  // namespace braid
