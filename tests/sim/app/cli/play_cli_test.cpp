// SPDX-License-Identifier: Apache-2.0
// `braid simulate` and `braid compare`: JSON that scripts rely on, overrides, files, and why a rank waits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/base/csv.hpp"
#include "sim/timeline/run_file.hpp"
#include "tests/sim/app/cli/run_braid.hpp"
#include "tests/sim/app/verified.hpp"

namespace braid {
namespace {

using nlohmann::json;
using test::kThreeRuns;
using test::Outcome;
using test::Workplace;
using testing::HasSubstr;

json json_of(const Outcome& outcome) {
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  return json::parse(outcome.out);
}

void expect_finite(const json& value, const std::string& where) {
  if (value.is_number()) {
    EXPECT_TRUE(std::isfinite(value.get<double>())) << where;
  } else if (value.is_structured()) {
    for (const auto& [key, inner] : value.items()) expect_finite(inner, where + "." + key);
  } else {
    EXPECT_FALSE(value.is_null()) << where;  // what a NaN is written as
  }
}

void remove_wall_clock(json& value) {
  if (value.is_object()) value.erase("wall_s");
  if (value.is_structured()) {
    for (json& inner : value) remove_wall_clock(inner);
  }
}

class Played : public testing::Test {
 protected:
  Played() { place.file("three.toml", kThreeRuns); }
  json compare(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"compare", "three.toml", "--json"});
    return json_of(place.braid(more));
  }
  Workplace place;
};

TEST_F(Played, JsonHasEveryFieldThatScriptsRelyOn) {
  const json report = compare();
  EXPECT_EQ(report["schema"], "braid.report/1");
  EXPECT_EQ(report["scenario"], "three-runs");
  ASSERT_EQ(report["runs"].size(), 3U);
  EXPECT_EQ(report["runs"][0]["schedule"], "1f1b-i");
  EXPECT_EQ(report["runs"][1]["schedule"], "zb-v");
  EXPECT_EQ(report["runs"][2]["schedule"], "stp");
  expect_finite(report, "report");
  for (const json& run : report["runs"]) {
    for (const char* field :
         {"step_time_s", "samples_per_s", "tokens_per_s_per_gpu", "mfu", "bubble_global_s", "bubble_span_s", "busy_s",
          "stretch_s", "exposed_communication_s", "peak_memory_bytes", "peak_rank", "ops", "flows", "wall_s"}) {
      ASSERT_TRUE(run.contains(field)) << field;
      EXPECT_TRUE(run[field].is_number()) << field;
    }
    double sum = run["busy_s"].get<double>() + run["stretch_s"].get<double>();
    for (const char* cause : {"tp", "pp_wait", "pp_transfer", "dp", "offload", "host", "warm_up", "drain"}) {
      ASSERT_TRUE(run["bubble_by_cause_s"].contains(cause)) << cause;
      sum += run["bubble_by_cause_s"][cause].get<double>();
    }
    const double step = run["step_time_s"];
    EXPECT_NEAR(sum, step, 1e-9 * step);
    double bytes = 0;
    for (const json& of_class : run["memory_by_class_bytes"]) bytes += of_class.get<double>();
    EXPECT_NEAR(bytes, run["peak_memory_bytes"].get<double>(), 1);
    // 8 microbatches of 1 sample of 2048 tokens, 2 replicas, 8 GPUs.
    EXPECT_NEAR(run["samples_per_s"].get<double>(), 16 / step, 1e-9 * 16 / step);
    EXPECT_NEAR(run["tokens_per_s_per_gpu"].get<double>(), 16 * 2048 / step / 8, 1e-9 * 4096 / step);
  }
}

TEST_F(Played, SimulatePlaysTheFirstRunOrTheOneAskedFor) {
  EXPECT_EQ(json_of(place.braid({"simulate", "three.toml", "--json"}))["runs"][0]["schedule"], "1f1b-i");
  const json one = json_of(place.braid({"simulate", "three.toml", "--json", "--schedule", "stp"}));
  ASSERT_EQ(one["runs"].size(), 1U);
  EXPECT_EQ(one["runs"][0]["step_time_s"], compare()["runs"][2]["step_time_s"]);
}

TEST_F(Played, JsonIsTheSameTwiceButForTheWallClock) {
  json a = compare(), b = compare();
  remove_wall_clock(a);
  remove_wall_clock(b);
  EXPECT_EQ(a, b);
  // With random times as well: the seed decides.
  json c = compare({"--set", "noise.jitter=0.1", "--set", "noise.seed=3"});
  json d = compare({"--set", "noise.jitter=0.1", "--set", "noise.seed=3"});
  const json e = compare({"--set", "noise.jitter=0.1", "--set", "noise.seed=4"});
  remove_wall_clock(c);
  remove_wall_clock(d);
  EXPECT_EQ(c, d);
  EXPECT_NE(c["runs"][0]["step_time_s"], a["runs"][0]["step_time_s"]);
  EXPECT_NE(c["runs"][0]["step_time_s"], e["runs"][0]["step_time_s"]);
}

