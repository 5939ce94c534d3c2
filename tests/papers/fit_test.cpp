// SPDX-License-Identifier: Apache-2.0
// `braid fit`: parameters that are known are found again, and the committed profile is what the command makes.
#include "sim/fit/fit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/app/fit_command.hpp"
#include "sim/base/csv.hpp"
#include "sim/base/gpus.hpp"
#include "sim/play/play.hpp"

namespace braid {
namespace {

using testing::HasSubstr;

const std::string kPapers = std::string(BRAID_SOURCE_DIR) + "/scenarios/papers/";
const std::string kMeasured = kPapers + "stp-12b-a800.measured.csv";

/// A few short rows of both splits, which a known profile has "measured".
std::vector<MeasuredRow> short_rows() {
  std::vector<MeasuredRow> rows;
  for (const auto& [file, run] :
       {std::pair{"stp-12b-a800-tp8pp2-6144.toml", "1f1b-i"}, std::pair{"stp-12b-a800-tp8pp2-6144.toml", "stp"},
        std::pair{"stp-12b-a800-tp4pp4-6144.toml", "1f1b-i"}, std::pair{"stp-12b-a800-tp4pp4-3072.toml", "stp"}}) {
    rows.push_back({.scenario = kPapers + file,
                    .overrides = {{"plan.microbatches", "12"}, {"network", "ideal"}},
                    .run = run,
                    .samples_per_s = 1,
                    .fitted = true,
                    .source = "synthetic",
                    .where = "here"});
  }
  return rows;
}

TEST(Fit, FindsParametersThatItDoesNotKnowAgain) {
  const Profile base = default_profile(gpu_by_name("A800-80G", "test"));
  Profile truth = with_parameter(base, "gemm_efficiency", 0.7);
  truth = with_parameter(truth, "unit_overhead_s", 8e-4);
  truth = with_parameter(truth, "nvlink_efficiency", 0.5);
  std::vector<MeasuredRow> rows = short_rows();
  const FitProblem blank(fit_cases(rows), base, simulate);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].samples_per_s = blank.predict(i, truth);
  const FitProblem problem(fit_cases(rows), base, simulate);
  const FitResult result = problem.solve({"gemm_efficiency", "unit_overhead_s", "nvlink_efficiency"}, {0, 1, 2});
  // Three rows determine three parameters; the fourth row was not seen.
  EXPECT_NEAR(result.values[0].second, 0.7, 0.7 * 1e-3);
  EXPECT_NEAR(result.values[1].second, 8e-4, 8e-4 * 1e-3);
  EXPECT_NEAR(result.values[2].second, 0.5, 0.5 * 1e-3);
  EXPECT_FALSE(result.rows[3].fitted);
  EXPECT_NEAR(result.rows[3].error(), 0, 1e-4);
}

TEST(Fit, MakesTheCommittedProfileFromTheCommittedRows) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "braid-fit";
  std::filesystem::remove_all(folder);
  std::ostringstream out;
  fit_command({.file = kMeasured,
               .free = {"gemm_efficiency", "unit_overhead_s", "nvlink_efficiency"},
               .base = "",
               .out_dir = folder.string(),
               .alternatives = 0,
               .quiet = true},
              out);
  EXPECT_THAT(out.str(), HasSubstr("rows not fitted: mean"));
  const Gpu& gpu = gpu_by_name("A800-80G", "test");
  const Profile made = read_profile((folder / "profile.csv").string(), gpu);
  const Profile committed =
      read_profile(std::string(BRAID_SOURCE_DIR) + "/scenarios/profiles/a800-80g-stp12b.csv", gpu);
  for (const char* name : {"gemm_efficiency", "unit_overhead_s", "nvlink_efficiency"}) {
    EXPECT_NEAR(parameter(made, name) / parameter(committed, name), 1, 1e-6) << name;
  }
  EXPECT_EQ(read_csv((folder / "residuals.csv").string()).rows.size(), 37u);  // 36 rows and the heading
}

template <typename Call>
std::string complaint(Call call) {
  try {
    call();
  } catch (const Error& e) { return e.what(); }
  return "no complaint";
}

TEST(FitErrors, WantAtLeastAsManyRowsAsParameters) {
  const FitProblem problem(fit_cases(short_rows()), default_profile(gpu_by_name("A800-80G", "test")), simulate);
  EXPECT_EQ(complaint([&] {
              problem.solve({"gemm_efficiency", "unit_overhead_s"}, {0});
            }),
            "fit: 2 free parameters need at least as many rows to fit, there are 1");
  EXPECT_THAT(complaint([&] { problem.solve({"gem_efficiency"}, {0}); }), HasSubstr("did you mean 'gemm_efficiency'"));
}

TEST(FitErrors, NameTheFileAndTheLine) {
  const std::string path = testing::TempDir() + "/braid-fit-rows.csv";
  const auto message_for = [&](const std::string& row) {
    write_file(path, "scenario,set,run,samples_per_s,use,source\n" + row + "\n");
    return complaint([&] { read_measured(path); });
  };
  EXPECT_EQ(message_for("a.toml,,stp,0,fit,t"), path + ":2:samples_per_s: '0' is not a number above 0");
  EXPECT_EQ(message_for("a.toml,,stp,3x,fit,t"), path + ":2:samples_per_s: '3x' is not a number above 0");
  EXPECT_EQ(message_for("a.toml,,stp,3,maybe,t"), path + ":2:use: 'maybe' is neither fit nor predict");
  EXPECT_EQ(message_for("a.toml,,stp,3,fit"), path + ":2: has 5 fields, not 6");
  write_file(path, "some,other,table\n");
  EXPECT_THAT(complaint([&] { read_measured(path); }), HasSubstr("is no table of measured runs"));
}

}  // namespace
}  // namespace braid
