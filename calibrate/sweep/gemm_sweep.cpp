// SPDX-License-Identifier: Apache-2.0
// Matrix products: the linear layers of real models under tensor parallelism, and a grid to fit a wave model on.
#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <set>
#include <tuple>

#include "calibrate/device/check.hpp"
#include "calibrate/sweep/bench.hpp"

namespace braid::gpu {
namespace {

constexpr const char* kMethod =
    "bf16 operands from normal data (X, dY deviation 1, W 0.02), rotating slices; cuBLASLt, fastest of 8 offered "
    "algorithms; sustained: CUDA graph of `launches` launches after a soak, events at its ends; "
    "cold: L2 overwritten, one launch between two events; up to twelve products in turns, at least three rounds, "
    "samples "
    "joined; each until the half-width of the median's 95 % interval is under 1 %, at most 0.3 s of samples (quick: "
    "0.1 s); clock and cycles from device counters; W adds into fp32";
constexpr int kTuned = 8;

std::vector<Field> algo_fields(const Gemm& g) {
  const auto& a = g.algo();
  return {a.rank, a.id, a.tile_m, a.tile_n, a.stages_id, a.cluster_id, a.split_k, a.waves};
}
constexpr const char* kAlgoColumns = "algo_rank,algo_id,tile_m,tile_n,stages_id,cluster_id,split_k,waves";

constexpr std::size_t kGroup = 12;  // products measured in turns
constexpr int kRounds = 3;

SampleOptions options(const Bench& b) {
  return b.quick ? SampleOptions{.soak_ms = 2, .rule = {.seconds = 0.1}, .cold_samples = 3}
                 : SampleOptions{.soak_ms = 6, .rule = {.seconds = 0.3}};
}

/// Collects the products that a table lacks and measures them in groups, each group in turns.
class Products {
 public:
  Products(Bench& b, CsvFile& csv, const GemmRig& rig) : b_(b), csv_(csv), rig_(rig) {}
  /// `label` is the key of its row.
  void add(std::vector<Field> label, GemmShape s, int sm_target) {
    if (rig_.fits(s) && !csv_.has(label)) todo_.push_back({std::move(label), s, sm_target});
  }
  void measure(const Budget& budget) const {
    std::vector<Point> points;
    for (std::size_t i = 0; i < todo_.size(); i += kGroup) {
      const std::size_t n = std::min(kGroup, todo_.size() - i);
      points.push_back({.weight = static_cast<int>(n), .measure = [this, i, n] { group(i, n); }});
    }
    b_.measure(points, budget);
  }

