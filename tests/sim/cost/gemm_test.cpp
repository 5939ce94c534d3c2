// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/gemm.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

// On the round GPU an SM does 1 TFLOP/s and gets 10 GB/s of the memory bandwidth: the epilogue of a 128 x 256 tile of
// bf16 writes 65,536 bytes in 6.5536 us, that of a 128 x 128 tile takes half as long.
constexpr double kEpilogue = 6.5536e-6;

TEST(Gemm, FillsEverySmOfFullWavesAtTheSustainedRate) {
  // 1280 x 2560 is whole waves of 100 SMs in every power of two: 2 * 1280 * 2560 * 10000 = 65.536 GFLOP at 100 TFLOP/s,
  // and the last epilogue: shortest with 64 x 32, a sixteenth of 128 x 256. 20 * 80 = 1600 tiles.
  // Traffic (1280 + 2560) * 10000 * 2 + 1280 * 2560 * 2 = 83.4 MB: 0.083 ms, less.
  Parameters p = ideal_parameters();
  const Gemm gemm{.m = 1280, .n = 2560, .k = 10000};
  const GemmPlan plan = plan_gemm(gemm, Pass::F, round_gpu(), p);
  EXPECT_EQ(plan.tiles, 1600);
  EXPECT_NEAR(plan.time.value, 0.65536e-3 + kEpilogue / 16, 1e-12);
  // At half the clock of the data sheet the products take twice as long.
  p.sustained_clock = 0.5;
  EXPECT_NEAR(plan_gemm(gemm, Pass::F, round_gpu(), p).time.value, 2 * 0.65536e-3 + kEpilogue / 16, 1e-12);
}

TEST(Gemm, WeighsTheTileThatIsOneTooManyAgainstTheFeedOfSmallTiles) {
  // 1281 rows, feed side 128; in main loops of a 128 x 256 tile at full rate, w waves * its share * hypot(1, 64 / m +
  // 64 / n): 128 x 256: 110 tiles, 2 * 1 * 1.25 = 2.5; 256 x 128: 120, the same; 128 x 128: 220, 3 / 2 * 1.414 = 2.12;
  // 64 x 256 and 256 x 64: 210 and 240, 3 / 2 * 1.60 = 2.4; 64 x 128 and 128 x 64: 420 and 440, 5 / 4 * 1.80 = 2.25;
  // 64 x 64: 840, 9 / 8 * 2.24 = 2.5; smaller: more.
  Parameters p = ideal_parameters();
  p.gemm_feed_side = 128;
  const Gemm gemm{.m = 1281, .n = 2560, .k = 2000};
  const double wave = 2.0 * 128 * 256 * 2000 / 1e12;
  GemmPlan plan = plan_gemm(gemm, Pass::F, round_gpu(), p);
  EXPECT_EQ(plan.tile_m * plan.tile_n, 128 * 128);
  EXPECT_NEAR(plan.compute.value, 1.5 * std::sqrt(2) * wave + kEpilogue / 2, 1e-12);
  // Fed at once, the smallest fits best: 64 x 32, 21 * 80 = 1680 tiles, 17 waves of a sixteenth.
  p.gemm_feed_side = 0;
  plan = plan_gemm(gemm, Pass::F, round_gpu(), p);
  EXPECT_EQ(plan.tile_m * plan.tile_n, 64 * 32);
  EXPECT_NEAR(plan.compute.value, 17.0 / 16 * wave + kEpilogue / 16, 1e-12);
}

TEST(Gemm, CutsALongInnerDimensionWhenTilesAreFew) {
  // 320 x 320 with 64 x 64 tiles: 25 of 100 SMs, 2 * 64 * 64 * k / 1e12. In four parts all 100 work for a quarter of
  // that; then each part of 64 * 64 * 4 bytes is written and read at an SM's 10 GB/s, 4 of them: 13.1 us; epilogue 0.8.
  // With 64 x 32: 50 tiles, in two parts 2 * 64 * 32 * k / 2: the same quarter, and 2 parts of half the size: 3.3 us.
  Parameters p = ideal_parameters();
  const Gemm gemm{.m = 320, .n = 320, .k = 1e6};
  const GemmPlan plan = plan_gemm(gemm, Pass::F, round_gpu(), p);
  EXPECT_EQ(plan.split_k, 2);
  EXPECT_EQ(plan.tiles, 100);
  EXPECT_NEAR(plan.compute.value, 2.0 * 64 * 32 * 1e6 / 2 / 1e12 + 2 * 2 * 64 * 32 * 4 / 10e9 + kEpilogue / 16, 1e-12);
  // k = 100: 12.8 us of products at most; the partial sums would cost more than they save.
  EXPECT_EQ(plan_gemm({.m = 320, .n = 320, .k = 100}, Pass::F, round_gpu(), p).split_k, 1);
}

TEST(Gemm, HasTilesThatAreNoPowersOfTwoWhereTheHardwareAllowsThem) {
  // 1600 x 1280 in tiles of 160 x 128: 10 x 10, one wave, 2 * 160 * 128 * 2000 / 1e12 = 81.9 us at full rate; feed side
  // 128: hypot(1, 64 / 160 + 64 / 128) = hypot(1, 0.9). In powers of two the best is 13 x 5 tiles of 128 x 256, 131 us
  // at full rate, hypot(1, 0.75) = 1.25.
  Parameters p = ideal_parameters();
  p.gemm_feed_side = 128;
  const Gemm gemm{.m = 1600, .n = 1280, .k = 2000};
  const Seconds without = plan_gemm(gemm, Pass::F, round_gpu(), p).time;
  p.gemm_odd_tiles = 1;
  const GemmPlan plan = plan_gemm(gemm, Pass::F, round_gpu(), p);
  EXPECT_EQ(plan.tile_m, 160);
  EXPECT_NEAR(plan.time.value, 81.92e-6 * std::hypot(1, 0.9) + 160 * 128 * 2 / 10e9, 1e-12);
  EXPECT_NEAR(without.value, 131.072e-6 * 1.25 + kEpilogue, 1e-12);
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
  // 128 x 256: two waves, 1 + 1 / 2 = 1.5 of kEpilogue; 128 x 128: four, (1 + 3 / 2) / 2 = 1.25; 64 x 32: 32 waves,
  // (1 + 31 / 2) / 16 = 1.03125: the least.
  EXPECT_NEAR(plan_gemm(gemm, Pass::F, round_gpu(), p).time.value, main_loop + 1.03125 * kEpilogue + 5e-6, 1e-12);
  EXPECT_NEAR(plan_gemm(gemm, Pass::W, round_gpu(), p).time.value, main_loop + 2.0625 * kEpilogue + 5e-6, 1e-12);
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
