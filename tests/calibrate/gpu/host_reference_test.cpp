// SPDX-License-Identifier: Apache-2.0
// The references that kernels are held against: values by hand, gradients by finite differences.
#include "calibrate/sweep/host_reference.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <random>

#if BRAID_HAVE_CUDNN
#include "calibrate/sweep/attention_reference.hpp"
#endif

namespace braid::gpu::reference {
namespace {

Doubles random(std::size_t n, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  Doubles r(n);
  for (auto& v : r) v = normal(generator);
  return r;
}

double dot(const Doubles& a, const Doubles& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

/// Central differences of sum(dy * f(x)) must be the gradient: their error is of the order of h^2 = 1e-8.
void expect_gradient(const std::function<Doubles(const Doubles&)>& f, Doubles x, const Doubles& dy,
                     const Doubles& gradient) {
  ASSERT_EQ(gradient.size(), x.size());
  constexpr double h = 1e-4;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double at = x[i];
    x[i] = at + h;
    const double above = dot(dy, f(x));
    x[i] = at - h;
    const double below = dot(dy, f(x));
    x[i] = at;
    EXPECT_NEAR(gradient[i], (above - below) / (2 * h), 1e-6) << i;
  }
}

// [1 2; 3 4] times [5 6; 7 8]: 1*5+2*7 = 19, 1*6+2*8 = 22, 3*5+4*7 = 43, 3*6+4*8 = 50, and so on.
TEST(HostReference, Products) {
  const Doubles a{1, 2, 3, 4}, b{5, 6, 7, 8};
  EXPECT_EQ(times(a, b, 2), (Doubles{19, 22, 43, 50}));
  EXPECT_EQ(times_transposed(a, b, 2), (Doubles{17, 23, 39, 53}));  // 1*5+2*6, 1*7+2*8, 3*5+4*6, 3*7+4*8
  EXPECT_EQ(transposed_times(a, b, 2), (Doubles{26, 30, 38, 44}));  // 1*5+3*7, 1*6+3*8, 2*5+4*7, 2*6+4*8
  // Not square: [1 2] (1 x 2) times [3; 4] (2 x 1) = 11.
  EXPECT_EQ(times({1, 2}, {3, 4}, 2), (Doubles{11}));
  EXPECT_EQ(transposed_times({1, 2}, {3, 4}, 1), (Doubles{3, 4, 6, 8}));
}

// Row (3, 4): mean square 12.5, rstd 1 / sqrt(12.5).
TEST(HostReference, Norm) {
  const auto n = rmsnorm({3, 4}, {1, 2}, 0);
  EXPECT_DOUBLE_EQ(n.rstd[0], 1 / std::sqrt(12.5));
  EXPECT_DOUBLE_EQ(n.y[0], 3 / std::sqrt(12.5));
  EXPECT_DOUBLE_EQ(n.y[1], 8 / std::sqrt(12.5));
  const auto x = random(12, 1), w = random(4, 2), dy = random(12, 3);
  const auto rstd = rmsnorm(x, w, 1e-5).rstd;
  expect_gradient([&](const Doubles& v) { return rmsnorm(v, w, 1e-5).y; }, x, dy, rmsnorm_dgrad(x, w, rstd, dy));
  expect_gradient([&](const Doubles& v) { return rmsnorm(x, v, 1e-5).y; }, w, dy, rmsnorm_wgrad(x, rstd, dy));
}

// silu(0) = 0; silu(1) = 1 / (1 + 1/e), times 3.
TEST(HostReference, Swiglu) {
  const auto y = swiglu({0, 1, 5, 3}, 2);
  EXPECT_DOUBLE_EQ(y[0], 0);
  EXPECT_DOUBLE_EQ(y[1], 3 / (1 + std::exp(-1)));
  const auto in = random(24, 4), dy = random(12, 5);
  expect_gradient([&](const Doubles& v) { return swiglu(v, 3); }, in, dy, swiglu_dgrad(in, dy, 3));
}

// Position 1, first pair turns by 1, second by base^(-1/2) = 0.1; position 0 not at all; the last head stays.
TEST(HostReference, Rope) {
  const RopeShape s{.seq = 2, .heads = 1, .head_dim = 4, .row = 6};
  Doubles x{1, 2, 3, 4, 5, 6, 1, 1, 0, 0, 7, 8};
  const auto before = x;
  rope(x, s, 100, 1);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_DOUBLE_EQ(x[i], before[i]);
  EXPECT_DOUBLE_EQ(x[6], std::cos(1.0));
  EXPECT_DOUBLE_EQ(x[8], std::sin(1.0));
  EXPECT_NEAR(x[7], std::cos(0.1), 1e-15);
  EXPECT_NEAR(x[9], std::sin(0.1), 1e-15);
  EXPECT_DOUBLE_EQ(x[10], 7);
  rope(x, s, 100, -1);
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], before[i], 1e-15);
}

// Two equal logits: loss log 2, gradient (0.5 - 1, 0.5).
TEST(HostReference, CrossEntropy) {
  const auto r = cross_entropy({3, 3}, {0});
  EXPECT_NEAR(r.loss[0], std::log(2.0), 1e-15);
  EXPECT_NEAR(r.gradient[0], -0.5, 1e-15);
  EXPECT_NEAR(r.gradient[1], 0.5, 1e-15);
  const auto logits = random(15, 6);
  const std::vector<int> target{0, 4, 2};
  const Doubles mean(3, 1.0 / 3);  // the gradient is of the mean loss
  expect_gradient([&](const Doubles& v) { return cross_entropy(v, target).loss; }, logits, mean,
                  cross_entropy(logits, target).gradient);
}

// First step from rest with gradient g: mean 0.1 g / 0.1 = g, square 0.05 g^2 / 0.05 = g^2, so -1e-4 (sign(g) + 0.1 p).
TEST(HostReference, AdamStep) {
  const auto d = adam_step({2, 0}, {0, 0}, {0, 0}, {3, -4}, 1);
  EXPECT_NEAR(d[0], -1e-4 * 1.2, 1e-15);
  EXPECT_NEAR(d[1], 1e-4, 1e-15);
}

#if BRAID_HAVE_CUDNN
// The first token attends only to itself: its output is its V. With equal keys the second one's is the mean of both.
TEST(HostReference, Attention) {
  const AttentionShape one{.batch = 1, .seq = 2, .heads = 1, .kv_heads = 1, .head_dim = 2};
  const auto r = attention_reference(one, {1, 0, 2, 2, 5, 6, 1, 1, 2, 2, 7, 10}, {0, 0, 0, 0});
  EXPECT_EQ(r.out, (Doubles{5, 6, 6, 8}));  // (5 + 7) / 2, (6 + 10) / 2
  const AttentionShape grouped{.batch = 2, .seq = 3, .heads = 4, .kv_heads = 2, .head_dim = 2};
  const auto qkv = random(6 * 16, 7), dout = random(6 * 8, 8);
  expect_gradient([&](const Doubles& v) { return attention_reference(grouped, v, dout).out; }, qkv, dout,
                  attention_reference(grouped, qkv, dout).dqkv);
}
#endif

}  // namespace
}  // namespace braid::gpu::reference
