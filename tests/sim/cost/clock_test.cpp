// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/clock.hpp"

#include <gtest/gtest.h>

#include "sim/cost/cost_program.hpp"
#include "sim/cost/point.hpp"
#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

Parameters limited() {
  Parameters p = ideal_parameters();
  p.sustained_clock = 0.75;
  p.clock_memory_gain = 0.5;
  p.clock_most = 1.1;
  return p;
}

TEST(Clock, RisesWithTheShareOfMemoryBoundTime) {
  EXPECT_EQ(clock_of_mix(Seconds(1), Seconds(0), limited()), 0.75);
  // 1 s of cycles and 1 s of memory. At clock c the share is 1 / (1 + 1 / c) = c / (c + 1); c = 0.75 / (1 - c / (2 (c +
  // 1))) = 0.75 (2 c + 2) / (c + 2), so c^2 + 0.5 c - 1.5 = 0, c = 1.
  EXPECT_NEAR(clock_of_mix(Seconds(1), Seconds(1), limited()), 1, 1e-12);
  // Memory alone would run at 0.75 / 0.5 = 1.5: the most is 1.1.
  EXPECT_EQ(clock_of_mix(Seconds(0), Seconds(1), limited()), 1.1);
  Parameters one = limited();
  one.clock_memory_gain = 0;
  EXPECT_EQ(clock_of_mix(Seconds(1), Seconds(1), one), 0.75);
}

TEST(Clock, KeepsTheCyclesOfPoints) {
  Profile profile{.gpu = "ROUND", .parameters = limited()};
  profile.points["gemm F 1x1x1"] = {.duration = Seconds(2), .source = ""};
  const Profile faster = at_clock(profile, 1.0);
  EXPECT_EQ(faster.parameters.sustained_clock, 1.0);
  EXPECT_NEAR(faster.points.at("gemm F 1x1x1").duration.value, 1.5, 1e-12);
}

TEST(Clock, OfAProgramCountsEveryLaunch) {
  // One rank launches a product twice and a stream once. 2 * 12800 * 2560 * 50000 = 3.2768 TFLOP, 32.768 ms at 100
  // TFLOP/s and clock 1, twice; its epilogue of 0.4 us is memory's. 65.536 GB of stream: 65.536 ms. So as much of each
  // as in the test above: clock 1.
  Program program;
  WorkItem product, stream;
  product.compute.gemms = {{.m = 12800, .n = 2560, .k = 50000}};
  product.compute.kernels = 1;
  stream.compute.elementwise = Bytes(65.536e9);
  stream.compute.kernels = 1;
  program.works = {product, stream};
  program.ranks.resize(1);
  for (const std::uint16_t work : {0, 1, 0}) program.ranks[0].ops.push_back({.key = {}, .work = work});
  const Profile profile{.gpu = "ROUND", .parameters = limited()};
  EXPECT_NEAR(at_clock_of(program, round_gpu(), profile).parameters.sustained_clock, 1, 1e-4);
}

}  // namespace
}  // namespace braid
