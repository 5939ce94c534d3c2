// SPDX-License-Identifier: Apache-2.0
#include "validate/table/errors.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/validate/table/published_rows.hpp"
#include "validate/table/table_report.hpp"

namespace braid {
namespace {

/// Measured 10 s, predicted 11, 8, 13 and, fitted, 20; the formula always says 15.
std::vector<PredictedRow> four_rows() {
  std::vector<PredictedRow> rows;
  for (const double predicted : {11.0, 8.0, 13.0, 20.0}) {
    PublishedRow row = test::valid_row();
    row.id = "row-" + std::to_string(rows.size());
    row.measured_s = 10;
    row.tp = rows.size() < 2 ? 1 : 2;
    rows.push_back({.row = row, .predicted_s = predicted, .baseline_s = 15, .fitted = predicted == 20.0});
  }
  return rows;
}

TEST(TableErrors, LeavesOutWhatWasFitted) {
  const TableErrors all = error_summary(four_rows());
  EXPECT_EQ(all.rows, 3);
  EXPECT_NEAR(all.mape, 20, 1e-9);    // (10 + 20 + 30) / 3
  EXPECT_NEAR(all.median, 20, 1e-9);  // of 10, 20, 30
  EXPECT_NEAR(all.worst, 30, 1e-9);
  EXPECT_NEAR(all.bias, 20.0 / 3, 1e-9);  // (+10 - 20 + 30) / 3
  EXPECT_NEAR(all.baseline_mape, 50, 1e-9);
  EXPECT_EQ(error_summary({four_rows()[3]}).rows, 0);
}

TEST(TableErrors, TakesTheMeanOfTheMiddlePairAsMedian) {
  EXPECT_NEAR(error_summary({four_rows()[0], four_rows()[2]}).median, 20, 1e-9);  // of 10 and 30
}

TEST(ErrorsByGroup, GroupByEveryAxis) {
  const auto groups = errors_by_group(four_rows());
  ASSERT_EQ(groups.size(), 6u);  // two TPs, one PP, one DP, one microbatch, one model
  EXPECT_EQ(groups[0].group, "TP 1");
  EXPECT_NEAR(groups[0].errors.mape, 15, 1e-9);  // 10 and 20
  EXPECT_EQ(groups[1].group, "TP 2");
  EXPECT_NEAR(groups[1].errors.mape, 30, 1e-9);  // the other is fitted
  EXPECT_EQ(groups[2].group, "PP 4");
  EXPECT_EQ(groups[3].group, "DP 8");
  EXPECT_EQ(groups[4].group, "microbatch 2");
  EXPECT_EQ(groups[5].group, "model 1024x24");
}

TEST(WorstRows, ComeLargestFirst) {
  const auto rows = worst_rows(four_rows(), 2);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].row.id, "row-2");  // +30 %
  EXPECT_EQ(rows[1].row.id, "row-1");  // -20 %
}

TEST(TableReport, HasTheSameFiguresInEveryForm) {
  Predictions p{.profile = {}, .values = {{"gemm_efficiency", 0.5}}, .rows = four_rows()};
  p.baseline_efficiency = p.baseline_all_efficiency = 0.25;
  const auto json = nlohmann::json::parse(table_json(p, {"an assumption"}));
  EXPECT_EQ(json["schema"], "braid.table/1");
  EXPECT_NEAR(json["mape_percent"].get<double>(), 20, 1e-9);
  EXPECT_NEAR(json["baseline_mape_percent"].get<double>(), 50, 1e-9);
  EXPECT_EQ(json["fitted_values"]["gemm_efficiency"], 0.5);
  EXPECT_EQ(json["assumptions"][0], "an assumption");
  ASSERT_EQ(json["rows"].size(), 4u);
  const auto& row = json["rows"][1];
  EXPECT_EQ(row["id"], "row-1");
  EXPECT_EQ(row["measured_s"], 10.0);
  EXPECT_EQ(row["predicted_s"], 8.0);
  EXPECT_NEAR(row["error_percent"].get<double>(), -20, 1e-9);
  EXPECT_EQ(row["baseline_s"], 15.0);
  EXPECT_NEAR(row["baseline_error_percent"].get<double>(), 50, 1e-9);
  EXPECT_EQ(row["fitted"], false);
  EXPECT_EQ(json["rows"][3]["fitted"], true);
  const std::string text = table_text(p, {"an assumption"});
  EXPECT_NE(text.find("MAPE of 3 rows not fitted: 20.00 %, formula 50.00 %\n"), std::string::npos);
  EXPECT_NE(text.find("  gemm_efficiency = 0.5\n"), std::string::npos);
  EXPECT_NE(table_csv(p).find("\nrow-1,1024,24,1,4,8,2,256,10,8,-20.00,15,+50.00,predict\n"), std::string::npos);
}

TEST(TableReport, ClaimsNoErrorWhereEveryRowWasFitted) {
  Predictions p{.profile = {}, .values = {{"gemm_efficiency", 0.5}}, .rows = four_rows()};
  for (PredictedRow& row : p.rows) row.fitted = true;
  p.baseline_efficiency = p.baseline_all_efficiency = 0.25;
  const auto json = nlohmann::json::parse(table_json(p, {}));
  for (const char* key : {"mape_percent", "median_percent", "worst_percent", "bias_percent", "baseline_mape_percent"}) {
    EXPECT_TRUE(json[key].is_null()) << key;
  }
  const std::string text = table_text(p, {});
  EXPECT_NE(text.find("every row was fitted"), std::string::npos);
  EXPECT_EQ(text.find("MAPE"), std::string::npos);
  EXPECT_EQ(text.find("rows not fitted"), std::string::npos);
}

}  // namespace
}  // namespace braid
