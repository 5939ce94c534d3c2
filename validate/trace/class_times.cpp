// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/class_times.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace braid {
namespace {

constexpr double kNanosecond = 1e-9;

struct Sums {
  std::array<double, kKernelClasses> seconds{};
  std::array<double, kKernelClasses> count{};
  double compute = 0;  ///< union of computing ops
  double compute_count = 0;
};

Sums measured_sums(const JoinedRank& rank) {
  Sums sums;
  for (const ForeignStep& step : rank.steps) {
    std::int64_t until = std::numeric_limits<std::int64_t>::min();
    for (const std::uint32_t o : step.ops) {
      const GpuOp& op = rank.trace->ops[o];
      const auto kind = static_cast<std::size_t>(op.kind);
      sums.seconds[kind] += static_cast<double>(op.end - op.start) * kNanosecond;
      sums.count[kind] += 1;
      if (!is_computing(op.kind)) continue;
      sums.compute += static_cast<double>(std::max<std::int64_t>(0, op.end - std::max(op.start, until))) * kNanosecond;
      sums.compute_count += 1;
      until = std::max(until, op.end);
    }
  }
  const double share = 1.0 / (static_cast<double>(rank.steps.size()) * rank.steps_in_each);
  for (double& s : sums.seconds) s *= share;
  for (double& c : sums.count) c *= share;
  sums.compute *= share;
  sums.compute_count *= share;
  return sums;
}

/// The class of a predicted span that is a kernel of its own in a real run as well.
std::optional<KernelClass> class_of(OpKind kind) {
  switch (kind) {
    case OpKind::all_reduce:
      return KernelClass::all_reduce;
    case OpKind::reduce_scatter:
      return KernelClass::reduce_scatter;
    case OpKind::all_gather:
      return KernelClass::all_gather;
    case OpKind::send:
    case OpKind::recv:
      return KernelClass::send_recv;
    case OpKind::copy_in:
      return KernelClass::copy_in;
    case OpKind::copy_out:
      return KernelClass::copy_out;
    case OpKind::optimizer:
      return KernelClass::optimizer;
    default:
      return std::nullopt;
  }
}

Sums predicted_sums(const RankTimeline& rank) {
  Sums sums;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    for (const Span& span : rank.lanes[lane]) {
      const double seconds = (span.end - span.start).value;
      if (lane == static_cast<std::size_t>(Lane::compute)) sums.compute += seconds;
      if (const auto kind = class_of(span.key.kind)) sums.seconds[static_cast<std::size_t>(*kind)] += seconds;
    }
  }
  return sums;
}

/// Flops of GEMMs and of attention that a step asks of a pipeline rank.
std::pair<Flops, Flops> flops_of(const Program& program, int pp) {
  Flops gemms{};
  Flops attention{};
  for (const Op& op : program.ranks[static_cast<std::size_t>(pp)].ops) {
    const WorkItem& item = program.works[op.work];
    if (item.kind != WorkKind::compute) continue;
    Flops products{};
    for (const Gemm& g : item.compute.gemms) products += Flops(2 * g.m * g.n * g.k * g.count);
    gemms += products;
    attention += item.compute.flops - products;
  }
  return {gemms, attention};
}

bool has_prediction(KernelClass kind) {
  return kind == KernelClass::optimizer || kind == KernelClass::copy_in || kind == KernelClass::copy_out ||
         (kind >= KernelClass::all_reduce && kind <= KernelClass::send_recv);
}

}  // namespace

std::vector<ClassTime> class_times(const std::vector<JoinedRank>& ranks, const Program& program) {
  const double share = 1.0 / static_cast<double>(ranks.size());
  std::array<ClassTime, kKernelClasses> by_class;
  ClassTime compute{.name = "compute in all", .measured = {}, .count = 0, .predicted = Seconds(0), .flops = {}};
  for (std::size_t k = 0; k < kKernelClasses; ++k) {
    by_class[k].name = to_text(static_cast<KernelClass>(k));
    if (has_prediction(static_cast<KernelClass>(k))) by_class[k].predicted = Seconds(0);
  }
  for (const JoinedRank& rank : ranks) {
    const Sums measured = measured_sums(rank);
    const Sums predicted = predicted_sums(*rank.predicted);
    for (std::size_t k = 0; k < kKernelClasses; ++k) {
      by_class[k].measured += Seconds(measured.seconds[k] * share);
      by_class[k].count += measured.count[k] * share;
      if (by_class[k].predicted) *by_class[k].predicted += Seconds(predicted.seconds[k] * share);
    }
    compute.measured += Seconds(measured.compute * share);
    compute.count += measured.compute_count * share;
    *compute.predicted += Seconds(predicted.compute * share);
    const auto [gemms, attention] = flops_of(program, rank.pp);
    by_class[static_cast<std::size_t>(KernelClass::gemm)].flops += gemms * share;
    by_class[static_cast<std::size_t>(KernelClass::attention)].flops += attention * share;
  }
  std::vector<ClassTime> computing, others;
  for (std::size_t k = 0; k < kKernelClasses; ++k) {
    const ClassTime& c = by_class[k];
    if (c.count == 0 && !(c.predicted && c.predicted->value > 0)) continue;
    (is_computing(static_cast<KernelClass>(k)) ? computing : others).push_back(c);
  }
  computing.push_back(compute);
  computing.insert(computing.end(), others.begin(), others.end());
  return computing;
}

std::vector<std::string> unknown_kernels(const std::vector<JoinedRank>& ranks, std::size_t most) {
  std::map<std::string, double> time;
  for (const JoinedRank& rank : ranks) {
    for (const ForeignStep& step : rank.steps) {
      for (const std::uint32_t o : step.ops) {
        const GpuOp& op = rank.trace->ops[o];
        if (op.kind == KernelClass::other) time[rank.trace->names[op.name]] += static_cast<double>(op.end - op.start);
      }
    }
  }
  std::vector<std::pair<double, std::string>> sorted;
  for (const auto& [name, sum] : time) sorted.emplace_back(-sum, name);
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(most, sorted.size()); ++i) names.push_back(sorted[i].second);
  return names;
}

}  // namespace braid
