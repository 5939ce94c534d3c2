// SPDX-License-Identifier: Apache-2.0
// What a user gets wrong with scenarios and flags: exit code 2, one line that names the place, and nothing written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/app/cli/run_braid.hpp"
#include "tests/sim/app/verified.hpp"

namespace braid {
namespace {

using test::kThreeRuns;
using test::user_mistake;
using test::Workplace;
using testing::AllOf;
using testing::HasSubstr;

std::string with(const std::string& old_line, const std::string& new_line) {
  std::string text = kThreeRuns;
  return text.replace(text.find(old_line + "\n"), old_line.size(), new_line);
}

class Mistake : public testing::Test {
 protected:
  Mistake() { place.file("three.toml", kThreeRuns); }
  std::string compare(std::vector<std::string> more, std::size_t lines = 1) const {
    more.insert(more.begin(), {"compare", "three.toml", "--out", "never"});
    return user_mistake(place, more, lines);
  }
  Workplace place;
};

TEST_F(Mistake, InTheCommandLineIsOneLine) {
  EXPECT_THAT(user_mistake(place, {}), HasSubstr("--help"));
  EXPECT_THAT(user_mistake(place, {"compair", "three.toml"}), AllOf(HasSubstr("compair"), HasSubstr("'compare'")));
  EXPECT_THAT(user_mistake(place, {"compare"}), HasSubstr("SCENARIO"));
  EXPECT_THAT(user_mistake(place, {"compare", "three.toml", "--fast"}), HasSubstr("--fast"));
  EXPECT_THAT(user_mistake(place, {"schedule", "stp", "--stages", "four", "--microbatches", "12"}),
              AllOf(HasSubstr("--stages"), HasSubstr("four")));
  EXPECT_THAT(user_mistake(place, {"list", "gpus"}), AllOf(HasSubstr("gpus"), HasSubstr("schedules")));
  EXPECT_THAT(user_mistake(place, {"completion", "fish"}), HasSubstr("fish"));
  EXPECT_THAT(user_mistake(place, {"check", "none.toml"}), HasSubstr("none.toml"));
  EXPECT_THAT(user_mistake(place, {"check", "."}), HasSubstr("."));
}

TEST_F(Mistake, InTheFileNamesFileLineAndKey) {
  place.file("unit.toml", with("nic_bandwidth = \"200 Gbit/s\"", "nic_bandwidth = 25e9"));
  EXPECT_THAT(user_mistake(place, {"compare", "unit.toml", "--out", "never"}),
              HasSubstr("unit.toml:21:17:cluster.nic_bandwidth: a bare number has no unit"));
  place.file("key.toml", with("dp = 2", "dq = 2"));
  EXPECT_THAT(user_mistake(place, {"compare", "key.toml", "--out", "never"}),
              AllOf(HasSubstr("key.toml:26"), HasSubstr("plan.dq"), HasSubstr("did you mean 'dp'")));
  place.file("syntax.toml", with("[plan]", "[plan"));
  EXPECT_THAT(user_mistake(place, {"compare", "syntax.toml", "--out", "never"}), HasSubstr("syntax.toml:23"));
  place.file("empty.toml", "");
  EXPECT_THAT(user_mistake(place, {"check", "empty.toml"}, 6), HasSubstr("empty.toml"));
}

TEST_F(Mistake, InAnOverrideNamesIt) {
  EXPECT_THAT(compare({"--set", "plan.tp"}), AllOf(HasSubstr("--set"), HasSubstr("plan.tp=8")));
  EXPECT_THAT(compare({"--set", "plan.ttp=2"}), AllOf(HasSubstr("plan.ttp"), HasSubstr("'tp'")));
  EXPECT_THAT(compare({"--set", "plan.tp=1e30"}), HasSubstr("plan.tp"));
  EXPECT_THAT(compare({"--set", "run.7.p2p=eager"}), HasSubstr("run.7"));
  EXPECT_THAT(compare({"--set", "plan.layers_per_stage=[1, 2"}), HasSubstr("plan.layers_per_stage"));
  EXPECT_THAT(compare({"--set", "cluster.nic_bandwidth=5"}), HasSubstr("no unit"));
  EXPECT_THAT(compare({"--set", "model=none.toml"}), HasSubstr("none.toml"));
  EXPECT_THAT(compare({"--set", "profile=none.csv"}), HasSubstr("none.csv"));
}

TEST_F(Mistake, InThePlanSaysWhatWouldDo) {
  EXPECT_THAT(compare({"--set", "plan.pp=4"}), AllOf(HasSubstr("16 GPUs"), HasSubstr("cluster.nodes = 4")));
  EXPECT_THAT(compare({"--set", "model.layers=9"}), AllOf(HasSubstr("--set model.layers"), HasSubstr("1, 3, 9")));
  // Three faults: 16 heads, 4 KV heads and 5632 columns of the MLP do not divide by 3.
  EXPECT_THAT(compare({"--set", "plan.tp=3", "--set", "plan.dp=1"}, 3), HasSubstr("plan.tp"));
}

TEST_F(Mistake, InOneRunOfSeveralWritesNothingForTheOthers) {
  // The first two schedules take four microbatches, STP needs 3*2 - 1 = 5.
  EXPECT_THAT(compare({"--set", "plan.microbatches=4"}),
              AllOf(HasSubstr("run.2.schedule"), HasSubstr("3p-1"), HasSubstr("5")));
  place.file("other.csv", "0F0,0B0\n1F0,1B0\n");
  EXPECT_THAT(compare({"--set", "run.2.schedule=file:other.csv"}), AllOf(HasSubstr("microbatches"), HasSubstr("8")));
  place.file("torn.csv", "0F0,0B0\n1F0\n");
  EXPECT_THAT(compare({"--set", "run.2.schedule=file:torn.csv"}, 2), HasSubstr("torn.csv:2: 1B0 is missing"));
}

TEST_F(Mistake, InAQuestionIsTold) {
  EXPECT_THAT(user_mistake(place, {"simulate", "three.toml", "--schedule", "gpipe"}),
              AllOf(HasSubstr("gpipe"), HasSubstr("1f1b-i, zb-v, stp")));
  EXPECT_THAT(compare({"--why", "2"}), HasSubstr("RANK@TIME"));
  EXPECT_THAT(compare({"--why", "99@0.01"}), HasSubstr("rank 99"));
  EXPECT_THAT(compare({"--why", "0@1000"}), HasSubstr("outside"));
  EXPECT_THAT(compare({"--why", "0@0.01", "--json"}), HasSubstr("--why"));
}

TEST_F(Mistake, OfAProfileForAnotherGpuIsTold) {
  place.file("h100.csv", "kind,name,value,unit,source\ngpu,H100-80G,,,\nend,rows,1,,\n");
  EXPECT_THAT(compare({"--set", "profile=h100.csv"}), AllOf(HasSubstr("h100.csv"), HasSubstr("A100-80G")));
}

TEST_F(Mistake, OfAFolderThatCannotBeMadeIsTold) {
  place.file("plain", "a file, no folder");
  EXPECT_THAT(user_mistake(place, {"compare", "three.toml", "--out", "plain"}), HasSubstr("plain"));
  EXPECT_THAT(user_mistake(place, {"init", "no/such/folder/my.toml"}), HasSubstr("no/such/folder/my.toml"));
}

}  // namespace
}  // namespace braid
