// SPDX-License-Identifier: Apache-2.0
// The fit of a real H100 (results/0002-h100-units), and what it predicts of rows that it has not seen. The forms of the
// rules were found on these tables too; how they do on another GPU is in h200_prediction_test.
#include "calibrate/fit/fit_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "calibrate/fit/fit_report.hpp"
#include "calibrate/fit/rule_fit.hpp"
#include "sim/base/csv.hpp"
#include "tests/calibrate/fit/measured_folders.hpp"

namespace braid {
namespace {

const FolderFit& h100() {
  static const FolderFit fit = fit_folder(kH100Folder, "");
  return fit;
}

const FitPart& part(const std::string& name) {
  const auto& parts = h100().parts;
  const auto at = std::find_if(parts.begin(), parts.end(), [&](const FitPart& p) { return p.name == name; });
  if (at == parts.end()) throw std::runtime_error("no part " + name);
  return *at;
}

std::vector<Residual> of_kind(const std::string& part_name, const std::string& kind) {
  std::vector<Residual> some;
  for (const Residual& r : part(part_name).residuals) {
    if (r.kind == kind) some.push_back(r);
  }
  return some;
}

TEST(FitFolder, PredictsUnitsThatItHasNotSeen) {
  // Products of transformer layers, attention, and memory-bound kernels: more than 200 shapes.
  std::vector<Residual> units;
  for (const char* kind : {"gemm F", "gemm I", "gemm W"}) {
    for (const Residual& r : of_kind("matrix products", kind)) units.push_back(r);
  }
  EXPECT_EQ(units.size(), 742u);
  const ErrorSummary products = summary(units, "products");
  EXPECT_LT(products.median, 0.03);
  EXPECT_LT(products.p95, 0.10);
  for (const char* name : {"attention, forward", "attention, backward"}) {
    const ErrorSummary s = summary(part(name).residuals, name);
    EXPECT_EQ(s.count, 82);
    EXPECT_LT(s.median, 0.03) << name;
    EXPECT_LT(s.p95, 0.10) << name;
    for (const Residual& r : part(name).residuals) units.push_back(r);
  }
  for (const Residual& r : part("memory-bound kernels").residuals) units.push_back(r);
  const ErrorSummary all = summary(units, "all");
  EXPECT_EQ(all.count, 742 + 164 + 213);
  EXPECT_LT(all.median, 0.03);
  EXPECT_LT(all.p95, 0.10);  // with the one line that the simulator has for memory-bound kernels
}

TEST(FitFolder, PredictsPairsThatItHasNotSeen) {
  // 12 kernels x 30 combinations of communication kernel, CTAs and pace, each kernel by coefficients of the others.
  const auto& pairs = part("overlap").residuals;
  EXPECT_EQ(pairs.size(), 360u);
  for (const Residual& r : pairs) EXPECT_LT(std::abs(r.error()), 0.08) << r.shape;
}

TEST(FitFolder, AddsUnitsUpToLayers) {
  // Ten layers x F, I, W, B, FB: units alone, cycles at the clock that the sequence ran at.
  const auto sums = of_kind("layers in sequence", "units, clock of the sequence");
  EXPECT_EQ(sums.size(), 50u);
  for (const Residual& r : sums) EXPECT_LT(std::abs(r.error()), 0.03) << r.shape;
  // At the clock that the profile's law gives their mix, fitted on the nine other layers.
  const auto whole = of_kind("layers in sequence", "units, clock of the mix, whole layers");
  EXPECT_EQ(whole.size(), 10u);
  for (const Residual& r : whole) EXPECT_LT(std::abs(r.error()), 0.03) << r.shape;
}

TEST(FitFolder, NeedsFewRows) {
  // Every 25th product of the models, every 10th attention: 30 + 9 + 9 rows predict the other 858.
  const Gpu& gpu = measured_gpu("H100-80G", "test");
  Profile from = default_profile(gpu);
  from.parameters = Parameters{};
  from.parameters.gemm_odd_tiles = 1;
  from.parameters.memory_efficiency = default_profile(gpu).parameters.memory_efficiency;
  from.parameters.attention_backward_extra = 1;
  const auto check = [&](const std::vector<Sample>& samples, std::size_t every, const std::vector<std::string>& names,
                         double median, double p95) {
    std::vector<Sample> seen, rest;
    for (std::size_t i = 0; i < samples.size(); ++i) (i % every == 0 ? seen : rest).push_back(samples[i]);
    const Profile fitted = with_values(from, names, fit_parameters(from, gpu, seen, names), "");
    const ErrorSummary s = summary(residuals_of(fitted, gpu, rest), samples[0].kind);
    std::printf("%s: %zu rows predict %d: median %.2f %%, 95th %.2f %%, worst %+.1f %%\n", s.kind.c_str(), seen.size(),
                s.count, 100 * s.median, 100 * s.p95, 100 * s.worst);
    EXPECT_LT(s.median, median);
    EXPECT_LT(s.p95, p95);
  };
  check(measured_gemms(kH100Folder, gpu), 25,
        {"gemm_efficiency", "gemm_feed_side", "gemm_overhead_s", "gemm_memory_efficiency", "gemm_epilogue_share",
         "gemm_accumulate_share"},
        0.03, 0.10);
  check(measured_attention(kH100Folder, gpu, false), 10,
        {"attention_forward_efficiency", "attention_forward_ramp", "attention_forward_tail",
         "attention_forward_overhead_s"},
        0.03, 0.10);
  check(measured_attention(kH100Folder, gpu, true), 10,
        {"attention_backward_efficiency", "attention_backward_ramp", "attention_backward_tail",
         "attention_backward_extra"},
        0.03, 0.10);
}

TEST(FitFolder, MakesTheShippedProfile) {
  // Detects change; no evidence that either is right.
  const Gpu& gpu = measured_gpu("H100-80G", "test");
  const std::string path = BRAID_SOURCE_DIR "/scenarios/profiles/h100-80g.csv";
  EXPECT_TRUE(read_file(path) == to_csv(h100().profile)) << "./run results makes it anew";
  const Profile shipped = read_profile(path, gpu);
  for (const ParameterInfo& info : parameter_list()) {
    EXPECT_EQ(parameter(default_profile(gpu), info.name), parameter(shipped, info.name)) << info.name;
  }
}

TEST(FitFolder, LooksUpWhatWasMeasured) {
  // gemm.csv: gate+up F of the 12.1B at TP4 (6144 x 9472 x 5120): 1141.4 thousand cycles; the profile says at which
  // clock.
  WorkItem item;
  item.compute.gemms = {{.m = 6144, .n = 9472, .k = 5120}};
  item.compute.kernels = 1;
  const Profile& profile = h100().profile;
  const ComputeCost cost = compute_cost(item, measured_gpu("H100-80G", "test"), profile);
  const double clock = profile.parameters.sustained_clock * clock_of_peak(measured_gpu("H100-80G", "test"));
  EXPECT_NEAR(cost.duration.value, 1141.4e3 / clock, 0.5e-6);
  // overlap.csv, hold: 1.108 beside 8 SMs, 1.252 beside 16.
  EXPECT_NEAR(cost.kernels[0].held.at(8), 1.108, 5e-4);
  EXPECT_NEAR(cost.kernels[0].held.at(16), 1.252, 5e-4);
}

TEST(FitReport, ShowsEveryPartAndEveryRow) {
  const std::string text = fit_text(h100()), html = fit_html(h100()), rows = residuals_csv(h100());
  std::size_t residuals = 0;
  for (const FitPart& p : h100().parts) {
    EXPECT_NE(text.find(p.name), std::string::npos);
    EXPECT_NE(html.find("<h2>" + p.name), std::string::npos);
    residuals += p.residuals.size();
  }
  EXPECT_EQ(parse_csv(rows, "residuals").rows.size(), residuals + 1);
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_NE(html.find("<svg"), std::string::npos);
  for (const std::string& note : h100().notes) EXPECT_NE(text.find(note), std::string::npos);
}

}  // namespace
}  // namespace braid
