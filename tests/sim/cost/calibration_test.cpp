// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/calibration.hpp"

#include <gtest/gtest.h>

#include "sim/base/error.hpp"
#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

Profile ideal_profile() {
  Profile profile = default_profile(round_gpu());
  profile.parameters = ideal_parameters();
  return profile;
}

TEST(Calibration, ReportsErrorsByKind) {
  // 1 GB at 1 TB/s is 1 ms by the rule; measured 0.8 ms (rule 25 % too slow) and 2 ms (50 % too fast).
  const std::vector<Sample> samples = {elementwise_sample(Bytes(1e9), Seconds(0.8e-3)),
                                       elementwise_sample(Bytes(1e9), Seconds(2e-3))};
  const auto errors = errors_of_rules(ideal_profile(), round_gpu(), samples);
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0].kind, "elementwise");
  EXPECT_EQ(errors[0].count, 2);
  EXPECT_NEAR(errors[0].mean_absolute, 0.375, 1e-12);
  EXPECT_NEAR(errors[0].mean, -0.125, 1e-12);
  EXPECT_NEAR(errors[0].worst, -0.5, 1e-12);
  EXPECT_EQ(errors[1].kind, "all");
}

TEST(Calibration, FindsTheParametersThatMadeTheSamples) {
  Profile truth = ideal_profile();
  truth.parameters.gemm_efficiency = 0.7;
  truth.parameters.gemm_overhead_s = 4e-6;
  truth.parameters.memory_efficiency = 0.8;
  truth.parameters.attention_backward_ramp = 500;
  std::vector<Sample> samples;
  for (const double size : {512.0, 1500.0, 4096.0, 8192.0}) {
    samples.push_back(gemm_sample({.m = size, .n = 4096, .k = 2048}, Pass::I, {}));
    samples.push_back(elementwise_sample(Bytes(size * 1e5), {}));
    samples.push_back(attention_sample({.samples = 4,
                                        .sequence = size,
                                        .heads = 16,
                                        .kv_heads = 4,
                                        .head_dim = 128,
                                        .causal = true,
                                        .flash = true,
                                        .backward = true},
                                       {}));
  }
  for (Sample& sample : samples) sample.measured = compute_cost(sample.item, round_gpu(), truth).duration;
  const std::vector<std::string> names = {"gemm_efficiency", "gemm_overhead_s", "memory_efficiency",
                                          "attention_backward_ramp"};
  Profile start = ideal_profile();
  start.parameters.gemm_overhead_s = 1e-6;
  start.parameters.attention_backward_ramp = 100;
  const Profile fitted = fit_parameters(start, round_gpu(), samples, names, "made up");
  for (const std::string& name : names) EXPECT_NEAR(parameter(fitted, name) / parameter(truth, name), 1, 0.01) << name;
  EXPECT_EQ(fitted.sources.at("gemm_efficiency"), "made up");
  EXPECT_LT(errors_of_rules(fitted, round_gpu(), samples).back().mean_absolute, 1e-3);
}

TEST(CalibrationErrors, NeedsSamplesAndKnownNames) {
  const std::vector<std::string> names = {"gemm_efficiency"};
  EXPECT_THROW(fit_parameters(ideal_profile(), round_gpu(), {}, names, ""), Error);
  const std::vector<Sample> samples = {elementwise_sample(Bytes(1e9), Seconds(1e-3))};
  const std::vector<std::string> unknown = {"gem_efficiency"};
  EXPECT_THROW(fit_parameters(ideal_profile(), round_gpu(), samples, unknown, ""), Error);
}

}  // namespace
}  // namespace braid
