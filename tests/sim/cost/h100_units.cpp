// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/cost/h100_units.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

#include "sim/base/csv.hpp"
#include "sim/base/gpus.hpp"

namespace braid {
namespace {

constexpr double kThousandCycles = 1e3;
constexpr double kMicrosecond = 1e-6;

/// Rows by column name.
class Table {
 public:
  Table(const std::string& folder, const std::string& file)
      : csv_(read_csv(BRAID_SOURCE_DIR "/tests/data/" + folder + "/" + file)) {
    for (std::size_t i = 0; i < csv_.rows[0].fields.size(); ++i) columns_[csv_.rows[0].fields[i]] = i;
  }
  std::size_t rows() const { return csv_.rows.size() - 1; }
  const std::string& text(std::size_t row, const char* column) const {
    return csv_.rows[row + 1].fields.at(columns_.at(column));
  }
  double number(std::size_t row, const char* column) const { return std::strtod(text(row, column).c_str(), nullptr); }

 private:
  Csv csv_;
  std::map<std::string, std::size_t> columns_;
};

Seconds at_layer_clock(double thousand_cycles) { return Seconds(thousand_cycles * kThousandCycles / kLayerClock); }

void deal(H100Samples& to, std::size_t every, Sample sample) {
  const std::size_t seen = to.fitted.size() + to.held_out.size();
  (seen % every == 0 ? to.fitted : to.held_out).push_back(std::move(sample));
}

Pass pass_of(const std::string& text) { return text == "F" ? Pass::F : text == "I" ? Pass::I : Pass::W; }

void cover(Profile& profile, const std::string& quantity, double value) {
  auto [at, fresh] = profile.calibrated.try_emplace(
      quantity, Calibrated{.least = value, .most = value, .source = "shapes of tests/data/h100-units"});
  at->second.least = std::min(at->second.least, value);
  at->second.most = std::max(at->second.most, value);
}

/// Four significant digits: what the fit can tell, and what a person can read.
double rounded(double value) {
  if (value == 0) return 0;
  const double scale = std::pow(10, 3 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

/// Widths of the measured models' layers.
struct Widths {
  double hidden, heads, kv_heads, ffn;
};
const std::map<std::string, Widths> kModels = {
    {"qwen2-12.1b", {5120, 40, 8, 18944}}, {"qwen2-26.3b", {7168, 56, 8, 18944}}, {"llama3-70b", {8192, 64, 8, 28672}}};

}  // namespace

const Gpu& h100() { return gpu_by_name("H100-80G", "test"); }

H100Samples h100_gemms(const std::string& folder) {
  const Table table(folder, "gemm.csv");
  H100Samples samples;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const Gemm gemm{.m = table.number(i, "m"), .n = table.number(i, "n"), .k = table.number(i, "k")};
    deal(samples, 25, gemm_sample(gemm, pass_of(table.text(i, "pass")), at_layer_clock(table.number(i, "kcycles"))));
  }
  return samples;
}

H100Samples h100_attention(bool backward, const std::string& folder) {
  const Table table(folder, "attention.csv");
  H100Samples samples;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    if ((table.text(i, "pass") == "B") != backward) continue;
    const AttentionShape shape{.samples = table.number(i, "batch"),
                               .sequence = table.number(i, "seq"),
                               .heads = table.number(i, "heads"),
                               .kv_heads = table.number(i, "kv_heads"),
                               .head_dim = table.number(i, "head_dim"),
                               .causal = true,
                               .flash = true,
                               .backward = backward};
    deal(samples, 10, attention_sample(shape, at_layer_clock(table.number(i, "kcycles"))));
  }
  return samples;
}

H100Samples h100_memory() {
  const Table table("h100-units", "memory.csv");
  H100Samples samples;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const std::string& kernel = table.text(i, "kernel");
    if (kernel == "memset" || kernel == "cross_entropy") continue;
    deal(samples, 10,
         elementwise_sample(Bytes(table.number(i, "bytes")), Seconds(table.number(i, "median_us") * kMicrosecond)));
  }
  return samples;
}

std::vector<H100Overlap> h100_overlaps() {
  const Table table("h100-units", "overlap.csv");
  std::vector<H100Overlap> overlaps;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    overlaps.push_back({.compute = table.text(i, "compute"),
                        .comm = table.text(i, "comm"),
                        .ctas = table.number(i, "ctas"),
                        .comm_bytes_per_second = table.number(i, "comm_alone_gb_per_s") * 1e9,
                        .slowdown = table.number(i, "beside_us") / table.number(i, "alone_us")});
  }
  return overlaps;
}

std::vector<H100Layer> h100_layers(const std::string& folder) {
  const Table table(folder, "layer.csv");
  std::vector<H100Layer> layers;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    if (table.text(i, "launch") != "graph" || table.text(i, "sequence") == "B") continue;
    layers.push_back({.model = table.text(i, "model"),
                      .tp = static_cast<int>(table.number(i, "tp")),
                      .batch = table.number(i, "batch"),
                      .sequence_length = table.number(i, "seq"),
                      .sequence = table.text(i, "sequence"),
                      .measured = Seconds(table.number(i, "median_us") * kMicrosecond)});
  }
  return layers;
}

