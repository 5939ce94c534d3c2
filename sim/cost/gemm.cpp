// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/gemm.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr double kElementBytes = 2;      ///< bf16 or fp16 operands
constexpr double kAccumulatorBytes = 4;  ///< of a weight gradient, written by the epilogue; its reading is prefetched

struct Tile {
  int m, n;
  bool odd;  ///< needs the tensor-core instructions of sm_90, whose width is any multiple of 8
};
/// The shapes that cuBLAS chose three times or more for 1208 products on an H100 (results/0002-h100-units, gemm.csv and
/// grid.csv); those that are powers of two are also what it has for sm_80.
constexpr std::array<Tile, 35> kTiles = {
    {{64, 32, false},  {64, 64, false},   {64, 80, true},   {64, 96, true},    {64, 128, false}, {64, 160, true},
     {64, 192, true},  {64, 224, true},   {64, 256, false}, {64, 320, true},   {80, 128, true},  {96, 64, true},
     {96, 128, true},  {96, 256, true},   {128, 32, false}, {128, 64, false},  {128, 80, true},  {128, 96, true},
     {128, 112, true}, {128, 128, false}, {128, 144, true}, {128, 160, true},  {128, 168, true}, {128, 176, true},
     {128, 192, true}, {128, 256, false}, {128, 320, true}, {160, 128, true},  {192, 64, true},  {192, 96, true},
     {192, 128, true}, {192, 192, true},  {256, 64, false}, {256, 128, false}, {64, 40, true}}};
/// Parts that k may be cut into, when there are too few tiles for all SMs.
constexpr std::array<int, 5> kSplits = {1, 2, 3, 4, 6};

Bytes gemm_result_bytes(const Gemm& g, Pass pass, const Parameters& p) {
  return Bytes(g.count * g.m * g.n * (pass == Pass::W ? p.gemm_accumulate_bytes : kElementBytes));
}

GemmPlan planned(const Gemm& g, Pass pass, const Tile& tile, int split, Bytes traffic, const Gpu& gpu,
                 const Parameters& p) {
  // Operands reach the tensor cores through shared memory: m + n elements for each 2 m n flops of a step in k.
  const double feed = p.gemm_feed_side / 2 * (1.0 / tile.m + 1.0 / tile.n);
  const FlopsPerSecond rate = gpu.bf16_dense * (p.sustained_clock * p.gemm_efficiency / std::hypot(1, feed) / gpu.sms);
  const BytesPerSecond bandwidth = gpu.memory_bandwidth * p.gemm_memory_efficiency;
  GemmPlan plan{.tile_m = tile.m, .tile_n = tile.n, .split_k = split};
  plan.tiles = std::ceil(g.m / tile.m) * std::ceil(g.n / tile.n) * g.count * split;
  const Flops of_tile(2.0 * tile.m * tile.n * g.k / split);
  const bool accumulates = pass == Pass::W;
  const double written = accumulates ? kAccumulatorBytes : kElementBytes;
  const Seconds epilogue = Bytes(tile.m * tile.n * written) / (bandwidth / gpu.sms);
  const double share = accumulates ? p.gemm_accumulate_share : p.gemm_epilogue_share;
  const double rounds = waves(plan.tiles, gpu.sms);
  plan.compute = rounds * (of_tile / rate) + (1 + share * (rounds - 1)) * epilogue;
  // Each part of a tile is written and read again as a partial sum.
  if (split > 1) plan.compute += Bytes(2.0 * split * tile.m * tile.n * kAccumulatorBytes) / (bandwidth / gpu.sms);
  // Operands stream in; the result is what the epilogues write.
  const Bytes result = gemm_result_bytes(g, pass, p);
  plan.memory = (traffic - result) / (gpu.memory_bandwidth * p.memory_efficiency) + result / bandwidth;
  plan.time = std::max(plan.compute, plan.memory) + Seconds(p.gemm_overhead_s);
  return plan;
}

}  // namespace

double waves(double tiles, double sms) { return std::ceil(tiles / sms); }

Bytes gemm_bytes(const Gemm& g, Pass pass, const Parameters& p) {
  return Bytes(g.count * (g.m * g.k + g.k * g.n) * kElementBytes) + gemm_result_bytes(g, pass, p);
}

GemmPlan plan_gemm(const Gemm& gemm, Pass pass, const Gpu& gpu, const Parameters& parameters) {
  BRAID_CHECK(gpu.sms > 0 && gpu.bf16_dense.value > 0 && gpu.memory_bandwidth.value > 0,
              "a GPU has SMs, a peak and bandwidth");
  if (!(gemm.m > 0 && gemm.n > 0 && gemm.k > 0 && gemm.count > 0)) return {};
  const Bytes traffic = gemm_bytes(gemm, pass, parameters);
  GemmPlan best;
  for (const Tile& tile : kTiles) {
    if (tile.odd && parameters.gemm_odd_tiles == 0) continue;
    for (const int split : kSplits) {
      const GemmPlan plan = planned(gemm, pass, tile, split, traffic, gpu, parameters);
      if (best.tiles == 0 || plan.time < best.time) best = plan;
      if (plan.tiles > gpu.sms) break;  // more parts would only add partial sums
    }
  }
  return best;
}

}  // namespace braid
