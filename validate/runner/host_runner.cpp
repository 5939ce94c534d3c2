// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/host_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "sim/report/verify.hpp"
#include "validate/runner/host_step.hpp"

namespace braid {
namespace {

/// Uniform with mean 1 and the asked deviation: the same numbers with every library.
std::vector<std::vector<double>> factors_of(const Program& program, const HostLayout& layout,
                                            const HostOptions& options, std::uint32_t repeat) {
  std::vector<std::vector<double>> factors;
  if (options.jitter == 0) return factors;
  std::mt19937_64 random(options.seed * 0x9e3779b97f4a7c15U + repeat);
  for (const HostInstance& instance : layout.instances()) {
    auto& own = factors.emplace_back(program.ranks[static_cast<std::size_t>(instance.pp)].ops.size());
    for (double& factor : own) {
      const double u = static_cast<double>(random() >> 11) * 0x1p-53;
      factor = 1 + options.jitter * std::sqrt(3.0) * (2 * u - 1);
    }
  }
  return factors;
}

RankTimeline rank_timeline(const RankProgram& program, const HostTimes& times, int rank) {
  RankTimeline timeline;
  timeline.rank = rank;
  for (std::size_t k = 0; k < program.ops.size(); ++k) {
    Span span{.key = program.ops[k].key,
              .start = Seconds(times.start[k]),
              .end = Seconds(times.end[k]),
              .stretch = Seconds(times.stretch[k])};
    span.key.rank = rank;
    timeline.lanes[static_cast<std::size_t>(program.ops[k].lane)].push_back(span);
  }
  for (auto& lane : timeline.lanes) std::ranges::stable_sort(lane, {}, &Span::start);
  return timeline;
}

class HostRunner : public Runner {
 public:
  explicit HostRunner(HostOptions options) : options_(std::move(options)) {
    if (!(options_.jitter >= 0 && options_.jitter <= 0.5)) throw Error("--jitter", "is a number from 0 to 0.5");
  }

  std::string placement() const override { return "host"; }

  MeasuredRun run(const RunRequest& request) override {
    if (request.repeats < 1) throw Error("--repeats", "is at least 1");
    const HostLayout layout(request.program, request.costs, request.cluster, options_.unfolded);
    const std::size_t threads = host_threads(request.program, layout);
    if (threads > kMostHostThreads) {
      throw Error("host", fmt::format("{} GPUs need {} threads, more than {}; play fewer ranks, or folded",
                                      layout.instances().size(), threads, kMostHostThreads));
    }
    const std::vector<RankIssue> plan = issue_plan(request.program, MessageStreams::free);
    throw_if_any(check(request.program, plan));
    const std::vector<Fault> faults = resolved(request.program, layout);

    const bool alike = options_.jitter == 0;
    const int repeats = alike ? 1 : request.repeats;
    std::vector<Timeline> traced;
    std::vector<Seconds> untraced;
    std::vector<Bytes> peak;
    for (int repeat = 0; repeat < (alike ? 1 : 2 * repeats); ++repeat) {
      const auto factors = factors_of(request.program, layout, options_, static_cast<std::uint32_t>(repeat));
      const HostStepResult step = play_host_step({.program = request.program,
                                                  .costs = request.costs,
                                                  .layout = layout,
                                                  .plan = plan,
                                                  .faults = faults,
                                                  .factors = factors,
                                                  .time_limit_s = request.time_limit_s});
      if (!step.ended) throw RunFailed(stuck(request, step));
      Timeline timeline = timeline_of(request.program, layout, step);
      if (std::vector<Issue> issues = verify(request.program, timeline); !issues.empty()) throw RunFailed(issues);
      if (alike || repeat < repeats) untraced.push_back(timeline.step_time);
      if (alike || repeat >= repeats) traced.push_back(std::move(timeline));
      for (std::size_t i = 0; i < step.peak.size(); ++i) {
        if (peak.size() <= i) peak.emplace_back();
        peak[i] = std::max(peak[i], step.peak[i]);
      }
    }
    MeasuredRun measured = summarise(std::move(traced));
    measured.placement = placement();
    measured.untraced = std::move(untraced);
    measured.peak = in_order_of_ranks(layout, peak);
    if (alike) measured.notes.push_back("host: without jitter all steps are equal, one was played");
    return measured;
  }

