// SPDX-License-Identifier: Apache-2.0
// The published tables in this repository, with the profiles that results/0008 fitted on five rows of each.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/validate/table/published_rows.hpp"
#include "validate/table/errors.hpp"
#include "validate/table/row_filter.hpp"

namespace braid {
namespace {

const std::string kRoot = BRAID_SOURCE_DIR;

/// With the profile that was fitted on `fitted`.
TableErrors errors_of(std::vector<PublishedRow> rows, const std::string& result,
                      const std::vector<std::string>& fitted) {
  const std::vector<std::size_t> seen = rows_of_ids(rows, fitted);
  Predictions p = predict_table({.rows = std::move(rows),
                                 .assumptions = {.cluster = kRoot + "/scenarios/clusters/a100-sxm-8x8.toml",
                                                 .node_bandwidths = {parse_node_bandwidth("vTrain: 800 Gbit/s")}},
                                 .profile = kRoot + "/results/0008-published-runs/" + result + "/profile.csv"});
  for (const std::size_t i : seen) p.rows[i].fitted = true;
  const TableErrors errors = error_summary(p.rows);
  fmt::print("{}: {} rows not fitted, mean {:.2f} %, formula {:.2f} %\n", result, errors.rows, errors.mape,
             errors.baseline_mape);
  return errors;
}

TEST(ShippedTables, MultiNodeStepTimesArePredicted) {
  const auto all = read_published(kRoot + "/tests/data/published/measured_runs.csv");
  EXPECT_EQ(all.size(), 40u);
  const TableErrors errors = errors_of(
      rows_where(all, {"tp<=8"}), "multi-node",
      {"vtrain-multi-006", "vtrain-multi-033", "vtrain-multi-045", "vtrain-multi-089", "megatron22-22B-full"});
  EXPECT_EQ(errors.rows, 31);
  EXPECT_LT(errors.mape, 9);
}

TEST(ShippedTables, SingleNodeStepTimesArePredicted) {
  const auto all = read_published(kRoot + "/tests/data/published/measured_runs_single_node.csv");
  EXPECT_EQ(all.size(), 459u);
  const TableErrors errors = errors_of(all, "single-node",
                                       {"vtrain-single-s-0005", "vtrain-single-s-0008", "vtrain-single-s-0014",
                                        "vtrain-single-s-0002", "vtrain-single-s-0381"});
  EXPECT_EQ(errors.rows, 454);
  EXPECT_LT(errors.mape, 8.4);  // vTrain's own simulator, on its full set: 8.37
}

}  // namespace
}  // namespace braid
