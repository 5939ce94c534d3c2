// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/stretch.hpp"

#include <gtest/gtest.h>

#include "sim/cost/profile.hpp"
#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

ComputeCost only(const KernelCost& kernel) { return {.duration = kernel.time, .kernels = {kernel}}; }

TEST(Stretch, DoublesAKernelWhoseOneWaveNoLongerFits) {
  // 100 tiles on 100 SMs, then on 80: two waves for one.
  const ComputeCost compute = only({.kind = KernelKind::gemm, .time = Seconds(1), .tiles = 100});
  EXPECT_DOUBLE_EQ(stretch_beside(compute, {.ctas = 20}, round_gpu(), ideal_parameters()), 1);
}

TEST(Stretch, IsTheShareOfSmsForManyWaves) {
  // 4000 tiles: 40 waves on 100 SMs, 50 on 80.
  const ComputeCost compute = only({.kind = KernelKind::gemm, .time = Seconds(1), .tiles = 4000});
  EXPECT_DOUBLE_EQ(stretch_beside(compute, {.ctas = 20}, round_gpu(), ideal_parameters()), 0.25);
}

TEST(Stretch, MultipliesWhatSmsDoNotExplain) {
  Parameters p = ideal_parameters();
  p.stretch_interference = 0.1;
  const ComputeCost compute = only({.kind = KernelKind::gemm, .time = Seconds(1), .tiles = 4000});
  EXPECT_NEAR(stretch_beside(compute, {.ctas = 20}, round_gpu(), p), 1.25 * 1.1 - 1, 1e-12);
}

TEST(Stretch, DealsTheTilesOfAttentionAsSmsBecomeFree) {
  // No waves: 100 / 80, whatever the number of tiles.
  const ComputeCost compute = only({.kind = KernelKind::attention, .time = Seconds(1)});
  EXPECT_DOUBLE_EQ(stretch_beside(compute, {.ctas = 20}, round_gpu(), ideal_parameters()), 0.25);
}

TEST(Stretch, AddsSmsAndBandwidthThatAMemoryBoundKernelLoses) {
  // 20 of 100 SMs at 0.5 make 0.1; the kernel moves 0.8 TB/s of 1, the communication 0.3: 0.25 * 0.8 * 0.3 = 0.06.
  Parameters p = ideal_parameters();
  p.stretch_sms = 0.5;
  p.stretch_memory = 0.25;
  const ComputeCost compute = only({.kind = KernelKind::memory, .time = Seconds(1), .traffic = Bytes(0.8e12)});
  const CommLoad comm{.ctas = 20, .memory_traffic = BytesPerSecond(0.3e12)};
  EXPECT_NEAR(stretch_beside(compute, comm, round_gpu(), p), 0.16, 1e-12);
}

TEST(Stretch, MultipliesTheLostSmsWithTheSharedTraffic) {
  // 4000 tiles lose 1.25; 1.5 * 0.2 * 0.4 = 0.12 on top: 1.25 * 1.12 = 1.4. The same for attention.
  Parameters p = ideal_parameters();
  p.stretch_traffic = 1.5;
  const CommLoad comm{.ctas = 20, .memory_traffic = BytesPerSecond(0.4e12)};
  for (const KernelKind kind : {KernelKind::gemm, KernelKind::attention}) {
    const ComputeCost compute = only({.kind = kind, .time = Seconds(1), .traffic = Bytes(0.2e12), .tiles = 4000});
    EXPECT_NEAR(stretch_beside(compute, comm, round_gpu(), p), 0.4, 1e-12);
  }
}

