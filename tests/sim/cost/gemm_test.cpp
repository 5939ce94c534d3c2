// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/gemm.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

// On the round GPU an SM does 1 TFLOP/s and gets 10 GB/s of the memory bandwidth: the epilogue of a 128 x 256 tile of
// bf16 writes 65,536 bytes in 6.5536 us, that of a 128 x 128 tile takes half as long.
constexpr double kEpilogue = 6.5536e-6;

TEST(Gemm, FillsEverySmOfFullWavesAtTheSustainedRate) {
  // 1280 x 2560: 10 x 20 tiles of 128 x 128 = two waves of 100 SMs. 2 * 1280 * 2560 * 10000 = 65.536 GFLOP at 100
  // TFLOP/s, and the last epilogue. (One wave of 128 x 256 has the longer epilogue.)
  // Traffic (1280 + 2560) * 10000 * 2 + 1280 * 2560 * 2 = 83.4 MB: 0.083 ms, less.
  const GemmPlan plan = plan_gemm({.m = 1280, .n = 2560, .k = 10000}, Pass::F, round_gpu(), ideal_parameters());
  EXPECT_EQ(plan.tiles, 200);
  EXPECT_NEAR(plan.time.value, 0.65536e-3 + kEpilogue / 2, 1e-12);
}

TEST(Gemm, PaysAWholeWaveForTheTileThatIsOneTooMany) {
  // 1281 rows make 11 rows of tiles: 110 tiles of 128 x 256, two waves. With 128 x 128: 11 * 20 = 220 tiles, three
  // waves of half the length: 1.5. With 64 x 128: 21 * 20 = 420 tiles, five waves of a quarter: 1.25, at half the
  // rate 2.5.
  Parameters p = ideal_parameters();
  const Gemm gemm{.m = 1281, .n = 2560, .k = 2000};
  const double wave = 2.0 * 128 * 256 * 2000 / 1e12;
  GemmPlan plan = plan_gemm(gemm, Pass::F, round_gpu(), p);
  EXPECT_EQ(plan.tile_m * plan.tile_n, 128 * 128);
  EXPECT_NEAR(plan.compute.value, 1.5 * wave + kEpilogue / 2, 1e-12);
  // At the full rate the smallest fits best: 64 x 64, 21 * 40 = 840 tiles, nine waves of an eighth.
  p.gemm_small_tile_efficiency = 1;
  plan = plan_gemm(gemm, Pass::F, round_gpu(), p);
  EXPECT_EQ(plan.tile_m * plan.tile_n, 64 * 64);
  EXPECT_NEAR(plan.compute.value, 1.125 * wave + kEpilogue / 8, 1e-12);
}

TEST(Gemm, HasTilesThatAreNoPowersOfTwoWhereTheHardwareAllowsThem) {
  // 1600 x 1280 in tiles of 160 x 128: 10 x 10, one wave, 2 * 160 * 128 * 2000 / 1e12 = 81.9 us. In powers of two the
  // best is 13 x 10 tiles of 128 x 128 in two waves.
  Parameters p = ideal_parameters();
  const Gemm gemm{.m = 1600, .n = 1280, .k = 2000};
  const Seconds without = plan_gemm(gemm, Pass::F, round_gpu(), p).time;
  p.gemm_odd_tiles = 1;
  const GemmPlan plan = plan_gemm(gemm, Pass::F, round_gpu(), p);
  EXPECT_EQ(plan.tile_m, 160);
  EXPECT_NEAR(plan.time.value, 81.92e-6 + 160 * 128 * 2 / 10e9, 1e-12);
  EXPECT_GT(without, plan.time);
}

TEST(Gemm, IsNeverFasterThanItsBytes) {
  // k = 16: 2 * 12800 * 25600 * 16 = 10.5 GFLOP, 0.105 ms; but the result alone is 655 MB, 0.655 ms at 1 TB/s, and the
  // operands (12800 + 25600) * 16 * 2 = 1.23 MB.
  const GemmPlan plan = plan_gemm({.m = 12800, .n = 25600, .k = 16}, Pass::F, round_gpu(), ideal_parameters());
  EXPECT_NEAR(plan.time.value, (12800.0 * 25600 * 2 + 38400.0 * 16 * 2) / 1e12, 1e-12);
}

TEST(Gemm, MovesAnAccumulatedGradientTwiceInFp32) {
  // W reads and writes 4 bytes an element where F writes 2: 100 * 100 * (8 - 2) = 60,000 bytes more.
  const Gemm gemm{.m = 100, .n = 100, .k = 10};
  const Parameters p;
  EXPECT_EQ(gemm_bytes(gemm, Pass::F, p).value, 2 * 100 * 10 * 2 + 100 * 100 * 2);
  EXPECT_EQ(gemm_bytes(gemm, Pass::W, p).value - gemm_bytes(gemm, Pass::F, p).value, 60000);
}

TEST(Gemm, AddsTheEpiloguesThatItDoesNotHideAndALaunch) {
  // Two waves of 128 x 256: the last epilogue whole, of the first a half; W writes fp32, twice the bytes. Launch 5 us.
  Parameters p = ideal_parameters();
  p.gemm_overhead_s = 5e-6;
  p.gemm_epilogue_share = 0.5;
  p.gemm_accumulate_share = 0.5;
  const Gemm gemm{.m = 2560, .n = 2560, .k = 8000};
  const double main_loop = 2.0 * 2560 * 2560 * 8000 / 100e12;
  // 128 x 128: four waves, half the epilogue: (1 + 3 / 2) / 2 = 1.25 of kEpilogue; 128 x 256: 1 + 1 / 2 = 1.5. The
  // first.
  EXPECT_NEAR(plan_gemm(gemm, Pass::F, round_gpu(), p).time.value, main_loop + 1.25 * kEpilogue + 5e-6, 1e-12);
  EXPECT_NEAR(plan_gemm(gemm, Pass::W, round_gpu(), p).time.value, main_loop + 2.5 * kEpilogue + 5e-6, 1e-12);
}

TEST(Gemm, NeverGetsFasterWhenAnyDimensionGrows) {
  constexpr unsigned kSeed = 7;
  std::mt19937 random(kSeed);
  std::uniform_int_distribution<int> size(1, 9000);
  for (const double odd : {0.0, 1.0}) {
    Parameters p;
    p.gemm_odd_tiles = odd;
    for (int i = 0; i < 1000; ++i) {
      const Gemm g{.m = double(size(random)), .n = double(size(random)), .k = double(size(random))};
      const Seconds base = plan_gemm(g, Pass::F, round_gpu(), p).time;
      for (Gemm larger :
           {Gemm{g.m + 37, g.n, g.k}, Gemm{g.m, g.n + 37, g.k}, Gemm{g.m, g.n, g.k + 1}, Gemm{g.m, g.n, g.k, 2}}) {
        ASSERT_GE(plan_gemm(larger, Pass::F, round_gpu(), p).time, base)
            << "seed " << kSeed << ": " << g.m << " " << g.n << " " << g.k;
      }
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
