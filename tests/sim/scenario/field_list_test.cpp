// SPDX-License-Identifier: Apache-2.0
// The list of keys that reading writes: complete, and true in what it says of each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sim/scenario/field.hpp"
#include "tests/sim/scenario/small_scenario.hpp"

namespace braid {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Field field_at(const std::string& path) {
  const std::vector<Field> fields = scenario_fields();
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.path() == path; });
  BRAID_CHECK(found != fields.end(), "the field is listed");
  return *found;
}

TEST(FieldList, SaysOfEachKeyOnceWhatItMeans) {
  std::set<std::string> paths;
  for (const Field& field : scenario_fields()) {
    EXPECT_TRUE(paths.insert(field.path()).second) << field.path() << " twice";
    EXPECT_NE(field.what, "") << field.path();
    EXPECT_NE(field.type, "") << field.path();
    EXPECT_THAT(field.what, Not(testing::EndsWith("."))) << field.path();
  }
  // One of each section, each read by a reader of its own.
  for (const char* path : {"network", "model.kv_heads", "cluster.nodes", "cluster.gpu.l2", "plan.tp", "step_end.bucket",
                           "noise.jitter", "noise.slow_ranks.0.factor", "run.0.p2p"}) {
    EXPECT_EQ(paths.count(path), 1u) << path;
  }
}

// A key that is not listed is unknown to its reader, which then says all that it knows: the same keys.
TEST(FieldList, IsWhatReadersKnow) {
  for (const char* section : {"plan", "step_end", "noise", "run.0", "cluster", "model"}) {
    std::string known;
    for (const Field& field : scenario_fields()) {
      if (field.section == section) known += (known.empty() ? "" : ", ") + field.key;
    }
    EXPECT_THAT(reading_fault(kSmallScenario, {{std::string(section) + ".qqqqqqqqqqqqqqqqqqqqqqqqq", "1"}}),
                HasSubstr("known here: " + known))
        << section;
  }
}

// Every word of a choice is taken, another one is not.
TEST(FieldList, ChoicesAreTheWordsThatReadingTakes) {
  int choices = 0;
  for (const Field& field : scenario_fields()) {
    for (const std::string& word : field.choices) {
      const std::string fault = reading_fault(kSmallScenario, {{field.path(), word}});
      EXPECT_THAT(fault, Not(HasSubstr("is not one of"))) << field.path();
      ++choices;
    }
    if (field.choices.empty()) continue;
    EXPECT_THAT(reading_fault(kSmallScenario, {{field.path(), "qqq"}}), HasSubstr("is not one of")) << field.path();
    EXPECT_THAT(field.choices, testing::Contains(field.fallback)) << field.path();
  }
  EXPECT_GE(choices, 20);  // 12 fields with two or more words each are 24; four may go before this is looked at again
}

// Both ends of a whole number's range are taken, one beyond each is not.
TEST(FieldList, RangesAreThoseThatReadingKeeps) {
  const std::set<std::string> not_there = {"cluster.gpu", "noise.slow_ranks.0"};  // tables that the scenario lacks
  int ranges = 0;
  for (const Field& field : scenario_fields()) {
    const std::size_t to = field.range.find(" to ");
    if (field.type != "whole number" || to == std::string::npos || not_there.count(field.section) > 0) continue;
    const long long low = std::stoll(field.range.substr(0, to)), high = std::stoll(field.range.substr(to + 4));
    const auto fault = [&](long long value) {
      return reading_fault(kSmallScenario, {{field.path(), std::to_string(value)}});
    };
    for (const long long value : {low, high}) {
      EXPECT_THAT(fault(value), Not(HasSubstr("--set " + field.path() + ": " + std::to_string(value) + " is not")))
          << field.path();
    }
    for (const long long value : {low - 1, high + 1}) {
      EXPECT_THAT(fault(value), HasSubstr("--set " + field.path() + ": " + std::to_string(value) + " is not between"))
          << field.path();
    }
    ++ranges;
  }
  EXPECT_GE(ranges, 20);
}

// "required" is what reading an empty file misses, one field for one complaint.
TEST(FieldList, RequiredAreThoseWhoseAbsenceIsAFault) {
  const std::string fault = reading_fault("[model]\n[cluster]\ngpu = {}\n[plan]\n[[noise.slow_ranks]]\n[[run]]\n");
  for (const Field& field : scenario_fields()) {
    const bool there = field.type == "table" || field.type == "array of tables" || field.path() == "cluster.gpu";
    if (there) continue;
    const bool missed = fault.find(":" + field.path() + ": is missing") != std::string::npos;
    EXPECT_EQ(missed, field.required) << field.path() << " in\n" << fault;
  }
}

TEST(FieldList, DefaultsAreTheStructs) {
  EXPECT_EQ(field_at("plan.microbatch_size").fallback, "1");  // one sample
  EXPECT_EQ(field_at("plan.fold").fallback, "true");
  EXPECT_EQ(field_at("step_end.optimizer_bytes").fallback, "12");  // Adam in fp32: 4 + 4 + 4
  EXPECT_EQ(field_at("network").fallback, "simgrid");
  EXPECT_EQ(field_at("run.0.p2p").fallback, "eager");
  EXPECT_EQ(field_at("model.kv_heads").fallback, "heads");  // not a value: it depends on another
  EXPECT_EQ(field_at("plan.tp").fallback, "");              // required
  EXPECT_THAT(field_at("run.0.p2p").choices, ElementsAre("eager", "batched", "blocking"));
}

}  // namespace
}  // namespace braid
