// SPDX-License-Identifier: Apache-2.0
// `braid validate --table` as a user runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/sim/app/cli/run_braid.hpp"

namespace braid {
namespace {

using test::Outcome;
using test::Workplace;
using testing::HasSubstr;

const std::string kTable = BRAID_SOURCE_DIR "/tests/data/published/measured_runs_single_node.csv";

/// The 26 rows of the single-node table with TP 8.
Outcome validate(const Workplace& place, std::vector<std::string> more) {
  std::vector<std::string> arguments{"--table", kTable, "--where", "tp=8"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return place.run(BRAID_BINARY_DIR "/bin/braid-validate", arguments);
}

TEST(ValidateCli, PrintsJson) {
  const Workplace place;
  const Outcome outcome = validate(place, {"--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto json = nlohmann::json::parse(outcome.out);
  ASSERT_EQ(json["rows"].size(), 26u);
  double sum = 0;
  for (const auto& row : json["rows"]) {
    const double error = 100 * (row["predicted_s"].get<double>() / row["measured_s"].get<double>() - 1);
    EXPECT_NEAR(row["error_percent"].get<double>(), error, 1e-9);
    EXPECT_EQ(row["fitted"], false);
    EXPECT_TRUE(row.contains("id") && row.contains("baseline_s") && row.contains("baseline_error_percent"));
    sum += std::abs(error);
  }
  EXPECT_NEAR(json["mape_percent"].get<double>(), sum / 26, 1e-9);
  EXPECT_GT(json["baseline_mape_percent"].get<double>(), 0);
}

TEST(ValidateCli, FitsAndWritesWhatItFound) {
  const Workplace place;
  const Outcome outcome =
      validate(place, {"--fit", "vtrain-single-s-0014", "--free", "host_launch_s", "--out", "made"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("fitted:\n  host_launch_s = "));
  EXPECT_THAT(outcome.out, HasSubstr("MAPE of 25 rows not fitted: "));
  EXPECT_EQ(place.files(), (std::vector<std::string>{"made/", "made/profile.csv", "made/rows.csv"}));
  // The profile that it wrote predicts the row that it fitted.
  const Outcome again = validate(place, {"--profile", "made/profile.csv", "--json"});
  for (const auto& row : nlohmann::json::parse(again.out)["rows"]) {
    if (row["id"] == "vtrain-single-s-0014") { EXPECT_NEAR(row["error_percent"].get<double>(), 0, 0.01); }
  }
}

TEST(ValidateCli, IsASiblingOfBraid) {
  const Workplace place;
  const Outcome direct = validate(place, {});
  const Outcome sibling = place.braid({"validate", "--table", kTable, "--where", "tp=8"});
  EXPECT_EQ(sibling.code, 0);
  EXPECT_EQ(sibling.out, direct.out);
}

TEST(ValidateCli, ExplainsItself) {
  const Workplace place;
  const Outcome outcome = place.braid({"validate", "--help"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("--node-bandwidth"));
}

/// Exit code 2, nothing on stdout, one line on stderr, nothing written.
std::string mistake(const Workplace& place, const Outcome& outcome) {
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(test::lines_of(outcome.err).size(), 1u) << outcome.err;
  EXPECT_TRUE(place.files().empty());
  return outcome.err;
}

TEST(ValidateCliErrors, AreOneLine) {
  const Workplace place;
  EXPECT_EQ(mistake(place, validate(place, {"--fit", "a,b,c,d,e,f", "--free", "gemm_efficiency"})),
            "braid-validate: --fit: names 6 rows; at most 5, the others are to be predicted\n");
  EXPECT_THAT(mistake(place, validate(place, {"--fit", "vtrain-single-s-0014", "--free", "gem_efficiency"})),
              HasSubstr("did you mean 'gemm_efficiency'"));
  EXPECT_EQ(mistake(place, validate(place, {"--where", "tp=7"})),
            "braid-validate: --where: no row has tp=8 and tp=7\n");
  EXPECT_THAT(mistake(place, validate(place, {"--profile", "none.csv"})), HasSubstr("none.csv"));
  EXPECT_THAT(mistake(place, validate(place, {"--cluster", "none.toml"})), HasSubstr("none.toml"));
  EXPECT_THAT(mistake(place, validate(place, {"--node-bandwidth", "800"})), HasSubstr("--node-bandwidth"));
  EXPECT_THAT(mistake(place, validate(place, {"--set", "plan"})), HasSubstr("--set"));
  EXPECT_THAT(mistake(place, place.run(BRAID_BINARY_DIR "/bin/braid-validate", {})),
              HasSubstr("see braid-validate --help"));
  EXPECT_THAT(mistake(place, place.run(BRAID_BINARY_DIR "/bin/braid-validate", {"--table", "none.csv"})),
              HasSubstr("none.csv"));
}

}  // namespace
}  // namespace braid
