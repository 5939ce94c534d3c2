// SPDX-License-Identifier: Apache-2.0
// Fits on made-up measurements: the rules with known parameters and 5 % of normal noise.
#include "calibrate/fit/rule_fit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "sim/base/error.hpp"
#include "sim/base/gpus.hpp"

namespace braid {
namespace {

constexpr double kNoise = 0.05;
constexpr double kWithin = 0.03;

const Gpu& gpu() { return gpu_by_name("H100-80G", "test"); }

/// Rules that are nobody's: away from the defaults and from every GPU's.
Profile truth() {
  Profile profile = default_profile(gpu());
  Parameters& p = profile.parameters;
  p = Parameters{};
  p.gemm_odd_tiles = 1;
  p.sustained_clock = 0.9;
  p.gemm_efficiency = 0.83;
  p.gemm_feed_side = 55;
  p.gemm_overhead_s = 6e-6;
  p.gemm_memory_efficiency = 0.52;
  p.gemm_epilogue_share = 0.5;
  p.gemm_accumulate_share = 0.8;
  p.attention_forward_efficiency = 0.62;
  p.attention_forward_ramp = 800;
  p.attention_forward_tail = 0.9;
  p.attention_forward_overhead_s = 15e-6;
  p.attention_backward_efficiency = 0.44;
  p.attention_backward_ramp = 700;
  p.attention_backward_tail = 1.1;
  p.attention_backward_overhead_s = 25e-6;
  p.attention_backward_extra = 2.2;
  p.memory_efficiency = 0.77;
  p.kernel_overhead_s = 3e-6;
  return profile;
}

Profile start() {
  Profile profile = truth();
  const double clock = profile.parameters.sustained_clock;
  profile.parameters = Parameters{};
  profile.parameters.sustained_clock = clock;
  profile.parameters.gemm_odd_tiles = 1;
  profile.parameters.memory_efficiency = truth().parameters.memory_efficiency;
  profile.parameters.attention_backward_overhead_s = truth().parameters.attention_backward_overhead_s;
  return profile;
}

class Noisy {
 public:
  explicit Noisy(unsigned seed) : random_(seed) {}
  double log_uniform(double least, double most) {
    return std::exp(std::uniform_real_distribution<double>(std::log(least), std::log(most))(random_));
  }
  double multiple(double of, double least, double most) { return std::ceil(log_uniform(least, most) / of) * of; }
  Sample measured(Sample sample) {
    sample.measured = ruled(sample, gpu(), truth()) * std::normal_distribution<double>(1, kNoise)(random_);
    return sample;
  }

 private:
  std::mt19937 random_;
};

void expect_found(const std::vector<Sample>& samples, const std::vector<std::string>& names, unsigned seed) {
  const std::vector<double> found = fit_parameters(start(), gpu(), samples, names);
  for (std::size_t i = 0; i < names.size(); ++i)
    EXPECT_NEAR(found[i] / parameter(truth(), names[i]), 1, kWithin) << names[i] << ", seed " << seed;
}

TEST(RuleFit, FindsTheRulesOfProductsUnderNoise) {
  for (unsigned seed = 1; seed <= 1; ++seed) {
    Noisy noisy(seed);
    std::vector<Sample> samples;
    // Large ones for the rate; thin ones (small k) for bytes and epilogues; small ones for the fixed time.
    for (int i = 0; i < 9000; ++i) {
      const Pass pass = i % 2 ? Pass::F : Pass::W;
      const double k = i % 3 ? noisy.multiple(64, 128, 1024) : noisy.multiple(64, 1024, 8192);
      const double most = i % 5 ? 16384 : 1024;
      samples.push_back(noisy.measured(gemm_sample(
          {.m = noisy.multiple(64, 128, most), .n = noisy.multiple(64, 128, most), .k = k}, pass, {}, 0.9)));
    }
    expect_found(samples,
                 {"gemm_efficiency", "gemm_feed_side", "gemm_overhead_s", "gemm_memory_efficiency",
                  "gemm_epilogue_share", "gemm_accumulate_share"},
                 seed);
  }
}

TEST(RuleFit, FindsTheRulesOfAttentionUnderNoise) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    for (const bool backward : {false, true}) {
      Noisy noisy(seed);
      std::vector<Sample> samples;
      for (int i = 0; i < 9000; ++i) {
        // A third are tiny: they show the fixed time.
        const double kv = std::ceil(noisy.log_uniform(0.5, i % 3 ? 16 : 2));
        samples.push_back(noisy.measured(attention_sample({.samples = 1,
                                                           .sequence = noisy.multiple(128, 256, i % 3 ? 16384 : 1024),
                                                           .heads = i % 2 ? kv : 5 * kv,
                                                           .kv_heads = kv,
                                                           .head_dim = 128,
                                                           .backward = backward},
                                                          {}, 0.9)));
      }
      if (backward) {
        expect_found(samples,
                     {"attention_backward_efficiency", "attention_backward_ramp", "attention_backward_tail",
                      "attention_backward_extra"},
                     seed);
      } else {
        expect_found(samples,
                     {"attention_forward_efficiency", "attention_forward_ramp", "attention_forward_tail",
                      "attention_forward_overhead_s"},
                     seed);
      }
    }
  }
}

