// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/gemm.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr double kElementBytes = 2;  ///< bf16 or fp16 operands
constexpr double kPartialBytes = 4;  ///< split-k partial sums are fp32
/// A share of k shorter than this leaves the main loop too short to be worth a split.
constexpr double kShortestSplit = 1024;
constexpr std::array kSplits = {1, 2, 4, 8};

struct Tile {
  int m, n;
  bool large;  ///< reaches the full rate; small ones are limited by shared-memory traffic
};
/// The shapes that cuBLAS uses for large bf16 products on sm_80 and sm_90 (names of its kernels: 128x256, 256x128,
/// 128x128).
constexpr std::array<Tile, 3> kTiles = {{{128, 256, true}, {256, 128, true}, {128, 128, false}}};

GemmPlan planned(const Gemm& g, const Tile& tile, int split, Bytes traffic, const Gpu& gpu, const Parameters& p) {
  const double share = p.gemm_efficiency * (tile.large ? 1.0 : p.gemm_small_tile_efficiency);
  const FlopsPerSecond rate = gpu.bf16_dense * (share / gpu.sms);
  const BytesPerSecond bandwidth = gpu.memory_bandwidth * p.memory_efficiency;
  GemmPlan plan{.tile_m = tile.m, .tile_n = tile.n, .split_k = split};
  plan.tiles = std::ceil(g.m / tile.m) * std::ceil(g.n / tile.n) * g.count * split;
  const Flops of_tile(2.0 * tile.m * tile.n * std::ceil(g.k / split));
  plan.compute = waves(plan.tiles, gpu.sms) * (of_tile / rate + Seconds(p.gemm_tile_overhead_s));
  plan.memory = traffic / bandwidth;
  plan.time = std::max(plan.compute, plan.memory) + Seconds(p.gemm_overhead_s);
  // Every split writes its partial sums, a second kernel reads them again.
  if (split > 1)
    plan.time += Bytes(2.0 * split * kPartialBytes * g.m * g.n * g.count) / bandwidth + Seconds(p.kernel_overhead_s);
  return plan;
}

}  // namespace

double waves(double tiles, double sms) { return std::ceil(tiles / sms); }

Bytes gemm_bytes(const Gemm& g, Pass pass, const Parameters& p) {
  const double result = pass == Pass::W ? p.gemm_accumulate_bytes : kElementBytes;
  return Bytes(g.count * ((g.m * g.k + g.k * g.n) * kElementBytes + g.m * g.n * result));
}

GemmPlan plan_gemm(const Gemm& gemm, Pass pass, const Gpu& gpu, const Parameters& parameters) {
  BRAID_CHECK(gpu.sms > 0 && gpu.bf16_dense.value > 0 && gpu.memory_bandwidth.value > 0,
              "a GPU has SMs, a peak and bandwidth");
  if (!(gemm.m > 0 && gemm.n > 0 && gemm.k > 0 && gemm.count > 0)) return {};
  const Bytes traffic = gemm_bytes(gemm, pass, parameters);
  GemmPlan best;
  for (const Tile& tile : kTiles) {
    for (const int split : kSplits) {
      if (split > 1 && gemm.k / split < kShortestSplit) break;
      const GemmPlan plan = planned(gemm, tile, split, traffic, gpu, parameters);
      if (best.tiles == 0 || plan.time < best.time) best = plan;
    }
  }
  return best;
}

}  // namespace braid
