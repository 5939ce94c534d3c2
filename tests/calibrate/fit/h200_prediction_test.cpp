// SPDX-License-Identifier: Apache-2.0
// A GPU that nobody calibrated: the defaults of the H200, the H100's shares with the H200's data sheet, against rows
// measured on one. Nothing was fitted on them, and they decided no form of a rule.
#include <gtest/gtest.h>

#include "calibrate/fit/overlap_fit.hpp"
#include "calibrate/fit/rule_fit.hpp"
#include "tests/calibrate/fit/measured_folders.hpp"

namespace braid {
namespace {

const Gpu& h200() { return measured_gpu("NVIDIA H200", "test"); }

ErrorSummary error_of(const std::vector<Residual>& residuals, const char* what) {
  const ErrorSummary s = summary(residuals, what);
  std::printf("%-20s %4d rows: median %.2f %%, 95th %.2f %%, mean %.2f %%, worst %+.1f %% at %s\n", what, s.count,
              100 * s.median, 100 * s.p95, 100 * s.mean, 100 * s.worst, s.worst_at.c_str());
  return s;
}

TEST(H200, IsPredictedFromTheH100) {
  const Profile profile = default_profile(h200());
  const ErrorSummary products =
      error_of(residuals_of(profile, h200(), measured_gemms(kH200Folder, h200())), "products");
  EXPECT_EQ(products.count, 564);
  EXPECT_LT(products.median, 0.03);
  EXPECT_LT(products.p95, 0.10);
  for (const bool backward : {false, true}) {
    const ErrorSummary s =
        error_of(residuals_of(profile, h200(), measured_attention(kH200Folder, h200(), backward)), "attention");
    EXPECT_EQ(s.count, 82);
    EXPECT_LT(s.median, 0.05);
    EXPECT_LT(s.p95, 0.10);
  }
  const ErrorSummary streams = error_of(residuals_of(profile, h200(), measured_streams(kH200Folder)), "streams");
  EXPECT_LT(streams.median, 0.06);
}

TEST(H200, LosesBesideCommunicationWhatTheH100Loses) {
  // The H200's own rows beside held SMs; what traffic costs as fitted on the H100. Its memory is 4.8 / 3.35 times as
  // fast, so that the same traffic is a smaller share.
  const Gpu& h100 = measured_gpu("H100-80G", "test");
  const auto theirs = overlap_samples(read_table(kH100Folder + "/overlap.csv", "overlap", kOverlapColumns), h100);
  const auto own = overlap_samples(read_table(kH200Folder + "/overlap.csv", "overlap", kOverlapColumns), h200());
  const OverlapFit fit = fit_overlap(theirs, held_slowdowns(theirs), h100);
  const auto held = held_slowdowns(own);
  std::vector<Residual> residuals;
  for (const OverlapSample& s : own) {
    if (s.comm == "hold" || s.taken > kMostTaken) continue;
    residuals.push_back({.kind = "overlap",
                         .shape = s.source,
                         .measured = s.slowdown,
                         .predicted = predicted_slowdown(s, held.at(s.compute), fit, h200())});
  }
  const ErrorSummary s = error_of(residuals, "overlap");
  EXPECT_EQ(s.count, 360);
  EXPECT_LT(s.median, 0.02);
  EXPECT_LT(s.p95, 0.08);
}

}  // namespace
}  // namespace braid
