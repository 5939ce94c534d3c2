// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/foreign_compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "sim/base/error.hpp"
#include "sim/memory/played.hpp"
#include "sim/report/metrics.hpp"
#include "validate/trace/action_compare.hpp"
#include "validate/trace/class_times.hpp"
#include "validate/trace/foreign_timeline.hpp"

namespace braid {
namespace {

constexpr std::size_t kMostUnknown = 5;

/// Spans of the compute lane do not overlap, on either side.
Seconds computing_time(const RankTimeline& rank) {
  Seconds sum;
  for (const Span& span : rank.lanes[static_cast<std::size_t>(Lane::compute)]) sum += span.end - span.start;
  return sum;
}

StepLoad load_of(const RankTimeline& rank, Seconds step) {
  return {.step = step,
          .busy = computing_time(rank),
          .communication = communication_time(rank),
          .exposed = exposed_communication(rank)};
}

void add(StepLoad& sum, const StepLoad& load, double share) {
  sum.step += load.step * share;
  sum.busy += load.busy * share;
  sum.communication += load.communication * share;
  sum.exposed += load.exposed * share;
}

StepLoad measured_load(const JoinedRank& rank, const Placement& placement) {
  StepLoad mean;
  const double share = 1.0 / static_cast<double>(rank.steps.size());
  for (const ForeignStep& step : rank.steps) {
    StepLoad load = load_of(timeline_of(*rank.trace, step, placement), step.duration);
    const double each = 1.0 / rank.steps_in_each;
    load.busy *= each;
    load.communication *= each;
    load.exposed *= each;
    add(mean, load, share);
  }
  return mean;
}

const ForeignStep& median_step(const JoinedRank& rank) {
  std::vector<const ForeignStep*> steps;
  for (const ForeignStep& step : rank.steps) steps.push_back(&step);
  std::sort(steps.begin(), steps.end(), [](auto* a, auto* b) { return a->duration < b->duration; });
  return *steps[(steps.size() - 1) / 2];
}

/// Checks that the traces are of ranks of this scenario, each once.
void check_ranks(const std::vector<ForeignTrace>& traces, const Placement& placement) {
  std::set<int> seen;
  for (const ForeignTrace& trace : traces) {
    if (trace.world_size > 0 && trace.world_size != placement.ranks()) {
      throw Error(trace.file,
                  fmt::format("is of a job of {} GPUs; the scenario has {}", trace.world_size, placement.ranks()));
    }
    if (trace.rank < 0) {
      throw Error(trace.file, "does not say of which rank it is; name it so (rank3.json) or write 3=FILE");
    }
    if (trace.rank >= placement.ranks()) {
      throw Error(trace.file,
                  fmt::format("is of rank {}; the scenario has ranks 0 to {}", trace.rank, placement.ranks() - 1));
    }
    if (!seen.insert(trace.rank).second) throw Error(trace.file, fmt::format("is of rank {} again", trace.rank));
  }
}

int pipeline_rank(const Placement& placement, int rank) {
  for (int pp = 0; pp < placement.pp; ++pp) {
    for (int dp = 0; dp < placement.dp; ++dp) {
      for (int tp = 0; tp < placement.tp; ++tp) {
        if (placement.gpu(tp, pp, dp) == rank) return pp;
      }
    }
  }
  BRAID_CHECK(false, "every rank of a placement has its place");
  return 0;
}

const RankTimeline& predicted_rank(const Played& played, int rank, int pp) {
  const std::vector<RankTimeline>& ranks = played.timeline->ranks;
  if (!played.unfolded) return ranks[static_cast<std::size_t>(pp)];
  return *std::find_if(ranks.begin(), ranks.end(), [&](const RankTimeline& r) {
    return r.rank == rank || std::ranges::binary_search(r.peers, rank);
  });
}

std::vector<JoinedRank> joined(const std::vector<ForeignTrace>& traces, int unmarked_steps, const Played& played) {
  std::vector<JoinedRank> ranks;
  for (const ForeignTrace& trace : traces) {
    const int pp = pipeline_rank(played.program->placement, trace.rank);
    JoinedRank rank{.trace = &trace,
                    .steps = steps_of(trace, unmarked_steps),
                    .steps_in_each = trace.steps.empty() ? std::max(unmarked_steps, 1) : 1,
                    .pp = pp,
                    .predicted = &predicted_rank(played, trace.rank, pp)};
    rank.empty_steps =
        static_cast<int>(std::erase_if(rank.steps, [](const ForeignStep& step) { return step.ops.empty(); }));
    if (std::any_of(rank.steps.begin(), rank.steps.end(), [](auto& step) { return !(step.duration.value > 0); })) {
      throw Error(trace.file, "its GPU work takes no time: there is nothing to compare");
    }
    if (rank.steps.empty()) throw Error(trace.file, "none of its steps launched GPU work; record more steps");
    ranks.push_back(std::move(rank));
  }
  std::sort(ranks.begin(), ranks.end(), [](auto& a, auto& b) { return a.trace->rank < b.trace->rank; });
  return ranks;
}

void say_what_differs(ForeignComparison& result, const std::vector<JoinedRank>& ranks, const Program& program) {
  const auto gpus = static_cast<std::size_t>(program.placement.ranks());
  if (ranks.size() < gpus) {
    result.not_compared.push_back(fmt::format("{} of {} ranks: no trace of them", gpus - ranks.size(), gpus));
  }
  result.not_compared.push_back(
      "gemm, attention and other shares of a unit: the prediction is of whole units; only compute in all is compared");
  result.not_compared.push_back(
      "waiting inside communication: a NCCL kernel waits for its peers, a predicted message is only its bytes");
  if (ranks.size() > 1) {
    result.not_compared.push_back("times between ranks: the clocks of their files need not agree");
  }
  for (const JoinedRank& rank : ranks) {
    if (!rank.trace->steps.empty()) continue;
    result.notes.push_back(fmt::format("rank {}: no step is marked; all of the trace is taken as {} step(s)",
                                       rank.trace->rank, rank.steps_in_each));
  }
  for (const JoinedRank& rank : ranks) {
    if (rank.empty_steps == 0) continue;
    result.notes.push_back(
        fmt::format("rank {}: {} steps launched no GPU work and are left out", rank.trace->rank, rank.empty_steps));
  }
  for (const JoinedRank& rank : ranks) {
    if (rank.trace->steps.size() != 1) continue;
    result.notes.push_back(
        fmt::format("rank {}: one step only; the start of the profiler may have slowed it", rank.trace->rank));
  }
}

}  // namespace

ForeignComparison compare_foreign(const std::vector<ForeignTrace>& traces, int unmarked_steps, const Program& program,
                                  const Timeline& predicted) {
  BRAID_CHECK(!traces.empty(), "there is a trace to compare with");
  check_ranks(traces, program.placement);
  const Played played = join_complete(program, predicted);
  const std::vector<JoinedRank> ranks = joined(traces, unmarked_steps, played);

  ForeignComparison result{.schedule = program.schedule,
                           .source = to_text(traces.front().kind),
                           .gpu = traces.front().gpu,
                           .ranks_of_job = program.placement.ranks()};
  const auto gpu = predicted.provenance.facts.find("gpu");
  if (gpu != predicted.provenance.facts.end()) result.predicted_gpu = gpu->second;
  const double share = 1.0 / static_cast<double>(ranks.size());
  result.timeline.provenance = {.kind = "measured", .facts = {{"gpu", result.gpu}, {"recorded_by", result.source}}};
  for (const JoinedRank& rank : ranks) {
    const ForeignTrace& trace = *rank.trace;
    RankLoads loads{.rank = trace.rank,
                    .pp = rank.pp,
                    .steps = static_cast<int>(rank.steps.size()) * rank.steps_in_each,
                    .measured = measured_load(rank, program.placement),
                    .predicted = load_of(*rank.predicted, predicted.step_time)};
    add(result.measured, loads.measured, share);
    add(result.predicted, loads.predicted, share);
    result.ranks.push_back(std::move(loads));
    result.timeline.ranks.push_back(timeline_of(trace, median_step(rank), program.placement));
    result.lost += trace.lost;
    result.odd_labels += trace.odd_labels;
    for (const GpuOp& op : trace.ops) {
      if (is_communication(op.kind) && !lane_is_known(trace, op)) ++result.guessed_lanes;
    }
    for (const std::string& note : trace.notes) result.notes.push_back(note);
  }
  for (const RankTimeline& rank : result.timeline.ranks) {
    for (const auto& lane : rank.lanes) {
      for (const Span& s : lane) result.timeline.step_time = std::max(result.timeline.step_time, s.end);
    }
  }
  result.timeline.lost = result.lost;
  result.classes = class_times(ranks, program);
  result.unknown_kernels = unknown_kernels(ranks, kMostUnknown);
  ActionComparison actions = compare_actions(ranks, program);
  result.actions = std::move(actions.times);
  result.orders = std::move(actions.orders);
  result.not_compared = std::move(actions.not_compared);
  say_what_differs(result, ranks, program);
  return result;
}

}  // namespace braid
