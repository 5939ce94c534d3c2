// SPDX-License-Identifier: Apache-2.0
#include "validate/report/verdicts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace braid {
namespace {

constexpr const char* kTraceRefused = "tracing slows the step by more than its limit";

bool is_compute(const ClassDifference& one) { return one.lane == Lane::compute; }

class Judge {
 public:
  Judge(const ValidationRun& run, const PlacementLimits& limits, std::vector<Verdict>& out)
      : run_(run), limits_(limits), out_(out) {}

  void judge() {
    step();
    const bool refused = tracing();
    classes("unit_error_percent", limits_.unit_error_percent, refused, true);
    classes("communication_error_percent", limits_.communication_error_percent, refused, false);
    if (limits_.inversions_percent) {
      const TimelineComparison& c = run_.comparison;
      const double share = c.pairs == 0 ? 0 : static_cast<double>(c.inversions) / static_cast<double>(c.pairs);
      std::string about;
      if (!c.worst_inversions.empty()) {
        const Inversion& worst = c.worst_inversions.front();
        about = fmt::format("rank {}: {} came after {}", worst.first.rank, to_text(worst.first), to_text(worst.second));
      }
      of_trace("inversions_percent", about, 100 * share, *limits_.inversions_percent, refused);
    }
    if (limits_.start_drift_percent) {
      const OpDifference& drift = run_.comparison.drift;
      const double apart = std::abs(drift.took.difference().value) / run_.comparison.step.measured.value;
      of_trace("start_drift_percent", fmt::format("rank {}: {}", drift.key.rank, to_text(drift.key)), 100 * apart,
               *limits_.start_drift_percent, refused);
    }
    memory();
  }

 private:
  void step() {
    if (!limits_.step_error_percent) return;
    const double error = run_.step_error();
    const bool beyond = 100 * std::abs(error) > *limits_.step_error_percent;
    const bool noise = beyond && std::abs(error) <= run_.step_spread();
    out_.push_back({.limit = "step_error_percent",
                    .run = run_.schedule,
                    .about = noise ? fmt::format("{:+.3g} is within the spread of the repeats, {:.3g}", 100 * error,
                                                 100 * run_.step_spread())
                                   : "",
                    .value = 100 * error,
                    .allowed = *limits_.step_error_percent,
                    .judged = !noise,
                    .held = noise || !beyond});
  }

  /// Whether the trace is refused.
  bool tracing() {
    const auto slower = run_.tracing_slows_by();
    if (!limits_.traced_over_untraced_percent) return false;
    Verdict verdict{.limit = "traced_over_untraced_percent",
                    .run = run_.schedule,
                    .about = slower ? "" : "not measured both with and without",
                    .value = 100 * slower.value_or(0),
                    .allowed = *limits_.traced_over_untraced_percent,
                    .judged = slower.has_value()};
    verdict.held = verdict.value <= verdict.allowed;
    if (!verdict.held) verdict.about = "the trace is refused: what it says of ops is not judged";
    out_.push_back(verdict);
    return !verdict.held;
  }

  void of_trace(const char* limit, std::string about, double value, double allowed, bool refused) {
    out_.push_back({.limit = limit,
                    .run = run_.schedule,
                    .about = refused ? kTraceRefused : std::move(about),
                    .value = value,
                    .allowed = allowed,
                    .judged = !refused,
                    .held = refused || std::abs(value) <= allowed});
  }

  void classes(const char* limit, std::optional<double> allowed, bool refused, bool compute) {
    if (!allowed) return;
    double all = 0;
    for (const ClassDifference& one : run_.comparison.classes) all += one.total.measured.value;
    const ClassDifference* worst = nullptr;
    for (const ClassDifference& one : run_.comparison.classes) {
      const double larger = std::max(one.total.measured.value, one.total.predicted.value);
      const bool large = 100 * larger >= limits_.least_class_percent * all;
      if (is_compute(one) != compute || !large || one.within_spread()) continue;
      if (worst == nullptr || std::abs(one.error()) > std::abs(worst->error())) worst = &one;
    }
    of_trace(limit, worst == nullptr ? "" : worst->name, worst == nullptr ? 0 : 100 * worst->error(), *allowed,
             refused);
  }

  void memory() {
    if (!limits_.memory_error_percent) return;
    Verdict verdict{.limit = "memory_error_percent", .run = run_.schedule, .allowed = *limits_.memory_error_percent};
    verdict.judged = !run_.memory.empty();
    if (run_.memory.empty()) verdict.about = "not measured";
    for (const RankMemory& rank : run_.memory) {
      if (!verdict.about.empty() && std::abs(100 * rank.error()) <= std::abs(verdict.value)) continue;
      verdict.value = 100 * rank.error();
      verdict.about = fmt::format("rank {}", rank.rank);
    }
    verdict.held = std::abs(verdict.value) <= verdict.allowed;
    out_.push_back(verdict);
  }

  const ValidationRun& run_;
  const PlacementLimits& limits_;
  std::vector<Verdict>& out_;
};

Verdict order_verdict(const ValidationReport& report) {
  Verdict verdict{.limit = "order", .judged = false};
  for (const SpeedPair& pair : report.order) {
    if (!pair.apart) continue;
    verdict.judged = true;
    if (pair.agrees) continue;
    verdict.value += 1;
    if (!verdict.about.empty()) verdict.about += "; ";
    verdict.about += fmt::format("{} is faster than {}, predicted the other way round",
                                 report.runs[pair.faster].schedule, report.runs[pair.slower].schedule);
  }
  verdict.held = verdict.value == 0;
  if (!verdict.judged) verdict.about = "no two schedules differ by more than their spread";
  return verdict;
}

}  // namespace

std::vector<Verdict> verdicts(const ValidationReport& report, const PlacementLimits& limits) {
  std::vector<Verdict> all;
  for (const ValidationRun& run : report.runs) Judge(run, limits, all).judge();
  if (limits.mean_step_error_percent) {
    const double mean = 100 * report.mean_step_error();
    all.push_back({.limit = "mean_step_error_percent",
                   .about = fmt::format("over {} schedules", report.runs.size()),
                   .value = mean,
                   .allowed = *limits.mean_step_error_percent,
                   .held = mean <= *limits.mean_step_error_percent});
  }
  if (limits.order && report.runs.size() > 1) all.push_back(order_verdict(report));
  return all;
}

}  // namespace braid