TEST_F(Played, FilesAreTheSameTwiceToTheByte) {
  for (const std::string folder : {"a", "b"}) {
    const Outcome outcome = place.braid({"compare", "three.toml", "--out", folder});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("wrote " + folder + "/report.json"));
  }
  std::vector<std::string> of_a;
  for (const std::string& name : place.files()) {
    if (name.starts_with("a/") && name != "a/") of_a.push_back(name.substr(2));
  }
  EXPECT_THAT(of_a, testing::IsSupersetOf({"1f1b-i.pftrace", "zb-v.pftrace", "stp.pftrace", "1f1b-i.braid",
                                           "zb-v.braid", "stp.braid", "report.json"}));
  for (const std::string& name : of_a) {
    const std::string bytes = read_file((place.folder() / "a" / name).string());
    EXPECT_FALSE(bytes.empty()) << name;
    EXPECT_TRUE(bytes == read_file((place.folder() / "b" / name).string())) << name;
    EXPECT_THAT(bytes, testing::Not(HasSubstr("wall_s"))) << name;
    EXPECT_THAT(bytes, testing::Not(HasSubstr(place.folder().string()))) << name;
  }
}

TEST_F(Played, WithoutOutTheFilesGoToAFolderOfTheScenariosNameAndJsonWritesNone) {
  compare();
  EXPECT_THAT(place.files(), testing::ElementsAre("three.toml"));
  EXPECT_EQ(place.braid({"compare", "three.toml", "--no-files"}).code, 0);
  EXPECT_THAT(place.files(), testing::ElementsAre("three.toml"));
  EXPECT_EQ(place.braid({"compare", "three.toml"}).code, 0);
  EXPECT_THAT(place.files(), testing::Contains("out/three/report.json"));
  EXPECT_EQ(place.braid({"compare", "three.toml", "--json", "--out", "j"}).code, 0);
  EXPECT_THAT(place.files(), testing::Contains("j/report.json"));
}

TEST_F(Played, RunFilesHoldTheRunAndWhatItTakesToPlayItAgain) {
  const json report = compare();
  EXPECT_EQ(place.braid({"compare", "three.toml", "--set", "plan.microbatches=8", "--out", "o"}).code, 0);
  const RunFile file((place.folder() / "o/stp.braid").string());
  const json facts = json::parse(file.view().facts);
  EXPECT_EQ(facts["title"], "stp");
  EXPECT_EQ(facts["run"], "stp");
  EXPECT_EQ(facts["report"]["step_time_s"], report["runs"][2]["step_time_s"]);
  // Folded: two pipeline ranks, each standing for TP 2 x DP 2.
  EXPECT_EQ(file.view().ranks.size(), 2U);
  EXPECT_EQ(facts["multiplicity"], 4);
  std::uint64_t ops = 0;
  for (const RunRow& row : file.view().rows) {
    if (row.kind != RowKind::lane) continue;
    for (std::uint64_t i = row.begin; i < row.end; ++i) ops += is_idle(file.view().category[i]) ? 0 : 1;
  }
  EXPECT_EQ(ops, report["runs"][2]["ops"].get<std::uint64_t>());
  for (const json& work : facts["works"]) EXPECT_NE(work["source"], "") << work;
  place.file("again.toml", facts["scenario"]);
  const json again = json_of(place.braid({"simulate", "again.toml", "--schedule", facts["run"], "--json"}));
  EXPECT_EQ(again["runs"][0]["step_time_s"], report["runs"][2]["step_time_s"]);
}

TEST_F(Played, RunFilesOfAScheduleFromAFileSayThatTheyCannotBePlayedAgain) {
  place.file("ours.csv",
             place.braid({"schedule", "stp", "--stages", "2", "--microbatches", "8", "--csv", "braided"}).out);
  EXPECT_EQ(place
                .braid({"simulate", "three.toml", "--set", "run.0.schedule=file:ours.csv", "--set", "run.0.chunks=2",
                        "--out", "o"})
                .code,
            0);
  const RunFile file((place.folder() / "o/ours.braid").string());
  const json facts = json::parse(file.view().facts);
  EXPECT_EQ(facts["scenario"], "");
  EXPECT_THAT(facts["notes"][0].get<std::string>(), HasSubstr("cannot be changed and played again"));
}

