// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "calibrate/fit/measured_gpu.hpp"
#include "sim/base/error.hpp"
#include "sim/cost/attention.hpp"
#include "sim/cost/point.hpp"

namespace braid {
namespace {

constexpr double kMicrosecond = 1e-6;
constexpr double kMegahertz = 1e6;
constexpr double kThousandCycles = 1e3;
constexpr std::array<std::string_view, 3> kNoStreams = {"memset", "cross_entropy", "rmsnorm_wgrad"};

Pass pass_of(const Table& table, std::size_t row) {
  const std::string& text = table.text(row, "pass");
  if (text == "F") return Pass::F;
  if (text == "I") return Pass::I;
  if (text == "W") return Pass::W;
  throw Error(table.at(row) + ":pass", "'" + text + "' is not F, I or W");
}

/// Tables say 0 where no clock could be read.
bool has_clock(const Table& table, std::size_t row) {
  return table.number(row, "kcycles") != 0 || table.number(row, "clock_mhz") != 0;
}

struct Clocked {
  Seconds duration;
  double clock;
};

Clocked clocked(const Table& table, std::size_t row, const Gpu& gpu) {
  const double hertz = table.positive(row, "clock_mhz") * kMegahertz;
  return {.duration = Seconds(table.positive(row, "kcycles") * kThousandCycles / hertz),
          .clock = hertz / clock_of_peak(gpu)};
}

}  // namespace

const std::vector<std::string> kGemmColumns = {"pass", "m", "n", "k", "kcycles", "clock_mhz"};
const std::vector<std::string> kAttentionColumns = {"pass",     "batch",    "seq",     "heads",
                                                    "kv_heads", "head_dim", "kcycles", "clock_mhz"};
const std::vector<std::string> kMemoryColumns = {"kernel", "bytes", "median_us"};

Seconds ruled(const Sample& sample, const Gpu& gpu, const Profile& profile) {
  Profile rules{.gpu = profile.gpu, .parameters = profile.parameters};
  if (sample.clock > 0) rules.parameters.sustained_clock = sample.clock;
  return compute_cost(sample.item, gpu, rules).duration;
}

Sample gemm_sample(const Gemm& gemm, Pass pass, Seconds measured, double clock) {
  const char* kinds[] = {"gemm F", "gemm I", "gemm W"};
  Sample sample{.kind = kinds[static_cast<int>(pass)], .shape = gemm_key(gemm, pass), .measured = measured};
  sample.item.compute.pass = pass;
  sample.item.compute.gemms = {gemm};
  sample.item.compute.kernels = 1;
  sample.clock = clock;
  return sample;
}

Sample attention_sample(const AttentionShape& shape, Seconds measured, double clock) {
  Sample sample{.kind = shape.backward ? "attention backward" : "attention forward",
                .shape = attention_key(shape),
                .measured = measured};
  sample.item.compute.attention = shape;
  sample.item.compute.kernels = attention_kernels(shape);
  sample.clock = clock;
  return sample;
}

Sample memory_sample(const std::string& kernel, Bytes bytes, Seconds measured) {
  Sample sample{.kind = "memory " + kernel, .shape = fmt::format("{} {} B", kernel, bytes.value), .measured = measured};
  sample.item.compute.elementwise = bytes;
  sample.item.compute.kernels = 1;
  return sample;
}

std::vector<Sample> gemm_samples(const Table& table, const Gpu& gpu) {
  std::vector<Sample> samples;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (table.has("sm_target") && table.number(row, "sm_target") != 0) continue;
    if (!has_clock(table, row)) continue;
    const Gemm gemm{.m = table.positive(row, "m"), .n = table.positive(row, "n"), .k = table.positive(row, "k")};
    const Clocked at = clocked(table, row, gpu);
    samples.push_back(gemm_sample(gemm, pass_of(table, row), at.duration, at.clock));
    samples.back().source = table.at(row);
  }
  return samples;
}

std::vector<Sample> attention_samples(const Table& table, const Gpu& gpu) {
  std::vector<Sample> samples;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string& pass = table.text(row, "pass");
    if (pass != "F" && pass != "B") throw Error(table.at(row) + ":pass", "'" + pass + "' is not F or B");
    if (!has_clock(table, row)) continue;
    const AttentionShape shape{.samples = table.positive(row, "batch"),
                               .sequence = table.positive(row, "seq"),
                               .heads = table.positive(row, "heads"),
                               .kv_heads = table.positive(row, "kv_heads"),
                               .head_dim = table.positive(row, "head_dim"),
                               .backward = pass == "B"};
    const Clocked at = clocked(table, row, gpu);
    samples.push_back(attention_sample(shape, at.duration, at.clock));
    samples.back().source = table.at(row);
  }
  return samples;
}

std::vector<Sample> memory_samples(const Table& table) {
  std::vector<Sample> samples;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string& kernel = table.text(row, "kernel");
    if (std::find(kNoStreams.begin(), kNoStreams.end(), kernel) != kNoStreams.end()) continue;
    samples.push_back(memory_sample(kernel, Bytes(table.positive(row, "bytes")),
                                    Seconds(table.positive(row, "median_us") * kMicrosecond)));
    samples.back().source = table.at(row);
  }
  return samples;
}

}  // namespace braid
