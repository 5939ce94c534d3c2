// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/link_fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "calibrate/fit/measured_gpu.hpp"
#include "sim/base/error.hpp"
#include "sim/cost/collective.hpp"
#include "sim/cost/message.hpp"
#include "sim/numeric/least_squares.hpp"

namespace braid {
namespace {

constexpr double kMicrosecond = 1e-6;
constexpr int kFolds = 5;
constexpr double kStep = 1e-2;  ///< over the stairs of NCCL's choice of protocol
constexpr double kSoft = 0.05;
/// One hop through a switch of the node (assumed, as in scenarios/clusters).
constexpr Seconds kHop{0.5e-6};

bool over_links(const CollectiveSample& s) { return s.backend == "nccl" && s.ctas == 0; }

std::vector<CollectiveSample> only_over_links(std::span<const CollectiveSample> samples) {
  std::vector<CollectiveSample> some;
  std::copy_if(samples.begin(), samples.end(), std::back_inserter(some), over_links);
  return some;
}

Cluster node_of(const Gpu& gpu, double ranks) {
  Cluster cluster;
  cluster.gpu = gpu;
  cluster.gpus_per_node = static_cast<int>(ranks);
  cluster.intra_bandwidth = nvlink_of(gpu);
  cluster.intra_latency = kHop;
  return cluster;
}

double ruled_seconds(const CollectiveSample& s, const Profile& profile, const Gpu& gpu) {
  const Cluster node = node_of(gpu, s.ranks);
  if (s.op == "send_recv") {
    return profile.parameters.message_overhead_s + node.intra_latency.value +
           s.bytes / (node.intra_bandwidth.value * profile.parameters.nvlink_efficiency);
  }
  const OpKind op = s.op == "all_reduce"   ? OpKind::all_reduce
                    : s.op == "all_gather" ? OpKind::all_gather
                                           : OpKind::reduce_scatter;
  const int ranks = static_cast<int>(s.ranks);
  const CommCost cost =
      plan_collective(op, Bytes(s.bytes), {.members = ranks, .nodes = 1, .per_node = ranks}, node, profile.parameters)
          .cost;
  return (cost.latency + cost.transfer).value;
}

Residual residual(const CollectiveSample& s, const std::string& kind, double predicted) {
  return {.kind = kind,
          .shape = fmt::format("{} of {:g} ranks, {:g} B", s.op, s.ranks, s.bytes),
          .source = s.source,
          .measured = s.seconds,
          .predicted = predicted};
}

Profile with_collectives(Profile profile, std::span<const double> values) {
  for (std::size_t i = 0; i < kCollectiveParameters.size(); ++i)
    profile = with_parameter(std::move(profile), kCollectiveParameters[i], values[i], "");
  return profile;
}

/// Each size that is not at an end, predicted by lines through the others.
template <class Make>
std::vector<Residual> leave_one_out(const std::vector<SizeTime>& points, const Make& make) {
  std::vector<Residual> out;
  for (std::size_t i = 1; i + 1 < points.size() && points.size() > 4; ++i) {
    std::vector<SizeTime> others = points;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    out.push_back(make(i, seconds_of(fit_alpha_beta(others), points[i].bytes)));
  }
  return out;
}

}  // namespace

const std::vector<std::string> kCollectiveColumns = {"backend", "op",      "ranks",    "ctas_asked",
                                                     "bytes",   "samples", "median_us"};
const std::vector<std::string> kCopyColumns = {"direction", "beside", "bytes", "median_us"};

std::vector<CollectiveSample> collective_samples(const Table& table) {
  static const std::vector<std::string> backends = {"nccl", "nccl_self", "partition_ring"};
  static const std::vector<std::string> ops = {"all_reduce", "all_gather", "reduce_scatter", "send_recv"};
  std::vector<CollectiveSample> samples;
  const auto one_of = [&](const std::vector<std::string>& known, std::size_t row, const char* column) {
    const std::string& text = table.text(row, column);
    if (std::find(known.begin(), known.end(), text) != known.end()) return text;
    std::string all;
    for (const std::string& k : known) all += (all.empty() ? "" : ", ") + k;
    throw Error(table.at(row) + ":" + column, "'" + text + "' is none of " + all);
  };
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (table.number(row, "samples") == 0) continue;
    samples.push_back({.backend = one_of(backends, row, "backend"),
                       .op = one_of(ops, row, "op"),
                       .source = table.at(row),
                       .ranks = table.positive(row, "ranks"),
                       .ctas = table.number(row, "ctas_asked"),
                       .bytes = table.positive(row, "bytes"),
                       .seconds = table.positive(row, "median_us") * kMicrosecond});
  }
  return samples;
}

