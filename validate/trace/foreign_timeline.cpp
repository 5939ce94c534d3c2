// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/foreign_timeline.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <string>

namespace braid {
namespace {

constexpr double kNanosecond = 1e-9;

/// The lane of a group; `host`, where no communication runs, if its description says nothing.
Lane lane_of_group(const ForeignTrace& trace, std::uint32_t group) {
  return group == kNothing ? Lane::host : braid::lane_of_group(trace.groups[group].description);
}

OpKind kind_on_lane(KernelClass kind) {
  switch (kind) {
    case KernelClass::all_reduce:
      return OpKind::all_reduce;
    case KernelClass::reduce_scatter:
      return OpKind::reduce_scatter;
    case KernelClass::all_gather:
      return OpKind::all_gather;
    case KernelClass::send_recv:
      return OpKind::send;
    case KernelClass::copy_in:
      return OpKind::copy_in;
    case KernelClass::copy_out:
      return OpKind::copy_out;
    default:
      return OpKind::cell;
  }
}

OpKind kind_of_action(ActionType type) {
  switch (type) {
    case ActionType::F:
      return OpKind::forward;
    case ActionType::I:
      return OpKind::input_grad;
    case ActionType::W:
      return OpKind::weight_grad;
    case ActionType::B:
      break;
  }
  return OpKind::cell;
}

class StepTimeline {
 public:
  StepTimeline(const ForeignTrace& trace, const ForeignStep& step, const Placement& placement)
      : trace_(trace), stages_(stages_of(trace)), placement_(placement), zero_(step.begin) {
    if (!step.ops.empty()) zero_ = std::min(zero_, trace.ops[step.ops.front()].start);
  }

  void add(const GpuOp& op) {
    const Lane lane = lane_of(trace_, op, placement_);
    if (lane == Lane::compute) {
      compute(op);
    } else if (op.end > op.start) {
      append(lane, key_of(op, kind_on_lane(op.kind)), op.start, op.end);
    }
  }

  RankTimeline take() {
    rank_.rank = trace_.rank;
    return std::move(rank_);
  }

 private:
  OpKey key_of(const GpuOp& op, OpKind kind) const {
    OpKey key{.rank = trace_.rank, .kind = kind};
    if (op.label == kNothing) return key;
    const ActionLabel& label = trace_.labels[op.label].action;
    if (label.compute.empty()) {
      key.microbatch = static_cast<std::int16_t>(label.comm->microbatch);
      return key;
    }
    const Action& lead = label.compute.actions.front();
    key.microbatch = static_cast<std::int16_t>(lead.microbatch);
    const auto stage = std::lower_bound(stages_.begin(), stages_.end(), lead.stage);
    key.chunk = static_cast<std::int8_t>(std::min<std::ptrdiff_t>(stage - stages_.begin(), 127));
    return key;
  }

  void compute(const GpuOp& op) {
    OpKind kind = op.kind == KernelClass::optimizer ? OpKind::optimizer : OpKind::cell;
    if (op.label != kNothing) {
      const Cell& cell = trace_.labels[op.label].action.compute;
      if (cell.actions.size() == 1) kind = kind_of_action(cell.actions.front().type);
    }
    const std::int64_t start = std::max(op.start, compute_end_);
    if (op.end <= start) return;
    OpKey key = key_of(op, kind);
    std::vector<Span>& lane = rank_.lanes[static_cast<std::size_t>(Lane::compute)];
    if (!lane.empty() && start == compute_end_) {
      OpKey last = lane.back().key;
      last.index = 0;
      if (last == key && label_ == op.label) {
        lane.back().end = seconds(op.end);
        compute_end_ = op.end;
        return;
      }
    }
    append(Lane::compute, key, start, op.end);
    compute_end_ = op.end;
    label_ = op.label;
  }

  void append(Lane on, OpKey key, std::int64_t start, std::int64_t end) {
    std::vector<Span>& lane = rank_.lanes[static_cast<std::size_t>(on)];
    key.index = static_cast<std::int32_t>(lane.size());
    lane.push_back({.key = key, .start = seconds(start), .end = seconds(end), .stretch = {}});
  }

  Seconds seconds(std::int64_t time) const { return Seconds(static_cast<double>(time - zero_) * kNanosecond); }

  const ForeignTrace& trace_;
  std::vector<int> stages_;
  const Placement& placement_;
  std::int64_t zero_;
  std::int64_t compute_end_ = std::numeric_limits<std::int64_t>::min();
  std::uint32_t label_ = kNothing;  ///< of the last span on compute
  RankTimeline rank_;
};

}  // namespace

std::vector<int> stages_of(const ForeignTrace& trace) {
  std::set<int> stages;
  for (const LabelRange& label : trace.labels) {
    for (const Action& action : label.action.compute.actions) stages.insert(action.stage);
  }
  return {stages.begin(), stages.end()};
}

std::vector<ForeignStep> steps_of(const ForeignTrace& trace, int unmarked_steps) {
  std::vector<ForeignStep> steps;
  if (trace.steps.empty()) {
    ForeignStep all{.begin = trace.ops.front().start};
    for (std::uint32_t i = 0; i < trace.ops.size(); ++i) {
      all.ops.push_back(i);
      all.end = std::max(all.end, trace.ops[i].end);
    }
    all.duration = Seconds(static_cast<double>(all.end - all.begin) * kNanosecond / std::max(unmarked_steps, 1));
    steps.push_back(std::move(all));
    return steps;
  }
  const std::size_t first = trace.steps.size() > 1 ? 1 : 0;
  for (std::size_t i = first; i < trace.steps.size(); ++i) {
    const StepMark& mark = trace.steps[i];
    steps.push_back({.begin = mark.start,
                     .end = mark.end,
                     .duration = Seconds(static_cast<double>(mark.end - mark.start) * kNanosecond),
                     .ops = {}});
  }
  for (std::uint32_t o = 0; o < trace.ops.size(); ++o) {
    const GpuOp& op = trace.ops[o];
    const std::int64_t time = trace.steps.front().on_gpu || op.launch == kUnknownTime ? op.start : op.launch;
    const auto after = std::upper_bound(steps.begin(), steps.end(), time,
                                        [](std::int64_t t, const ForeignStep& step) { return t < step.begin; });
    if (after != steps.begin() && time < std::prev(after)->end) std::prev(after)->ops.push_back(o);
  }
  return steps;
}

bool lane_is_known(const ForeignTrace& trace, const GpuOp& op) { return lane_of_group(trace, op.group) != Lane::host; }

Lane lane_of(const ForeignTrace& trace, const GpuOp& op, const Placement& placement) {
  if (is_computing(op.kind)) return Lane::compute;
  if (op.kind == KernelClass::copy_in) return Lane::h2d;
  if (op.kind == KernelClass::copy_out) return Lane::d2h;
  const Lane known = lane_of_group(trace, op.group);
  if (known != Lane::host) return known;
  if (op.kind == KernelClass::send_recv) return Lane::pp;
  return placement.tp > 1 ? Lane::tp : Lane::dp;
}

RankTimeline timeline_of(const ForeignTrace& trace, const ForeignStep& step, const Placement& placement) {
  StepTimeline timeline(trace, step, placement);
  for (const std::uint32_t op : step.ops) timeline.add(trace.ops[op]);
  return timeline.take();
}

}  // namespace braid
