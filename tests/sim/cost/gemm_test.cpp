// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/gemm.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

TEST(Gemm, FillsEverySmOfFullWavesAtTheSustainedRate) {
  // 1280 x 2560: 10 x 10 tiles of 128 x 256 = one wave of 100 SMs. 2 * 1280 * 2560 * 10000 = 65.536 GFLOP at 100
  // TFLOP/s. Traffic (1280 + 2560) * 10000 * 2 + 1280 * 2560 * 2 = 83.4 MB: 0.083 ms, less.
  const GemmPlan plan = plan_gemm({.m = 1280, .n = 2560, .k = 10000}, Pass::F, round_gpu(), ideal_parameters());
  EXPECT_EQ(plan.tiles, 100);
  EXPECT_EQ(plan.split_k, 1);
  EXPECT_NEAR(plan.time.value, 0.65536e-3, 1e-12);
}

TEST(Gemm, PaysAWholeWaveForTheTileThatIsOneTooMany) {
  // 1281 rows make 11 rows of tiles: 110 tiles of 128 x 256, two waves. With 128 x 128: 11 * 20 = 220 tiles, three
  // waves of half the length: 1.5 times one full wave, the better choice. k < 2048, so that no split applies.
  Parameters p = ideal_parameters();
  const double one_wave = 2.0 * 128 * 256 * 2000 / 1e12;
  const GemmPlan plan = plan_gemm({.m = 1281, .n = 2560, .k = 2000}, Pass::F, round_gpu(), p);
  EXPECT_EQ(plan.tile_m, 128);
  EXPECT_EQ(plan.tile_n, 128);
  EXPECT_NEAR(plan.compute.value, 1.5 * one_wave, 1e-12);
  // At half the rate the small tile would take 3 waves; the large one's two are better.
  p.gemm_small_tile_efficiency = 0.5;
  EXPECT_NEAR(plan_gemm({.m = 1281, .n = 2560, .k = 2000}, Pass::F, round_gpu(), p).compute.value, 2 * one_wave, 1e-12);
}

TEST(Gemm, IsNeverFasterThanItsBytes) {
  // k = 16: 2 * 12800 * 25600 * 16 = 10.5 GFLOP, 0.105 ms; but the result alone is 655 MB, 0.655 ms at 1 TB/s, and the
  // operands (12800 + 25600) * 16 * 2 = 1.23 MB.
  const GemmPlan plan = plan_gemm({.m = 12800, .n = 25600, .k = 16}, Pass::F, round_gpu(), ideal_parameters());
  EXPECT_NEAR(plan.time.value, (12800.0 * 25600 * 2 + 38400.0 * 16 * 2) / 1e12, 1e-12);
}

TEST(Gemm, SplitsALongInnerDimensionOverIdleSms) {
  // One or two output tiles would leave 98 SMs idle: 2 * 128 * 128 * 8192 / 1e12 = 0.268 ms. Eight shares of k take an
  // eighth, 0.0336 ms, plus partial sums written and read, 2 * 8 * 4 * 128 * 256 = 2.1 MB: 2.1 us.
  const GemmPlan plan = plan_gemm({.m = 128, .n = 256, .k = 8192}, Pass::W, round_gpu(), ideal_parameters());
  EXPECT_EQ(plan.split_k, 8);
  EXPECT_EQ(plan.tiles, 16);
  EXPECT_NEAR(plan.time.value, 2.0 * 128 * 128 * 1024 / 1e12 + 2.0 * 8 * 4 * 128 * 256 / 1e12, 1e-12);
}

TEST(Gemm, MovesAnAccumulatedGradientTwiceInFp32) {
  // W reads and writes 4 bytes an element where F writes 2: 100 * 100 * (8 - 2) = 60,000 bytes more.
  const Gemm gemm{.m = 100, .n = 100, .k = 10};
  const Parameters p;
  EXPECT_EQ(gemm_bytes(gemm, Pass::F, p).value, 2 * 100 * 10 * 2 + 100 * 100 * 2);
  EXPECT_EQ(gemm_bytes(gemm, Pass::W, p).value - gemm_bytes(gemm, Pass::F, p).value, 60000);
}

TEST(Gemm, AddsItsFixedCosts) {
  // Two full waves: two tile overheads of 1 us and one launch of 5 us.
  Parameters p = ideal_parameters();
  const Gemm gemm{.m = 2560, .n = 2560, .k = 2000};
  const Seconds bare = plan_gemm(gemm, Pass::F, round_gpu(), p).time;
  p.gemm_tile_overhead_s = 1e-6;
  p.gemm_overhead_s = 5e-6;
  EXPECT_NEAR((plan_gemm(gemm, Pass::F, round_gpu(), p).time - bare).value, 7e-6, 1e-12);
}

TEST(Gemm, NeverGetsFasterWhenAnyDimensionGrows) {
  constexpr unsigned kSeed = 7;
  std::mt19937 random(kSeed);
  std::uniform_int_distribution<int> size(1, 9000);
  const Parameters p;
  for (int i = 0; i < 2000; ++i) {
    const Gemm g{.m = double(size(random)), .n = double(size(random)), .k = double(size(random))};
    const Seconds base = plan_gemm(g, Pass::F, round_gpu(), p).time;
    for (Gemm larger :
         {Gemm{g.m + 37, g.n, g.k}, Gemm{g.m, g.n + 37, g.k}, Gemm{g.m, g.n, g.k + 1}, Gemm{g.m, g.n, g.k, 2}}) {
      ASSERT_GE(plan_gemm(larger, Pass::F, round_gpu(), p).time, base)
          << "seed " << kSeed << ": " << g.m << " " << g.n << " " << g.k;
    }
  }
}

TEST(Gemm, NeverGetsSlowerOnAFasterGpu) {
  const Gemm gemm{.m = 3000, .n = 5000, .k = 4000};
  const Parameters p;
  const Seconds base = plan_gemm(gemm, Pass::F, round_gpu(), p).time;
  Gpu more = round_gpu();
  more.bf16_dense *= 1.5;
  EXPECT_LT(plan_gemm(gemm, Pass::F, more, p).time, base);
  Gpu wider = round_gpu();
  wider.memory_bandwidth *= 2;
  EXPECT_LE(plan_gemm(gemm, Pass::F, wider, p).time, base);
}

}  // namespace
}  // namespace braid
