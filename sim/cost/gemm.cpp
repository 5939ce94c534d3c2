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
/// Shapes that cuBLAS chose most on an H100 (730 of 742 products of transformer layers), and their smaller relatives;
/// those that are powers of two are also what it has for sm_80.
constexpr std::array<Tile, 17> kTiles = {{{128, 256, false},
                                          {256, 128, false},
                                          {128, 128, false},
                                          {256, 64, false},
                                          {64, 256, false},
                                          {128, 64, false},
                                          {64, 128, false},
                                          {64, 64, false},
                                          {192, 192, true},
                                          {160, 128, true},
                                          {128, 176, true},
                                          {128, 168, true},
                                          {128, 144, true},
                                          {96, 256, true},
                                          {128, 192, true},
                                          {192, 128, true},
                                          {128, 320, true}}};
constexpr int kSmallTile = 128 * 128;  ///< below, shared memory feeds the tensor cores too slowly

GemmPlan planned(const Gemm& g, Pass pass, const Tile& tile, Bytes traffic, const Gpu& gpu, const Parameters& p) {
  const double reached = p.gemm_efficiency * (tile.m * tile.n < kSmallTile ? p.gemm_small_tile_efficiency : 1.0);
  const FlopsPerSecond rate = gpu.bf16_dense * (reached / gpu.sms);
  const BytesPerSecond bandwidth = gpu.memory_bandwidth * p.gemm_memory_efficiency;
  GemmPlan plan{.tile_m = tile.m, .tile_n = tile.n};
  plan.tiles = std::ceil(g.m / tile.m) * std::ceil(g.n / tile.n) * g.count;
  const Flops of_tile(2.0 * tile.m * tile.n * g.k);
  const bool accumulates = pass == Pass::W;
  const double written = accumulates ? kAccumulatorBytes : kElementBytes;
  const Seconds epilogue = Bytes(tile.m * tile.n * written) / (bandwidth / gpu.sms);
  const double share = accumulates ? p.gemm_accumulate_share : p.gemm_epilogue_share;
  const double rounds = waves(plan.tiles, gpu.sms);
  plan.compute = rounds * (of_tile / rate) + (1 + share * (rounds - 1)) * epilogue;
  plan.memory = traffic / bandwidth;
  plan.time = std::max(plan.compute, plan.memory) + Seconds(p.gemm_overhead_s);
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
    if (tile.odd && parameters.gemm_odd_tiles == 0) continue;
    const GemmPlan plan = planned(gemm, pass, tile, traffic, gpu, parameters);
    if (best.tiles == 0 || plan.time < best.time) best = plan;
  }
  return best;
}

}  // namespace braid