std::vector<double> fit_collectives(const Profile& profile, const Gpu& gpu, std::span<const CollectiveSample> samples) {
  const std::vector<CollectiveSample> used = only_over_links(samples);
  if (used.size() <= kCollectiveParameters.size())
    throw Error("fit", "collectives between GPUs need four measurements or more");
  std::vector<Unknown> unknowns;
  for (const std::string& name : kCollectiveParameters) {
    const ParameterInfo& info = parameter_info(name, "fit");
    unknowns.push_back({.start = parameter(profile, name), .least = info.least, .most = info.most});
  }
  const auto residuals = [&](std::span<const double> values) {
    const Profile trial = with_collectives(profile, values);
    std::vector<double> r;
    r.reserve(used.size());
    for (const CollectiveSample& s : used) r.push_back(std::log(ruled_seconds(s, trial, gpu) / s.seconds));
    return r;
  };
  // A limit that does not bind has no slope: the low-latency protocol's is held at one value after the other while the
  // others are fitted, and all are fitted from the best of these.
  LeastSquares best;
  constexpr double kLeast = 8e9, kRatio = 1.25;
  constexpr int kValues = 20;  // up to 560 GB/s
  for (int i = 0; i < kValues; ++i) {
    const double held = kLeast * std::pow(kRatio, i);
    std::vector<Unknown> from = unknowns;
    from[1] = {.start = held, .least = held * 0.999, .most = held * 1.001};
    LeastSquares found = least_squares(residuals, from, {.step = kStep, .soft = kSoft});
    if (best.values.empty() || found.rms < best.rms) best = std::move(found);
  }
  for (std::size_t i = 0; i < unknowns.size(); ++i) unknowns[i].start = best.values[i];
  LeastSquares all = least_squares(residuals, unknowns, {.step = kStep, .soft = kSoft});
  if (all.rms < best.rms) best = std::move(all);
  return best.values;
}

std::vector<Residual> collective_residuals(const Profile& profile, const Gpu& gpu,
                                           std::span<const CollectiveSample> samples) {
  std::vector<Residual> residuals;
  for (const CollectiveSample& s : only_over_links(samples))
    residuals.push_back(residual(s, "nccl " + s.op, ruled_seconds(s, profile, gpu)));
  return residuals;
}

std::vector<Residual> cross_validated_collectives(const Profile& profile, const Gpu& gpu,
                                                  std::span<const CollectiveSample> samples) {
  const std::vector<CollectiveSample> all = only_over_links(samples);
  std::vector<Residual> residuals;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    std::vector<CollectiveSample> seen, held_out;
    for (std::size_t i = 0; i < all.size(); ++i) (i % kFolds == fold ? held_out : seen).push_back(all[i]);
    const Profile fitted = with_collectives(profile, fit_collectives(profile, gpu, seen));
    for (Residual& r : collective_residuals(fitted, gpu, held_out)) residuals.push_back(std::move(r));
  }
  return residuals;
}

std::vector<CollectiveLines> collective_lines(std::span<const CollectiveSample> samples) {
  std::map<std::string, std::vector<CollectiveSample>> groups;
  for (const CollectiveSample& s : samples)
    groups[fmt::format("{} {}, {:g} ranks, {:g} CTAs", s.backend, s.op, s.ranks, s.ctas)].push_back(s);
  std::vector<CollectiveLines> lines;
  for (auto& named : groups) {
    const std::string& name = named.first;
    std::vector<CollectiveSample>& group = named.second;
    std::sort(group.begin(), group.end(), [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
    std::vector<SizeTime> points;
    points.reserve(group.size());
    for (const CollectiveSample& s : group) points.push_back({.bytes = s.bytes, .seconds = s.seconds});
    if (points.size() < 3) continue;
    lines.push_back({.name = name, .segments = fit_alpha_beta(points), .left_out = {}});
    lines.back().left_out = leave_one_out(points, [&](std::size_t i, double predicted) {
      return residual(group[i], "line " + group[i].backend + " " + group[i].op, predicted);
    });
  }
  return lines;
}

std::vector<std::pair<std::string, CtaLaw>> cta_laws(std::span<const CollectiveSample> samples) {
  std::map<std::string, std::map<double, const CollectiveSample*>> groups;  // by CTAs, the largest size
  for (const CollectiveSample& s : samples) {
    if (s.ctas == 0) continue;
    const CollectiveSample*& largest = groups[fmt::format("{} {}, {:g} ranks", s.backend, s.op, s.ranks)][s.ctas];
    if (!largest || s.bytes > largest->bytes) largest = &s;
  }
  std::vector<std::pair<std::string, CtaLaw>> laws;
  for (const auto& [name, by_ctas] : groups) {
    std::vector<CtaRate> rates;
    for (const auto& [ctas, s] : by_ctas) rates.push_back({.ctas = ctas, .bytes_per_second = s->bytes / s->seconds});
    if (rates.size() >= 3) laws.emplace_back(name, fit_cta_law(rates));
  }
  return laws;
}

CopyFit fit_copies(std::span<const Table* const> tables, const Gpu& gpu) {
  std::vector<SizeTime> points;
  std::vector<Residual> rows;
  for (const Table* t : tables) {
    for (std::size_t row = 0; row < t->rows(); ++row) {
      if (t->text(row, "beside") != "nothing") continue;
      points.push_back({.bytes = t->positive(row, "bytes"), .seconds = t->positive(row, "median_us") * kMicrosecond});
      rows.push_back({.kind = "copy " + t->text(row, "direction"),
                      .shape = t->text(row, "direction") + " " + t->text(row, "bytes") + " B",
                      .source = t->at(row),
                      .measured = points.back().seconds});
    }
  }
  const auto line = [](const std::vector<SizeTime>& some) { return fit_alpha_beta(some, 1)[0]; };
  const Segment all = line(points);
  CopyFit fit{.efficiency = all.beta / host_link_of(gpu).value, .overhead_s = all.alpha, .left_out = {}};
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<SizeTime> others = points;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    const Segment without = line(others);
    rows[i].predicted = without.alpha + points[i].bytes / without.beta;
    fit.left_out.push_back(rows[i]);
  }
  return fit;
}

}  // namespace braid