Seconds layer_time(const H100Layer& layer, const Gpu& gpu, const Profile& profile) {
  const Widths& w = kModels.at(layer.model);
  const double t = layer.batch * layer.sequence_length, h = w.hidden, q = w.heads * 128 / layer.tp,
               kv = w.kv_heads * 128 / layer.tp, f = w.ffn / layer.tp;
  const auto time = [&](const Sample& s) { return compute_cost(s.item, gpu, profile).duration.value; };
  const auto gemm = [&](double m, double n, double k, Pass pass) {
    return time(gemm_sample({.m = m, .n = n, .k = k}, pass, {}));
  };
  const auto moved = [&](double bytes) { return time(elementwise_sample(Bytes(bytes), {})); };
  const auto attention = [&](bool backward) {
    return time(attention_sample({.samples = layer.batch,
                                  .sequence = layer.sequence_length,
                                  .heads = w.heads / layer.tp,
                                  .kv_heads = w.kv_heads / layer.tp,
                                  .head_dim = 128,
                                  .causal = true,
                                  .flash = true,
                                  .backward = backward},
                                 {}));
  };
  // What the measured layer runs: norms (F reads x, writes y; I reads x, dy and the residual's gradient, writes dx; W
  // reads x and dy), rope on Q and K, SwiGLU (F reads 2 writes 1, I reads 3 writes 2), residual adds inside the
  // products.
  const double forward = 2 * moved(4 * t * h) + gemm(t, q + 2 * kv, h, Pass::F) + moved(4 * t * (q + kv)) +
                         attention(false) + gemm(t, h, q, Pass::F) + gemm(t, 2 * f, h, Pass::F) + moved(6 * t * f) +
                         gemm(t, h, f, Pass::F);
  const double input = gemm(t, f, h, Pass::I) + moved(10 * t * f) + gemm(t, h, 2 * f, Pass::I) + 2 * moved(8 * t * h) +
                       gemm(t, q, h, Pass::I) + attention(true) + moved(4 * t * (q + kv)) +
                       gemm(t, h, q + 2 * kv, Pass::I);
  const double weight = gemm(h, f, t, Pass::W) + gemm(2 * f, h, t, Pass::W) + 2 * moved(4 * t * h) +
                        gemm(h, q, t, Pass::W) + gemm(q + 2 * kv, h, t, Pass::W);
  if (layer.sequence == "F") return Seconds(forward);
  if (layer.sequence == "I") return Seconds(input);
  if (layer.sequence == "W") return Seconds(weight);
  return Seconds(forward + input + weight);
}

Profile fit_h100() {
  // Starts from the common assumptions, not from the H100's own defaults, which came out of this fit.
  Profile profile = default_profile(h100());
  const Parameters defaults = profile.parameters;
  profile.parameters = Parameters{};
  for (const char* kept :
       {"nvlink_efficiency", "nvls_efficiency", "ll_bandwidth", "comm_ctas", "stretch_interference", "gemm_odd_tiles",
        "host_copy_efficiency", "host_copy_overhead_s", "gemm_memory_efficiency"}) {
    profile.parameters.*parameter_info(kept, "fit").value = defaults.*parameter_info(kept, "fit").value;
  }
  const auto fit = [&profile](const H100Samples& samples, const std::vector<std::string>& names) {
    const std::string source = "fitted on " + std::to_string(samples.fitted.size()) + " of " +
                               std::to_string(samples.fitted.size() + samples.held_out.size()) +
                               " rows of tests/data/h100-units";
    profile = fit_parameters(std::move(profile), h100(), samples.fitted, names, source);
    for (const std::string& name : names) {
      profile = with_parameter(std::move(profile), name, rounded(parameter(profile, name)), source);
    }
  };
  fit(h100_gemms(), {"gemm_efficiency", "gemm_overhead_s", "gemm_epilogue_share", "gemm_accumulate_share"});
  fit(h100_attention(false), {"attention_forward_efficiency", "attention_forward_ramp", "attention_forward_tail",
                              "attention_forward_overhead_s"});
  fit(h100_attention(true), {"attention_backward_efficiency", "attention_backward_ramp", "attention_backward_tail",
                             "attention_backward_overhead_s"});
  fit(h100_memory(), {"memory_efficiency", "kernel_overhead_s"});
  for (const Sample& sample : h100_gemms().held_out) {
    const Gemm& gemm = sample.item.compute.gemms.front();
    cover(profile, "gemm_m", gemm.m);
    cover(profile, "gemm_n", gemm.n);
    cover(profile, "gemm_k", gemm.k);
  }
  for (const Sample& sample : h100_attention(false).held_out) {
    cover(profile, "attention_sequence", sample.item.compute.attention->sequence);
  }
  for (const Sample& sample : h100_memory().held_out) {
    cover(profile, "elementwise_bytes", sample.item.compute.elementwise.value);
  }
  profile.provenance = {
      "H100-80G at its power limit, for training steps that keep it busy",
      "gpu: NVIDIA H100 80GB HBM3, 132 SMs, 700 W; driver 580.159.04, CUDA 13.0, cuBLASLt 13.1, cuDNN 9.19, NCCL "
      "2.28.9",
      "date: 2026-11-23 (measured), results/0002-h100-units",
      "method: pattern search on the squared logarithm of predicted over measured; cycles of matrix products and "
      "attention "
      "turned into time at 1400 MHz, the median clock of whole layers",
      "rows: of tests/data/h100-units every 25th of gemm.csv, every 10th of each pass of attention.csv, every 10th of "
      "memory.csv; all others are predictions",
      "not from this run: what concerns several GPUs (one was there); see each row's source",
      "command: fit_h100_profile > scenarios/profiles/h100-80g.csv (target of the test build)"};
  return profile;
}

}  // namespace braid
