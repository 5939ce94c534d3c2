// SPDX-License-Identifier: Apache-2.0
// `braid check`, `init`, `list`, `completion`, help and version.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/base/csv.hpp"
#include "sim/schedule/generators.hpp"
#include "tests/sim/app/cli/run_braid.hpp"
#include "tests/sim/app/verified.hpp"

namespace braid {
namespace {

using test::Outcome;
using test::Workplace;
using testing::AllOf;
using testing::HasSubstr;

TEST(SmallCommands, SayTheVersion) {
  const Outcome outcome = Workplace().braid({"--version"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "braid " BRAID_VERSION "\n");
}

TEST(SmallCommands, HelpShowsExamples) {
  const Workplace place;
  const Outcome all = place.braid({"--help"});
  EXPECT_EQ(all.code, 0);
  EXPECT_THAT(all.out, AllOf(HasSubstr("braid compare scenarios/papers/"), HasSubstr("braid init"), HasSubstr("check"),
                             HasSubstr("list"), HasSubstr("completion"), HasSubstr("calibrate")));
  for (const char* command : {"simulate", "compare", "schedule"}) {
    const Outcome one = place.braid({command, "--help"});
    EXPECT_EQ(one.code, 0);
    EXPECT_THAT(one.out, HasSubstr(std::string("xample")));
    EXPECT_THAT(one.out, HasSubstr("braid " + std::string(command)));
  }
}

TEST(SmallCommands, ListNamesEveryScheduleWithItsPrecondition) {
  const Outcome outcome = Workplace().braid({"list", "schedules"});
  EXPECT_EQ(outcome.code, 0);
  for (const char* name : {"gpipe", "1f1b", "1f1b-i", "looped-bfs", "zb-h1", "zb-h2", "zb", "interleaved-zb", "zb-v",
                           "v-half", "v-min", "1f1b-v", "dualpipe", "dualpipev", "combined-1f1b", "stp"}) {
    EXPECT_THAT("\n" + outcome.out, HasSubstr("\n" + std::string(name) + " ")) << name;
  }
  EXPECT_THAT(outcome.out, HasSubstr("3p-1"));
}

TEST(SmallCommands, ListNamesModelsAndClusters) {
  const Workplace place;
  EXPECT_THAT(place.braid({"list", "models"}).out,
              AllOf(HasSubstr("qwen2-12b"), HasSubstr("12.2 B"), HasSubstr("llama3-405b"), HasSubstr("gpt3-175b")));
  EXPECT_THAT(place.braid({"list", "clusters"}).out, AllOf(HasSubstr("a800-sxm-8x2"), HasSubstr("H100-80G")));
}

TEST(SmallCommands, ListNamesEveryFieldForPeopleProgramsAndTheManual) {
  const Workplace place;
  EXPECT_THAT(place.braid({"list", "fields"}).out, HasSubstr("plan.tp "));
  const nlohmann::json fields = nlohmann::json::parse(place.braid({"list", "fields", "--json"}).out);
  const auto p2p = std::find_if(fields.begin(), fields.end(), [](const auto& f) { return f["path"] == "run.0.p2p"; });
  ASSERT_NE(p2p, fields.end());
  EXPECT_EQ((*p2p)["choices"], nlohmann::json({"eager", "batched", "blocking"}));
  EXPECT_EQ((*p2p)["default"], "eager");
  EXPECT_EQ((*p2p)["required"], false);
  // The page of the manual is this and nothing else; `./run docs` writes it anew.
  EXPECT_EQ(place.braid({"list", "fields", "--markdown"}).out,
            read_file(BRAID_SOURCE_DIR "/docs/scenario-reference.md"));
  EXPECT_THAT(test::user_mistake(place, {"list", "models", "--json"}), HasSubstr("braid list fields"));
}

TEST(SmallCommands, InitWritesWhatChecksAndPlays) {
  const Workplace place;
  EXPECT_EQ(place.braid({"init", "my.toml"}).code, 0);
  EXPECT_EQ(place.braid({"check", "my.toml"}).code, 0);
  EXPECT_EQ(place.braid({"compare", "my.toml", "--no-files", "--quiet"}).code, 0);
  EXPECT_EQ(place.braid({"init", "-"}).out, read_file((place.folder() / "my.toml").string()));
  EXPECT_THAT(test::user_mistake(place, {"init", "my.toml"}), AllOf(HasSubstr("my.toml"), HasSubstr("exists")));
  EXPECT_EQ(place.braid({"init"}).code, 0);
  EXPECT_THAT(place.files(), testing::ElementsAre("my.toml", "scenario.toml"));
}

TEST(SmallCommands, CheckSaysWhatAFileIs) {
  const Workplace place;
  place.file("three.toml", test::kThreeRuns);
  EXPECT_THAT(place.braid({"check", "three.toml"}).out, AllOf(HasSubstr("three.toml"), HasSubstr("3 schedules")));
  EXPECT_THAT(place.braid({"check", BRAID_SOURCE_DIR "/tests/data/schedules/stp_p4_m12.compute_only.csv"}).out,
              HasSubstr("4 ranks, 8 stages, 12 microbatches"));
  // 2 x 2 values and three runs are 12 points; half of them have tp = 1.
  place.file("x.sweep.toml",
             "schema = 1\nname = \"x\"\nscenario = \"three.toml\"\nconstraints = [\"tp == 1\"]\n[fields]\n"
             "\"plan.tp\" = [1, 2]\n\"plan.microbatches\" = [8, 16]\n");
  EXPECT_EQ(place.braid({"check", "x.sweep.toml"}).out,
            "x.sweep.toml: a sweep of 12 points, 6 satisfy the constraints\n");
  EXPECT_THAT(test::user_mistake(place, {"check", "x.sweep.toml", "--set", "plan.tp=4"}),
              HasSubstr("the sweep sets this field itself"));
}

TEST(SmallCommands, CheckFindsWhatPlayingWould) {
  // STP needs 3*2 - 1 = 5 microbatches; interleaved 1F1B with 3 chunks 8 layers over 6 stages.
  const Workplace place;
  place.file("three.toml", test::kThreeRuns);
  EXPECT_THAT(test::user_mistake(place, {"check", "three.toml", "--set", "plan.microbatches=4"}),
              AllOf(HasSubstr("three.toml:37:12:run.2.schedule"), HasSubstr("3p-1"), HasSubstr("5")));
  EXPECT_THAT(test::user_mistake(place, {"check", "three.toml", "--set", "run.0.chunks=3"}), HasSubstr("layers"));
}

TEST(SmallCommands, CompletionIsAScriptThatBashTakes) {
  const Workplace place;
  for (const char* shell : {"bash", "zsh"}) {
    const Outcome outcome = place.braid({"completion", shell});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.out, HasSubstr("complete "));
    for (const GeneratorEntry& entry : generators()) EXPECT_THAT(outcome.out, HasSubstr(entry.name));
  }
  place.file(
      "complete.sh",
      place.braid({"completion", "bash"}).out +
          "COMP_WORDS=(braid sched); COMP_CWORD=1; _braid; [ \"${COMPREPLY[*]}\" = schedule ] || exit 1\n"
          "all=; for word in gu swe siz rep; do COMP_WORDS=(braid $word); _braid; all+=\" ${COMPREPLY[*]}\"; done\n"
          "[ \"$all\" = ' gui sweep size report' ] || exit 1\n"
          "COMP_WORDS=(braid sweep --ret); COMP_CWORD=2; _braid\n"
          "[ \"${COMPREPLY[*]}\" = --retry ]\n");
  EXPECT_EQ(std::system(("bash " + (place.folder() / "complete.sh").string()).c_str()), 0);
}

}  // namespace
}  // namespace braid
