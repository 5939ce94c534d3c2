// SPDX-License-Identifier: Apache-2.0
// The smallest input that breaks each rule of a sweep file, and what is said about it. Line 3 of the file is the first
// of the head; the tables begin in line 34, behind the 29 of the scenario and its [scenario].
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/sweep/plan/small_sweep.hpp"

namespace braid {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string of_head(const std::string& head) { return test::sweep_fault(test::sweep_text(head, "")); }
std::string of_tables(const std::string& tables) { return test::sweep_fault(test::sweep_text("", tables)); }
std::string of_field(const std::string& field) { return of_tables("[fields]\n" + field); }
std::string of_constraint(const std::string& text) { return of_head("constraints = [\"" + text + "\"]"); }

TEST(SweepErrors, NoSweepAtAll) {
  EXPECT_THAT(test::sweep_fault("= 1"), StartsWith("s.sweep.toml:1:1: not TOML: "));
  EXPECT_THAT(test::sweep_fault(""), HasSubstr("schema: is missing"));
  EXPECT_THAT(test::sweep_fault("schema = 1"), HasSubstr("name: is missing"));
  EXPECT_THAT(test::sweep_fault("schema = 1\nname = \"s\""), HasSubstr("scenario: is missing"));
  EXPECT_EQ(test::sweep_fault("schema = 1\nname = \"s\"\nscenario = 3"),
            "s.sweep.toml:3:12:scenario: wants the path of a scenario, or a table [scenario]");
  EXPECT_EQ(test::sweep_fault("schema = 1\nname = \"s\"\nscenario = \"not/there.toml\""),
            "s.sweep.toml:3:12:scenario: there is no file 'not/there.toml'");
  EXPECT_EQ(of_head("constraint = []"), "s.sweep.toml:3:1:constraint: unknown key; did you mean 'constraints'?");
}

TEST(SweepErrors, AnotherSchema) {
  std::string text = test::sweep_text("", "");
  text.replace(text.find('1'), 1, "2");
  EXPECT_EQ(test::sweep_fault(text), "s.sweep.toml:1:10:schema: this Braid reads sweep files of schema 1");
}

TEST(SweepErrors, AFileThatIsNotThere) {
  try {
    read_sweep("not/there.sweep.toml");
    FAIL();
  } catch (const Error& error) { EXPECT_STREQ(error.what(), "not/there.sweep.toml: there is no such file"); }
}

TEST(SweepErrors, AnEmptyProduct) {
  EXPECT_EQ(of_field("\"plan.tp\" = []"), "s.sweep.toml:35:1:fields.plan.tp: has no values: the sweep would be empty");
  EXPECT_EQ(of_head("runs = []"), "s.sweep.toml:3:8:runs: names no run; leave it out to play all");
}

// 10^3 values each.
TEST(SweepErrors, MorePointsThanAnyoneMeans) {
  EXPECT_EQ(of_field(R"("plan.tp" = { from = 1, to = 1000, step = 1 }
"plan.pp" = { from = 1, to = 1000, step = 1 }
"plan.dp" = { from = 1, to = 1000, step = 1 })"),
            "s.sweep.toml: 1,000,000,000 points (1000 of plan.tp x 1000 of plan.pp x 1000 of plan.dp); at most "
            "10,000,000 can be swept");
}

// tp is 1, 2 or 4: two of them are not above 2, and the third is not below 3.
TEST(SweepErrors, ConstraintsThatLeaveNothing) {
  EXPECT_EQ(test::sweep_fault(
                test::sweep_text("constraints = [\"tp > 2\", \"tp < 3\"]", "[fields]\n\"plan.tp\" = [1, 2, 4]")),
            "s.sweep.toml: no point is left of 3: 'tp > 2' drops 2, 'tp < 3' drops 1 more");
}

TEST(SweepErrors, AFieldThatIsNotThere) {
  EXPECT_EQ(of_field("\"plan.tpp\" = [1, 2]"), "s.sweep.toml:35:1:fields.plan.tpp: unknown key; did you mean 'tp'?");
  EXPECT_EQ(of_field("\"plna.tp\" = [1, 2]"), "s.sweep.toml:35:1:fields.plna.tp: unknown key; did you mean 'plan'?");
  EXPECT_EQ(of_tables("[derived]\n\"plan.ddp\" = \"tp\""),
            "s.sweep.toml:35:1:derived.plan.ddp: unknown key; did you mean 'dp'?");
  EXPECT_THAT(of_field("\"run.7.chunks\" = [1, 2]"), HasSubstr("'7' is not an index; there are 0 to 0"));
  EXPECT_THAT(of_field("\"plan..tp\" = [1]"), HasSubstr("an empty part between dots"));
}

TEST(SweepErrors, AScheduleThatIsNotThere) {
  EXPECT_EQ(of_field("\"run.0.schedule\" = [\"stp\", \"stpp\"]"),
            "s.sweep.toml:35:1:fields.run.0.schedule: \"stpp\": no such schedule; did you mean stp?");
  std::string text = test::sweep_text("", "");
  text.replace(text.find("\"1f1b-i\""), 8, "\"1f1b-j\"");
  EXPECT_THAT(test::sweep_fault(text), HasSubstr("run.0.schedule: no such schedule; did you mean 1f1b"));
}

TEST(SweepErrors, EachValueThatMakesNoSense) {
  EXPECT_EQ(of_field("\"plan.tp\" = [1, \"two\", 0, 4]"),
            "s.sweep.toml:35:1:fields.plan.tp: \"two\": wants a whole number, not a string\n"
            "s.sweep.toml:35:1:fields.plan.tp: 0: 0 is not between 1 and 65536");
  EXPECT_EQ(of_field("\"cluster.nic_bandwidth\" = [100]"),
            "s.sweep.toml:35:1:fields.cluster.nic_bandwidth: 100: a bare number has no unit; write \"400 GB/s\"");
  EXPECT_THAT(of_field("model = [\"not/there.toml\"]"), HasSubstr("there is no file 'not/there.toml'"));
  EXPECT_THAT(of_field("profile = [\"not/there.csv\"]"), HasSubstr("there is no file 'not/there.csv'"));
  EXPECT_THAT(of_field("\"plan.tp\" = {}"), HasSubstr("wants a whole number, not a table"));
  EXPECT_THAT(of_tables("[derived]\n\"plan.recompute\" = \"tp\""), HasSubstr("wants a string, not a whole number"));
}

// 65,537 to 65,636: a hundred ranks too many, of which the first twenty are named.
TEST(SweepErrors, ManyValuesThatMakeNoSense) {
  const std::string fault = of_field("\"plan.tp\" = { from = 65537, to = 65636, step = 1 }");
  EXPECT_EQ(std::count(fault.begin(), fault.end(), '\n'), 20);
  EXPECT_THAT(fault,
              testing::EndsWith("65556: 65556 is not between 1 and 65536\nthere may be more faults; these come first"));
}

// A scenario's own fault is placed where the scenario stands.
TEST(SweepErrors, AScenarioThatDoesNotRead) {
  std::string text = test::sweep_text("", "");
  text.replace(text.find("hidden = 64"), 11, "hidden = \"\"");
  EXPECT_EQ(test::sweep_fault(text), "s.sweep.toml:10:10:model.hidden: wants a whole number, not a string");
  text = test::sweep_text("", "");
  text.replace(text.find("heads = 8"), 9, "heads = 7");
  EXPECT_THAT(test::sweep_fault(text), StartsWith("s.sweep.toml:"));
  EXPECT_THAT(test::sweep_fault(text), HasSubstr("model."));
}

TEST(SweepErrors, AFieldSetTwice) {
  EXPECT_EQ(of_field("\"plan.tp\" = [1, 2]\nplan.tp = [1, 2]"),
            "s.sweep.toml:36:6:fields.plan.tp: 'plan.tp' is set twice, first at s.sweep.toml:35:1:fields.plan.tp");
  EXPECT_EQ(of_tables("[fields]\n\"plan.tp\" = [1, 2]\n[[zip]]\n\"plan.tp\" = [1, 2]"),
            "s.sweep.toml:36:1:zip.0: 'plan.tp' is set twice, first at s.sweep.toml:35:1:fields.plan.tp");
  EXPECT_EQ(of_tables("[fields]\n\"plan.tp\" = [1, 2]\n[derived]\n\"plan.tp\" = \"pp\""),
            "s.sweep.toml:37:1:derived.plan.tp: 'plan.tp' is set twice, first at s.sweep.toml:35:1:fields.plan.tp");
  EXPECT_EQ(of_field("\"cluster.gpu\" = [\"H100-80G\"]\n\"cluster.gpu.sms\" = [1]"),
            "s.sweep.toml:36:1:fields.cluster.gpu.sms: lies inside 'cluster.gpu', which is set too");
  EXPECT_EQ(test::sweep_fault(test::sweep_text("", "[fields]\n\"plan.tp\" = [1, 2]"), {{"plan.tp", "4"}}),
            "--set plan.tp: the sweep sets this field itself (s.sweep.toml:35:1:fields.plan.tp)");
}

TEST(SweepErrors, AValueTwice) {
  EXPECT_EQ(of_field("\"plan.tp\" = [1, 2, 1]"), "s.sweep.toml:35:1:fields.plan.tp: 1 stands there twice");
  EXPECT_EQ(of_tables("[[zip]]\n\"plan.tp\" = [1, 1]\n\"plan.pp\" = [2, 2]"),
            "s.sweep.toml:34:1:zip.0: 1, 2 stands there twice");
}

TEST(SweepErrors, WhatASweepMayNotChange) {
  EXPECT_THAT(of_field("name = [\"a\"]"), HasSubstr("'name' is not for a sweep to change"));
  EXPECT_THAT(of_field("\"run.0.label\" = [\"a\"]"), HasSubstr("write each run as a [[run]] of the scenario"));
  EXPECT_THAT(of_field("run = [[]]"), HasSubstr("write each run as a [[run]] of the scenario"));
  EXPECT_EQ(of_field("\"run.0.schedule\" = [\"file:x.csv\"]"),
            "s.sweep.toml:35:1:fields.run.0.schedule: \"file:x.csv\": a schedule from a file cannot be swept; a store "
            "keeps scenarios that need no other file");
}

TEST(SweepErrors, Runs) {
  EXPECT_EQ(of_head("runs = [\"stp\"]"), "s.sweep.toml:3:9:runs: no run is called 'stp'; there are 1f1b-i");
  EXPECT_EQ(of_head("runs = [\"1f1b-i\", \"1f1b-i\"]"), "s.sweep.toml:3:19:runs: '1f1b-i' stands there twice");
  EXPECT_EQ(of_head("runs = 3"), "s.sweep.toml:3:8:runs: wants a list of strings");
  EXPECT_EQ(of_head("runs = [3]"), "s.sweep.toml:3:9:runs: wants a list of strings");
}

TEST(SweepErrors, Zips) {
  EXPECT_EQ(of_tables("[[zip]]\n\"plan.tp\" = [1, 2]\n\"plan.pp\" = [1, 2, 4]"),
            "s.sweep.toml:36:1:zip.0.plan.pp: has 3 values, 'plan.tp' beside it has 2; those of a zip go together");
  EXPECT_EQ(of_tables("[[zip]]"), "s.sweep.toml:34:1:zip.0: has no fields; write \"plan.tp\" = [2, 4]");
  EXPECT_THAT(of_head("zip = 3"), HasSubstr("zip: wants an array of tables [[zip]]"));
}

std::string of_range(const std::string& range) {
  const std::string fault = of_field("\"noise.jitter\" = { " + range + " }");
  const std::size_t at = fault.find("noise.jitter");
  return at == std::string::npos ? fault : fault.substr(at);
}

TEST(SweepErrors, Ranges) {
  EXPECT_EQ(of_range("from = 1, to = 2, step = 0"), "noise.jitter.step: a step of 0 never arrives");
  EXPECT_EQ(of_range("from = 1, to = 2, step = -1"), "noise.jitter.step: leads away from 2; from 1 it never arrives");
  EXPECT_EQ(of_range("from = 1, to = 2, times = 1"), "noise.jitter.times: 1 is not above 1; the range never ends");
  EXPECT_EQ(of_range("from = 0, to = 2, times = 2"), "noise.jitter.from: wants more than 0 where the range multiplies");
  EXPECT_EQ(of_range("from = 4, to = 2, times = 2"), "noise.jitter.to: 2 is below from");
  EXPECT_EQ(of_range("from = 1, to = 2"),
            "noise.jitter: a range wants either step or times: { from = 1, to = 16, times = 2 }");
  EXPECT_EQ(of_range("from = 1, to = 2, step = 1, times = 2"),
            "noise.jitter: a range wants either step or times: { from = 1, to = 16, times = 2 }");
  EXPECT_EQ(of_range("to = 2, step = 1"), "noise.jitter.from: is missing");
  EXPECT_EQ(of_range("from = 1, step = 1"), "noise.jitter.to: is missing");
  EXPECT_EQ(of_range("from = 1, to = 2, points = 1"),
            "noise.jitter.points: unknown key; known here: from, to, step, times");
  EXPECT_EQ(of_range("from = \"1 us\", to = \"2 ms\", step = \"1 us\""), "noise.jitter.to: wants the unit of from");
  EXPECT_EQ(of_range("from = \"1 us\", to = \"2 us\", step = 1"), "noise.jitter.step: wants the unit of from");
  EXPECT_EQ(of_range("from = \"1 us\", to = \"2 us\", times = \"2 us\""),
            "noise.jitter.times: wants a number without a unit");
  EXPECT_EQ(of_range("from = true, to = 2, step = 1"),
            "noise.jitter.from: wants a number, or one with a unit: \"100 Gbit/s\"");
  EXPECT_EQ(of_range("from = inf, to = 2, step = 1"),
            "noise.jitter.from: wants a number, or one with a unit: \"100 Gbit/s\"");
  EXPECT_EQ(of_range("from = 1, to = 2, step = 1e-9"), "noise.jitter.step: more than 100,000 values");
  EXPECT_EQ(of_range("from = 1, to = 2, times = 1.0000001"), "noise.jitter.times: more than 100,000 values");
}

TEST(SweepErrors, ExpressionsThatAreNone) {
  EXPECT_EQ(of_head("constraints = \"tp == 1\""), "s.sweep.toml:3:15:constraints: wants a list of strings");
  EXPECT_EQ(of_constraint("tpp == 1"),
            "s.sweep.toml:3:16:constraints: 'tpp == 1': nothing is called 'tpp'; did you mean 'tp'?");
  EXPECT_THAT(of_constraint("mb == 1"), HasSubstr("'mb'; did you mean 'microbatches'?"));
  EXPECT_THAT(of_constraint("fit"), HasSubstr("'fit'; did you mean 'fits'?"));
  EXPECT_THAT(of_constraint("quux == 1"), HasSubstr("nothing is called 'quux'; there are tp, pp,"));
  EXPECT_EQ(of_constraint("tp = 1"), "s.sweep.toml:3:16:constraints: 'tp = 1': '=' compares nothing; write '=='");
  EXPECT_EQ(of_constraint("fits and tp == 1"),
            "s.sweep.toml:3:16:constraints: 'fits and tp == 1': 'fits' stands alone, as a constraint of its own");
  EXPECT_EQ(of_constraint(""), "s.sweep.toml:3:16:constraints: is empty; write for example tp <= gpus_per_node");
  EXPECT_THAT(of_constraint("tp =="), StartsWith("s.sweep.toml:3:16:constraints: 'tp ==': "));
  EXPECT_THAT(of_constraint("(tp == 1"), StartsWith("s.sweep.toml:3:16:constraints: '(tp == 1': "));
  EXPECT_EQ(of_constraint("tp, pp"), "s.sweep.toml:3:16:constraints: 'tp, pp': has more than one value");
  EXPECT_EQ(of_constraint("tp == " + std::string(1000, '1')),
            "s.sweep.toml:3:16:constraints: an expression of more than 1000 characters");
  EXPECT_EQ(of_tables("[derived]\n\"plan.dp\" = 4"),
            "s.sweep.toml:35:1:derived.plan.dp: wants an expression as a string: \"gpus / (tp * pp)\"");
}

TEST(SweepErrors, ExpressionsWithoutAValue) {
  EXPECT_EQ(of_constraint("tp / (pp - 2) == 1"),
            "s.sweep.toml:3:16:constraints: 'tp / (pp - 2) == 1': divides by zero (at run = 1f1b-i)");
  EXPECT_THAT(of_constraint("tp % (pp - 2) == 1"), HasSubstr("divides by zero"));
  EXPECT_THAT(of_constraint("log2(tp - 2)"), HasSubstr("is no finite number"));
}

TEST(SweepErrors, DerivedFields) {
  EXPECT_EQ(of_tables("[fields]\n\"plan.tp\" = [1, 3]\n[derived]\n\"plan.dp\" = \"gpus / (tp * pp)\""),
            "s.sweep.toml:37:1:derived.plan.dp: 'gpus / (tp * pp)': is 1.33333, no whole number; keep such points out "
            "by a constraint, as 'gpus % (tp * pp) == 0' would, or use floor() (at plan.tp = 3, run = 1f1b-i)");
  EXPECT_EQ(of_tables("[derived]\n\"plan.dp\" = \"dp + 1\""),
            "s.sweep.toml:35:1:derived.plan.dp: 'dp + 1': needs what it is to give");
  EXPECT_EQ(of_tables("[derived]\n\"plan.dp\" = \"tp\"\n\"plan.tp\" = \"gpus / dp\""),
            "s.sweep.toml:35:1:derived.plan.dp: 'tp': needs what it is to give, through plan.tp\n"
            "s.sweep.toml:36:1:derived.plan.tp: 'gpus / dp': needs what it is to give, through plan.dp");
}

TEST(SweepErrors, TextsThatAreNoChoice) {
  for (const char* text : {"", "3", "{}", "{\"run\": 3}", "{\"plan.tp\": 1}"}) {
    try {
      parse_choice(text, "x.db");
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "x.db: is no choice of a sweep: a JSON object with \"run\"");
    }
  }
}

}  // namespace
}  // namespace braid
