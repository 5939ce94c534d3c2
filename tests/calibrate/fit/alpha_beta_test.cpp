// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/alpha_beta.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr double kNoise = 0.05;

/// Times of a law at sizes 8 KB to 256 MB, `runs` of each, with normal noise of 5 %.
template <class Law>
std::vector<SizeTime> noisy(const Law& law, int runs, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(1, kNoise);
  std::vector<SizeTime> points;
  for (double bytes = 8192; bytes <= 256e6 * 1.1; bytes *= 2) {
    for (int i = 0; i < runs; ++i) points.push_back({bytes, law(bytes) * noise(random)});
  }
  return points;
}

TEST(AlphaBeta, FindsOneLine) {
  // 5 us and 300 GB/s, 40 runs of 16 sizes: the mean of 40 is known to 0.8 %.
  const auto law = [](double bytes) { return 5e-6 + bytes / 300e9; };
  for (unsigned seed = 1; seed <= 10; ++seed) {
    const auto segments = fit_alpha_beta(noisy(law, 40, seed));
    ASSERT_EQ(segments.size(), 1u) << seed;
    EXPECT_NEAR(segments[0].alpha / 5e-6, 1, 0.03) << seed;
    EXPECT_NEAR(segments[0].beta / 300e9, 1, 0.03) << seed;
  }
}

TEST(AlphaBeta, FindsWhereTheProtocolChanges) {
  // Low latency: 4 us and 40 GB/s below 1 MB; then 20 us and 250 GB/s. At 1 MB 30.2 and 24.2 us.
  const auto law = [](double bytes) { return bytes < 1e6 ? 4e-6 + bytes / 40e9 : 20e-6 + bytes / 250e9; };
  for (unsigned seed = 1; seed <= 10; ++seed) {
    const auto segments = fit_alpha_beta(noisy(law, 60, seed));
    ASSERT_EQ(segments.size(), 2u) << seed;
    EXPECT_NEAR(segments[0].alpha / 4e-6, 1, 0.03) << seed;
    EXPECT_NEAR(segments[0].beta / 40e9, 1, 0.03) << seed;
    EXPECT_EQ(segments[1].from, 8192 * 128.0) << seed;  // 1,048,576: the first size of the second law
    EXPECT_NEAR(segments[1].alpha / 20e-6, 1, 0.03) << seed;
    EXPECT_NEAR(segments[1].beta / 250e9, 1, 0.03) << seed;
  }
}

TEST(AlphaBeta, HasNoNegativeStartUp) {
  // t = bytes / 100 GB/s - 1 us would fit exactly; the best line without a negative part goes through 0.
  std::vector<SizeTime> points;
  for (const double bytes : {1e6, 2e6, 4e6, 8e6}) points.push_back({bytes, bytes / 100e9 - 1e-6});
  const auto segments = fit_alpha_beta(points, 1);
  EXPECT_EQ(segments[0].alpha, 0);
  EXPECT_GT(seconds_of(segments, 1e6), 0);
}

TEST(AlphaBeta, ReadsALineBelowAndAboveItsSizes) {
  const std::vector<Segment> two = {{.from = 1000, .alpha = 1, .beta = 100}, {.from = 5000, .alpha = 2, .beta = 1000}};
  EXPECT_DOUBLE_EQ(seconds_of(two, 100), 1 + 100 / 100.0);
  EXPECT_DOUBLE_EQ(seconds_of(two, 4999), 1 + 49.99);
  EXPECT_DOUBLE_EQ(seconds_of(two, 5000), 2 + 5);
  EXPECT_DOUBLE_EQ(seconds_of(two, 1e6), 2 + 1000);
}

TEST(AlphaBetaErrors, SayWhatIsMissing) {
  EXPECT_THROW(fit_alpha_beta({{1, 1}, {2, 2}}), Error);
  EXPECT_THROW(fit_alpha_beta({{1, 1}, {1, 1}, {1, 1}, {2, 2}}), Error);  // four runs of two sizes
  EXPECT_THROW(fit_alpha_beta({{1, 1}, {2, 0}, {3, 1}}), Error);
}

TEST(CtaLaw, FindsBandwidthOfOneAndOfAll) {
  // 45 GB/s each, 700 GB/s in all, sharpness 3; 40 runs at each of ten counts.
  const CtaLaw truth{.each = 45e9, .all = 700e9, .sharpness = 3};
  // By hand: 8 CTAs: 360^-3 + 700^-3 = 2.1433e-8 + 2.915e-9 = 2.4349e-8; ^(-1/3) = 345.0.
  EXPECT_NEAR(rate_of(truth, 8) / 1e9, 345.0, 0.1);
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> noise(1, kNoise);
    std::vector<CtaRate> rates;
    for (const double ctas : {1, 2, 4, 6, 8, 12, 16, 24, 32, 48}) {
      for (int run = 0; run < 40; ++run) rates.push_back({ctas, rate_of(truth, ctas) * noise(random)});
    }
    const CtaLaw found = fit_cta_law(rates);
    EXPECT_NEAR(found.each / truth.each, 1, 0.03) << seed;
    EXPECT_NEAR(found.all / truth.all, 1, 0.03) << seed;
  }
}

TEST(CtaLawErrors, SayWhatIsMissing) {
  EXPECT_THROW(fit_cta_law(std::vector<CtaRate>{{1, 1}, {2, 2}}), Error);
  EXPECT_THROW(fit_cta_law(std::vector<CtaRate>{{1, 1}, {2, 2}, {3, 0}}), Error);
}

}  // namespace
}  // namespace braid
