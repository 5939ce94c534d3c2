// SPDX-License-Identifier: Apache-2.0
#include "sim/numeric/least_squares.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/base/error.hpp"

namespace braid {
namespace {

TEST(LeastSquares, FindsTheCurveThatMadeTheValues) {
  // y = 3 exp(-0.5 t) at 8 points: two unknowns, exact.
  const auto residuals = [](std::span<const double> p) {
    std::vector<double> r;
    for (int t = 0; t < 8; ++t) r.push_back(p[0] * std::exp(-p[1] * t) - 3 * std::exp(-0.5 * t));
    return r;
  };
  const std::vector<Unknown> unknowns = {{.start = 1, .least = 0, .most = 100}, {.start = 1, .least = 0, .most = 10}};
  const LeastSquares found = least_squares(residuals, unknowns);
  EXPECT_NEAR(found.values[0], 3, 1e-6);
  EXPECT_NEAR(found.values[1], 0.5, 1e-6);
  EXPECT_LT(found.rms, 1e-7);
}

TEST(LeastSquares, StaysInsideTheBounds) {
  // The best factor is 5, the most allowed 2; the residual left is 3 at every point.
  const auto residuals = [](std::span<const double> p) { return std::vector<double>{p[0] - 5, p[0] - 5}; };
  const std::vector<Unknown> unknowns = {{.start = 1, .least = 0.5, .most = 2}};
  const LeastSquares found = least_squares(residuals, unknowns);
  EXPECT_NEAR(found.values[0], 2, 1e-3);
  EXPECT_LE(found.values[0], 2);
  EXPECT_NEAR(found.rms, 3, 1e-3);
}

TEST(LeastSquares, SoftLossIgnoresAnOutlier) {
  // Nine values of 1 and one of 11: the mean is 2, the median 1.
  const auto residuals = [](std::span<const double> p) {
    std::vector<double> r(9, p[0] - 1);
    r.push_back(p[0] - 11);
    return r;
  };
  const std::vector<Unknown> unknowns = {{.start = 3, .least = 0.1, .most = 100}};
  EXPECT_NEAR(least_squares(residuals, unknowns).values[0], 2, 1e-4);
  // 9 x = 0.01 nearly: the outlier pulls with force soft, nine others with their distance: x - 1 = 0.01 / 9.
  EXPECT_NEAR(least_squares(residuals, unknowns, {.soft = 0.01}).values[0], 1 + 0.01 / 9, 2e-4);
}

TEST(LeastSquares, SaysWhatItCannotFit) {
  const std::vector<Unknown> two = {{.start = 1, .least = 0, .most = 2}, {.start = 1, .least = 0, .most = 2}};
  EXPECT_THROW(least_squares([](std::span<const double>) { return std::vector<double>{1}; }, two), Error);
  EXPECT_THROW(least_squares([](std::span<const double>) { return std::vector<double>{1, NAN}; }, two), Error);
  EXPECT_THROW(least_squares([](std::span<const double>) { return std::vector<double>{1}; }, {}), Error);
}

}  // namespace
}  // namespace braid