TEST(Stretch, TakesWhatWasMeasuredForTheKernelInPlaceOfTheRule) {
  // Measured beside 8 and 16 held SMs; between them in proportion, below 8 from 1 at none, beyond 16 as 100 - c
  // shrinks.
  const ComputeCost compute =
      only({.kind = KernelKind::gemm, .time = Seconds(1), .tiles = 4000, .held = {{8, 1.2}, {16, 1.3}}});
  const auto beside = [&](double ctas) {
    return 1 + stretch_beside(compute, {.ctas = ctas}, round_gpu(), ideal_parameters());
  };
  EXPECT_NEAR(beside(8), 1.2, 1e-12);
  EXPECT_NEAR(beside(12), 1.25, 1e-12);
  EXPECT_NEAR(beside(4), 1.1, 1e-12);
  EXPECT_NEAR(beside(16), 1.3, 1e-12);
  EXPECT_NEAR(beside(58), 1.3 * 84 / 42, 1e-12);
}

TEST(Stretch, LeavesAKernelAloneThatNeedsNeitherSmsNorBandwidth) {
  const ComputeCost compute = only({.time = Seconds(1)});
  EXPECT_EQ(
      stretch_beside(compute, {.ctas = 20, .memory_traffic = BytesPerSecond(0.3e12)}, round_gpu(), ideal_parameters()),
      0);
}

TEST(Stretch, WeighsTheKernelsOfAnOpByTheirTime) {
  // A second of kernels that are slowed by 0.25 and three seconds that are not.
  ComputeCost compute{.duration = Seconds(4),
                      .kernels = {{.kind = KernelKind::gemm, .time = Seconds(1), .tiles = 4000}, {.time = Seconds(3)}}};
  EXPECT_NEAR(stretch_beside(compute, {.ctas = 20}, round_gpu(), ideal_parameters()), 0.0625, 1e-12);
}

TEST(Stretch, NeverShrinksWithMoreCtasOrTraffic) {
  const ComputeCost compute =
      only({.kind = KernelKind::gemm, .time = Seconds(1), .traffic = Bytes(0.6e12), .tiles = 777});
  double last = 0;
  for (int ctas = 1; ctas <= 120; ++ctas) {
    const double now = stretch_beside(compute, {.ctas = double(ctas), .memory_traffic = BytesPerSecond(ctas * 1e10)},
                                      round_gpu(), Parameters{});
    ASSERT_GE(now, last) << ctas;
    last = now;
  }
}

// Table 11 of arXiv 2510.27257 on A800: a GEMM of 8.605 ms beside an all-reduce of 3.364 ms ends after 9.251 ms, so the
// GEMM advanced 8.605 - (9.251 - 3.364) = 2.718 ms in 3.364 ms: 1 + x = 1.2377. stretch_interference was fitted to this
// row with 16 CTAs (108 / 92 * 1.054 = 1.237); the table does not give shapes, so one of about that length stands here.
TEST(Stretch, ReproducesTheTableRowThatItWasFittedTo) {
  Gpu a800 = round_gpu();
  a800.name = "A800-80G";
  a800.sms = 108;
  a800.bf16_dense = FlopsPerSecond(312e12);
  a800.memory_bandwidth = BytesPerSecond(2039e9);
  const Profile profile = default_profile(a800);
  WorkItem item;
  item.compute.gemms = {{.m = 16384, .n = 16384, .k = 4288}};
  item.compute.kernels = 1;
  const ComputeCost gemm = compute_cost(item, a800, profile);
  EXPECT_NEAR(gemm.duration.value, 8.605e-3, 0.3e-3);
  const double x = stretch_beside(gemm, {.ctas = profile.parameters.comm_ctas}, a800, profile.parameters);
  const double overlapped = 3.364 + 8.605 - 3.364 / (1 + x);
  EXPECT_NEAR(overlapped / 9.251, 1, 0.005);
  // The other row, 0.334 ms beside 1.643 ms, is a prediction: the GEMM hides wholly, 1.643 ms where 1.685 was measured.
  // 2.5 % too short, because the communication's own slow-down is not modelled.
  EXPECT_NEAR(std::max(1.643, 0.334 * (1 + x)) / 1.685, 0.975, 0.001);
}

}  // namespace
}  // namespace braid