TEST_F(Played, ProgressIsALineAStepForTheProgramThatWaits) {
  const Outcome outcome = place.braid({"compare", "three.toml", "--progress", "--out", "p"});
  EXPECT_EQ(outcome.code, 0);
  // Three runs and the files.
  EXPECT_EQ(outcome.err,
            "progress 0.000 1f1b-i\nprogress 0.250 zb-v\nprogress 0.500 stp\nprogress 0.750 writing\n"
            "progress 1.000 done\n");
  EXPECT_EQ(place.braid({"simulate", "three.toml", "--progress", "--json"}).err,
            "progress 0.000 1f1b-i\nprogress 1.000 done\n");
}

TEST_F(Played, QuietPrintsTheTableAlone) {
  const Outcome outcome = place.braid({"compare", "three.toml", "--quiet", "--out", "q"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, testing::AllOf(HasSubstr("1f1b-i"), HasSubstr("zb-v"), HasSubstr("stp")));
  EXPECT_THAT(outcome.out, testing::Not(HasSubstr("wrote")));
}

TEST_F(Played, TheTableSaysStepMemoryAndSpeedUp) {
  const Outcome outcome = place.braid({"compare", "three.toml", "--no-files"});
  for (const char* word : {"step", "samples", "tokens/s", "MFU", "global", "span", "TP", "PP", "exposed", "peak",
                           "fits in", "speed-up", "1.000x", "activations", "optimizer"}) {
    EXPECT_THAT(outcome.out, HasSubstr(word));
  }
}

TEST_F(Played, SetReachesNestedFieldsAndArrays) {
  const double base = compare()["runs"][0]["step_time_s"];
  // Twice the microbatches take at least 1.5 times as long; a slow rank more; a list of layers is taken as it is.
  EXPECT_GT(compare({"--set", "plan.microbatches=16"})["runs"][0]["step_time_s"], 1.5 * base);
  EXPECT_GT(compare({"--set", "noise.slow_ranks=[{rank = 2, factor = 2}]"})["runs"][0]["step_time_s"], 1.2 * base);
  EXPECT_GT(compare({"--set", "plan.layers_per_stage=[1, 1, 1, 5]"})["runs"][0]["step_time_s"], 1.2 * base);
  EXPECT_GT(compare({"--set", "cluster.nic_bandwidth=1 Gbit/s"})["runs"][0]["step_time_s"], 1.2 * base);
  EXPECT_EQ(compare({"--set", "model.layers=16"})["runs"].size(), 3U);
  const json labelled = compare({"--set", "run.2.label=\"the braided one\"", "--set", "run.2.p2p=eager"});
  EXPECT_EQ(labelled["runs"][2]["schedule"], "the braided one");
  const json wide = compare({"--set", "network=ideal", "--set", "plan.fold=false"});
  EXPECT_EQ(wide["runs"][0]["flows"], 0);
  EXPECT_EQ(wide["runs"][0]["ranks"].size(), 8U);
}

TEST_F(Played, AFileOfStpTakesExactlyAsLongAsTheGenerator) {
  const Outcome csv = place.braid({"schedule", "stp", "--stages", "2", "--microbatches", "8", "--csv", "braided"});
  place.file("ours.csv", csv.out);
  const json report = compare(
      {"--set", "run.1.schedule=file:ours.csv", "--set", "run.1.p2p=batched", "--set", "run.1.async_all_reduce=whole"});
  EXPECT_EQ(report["runs"][1]["schedule"], "ours");
  for (const char* field : {"step_time_s", "busy_s", "bubble_by_cause_s", "peak_memory_bytes", "ops", "flows"}) {
    EXPECT_EQ(report["runs"][1][field], report["runs"][2][field]) << field;
  }
  // The same where the scenario itself names the file, relative to itself, from another folder.
  std::string text = kThreeRuns;
  text.replace(text.find("\"zb-v\""), 6, "\"file:../ours.csv\"\np2p = \"batched\"\nasync_all_reduce = \"whole\"");
  place.file("sub/file.toml", text);
  const json named = json_of(place.braid({"compare", "sub/file.toml", "--json"}));
  EXPECT_EQ(named["runs"][1]["step_time_s"], report["runs"][2]["step_time_s"]);
}

TEST_F(Played, WhyExplainsAGap) {
  // Rank 1 waits for its first microbatch at the start of the step.
  const Outcome outcome = place.braid({"simulate", "three.toml", "--no-files", "--why", "1@0.0001"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(test::lines_of(outcome.out).front(), HasSubstr("rank 1"));
  EXPECT_THAT(outcome.out, HasSubstr("warm_up"));
}

}  // namespace
}  // namespace braid
