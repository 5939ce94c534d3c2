// SPDX-License-Identifier: Apache-2.0
#include "sim/report/metrics.hpp"

#include <algorithm>

namespace braid {
namespace {

/// `time_of(i)` is the time of the rank at position i.
template <typename TimeOf>
OverRanks over_ranks(const std::vector<RankTime>& ranks, TimeOf time_of) {
  OverRanks over{.mean = Seconds(0), .worst = time_of(0), .worst_rank = ranks.front().rank};
  double counted = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const Seconds time = time_of(i);
    const double weight = static_cast<double>(ranks[i].gpus) / ranks.front().gpus;  // exactly 1 where all are alike
    over.mean += time * weight;
    counted += weight;
    if (time > over.worst) {
      over.worst = time;
      over.worst_rank = ranks[i].rank;
    }
  }
  over.mean *= 1.0 / counted;
  return over;
}

/// Sets of times as disjoint intervals in order.
using Intervals = std::vector<std::pair<double, double>>;

Intervals united(Intervals intervals) {
  std::sort(intervals.begin(), intervals.end());
  Intervals all;
  for (const auto& [start, end] : intervals) {
    if (!all.empty() && start <= all.back().second) {
      all.back().second = std::max(all.back().second, end);
    } else {
      all.emplace_back(start, end);
    }
  }
  return all;
}

/// When tp, pp or dp ops are in flight.
Intervals communication_of(const RankTimeline& rank) {
  Intervals all;
  for (const Lane lane : {Lane::tp, Lane::pp, Lane::dp}) {
    for (const Span& span : rank.lanes[static_cast<std::size_t>(lane)]) {
      if (!stands_for_peer(span.key, lane)) all.emplace_back(span.start.value, span.end.value);
    }
  }
  return united(std::move(all));
}

}  // namespace

double RunReport::tp_share() const { return idle[static_cast<std::size_t>(Cause::tp)].mean / step_time; }

double RunReport::pp_share() const {
  Seconds sum{};
  for (const Cause cause : {Cause::pp_wait, Cause::pp_transfer, Cause::warm_up, Cause::drain}) {
    sum += idle[static_cast<std::size_t>(cause)].mean;
  }
  return sum / step_time;
}

double RunReport::other_share() const {
  Seconds sum{};
  for (const Cause cause : {Cause::dp, Cause::offload, Cause::host}) sum += idle[static_cast<std::size_t>(cause)].mean;
  return sum / step_time;
}

double speed_up(const Comparison& comparison, std::size_t i) {
  const RunReport& first = comparison.runs.front();
  const RunReport& run = comparison.runs[i];
  if (first.samples_per_s > 0) return run.samples_per_s / first.samples_per_s;
  return first.step_time / run.step_time;
}

bool stands_for_peer(const OpKey& key, Lane lane) { return lane == Lane::pp && key.kind == OpKind::cell; }

Seconds exposed_communication(const RankTimeline& rank) {
  const std::vector<Span>& compute = rank.lanes[static_cast<std::size_t>(Lane::compute)];
  double exposed = 0;
  std::size_t next = 0;
  for (const auto& [start, end] : communication_of(rank)) {
    while (next < compute.size() && compute[next].end.value <= start) ++next;
    double from = start;
    for (std::size_t c = next; c < compute.size() && compute[c].start.value < end; ++c) {
      exposed += std::max(0.0, compute[c].start.value - from);
      from = std::max(from, compute[c].end.value);
    }
    exposed += std::max(0.0, end - from);
  }
  return Seconds(exposed);
}

Seconds communication_time(const RankTimeline& rank) {
  double time = 0;
  for (const auto& [start, end] : communication_of(rank)) time += end - start;
  return Seconds(time);
}

RunReport report_run(const Program& program, const Timeline& timeline, const ReportFacts& facts) {
  return report_run(join_complete(program, timeline), facts);
}

RunReport report_run(const Played& played, const ReportFacts& facts) {
  const Program& program = *played.program;
  const Timeline& timeline = *played.timeline;
  RunReport report;
  report.step_time = timeline.step_time;
  report.ranks = account(played, facts.launches);
  report.peaks = memory_peaks(played);
  report.folded = timeline.multiplicity;
  report.flows = timeline.flows;
  report.lost = timeline.lost;
  report.provenance = timeline.provenance.facts;
  report.provenance["kind"] = timeline.provenance.kind;
  for (const RankTimeline& rank : timeline.ranks) {
    for (const auto& lane : rank.lanes) report.ops += lane.size();
  }
  std::vector<Seconds> exposed;
  for (const RankTimeline& rank : timeline.ranks) exposed.push_back(exposed_communication(rank));
  sum_up(report, exposed, program, facts);
  return report;
}

void sum_up(RunReport& report, const std::vector<Seconds>& exposed, const Program& program, const ReportFacts& facts) {
  report.schedule = facts.label.empty() ? program.schedule : facts.label;
  report.peak = fullest(report.peaks);
  report.gpu_memory = facts.gpu.memory;
  report.gpus = program.placement.ranks();
  report.launches = facts.launches;
  report.wall_s = facts.wall_s;
  report.notes = facts.notes;
  const std::vector<RankTime>& ranks = report.ranks;
  report.busy = over_ranks(ranks, [&](std::size_t i) { return ranks[i].busy; });
  report.stretch = over_ranks(ranks, [&](std::size_t i) { return ranks[i].stretch; });
  for (std::size_t c = 0; c < kCauses; ++c) {
    report.idle[c] = over_ranks(ranks, [&](std::size_t i) { return ranks[i].idle[c]; });
  }
  report.exposed_communication = over_ranks(ranks, [&](std::size_t i) { return exposed[i]; });

  const Seconds work = report.busy.mean + report.stretch.mean;
  const OverRanks span = over_ranks(ranks, [&](std::size_t i) { return ranks[i].last_end - ranks[i].first_start; });
  report.bubble_global = report.step_time - work;
  report.bubble_span = span.worst - work;

  if (report.step_time.value > 0) {
    report.samples_per_s = program.samples_per_step / report.step_time.value;
    report.tokens_per_s_per_gpu = program.tokens_per_step / report.step_time.value / report.gpus;
    if (facts.gpu.bf16_dense.value > 0) {
      report.mfu = program.model_flops_per_step / (report.step_time * facts.gpu.bf16_dense * report.gpus);
    }
  }
}

}  // namespace braid