TEST(RuleFit, FindsTheRulesOfMemoryBoundKernelsUnderNoise) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    Noisy noisy(seed);
    std::vector<Sample> samples;
    for (int i = 0; i < 400; ++i)
      samples.push_back(noisy.measured(memory_sample("add", Bytes(noisy.log_uniform(1e5, 1e9)), {})));
    expect_found(samples, {"memory_efficiency", "kernel_overhead_s"}, seed);
  }
}

TEST(RuleFit, ReadsEachSampleAtItsOwnClock) {
  // Products without traffic or fixed cost last as long as their cycles: half the clock, twice the time; the fit that
  // is told the clocks finds one efficiency for both.
  Profile exact = truth();
  exact.parameters.gemm_overhead_s = 0;
  exact.parameters.gemm_epilogue_share = 0;
  std::vector<Sample> samples;
  for (const double clock : {0.5, 1.0}) {
    for (const double size : {8192.0, 12288.0}) {
      Sample s = gemm_sample({.m = size, .n = size, .k = 65536}, Pass::F, {}, clock);
      s.measured = ruled(s, gpu(), exact);
      samples.push_back(s);
    }
  }
  EXPECT_NEAR(samples[0].measured / samples[2].measured, 2, 0.01);
  Profile from = exact;
  from.parameters.gemm_efficiency = 0.6;
  const std::vector<std::string> names = {"gemm_efficiency"};
  EXPECT_NEAR(fit_parameters(from, gpu(), samples, names)[0], 0.83, 1e-3);
}

TEST(RuleFit, CrossValidationShowsWhatAFitHasNotSeen) {
  // Ten kernels; the one in fold 3 (index 3) took twice its time. Fits that do not see it predict it 50 % short; the
  // fold that holds it out together with index 8 leaves those eight exact, so index 8 is met.
  std::vector<Sample> samples;
  Profile exact = truth();
  for (int i = 0; i < 10; ++i) {
    Sample s = memory_sample("add", Bytes(1e7 * (i + 1)), {});
    s.measured = ruled(s, gpu(), exact);
    samples.push_back(s);
  }
  samples[3].measured = 2 * samples[3].measured;
  const std::vector<std::string> names = {"memory_efficiency", "kernel_overhead_s"};
  const auto residuals = cross_validated(start(), gpu(), samples, names, 5);
  ASSERT_EQ(residuals.size(), 10u);
  EXPECT_NEAR(residuals[3].error(), -0.5, 1e-3);
  EXPECT_NEAR(residuals[8].error(), 0, 1e-3);
  EXPECT_EQ(residuals[8].shape, samples[8].shape);
}

TEST(RuleFitErrors, NeedSamplesAndKnownNames) {
  const std::vector<std::string> names = {"memory_efficiency", "kernel_overhead_s"};
  const std::vector<Sample> one = {memory_sample("add", Bytes(1e9), Seconds(1e-3))};
  EXPECT_THROW(fit_parameters(start(), gpu(), one, names), Error);
  const std::vector<std::string> unknown = {"memory_eficiency"};
  EXPECT_THROW(fit_parameters(start(), gpu(), one, unknown), Error);
}

}  // namespace
}  // namespace braid
