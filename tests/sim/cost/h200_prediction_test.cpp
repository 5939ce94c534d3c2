// SPDX-License-Identifier: Apache-2.0
// A GPU that nobody calibrated: the defaults of the H200, the H100's efficiencies with the H200's data sheet, against
// 728 rows measured on one. Nothing was fitted on them, so the bars are wider than what was reached (in brackets).
#include <gtest/gtest.h>

#include <cmath>

#include "sim/base/gpus.hpp"
#include "tests/sim/cost/h100_units.hpp"

namespace braid {
namespace {

const Gpu& h200() { return gpu_by_name("H200-141G", "test"); }

double mean_error(H100Samples samples, const std::string& kind) {
  samples.held_out.insert(samples.held_out.end(), samples.fitted.begin(), samples.fitted.end());
  for (const ErrorOfKind& error : errors_of_rules(default_profile(h200()), h200(), samples.held_out)) {
    if (error.kind != kind) continue;
    std::printf("%-18s %3d rows: mean %4.1f %%, bias %+5.1f %%, worst %+5.1f %% at %s\n", kind.c_str(), error.count,
                100 * error.mean_absolute, 100 * error.mean, 100 * error.worst, error.worst_at.c_str());
    return error.mean_absolute;
  }
  ADD_FAILURE() << "no samples of kind " << kind;
  return 1;
}

TEST(H200, IsPredictedFromTheH100) {
  EXPECT_LT(mean_error(h100_gemms("h200-units"), "gemm F"), 0.03);                        // 1.7 %
  EXPECT_LT(mean_error(h100_gemms("h200-units"), "gemm I"), 0.03);                        // 1.6 %
  EXPECT_LT(mean_error(h100_gemms("h200-units"), "gemm W"), 0.05);                        // 3.7 %
  EXPECT_LT(mean_error(h100_attention(false, "h200-units"), "attention forward"), 0.05);  // 3.3 %
  EXPECT_LT(mean_error(h100_attention(true, "h200-units"), "attention backward"), 0.06);  // 4.5 %
}

TEST(H200, RunsWholeLayersAsPredictedFromTheH100) {
  const Profile profile = default_profile(h200());
  double sum = 0;
  int count = 0;
  for (const H100Layer& layer : h100_layers("h200-units")) {
    const double error = layer_time(layer, h200(), profile) / layer.measured - 1;
    std::printf("%s tp%d %-2s %6.0f us measured, %+.1f %%\n", layer.model.c_str(), layer.tp, layer.sequence.c_str(),
                layer.measured.value * 1e6, 100 * error);
    EXPECT_LT(std::abs(error), 0.12) << layer.model << " tp" << layer.tp << " " << layer.sequence;
    sum += std::abs(error);
    ++count;
  }
  ASSERT_EQ(count, 12);
  EXPECT_LT(sum / count, 0.08);
}

}  // namespace
}  // namespace braid