 private:
  std::vector<Issue> stuck(const RunRequest& request, const HostStepResult& step) const {
    std::vector<Issue> issues = diagnose(request.program, step.progress);
    if (!step.in_time) {
      issues.push_back({"host", fmt::format("the step was given up after {:g} s", request.time_limit_s)});
    }
    return issues;
  }

  Timeline timeline_of(const Program& program, const HostLayout& layout, const HostStepResult& step) const {
    Timeline timeline;
    timeline.provenance = {
        .kind = "simulated",
        .facts = {
            {"placement", placement()}, {"schedule", program.schedule}, {"folded", layout.folded() ? "yes" : "no"}}};
    if (options_.jitter != 0) {
      timeline.provenance.facts["seed"] = std::to_string(options_.seed);
      timeline.provenance.facts["jitter"] = fmt::format("{:g}", options_.jitter);
    }
    for (std::size_t i = 0; i < step.times.size(); ++i) {
      const HostInstance& instance = layout.instances()[i];
      timeline.ranks.push_back(
          rank_timeline(program.ranks[static_cast<std::size_t>(instance.pp)], step.times[i], instance.rank));
      for (const double end : step.times[i].end) timeline.step_time = std::max(timeline.step_time, Seconds(end));
    }
    timeline.multiplicity = layout.folded() ? program.placement.tp * program.placement.dp : 1;
    std::ranges::sort(timeline.ranks, {}, &RankTimeline::rank);
    return timeline;
  }

  static std::vector<Bytes> in_order_of_ranks(const HostLayout& layout, const std::vector<Bytes>& peak) {
    std::vector<std::pair<int, Bytes>> by_rank;
    for (std::size_t i = 0; i < peak.size(); ++i) by_rank.emplace_back(layout.instances()[i].rank, peak[i]);
    std::ranges::sort(by_rank, {}, &std::pair<int, Bytes>::first);
    std::vector<Bytes> ordered;
    for (const auto& [rank, bytes] : by_rank) ordered.push_back(bytes);
    return ordered;
  }

  /// Faults with the numbers of their ops.
  std::vector<Fault> resolved(const Program& program, const HostLayout& layout) const {
    std::vector<Fault> faults = options_.faults;
    for (Fault& fault : faults) {
      const auto found = std::ranges::find(layout.instances(), fault.rank, &HostInstance::rank);
      if (found == layout.instances().end()) throw Error("--fault", fmt::format("no rank {} is played", fault.rank));
      const auto& ops = program.ranks[static_cast<std::size_t>(found->pp)].ops;
      if (!fault.key.empty()) {
        const auto op = std::ranges::find_if(ops, [&](const Op& o) { return to_text(o.key) == fault.key; });
        fault.op = static_cast<std::uint32_t>(op - ops.begin());
      }
      if (fault.op >= ops.size()) {
        const std::string name = fault.key.empty() ? fmt::format("op {}", fault.op) : "'" + fault.key + "'";
        throw Error("--fault", fmt::format("rank {} has no {}", fault.rank, name));
      }
      const bool last = std::none_of(ops.begin() + fault.op + 1, ops.end(),
                                     [&](const Op& later) { return later.lane == ops[fault.op].lane; });
      refuse_impossible(program, ops[fault.op], last, fault);
    }
    return faults;
  }

  static void refuse_impossible(const Program& program, const Op& op, bool last, const Fault& fault) {
    const auto refuse = [&](const char* what) {
      throw Error("--fault", fmt::format("rank {}: {} is no {}", fault.rank, to_text(op.key), what));
    };
    if (fault.kind == FaultKind::message_lost && op.message == kNoMessage) refuse("end of a message to lose");
    if (fault.kind == FaultKind::collective_stuck && program.works[op.work].kind != WorkKind::collective) {
      refuse("collective");
    }
    if ((fault.kind == FaultKind::op_hangs || fault.kind == FaultKind::ops_swapped) && op.lane == Lane::pp) {
      refuse("op of a stream with others");
    }
    if (fault.kind == FaultKind::ops_swapped && last) refuse("op with another behind it on its stream");
  }

  HostOptions options_;
};

}  // namespace

std::unique_ptr<Runner> host_runner(HostOptions options) { return std::make_unique<HostRunner>(std::move(options)); }

}  // namespace braid
