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
    "cold: L2 overwritten, one launch between two events; twelve products in turns, three rounds, samples joined; "
    "clock and cycles from device counters; W adds into fp32";
constexpr int kTuned = 8;

std::vector<Field> algo_fields(const Gemm& g) {
  const auto& a = g.algo();
  return {a.rank, a.id, a.tile_m, a.tile_n, a.stages_id, a.cluster_id, a.split_k, a.waves};
}
constexpr const char* kAlgoColumns = "algo_rank,algo_id,tile_m,tile_n,stages_id,cluster_id,split_k,waves";

constexpr std::size_t kGroup = 12;  // products measured in turns
constexpr int kRounds = 3;

SampleOptions options(const Bench& b) {
  return b.quick ? SampleOptions{.soak_ms = 2, .sample_ms = 6, .min_samples = 3, .cold_samples = 3}
                 : SampleOptions{.soak_ms = 6, .sample_ms = 20, .min_samples = 5, .max_samples = 20};
}

/// Collects products, measures a group of them in turns, and writes their rows.
class Group {
 public:
  Group(Bench& b, CsvFile& csv, const GemmRig& rig) : b_(b), csv_(csv), rig_(rig) {}
  void add(std::vector<Field> label, GemmShape s, int sm_target) {
    gemms_.push_back(std::make_unique<Gemm>(b_.lt, s, sm_target));
    rig_.tune(*gemms_.back(), kTuned);
    labels_.push_back(std::move(label));
    if (gemms_.size() == kGroup) flush();
  }
  void flush() {
    std::vector<Enqueue> ops;
    std::vector<double> errors;
    for (const auto& g : gemms_) {
      errors.push_back(rig_.check(*g));
      ops.push_back(rig_.enqueue(*g));
    }
    const auto timings = b_.sampler.measure_in_turns(ops, options(b_), kRounds);
    for (std::size_t i = 0; i < ops.size(); ++i) {
      const auto& s = gemms_[i]->shape();
      auto row = labels_[i];
      for (const auto& f : algo_fields(*gemms_[i])) row.push_back(f);
      append(row, timings[i]);
      row.insert(row.end(),
                 {s.flops() / timings[i].sustained_us.median / 1e6, s.flops() / timings[i].cold_us.median / 1e6,
                  s.flops() / timings[i].kcycles.median / 1e3 / b_.facts.sm_count, errors[i]});
      csv_.row(row);
    }
    gemms_.clear(), labels_.clear();
  }

 private:
  Bench& b_;
  CsvFile& csv_;
  const GemmRig& rig_;
  std::vector<std::unique_ptr<Gemm>> gemms_;
  std::vector<std::vector<Field>> labels_;
};
constexpr const char* kRateColumns = ",tflop_per_s,cold_tflop_per_s,flop_per_cycle_per_sm,spot_error";

}  // namespace

void sweep_gemm(Bench& b, const Budget& budget) {
  auto csv = b.table(
      "gemm", std::string("model,unit,pass,tp,tokens,m,n,k,") + kAlgoColumns + "," + kTimingColumns + kRateColumns,
      kMethod);
  const GemmRig rig(b, std::size_t{4} << 30, std::size_t{5} << 30);
  Group group(b, csv, rig);
  std::set<std::tuple<int, int, int, int>> seen;
  const auto point = [&](const ModelShape& m, int tp, int tokens, const LinearShape& l, Pass p) {
    const auto s = gemm_shape(l, tokens, p);
    if (budget.spent() || !rig.fits(s) || !seen.emplace(s.m, s.n, s.k, static_cast<int>(p)).second) return;
    group.add({m.name, l.unit, name(p), tp, tokens, s.m, s.n, s.k}, s, 0);
  };
  // The models of the paper first, at its sequence lengths; whatever the budget cuts off is the least wanted.
  const auto& models = model_shapes();
  for (const auto& [first, last] : {std::pair<std::size_t, std::size_t>{0, 2}, {2, models.size()}})
    for (const int tokens : {6144, 4096, 2048})
      for (const int tp : {1, 4, 8, 2})
        for (auto i = first; i < last; ++i)
          for (const auto& l : linear_shapes(models[i], tp))
            for (const Pass p : {Pass::F, Pass::I, Pass::W}) point(models[i], tp, tokens, l, p);
  group.flush();
  std::printf("gemm: %d rows%s\n", csv.rows(), budget.spent() ? ", budget spent" : "");
}

void sweep_grid(Bench& b, const Budget& budget) {
  auto csv =
      b.table("grid", std::string("series,pass,sm_target,m,n,k,") + kAlgoColumns + "," + kTimingColumns + kRateColumns,
              kMethod);
  const GemmRig rig(b, std::size_t{2} << 30, std::size_t{3} << 30);
  Group group(b, csv, rig);
  const auto point = [&](const char* series, GemmShape s, int sm_target) {
    if (!budget.spent() && rig.fits(s)) group.add({series, name(s.pass), sm_target, s.m, s.n, s.k}, s, sm_target);
  };
  // Steps of one 256-column tile across the wave boundaries of 132 SMs; then the inner dimension alone.
  for (int n = 256; n <= 12288; n += 256) point("waves", {2048, n, 4096, Pass::F}, 0);
  for (int k = 128; k <= 16384; k = k < 1024 ? k * 2 : k + 1024) point("depth", {4096, 4096, k, Pass::F}, 0);
  for (const int sms : {16, 32, 64, 96, 100, 108, 112, 116, 120, 124, 128, 130, 132})
    for (const auto& s : {GemmShape{6144, 9472, 5120, Pass::F}, GemmShape{6144, 5120, 4736, Pass::F},
                          GemmShape{8192, 8192, 8192, Pass::F}})
      point("sm_target", s, sms);
  std::mt19937 random(20260101);  // fixed, so that two runs measure the same points
  const auto size = [&](int low, int high) {
    const double x = std::uniform_real_distribution<double>(0, 1)(random);
    return static_cast<int>(low * std::pow(static_cast<double>(high) / low, x)) / 64 * 64;
  };
  for (int i = 0; i < 400 && !budget.spent(); ++i) {
    const GemmShape s{size(256, 16384), size(256, 24576), size(256, 16384), static_cast<Pass>(i % 3)};
    if (s.flops() < 4e12) point("random", s, 0);
  }
  group.flush();
  std::printf("grid: %d rows%s\n", csv.rows(), budget.spent() ? ", budget spent" : "");
}

}  // namespace braid::gpu
