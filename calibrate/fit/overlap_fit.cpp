// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/overlap_fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "calibrate/method/stats.hpp"
#include "sim/base/error.hpp"
#include "sim/cost/gemm.hpp"
#include "sim/cost/stretch.hpp"
#include "sim/numeric/nnls.hpp"

namespace braid {
namespace {

bool moves_bytes(const OverlapSample& s) { return s.comm != "hold" && s.taken > 0 && s.taken <= kMostTaken; }

Residual residual(const OverlapSample& s, double predicted) {
  const char* kinds[] = {"overlap product", "overlap attention", "overlap stream", "overlap other"};
  return {.kind = kinds[static_cast<int>(s.kind)],
          .shape = fmt::format("{} beside {} of {:g} CTAs, {:.2f} of memory", s.compute, s.comm, s.ctas, s.taken),
          .source = s.source,
          .measured = s.slowdown,
          .predicted = predicted};
}

/// The kernel with its hold rows, as the stretch rule takes it; `used` and `taken` are shares of a bandwidth of 1.
double stretched(const OverlapSample& s, const HeldSlowdown& held, const Parameters& p, const Gpu& gpu, double tiles) {
  ComputeCost cost{.duration = Seconds(1), .kernels = {}};
  cost.kernels = {{.kind = s.kind,
                   .time = Seconds(1),
                   .traffic = Bytes(s.used * gpu.memory_bandwidth.value),
                   .tiles = tiles,
                   .held = held}};
  return 1 + stretch_beside(cost, {.ctas = s.ctas, .memory_traffic = gpu.memory_bandwidth * s.taken}, gpu, p);
}

/// Tiles that the rules choose for the product with this key.
double tiles_of(const OverlapSample& s, const Profile& profile, const Gpu& gpu) {
  double m = 0, n = 0, k = 0;
  char pass = 'F';
  if (std::sscanf(s.key.c_str(), "gemm %c %lfx%lfx%lf", &pass, &m, &n, &k) != 4) return 0;
  const Pass of = pass == 'F' ? Pass::F : pass == 'I' ? Pass::I : Pass::W;
  return plan_gemm({.m = m, .n = n, .k = k}, of, gpu, profile.parameters).tiles;
}

}  // namespace

std::map<std::string, HeldSlowdown> held_slowdowns(std::span<const OverlapSample> samples) {
  std::map<std::string, HeldSlowdown> held;
  for (const OverlapSample& s : samples) {
    if (s.comm == "hold") held[s.compute][s.ctas] = s.slowdown;
  }
  return held;
}

OverlapFit fit_overlap(std::span<const OverlapSample> samples, const std::map<std::string, HeldSlowdown>& held,
                       const Gpu& gpu) {
  // Both systems weigh each pair by 1 / its slowdown without traffic, so that relative errors count.
  std::vector<std::vector<double>> busy, streams;
  std::vector<double> busy_extra, streams_extra;
  for (const OverlapSample& s : samples) {
    if (!moves_bytes(s)) continue;
    if (s.kind == KernelKind::memory) {
      streams.push_back({s.ctas / gpu.sms, s.used * s.taken});
      streams_extra.push_back(s.slowdown - 1);
    } else if (const auto at = held.find(s.compute); at != held.end() && at->second.contains(s.ctas)) {
      const double both = s.used * s.taken;
      busy.push_back({both, s.comm == "nccl_self" ? both : 0});
      busy_extra.push_back(s.slowdown / at->second.at(s.ctas) - 1);
    }
  }
  OverlapFit fit;
  if (!busy.empty()) {
    const auto x = nonnegative_least_squares(busy, busy_extra);
    fit.traffic = x[0], fit.nccl_traffic = x[1];
  }
  if (!streams.empty()) {
    const auto x = nonnegative_least_squares(streams, streams_extra);
    fit.sms = x[0], fit.memory = x[1];
  }
  return fit;
}

double predicted_slowdown(const OverlapSample& s, const HeldSlowdown& held, const OverlapFit& fit, const Gpu& gpu) {
  Parameters p;
  p.stretch_traffic = fit.traffic + (s.comm == "nccl_self" ? fit.nccl_traffic : 0);
  p.stretch_sms = fit.sms;
  p.stretch_memory = fit.memory;
  return stretched(s, held, p, gpu, 0);
}

std::vector<Residual> cross_validated_overlap(std::span<const OverlapSample> samples, const Gpu& gpu) {
  const auto held = held_slowdowns(samples);
  std::set<std::string> kernels;
  for (const OverlapSample& s : samples) kernels.insert(s.compute);
  std::vector<Residual> residuals;
  for (const std::string& kernel : kernels) {
    const auto curve = held.find(kernel);
    if (curve == held.end()) continue;
    std::vector<OverlapSample> others;
    for (const OverlapSample& s : samples) {
      if (s.compute != kernel) others.push_back(s);
    }
    const OverlapFit fit = fit_overlap(others, held, gpu);
    for (const OverlapSample& s : samples) {
      if (s.compute == kernel && moves_bytes(s))
        residuals.push_back(residual(s, predicted_slowdown(s, curve->second, fit, gpu)));
    }
  }
  return residuals;
}

double interference(std::span<const OverlapSample> samples, const Profile& profile, const Gpu& gpu) {
  std::vector<double> more;
  for (const OverlapSample& s : samples) {
    if (s.comm != "hold" || s.kind != KernelKind::gemm || s.ctas < 4 || s.ctas > 24) continue;
    const double tiles = tiles_of(s, profile, gpu);
    if (tiles > 0) more.push_back(s.slowdown * waves(tiles, gpu.sms) / waves(tiles, gpu.sms - s.ctas) - 1);
  }
  if (more.empty()) return profile.parameters.stretch_interference;
  return std::max(0.0, stats(std::move(more)).median);
}

std::vector<Residual> ruled_overlap(std::span<const OverlapSample> samples, const Profile& profile, const Gpu& gpu) {
  std::vector<Residual> residuals;
  for (const OverlapSample& s : samples) {
    if (s.taken > kMostTaken) continue;
    residuals.push_back(residual(s, stretched(s, {}, profile.parameters, gpu, tiles_of(s, profile, gpu))));
  }
  return residuals;
}

}  // namespace braid
