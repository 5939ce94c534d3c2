// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/sweep_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/base/csv.hpp"
#include "tests/sim/sweep/report/rows.hpp"

namespace braid {
namespace {

using test::not_played;
using test::screened;
using test::surveyed;
using test::with_choice;

const char* const kNasty = "says \"no\", twice,\nand ends";

Survey three() {
  Configuration priced = screened(2, 4, "stp", 1234.5, 40);
  priced.cost_per_step = 0.125;
  priced.mfu = 0.1;
  return surveyed(
      {with_choice(priced, R"({"plan.tp":2,"cluster.name":"a, \"b\"","run":"stp"})"),
       with_choice(not_played(4, 4, "stp", ConfigurationStatus::pruned, kNasty), R"({"plan.tp":4,"run":"stp"})"),
       test::too_big(test::refined(screened(8, 4, "1f1b", 100, 90), 2))});
}

std::string cell(const Csv& csv, std::size_t row, const std::string& column) {
  const auto& names = csv.rows[0].fields;
  const auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), column) - names.begin());
  return at < names.size() ? csv.rows[row].fields.at(at) : "no such column";
}

TEST(SweepCsv, ComesBackAsItWas) {
  std::ostringstream out;
  write_sweep_csv(out, three());
  const Csv csv = parse_csv(out.str(), "sweep.csv");
  ASSERT_EQ(csv.rows.size(), 4u);
  for (const CsvRow& row : csv.rows) EXPECT_EQ(row.fields.size(), csv.rows[0].fields.size());
  EXPECT_EQ(cell(csv, 1, "choice.plan.tp"), "2");
  EXPECT_EQ(cell(csv, 1, "choice.cluster.name"), "a, \"b\"");
  EXPECT_EQ(cell(csv, 1, "tokens_per_s"), "1234.5");
  EXPECT_EQ(cell(csv, 1, "peak_memory_bytes"), "40000000000");
  EXPECT_EQ(cell(csv, 1, "cost_per_step_USD"), "0.125");
  EXPECT_EQ(cell(csv, 1, "fits"), "1");
  EXPECT_EQ(cell(csv, 2, "reason"), kNasty);
  EXPECT_EQ(cell(csv, 2, "status"), "pruned");
  EXPECT_EQ(cell(csv, 2, "tokens_per_s"), "");
  EXPECT_EQ(cell(csv, 3, "step_time_s"), "2");
  EXPECT_EQ(cell(csv, 3, "screened_step_time_s"), "1");
  EXPECT_EQ(cell(csv, 3, "fits"), "0");
  EXPECT_EQ(cell(csv, 3, "cost_per_step_USD"), "");
}

TEST(SweepJson, ParsesAndHoldsEveryRow) {
  std::ostringstream out;
  write_sweep_json(out, three(), "a \"store\"");
  const auto json = nlohmann::json::parse(out.str());
  EXPECT_EQ(json["schema"], "braid.sweep-report/1");
  EXPECT_EQ(json["store"], "a \"store\"");
  EXPECT_EQ(json["counts"]["pruned"], 1);
  EXPECT_EQ(json["counts"]["not_fitting"], 1);
  EXPECT_EQ(json["pruned_because"][0]["example"], kNasty);
  ASSERT_EQ(json["rows"].size(), 3u);
  EXPECT_EQ(json["rows"][0]["choice"]["plan.tp"], 2);
  EXPECT_EQ(json["rows"][0]["tokens_per_s"], 1234.5);
  EXPECT_EQ(json["rows"][0]["id"], json["best_id"]);
  EXPECT_EQ(json["rows"][1]["reason"], kNasty);
  EXPECT_FALSE(json["rows"][1].contains("tokens_per_s"));
  EXPECT_TRUE(json["rows"][2]["cost_per_step"].is_null());
  EXPECT_FALSE(json.contains("against"));
}

TEST(SweepJson, HoldsTheOtherStore) {
  const Survey here = surveyed({screened(1, 1, "a", 300)}), there = surveyed({screened(1, 1, "a", 200)});
  const StoreComparison comparison = compare_stores(here, there, "here", "there");
  std::ostringstream out;
  write_sweep_json(out, here, "here", &comparison);
  const auto json = nlohmann::json::parse(out.str());
  EXPECT_EQ(json["against"]["common"], 1);
  EXPECT_EQ(json["against"]["tokens_per_s_ratio"]["median"], 1.5);
  EXPECT_EQ(json["against"]["same_best"], true);
}

TEST(SweepJson, HasNullForWhatIsNoNumber) {
  Configuration row = screened(1, 1, "a", 300);
  row.mfu = std::numeric_limits<double>::infinity();
  std::ostringstream out;
  write_sweep_json(out, surveyed({row}), "a");
  EXPECT_TRUE(nlohmann::json::parse(out.str())["rows"][0]["mfu"].is_null());
}

}  // namespace
}  // namespace braid
