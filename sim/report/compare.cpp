// SPDX-License-Identifier: Apache-2.0
#include "sim/report/compare.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "sim/base/error.hpp"
#include "sim/report/critical_path.hpp"
#include "sim/report/metrics.hpp"
#include "sim/report/op_class.hpp"

namespace braid {
namespace {

/// Keeps the `most` largest by a figure that is not negative.
class Largest {
 public:
  explicit Largest(std::size_t most) : most_(most) {}
  void offer(double figure, const OpDifference& op) {
    if (most_ == 0 || (kept_.size() == most_ && figure <= kept_.back().first)) return;
    const auto at = std::ranges::find_if(kept_, [&](const auto& one) { return figure > one.first; });
    kept_.insert(at, {figure, op});
    if (kept_.size() > most_) kept_.pop_back();
  }
  std::vector<OpDifference> take() const {
    std::vector<OpDifference> ops;
    for (const auto& [figure, op] : kept_) ops.push_back(op);
    return ops;
  }

 private:
  std::size_t most_;
  std::vector<std::pair<double, OpDifference>> kept_;
};

class Comparer {
 public:
  Comparer(const Played& predicted, const Played& measured, const CompareOptions& options)
      : predicted_(predicted),
        measured_(measured),
        options_(options),
        by_time_(options.worst),
        by_share_(options.worst) {}

  void compare_ops(TimelineComparison& result) {
    for (std::size_t rank = 0; rank < measured_.ranks.size(); ++rank) compare_rank(rank, result);
    for (auto& [place, one] : classes_) result.classes.push_back(std::move(one));
    result.worst_by_time = by_time_.take();
    result.worst_by_share = by_share_.take();
    std::ranges::sort(result.worst_inversions, std::greater(), [](const Inversion& i) {
      return std::tuple(i.measured_lag, i.predicted_lead, i.first, i.second);
    });
    if (result.worst_inversions.size() > options_.worst) result.worst_inversions.resize(options_.worst);
  }

 private:
  void compare_rank(std::size_t rank, TimelineComparison& result) {
    const std::size_t other = counterpart(predicted_, measured_, rank);
    const std::vector<Op>& ops = measured_.ops(rank).ops;
    std::vector<StartPair> starts;
    starts.reserve(ops.size());
    for (std::uint32_t op = 0; op < ops.size(); ++op) {
      const Span& span = measured_.span(rank, op);
      OpDifference one{.key = span.key,
                       .lane = ops[op].lane,
                       .took = {.predicted = took(predicted_, other, op), .measured = measured_took(rank, op)},
                       .spread = spread_of(rank, op)};
      add_to_class(one);
      const double apart = std::abs(one.took.difference().value);
      by_time_.offer(apart, one);
      if (one.took.measured > options_.order_slack) by_share_.offer(apart / one.took.measured.value, one);
      one.took = {.predicted = predicted_.span(other, op).start, .measured = span.start};
      if (std::abs(one.took.difference().value) > std::abs(result.drift.took.difference().value)) result.drift = one;
      starts.push_back(
          {.key = span.key, .lane = one.lane, .predicted = one.took.predicted, .measured = one.took.measured});
    }
    const Inversions inversions = order_inversions(std::move(starts), options_.order_slack, options_.worst);
    result.inversions += inversions.count;
    result.pairs += inversions.pairs;
    result.worst_inversions.insert(result.worst_inversions.end(), inversions.largest.begin(), inversions.largest.end());
  }

  /// Null: not known.
  const Quartiles* over_repeats(std::size_t rank, std::uint32_t op) const {
    if (options_.spread.empty()) return nullptr;
    const auto lane = static_cast<std::size_t>(measured_.ops(rank).ops[op].lane);
    return &options_.spread[rank][lane].at(measured_.ranks[rank].span_of_op[op]);
  }

  Seconds spread_of(std::size_t rank, std::uint32_t op) const {
    const Quartiles* of = over_repeats(rank, op);
    return of == nullptr ? Seconds(0) : (of->p75 - of->p25) / 2;
  }

  Seconds measured_took(std::size_t rank, std::uint32_t op) const {
    const Lane lane = measured_.ops(rank).ops[op].lane;
    const bool by_itself = lane == Lane::compute || lane == Lane::h2d || lane == Lane::d2h;
    const Quartiles* of = over_repeats(rank, op);
    return by_itself && of != nullptr && of->median ? *of->median : took(measured_, rank, op);
  }