 private:
  struct Product {
    std::vector<Field> label;
    GemmShape shape;
    int sm_target;
  };
  void group(std::size_t first, std::size_t count) const {
    std::vector<std::unique_ptr<Gemm>> gemms;
    std::vector<Enqueue> ops;
    std::vector<double> errors;
    for (std::size_t i = first; i < first + count; ++i) {
      // On a partition of SMs a product is planned for them.
      const int target = todo_[i].sm_target ? todo_[i].sm_target : b_.sampler.sms();
      gemms.push_back(std::make_unique<Gemm>(b_.lt, todo_[i].shape, target));
      rig_.tune(*gemms.back(), kTuned);
      errors.push_back(rig_.check(*gemms.back()));
      ops.push_back(rig_.enqueue(*gemms.back()));
    }
    const auto timings = b_.sampler.measure_in_turns(ops, options(b_), kRounds);
    for (std::size_t i = 0; i < count; ++i) {
      const double flops = todo_[first + i].shape.flops();
      auto row = todo_[first + i].label;
      for (const auto& f : algo_fields(*gemms[i])) row.push_back(f);
      put(csv_, b_, row, timings[i],
          {flops / timings[i].sustained_us.median / 1e6, flops / timings[i].cold_us.median / 1e6,
           flops / timings[i].kcycles.median / 1e3 / b_.sm_count(), errors[i]});
    }
  }
  Bench& b_;
  CsvFile& csv_;
  const GemmRig& rig_;
  std::vector<Product> todo_;
};
constexpr const char* kRateColumns = ",tflop_per_s,cold_tflop_per_s,flop_per_cycle_per_sm,spot_error";

}  // namespace

void sweep_gemm(Bench& b, const Budget& budget) {
  auto csv = b.table(
      "gemm", std::string("model,unit,pass,tp,tokens,m,n,k,") + kAlgoColumns + "," + kTimingColumns + kRateColumns,
      kMethod, 8);
  if (csv.complete()) return;
  const GemmRig rig(b, std::size_t{4} << 30, std::size_t{5} << 30);
  Products products(b, csv, rig);
  std::set<std::tuple<int, int, int, int>> seen;
  const auto add = [&](const ModelShape& m, int tp, int tokens) {
    for (const auto& l : linear_shapes(m, tp))
      for (const Pass p : {Pass::F, Pass::I, Pass::W}) {
        const auto s = gemm_shape(l, tokens, p);
        if (seen.emplace(s.m, s.n, s.k, static_cast<int>(p)).second)
          products.add({m.name, l.unit, name(p), tp, tokens, s.m, s.n, s.k}, s, 0);
      }
  };
  const auto& models = model_shapes();
  if (b.quick) {
    for (const int tp : {1, 8}) add(models[0], tp, 6144);
  } else {
    // The models of the paper first, at its sequence lengths; whatever the budget cuts off is the least wanted.
    for (const auto& [first, last] : {std::pair<std::size_t, std::size_t>{0, 2}, {2, models.size()}})
      for (const int tokens : {6144, 4096, 2048})
        for (const int tp : {1, 4, 8, 2})
          for (auto i = first; i < last; ++i) add(models[i], tp, tokens);
  }
  products.measure(budget);
}

void sweep_grid(Bench& b, const Budget& budget) {
  auto csv =
      b.table("grid", std::string("series,pass,sm_target,m,n,k,") + kAlgoColumns + "," + kTimingColumns + kRateColumns,
              kMethod, 6);
  if (csv.complete()) return;
  const GemmRig rig(b, std::size_t{2} << 30, std::size_t{3} << 30);
  Products products(b, csv, rig);
  const auto add = [&](const char* series, GemmShape s, int sm_target) {
    products.add({series, name(s.pass), sm_target, s.m, s.n, s.k}, s, sm_target);
  };
  // Steps of one 256-column tile across the wave boundaries of 132 SMs; then the inner dimension alone.
  for (int n = 256; n <= 12288; n += b.quick ? 1024 : 256) add("waves", {2048, n, 4096, Pass::F}, 0);
  for (int k = 128; k <= 16384; k = k < 1024 ? k * 2 : k + (b.quick ? 4096 : 1024))
    add("depth", {4096, 4096, k, Pass::F}, 0);
  if (!b.quick && !b.sampler.sms())
    for (const int sms : {16, 32, 64, 96, 100, 108, 112, 116, 120, 124, 128, 130, 132})
      for (const auto& s : {GemmShape{6144, 9472, 5120, Pass::F}, GemmShape{6144, 5120, 4736, Pass::F},
                            GemmShape{8192, 8192, 8192, Pass::F}})
        if (sms <= b.facts.sm_count) add("sm_target", s, sms);
  std::mt19937 random(20260101);  // fixed, so that two runs measure the same points
  const auto size = [&](int low, int high) {
    const double x = std::uniform_real_distribution<double>(0, 1)(random);
    return static_cast<int>(low * std::pow(static_cast<double>(high) / low, x)) / 64 * 64;
  };
  for (int i = 0; i < (b.quick ? 24 : 400); ++i) {
    const int m = size(256, 16384), n = size(256, 24576), k = size(256, 16384);
    const GemmShape s{m, n, k, static_cast<Pass>(i % 3)};
    if (s.flops() < 4e12) add("random", s, 0);
  }
  products.measure(budget);
}

}  // namespace braid::gpu
