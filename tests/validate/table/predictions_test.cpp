// SPDX-License-Identifier: Apache-2.0
#include "validate/table/predictions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "sim/base/gpus.hpp"
#include "tests/validate/table/published_rows.hpp"

namespace braid {
namespace {

using test::complaint;

const RowAssumptions kAssumptions{.cluster = std::string(BRAID_SOURCE_DIR) + "/scenarios/clusters/a100-sxm-8x8.toml"};

/// Three plans of a small model on 8 GPUs, 8 microbatches each.
std::vector<PublishedRow> three_rows() {
  std::vector<PublishedRow> rows(3, test::valid_row());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    PublishedRow& row = rows[i];
    row.id = "row-" + std::to_string(i);
    row.tp = 1 << i;
    row.pp = 2;
    row.dp = 8 / (row.tp * row.pp);
    row.gpus = 8;
    row.microbatch = 4;
    row.global_batch = 8 * row.dp * row.microbatch;
    row.hidden = 2048;
  }
  return rows;
}

TEST(Predictions, FindParametersThatTheyDoNotKnowAgain) {
  Profile truth = default_profile(gpu_by_name("A100-80G", "test"));
  truth = with_parameter(truth, "gemm_efficiency", 0.6);
  truth = with_parameter(truth, "unit_overhead_s", 3e-4);
  const std::string file = testing::TempDir() + "/braid-truth-" + std::to_string(getpid()) + ".csv";
  write_profile(file, truth);
  PredictionRequest request{.rows = three_rows(), .assumptions = kAssumptions, .profile = file};
  const Predictions made = predict_table(request);
  std::filesystem::remove(file);
  for (std::size_t i = 0; i < 3; ++i) request.rows[i].measured_s = made.rows[i].predicted_s;
  request.profile = "";
  request.fitted = {0, 2};
  request.free = {"gemm_efficiency", "unit_overhead_s"};
  const Predictions found = predict_table(request);
  EXPECT_NEAR(found.values[0].second, 0.6, 0.6 * 1e-3);
  EXPECT_NEAR(found.values[1].second, 3e-4, 3e-4 * 1e-3);
  EXPECT_TRUE(found.rows[0].fitted);
  EXPECT_FALSE(found.rows[1].fitted);
  EXPECT_NEAR(found.rows[1].error(), 0, 1e-3);  // nobody showed it to the fit
}

TEST(Predictions, AreBoundByTheHostWhenItsLaunchesTakeLonger) {
  // An op ends when its last kernel has been launched, at the earliest: with a hundred times the launch time, the
  // step of a small model takes a hundred times as long, and no arithmetic is left to see.
  const auto step = [](double launch) {
    Profile profile = with_parameter(default_profile(gpu_by_name("A100-80G", "test")), "host_launch_s", launch);
    const std::string file = testing::TempDir() + "/braid-launch-" + std::to_string(getpid()) + ".csv";
    write_profile(file, profile);
    const Predictions p = predict_table({.rows = {three_rows()[0]}, .assumptions = kAssumptions, .profile = file});
    std::filesystem::remove(file);
    return p.rows[0].predicted_s;
  };
  EXPECT_NEAR(step(1.0) / step(0.01), 100, 2);
}

TEST(PredictionErrors, NameWhatDoesNotGoTogether) {
  PredictionRequest request{.rows = three_rows(), .assumptions = kAssumptions};
  request.fitted = {0};
  EXPECT_EQ(complaint([&] { predict_table(request); }), "--free: --fit ROWS and --free PARAMETERS go together");
  request.free = {"gemm_efficiency", "unit_overhead_s"};
  EXPECT_EQ(complaint([&] { predict_table(request); }),
            "fit: 2 free parameters need at least as many rows to fit, there are 1");
  request.fitted = {};
  EXPECT_EQ(complaint([&] { predict_table(request); }), "--fit: --fit ROWS and --free PARAMETERS go together");
  request.free = {};
  request.rows[1].gpu = "H100-80G";
  EXPECT_THAT(complaint([&] { predict_table(request); }),
              testing::HasSubstr("is H100-80G, rows before it are A100-80G"));
}

}  // namespace
}  // namespace braid