  void add_to_class(const OpDifference& op) {
    std::string name = class_of(op.key, op.lane);
    ClassDifference& sum = classes_[{op.lane, name}];
    sum.name = std::move(name);
    sum.lane = op.lane;
    ++sum.count;
    sum.total.predicted += op.took.predicted;
    sum.total.measured += op.took.measured;
    sum.absolute += Seconds(std::abs(op.took.difference().value));
    sum.spread = Seconds(std::hypot(sum.spread.value, op.spread.value));
  }

  const Played& predicted_;
  const Played& measured_;
  const CompareOptions& options_;
  std::map<std::pair<Lane, std::string>, ClassDifference> classes_;
  Largest by_time_, by_share_;
};

double mean_overlap(const Timeline& timeline) {
  double sum = 0, gpus = 0;
  for (const RankTimeline& rank : timeline.ranks) {
    if (!(communication_time(rank).value > 0)) continue;
    const double weight = 1 + static_cast<double>(rank.peers.size());
    sum += weight * overlap_share(rank);
    gpus += weight;
  }
  return gpus == 0 ? 0 : sum / gpus;
}

}  // namespace

std::size_t counterpart(const Played& predicted, const Played& measured, std::size_t rank) {
  const PlayedRank& me = measured.ranks[rank];
  if (measured.unfolded) return predicted.position(me.tp, me.pp, me.dp);
  const auto found = std::ranges::find(predicted.ranks, me.pp, &PlayedRank::pp);
  BRAID_CHECK(found != predicted.ranks.end(), "both timelines are of one program");
  return static_cast<std::size_t>(found - predicted.ranks.begin());
}

const ClassDifference* TimelineComparison::find(const std::string& class_name) const {
  const auto found = std::ranges::find(classes, class_name, &ClassDifference::name);
  return found == classes.end() ? nullptr : &*found;
}

Seconds took(const Played& played, std::size_t rank, std::uint32_t op) {
  const Op& me = played.ops(rank).ops[op];
  const double end = played.end(rank, op);
  double from = played.start(rank, op);
  if (me.message != kNoMessage) {
    const Message& m = played.program->messages[me.message];
    const bool sends = m.from == played.ranks[rank].pp && m.send_op == op;
    const double other = sends ? played.start(played.pipeline_peer(rank, m.to), m.recv_op)
                               : played.start(played.pipeline_peer(rank, m.from), m.send_op);
    if (other < end) from = std::max(from, other);
  } else if (const WorkItem& work = played.program->works[me.work]; work.kind == WorkKind::collective) {
    for (const std::size_t peer : played.group(rank, work.scope)) from = std::max(from, played.start(peer, op));
  }
  return Seconds(std::max(0.0, end - from));
}

double overlap_share(const RankTimeline& rank) {
  const Seconds all = communication_time(rank);
  return all.value > 0 ? 1 - exposed_communication(rank) / all : 0;
}

TimelineComparison compare_timelines(const PlayedReport& predicted, const PlayedReport& measured,
                                     const CompareOptions& options) {
  throw_if_any(predicted.played.faults);
  throw_if_any(measured.played.faults);
  BRAID_CHECK(options.spread.empty() || options.spread.size() == measured.played.ranks.size(),
              "every rank of the measured timeline has its spreads, or none has");
  TimelineComparison result;
  const auto both = [&](auto of) { return Both{.predicted = of(predicted.report), .measured = of(measured.report)}; };
  result.step = both([](const RunReport& r) { return r.step_time; });
  for (std::size_t c = 0; c < kCauses; ++c) {
    result.idle[c] = both([&](const RunReport& r) { return r.idle[c].mean; });
  }
  result.busy = both([](const RunReport& r) { return r.busy.mean; });
  result.stretch = both([](const RunReport& r) { return r.stretch.mean; });
  if (measured.played.timeline->provenance.kind == "measured") {
    result.busy.predicted += result.stretch.predicted;
    result.stretch = {};
  }
  result.exposed = both([](const RunReport& r) { return r.exposed_communication.mean; });
  result.overlap_predicted = mean_overlap(*predicted.played.timeline);
  result.overlap_measured = mean_overlap(*measured.played.timeline);
  const std::vector<PathOp> path = critical_path(predicted.played), real_path = critical_path(measured.played);
  result.path_agreement = path_agreement(path, real_path);
  const auto lanes = time_by_lane(path), real_lanes = time_by_lane(real_path);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    result.path[lane] = {.predicted = lanes[lane], .measured = real_lanes[lane]};
  }
  Comparer(predicted.played, measured.played, options).compare_ops(result);
  return result;
}

}  // namespace braid
