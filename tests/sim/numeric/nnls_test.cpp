// SPDX-License-Identifier: Apache-2.0
#include "sim/numeric/nnls.hpp"

#include <gtest/gtest.h>

#include <random>

#include "sim/base/error.hpp"

namespace braid {
namespace {

TEST(NonnegativeLeastSquares, EqualsPlainLeastSquaresWhereThatIsPositive) {
  // y = 2 + 3 t at t = 0, 1, 2.
  const auto x = nonnegative_least_squares({{1, 0}, {1, 1}, {1, 2}}, {2, 5, 8});
  EXPECT_NEAR(x[0], 2, 1e-12);
  EXPECT_NEAR(x[1], 3, 1e-12);
}

TEST(NonnegativeLeastSquares, HoldsAtZeroWhatWouldBeNegative) {
  // y = 1 - t: plain slope -1. Without it the best constant through 1, 0, -1 is their mean 0.
  const auto x = nonnegative_least_squares({{1, 0}, {1, 1}, {1, 2}}, {1, 0, -1});
  EXPECT_EQ(x[1], 0);
  EXPECT_NEAR(x[0], 0, 1e-12);
  // y = 4, 3: slope -1 again, mean 3.5.
  EXPECT_NEAR(nonnegative_least_squares({{1, 0}, {1, 1}}, {4, 3})[0], 3.5, 1e-12);
}

TEST(NonnegativeLeastSquares, MeetsTheConditionsOfAnOptimum) {
  // Karush, Kuhn, Tucker: x >= 0; the gradient A'(Ax - b) is >= 0, and 0 where x > 0.
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  int held = 0;
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<std::vector<double>> a(12, std::vector<double>(5));
    std::vector<double> b(12);
    for (std::size_t i = 0; i < 12; ++i) {
      for (double& v : a[i]) v = normal(random);
      b[i] = normal(random);
    }
    const auto x = nonnegative_least_squares(a, b);
    for (std::size_t j = 0; j < 5; ++j) {
      double gradient = 0;
      for (std::size_t i = 0; i < 12; ++i) {
        double residual = -b[i];
        for (std::size_t k = 0; k < 5; ++k) residual += a[i][k] * x[k];
        gradient += a[i][j] * residual;
      }
      EXPECT_GE(x[j], 0);
      EXPECT_GE(gradient, -1e-9);
      if (x[j] > 0) {
        EXPECT_NEAR(gradient, 0, 1e-9);
      } else {
        ++held;
      }
    }
  }
  EXPECT_GT(held, 50);  // about half of 250: the bound was at work
}

TEST(NonnegativeLeastSquares, RefusesNothingAndUnevenRows) {
  EXPECT_THROW(nonnegative_least_squares({}, {}), Error);
  EXPECT_THROW(nonnegative_least_squares({{1, 2}, {1}}, {1, 2}), Error);
}

}  // namespace
}  // namespace braid
