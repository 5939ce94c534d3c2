// SPDX-License-Identifier: Apache-2.0
#include "sim/screen/block_prices.hpp"

#include <algorithm>
#include <numeric>

#include "sim/engine/core/simulate.hpp"

namespace braid {
namespace {

/// Of the length of a block: times that differ by less are one.
constexpr double kSame = 1e-9;

/// All classes side by side, each on a tensor-parallel group of its own.
Timeline play_alone(const BlockClasses& classes, const std::vector<WorkItem>& works, int tp, const Costs& costs) {
  const int count = static_cast<int>(classes.all.size());
  Program program{.schedule = "blocks", .placement = {.tp = tp, .pp = count}, .works = works};
  for (const BlockClass& one : classes.all) program.ranks.push_back(one.units);
  Cluster cluster;
  cluster.nodes = count;
  cluster.gpus_per_node = tp;
  Costs without_launches = costs;
  without_launches.launches = {};
  return simulate_ideal(program, without_launches, cluster);
}

class Pricing {
 public:
  Pricing(const BlockClass& of, const RankTimeline& played, const std::vector<WorkItem>& works, const Costs& costs)
      : of_(of), works_(works), costs_(costs) {
    std::array<std::size_t, kLanes> next{};
    for (const Op& op : of.units.ops) {
      const auto lane = static_cast<std::size_t>(op.lane);
      spans_.push_back(&played.lanes[lane][next[lane]++]);
      if (op.lane == Lane::compute) end_ = std::max(end_, spans_.back()->end.value);
    }
    begin_ = played.lanes[static_cast<std::size_t>(Lane::compute)].front().start.value;
    end_ -= begin_;
  }

  BlockPrice price() {
    compute();
    cut();
    launches();
    memory();
    return std::move(price_);
  }

 private:
  bool same(double a, double b) const { return a - b < kSame * end_ && b - a < kSame * end_; }
  double start(std::uint32_t op) const { return spans_[op]->start.value - begin_; }
  double end(std::uint32_t op) const { return spans_[op]->end.value - begin_; }

  void compute() {
    for (std::uint32_t k = 0; k < of_.units.ops.size(); ++k) {
      const Op& op = of_.units.ops[k];
      if (op.lane != Lane::compute) continue;
      const double alone = end(k) - start(k) - spans_[k]->stretch.value;
      price_.parts.push_back({.start = start(k), .end = end(k), .alone = alone, .work = op.work});
      price_.busy += Seconds(alone);
      price_.stretch += spans_[k]->stretch;
    }
    price_.waits = Seconds(std::max(0.0, end_ - price_.busy.value - price_.stretch.value));
  }

  void cut() {
    BlockCut& cut = price_.cut;
    double head = 0;
    std::vector<double> inner{0, end_}, behind{end_};
    for (const BlockClass::Side& side : of_.sides) {
      if (side.entry != kNoOp) {
        head = std::max(head, -start(side.entry));
        inner.push_back(std::clamp(start(side.entry), 0.0, end_));
      }
      if (side.exit == kNoOp) continue;
      (end(side.exit) < end_ ? inner : behind).push_back(end(side.exit));
    }
    for (const BlockClass::Gradient& gradient : of_.gradients) inner.push_back(end(gradient.op));
    order(inner);
    order(behind);
    cut.head = !same(head, 0);
    cut.pieces = static_cast<int>(inner.size()) - 1;
    cut.tails = static_cast<int>(behind.size()) - 1;
    const int first = cut.head ? 1 : 0;
    if (cut.head) add(head, head_work());
    for (std::size_t i = 1; i < inner.size(); ++i) add(inner[i] - inner[i - 1], -1);
    for (std::size_t i = 1; i < behind.size(); ++i) add(behind[i] - behind[i - 1], work_ending_at(behind[i]));
    for (std::size_t s = 0; s < of_.sides.size(); ++s) {
      const BlockClass::Side& side = of_.sides[s];
      if (side.entry != kNoOp) {
        const double at = start(side.entry);
        cut.entry[s] = cut.head && at < 0 && !same(at, 0) ? 0 : first + std::min(place(inner, at), cut.pieces - 1);
      }
      if (side.exit == kNoOp) continue;
      const double at = end(side.exit);
      const bool in_tail = at > end_ && !same(at, end_);
      cut.exit[s] = in_tail ? first + cut.pieces - 1 + place(behind, at) : first + place(inner, at) - 1;
    }
    for (const BlockClass::Gradient& gradient : of_.gradients) {
      cut.gradients.push_back(first + place(inner, end(gradient.op)) - 1);
    }
  }

  /// Ascending, times that are one taken together.
  void order(std::vector<double>& times) const {
    std::ranges::sort(times);
    times.erase(std::unique(times.begin(), times.end(), [&](double a, double b) { return same(a, b); }), times.end());
  }
  int place(const std::vector<double>& times, double at) const {
    const auto found = std::ranges::find_if(times, [&](double t) { return at < t || same(at, t); });
    return static_cast<int>(found - times.begin());
  }
  void add(double duration, int communicates) {
    price_.duration.emplace_back(duration);
    price_.communicates.push_back(communicates);
  }
  int head_work() const {
    for (const Op& op : of_.units.ops) {
      if (op.lane == Lane::tp) return op.work;
    }
    return -1;
  }
  int work_ending_at(double at) const {
    for (const BlockClass::Side& side : of_.sides) {
      if (side.exit != kNoOp && same(end(side.exit), at)) return of_.units.ops[side.exit].work;
    }
    return -1;
  }

  /// The host begins a block when it has issued the one before, and issues its ops in order: the block starts late
  /// enough that none of them is held up.
  void launches() {
    if (costs_.launches.empty()) return;
    double issued = 0, most = 0;
    for (std::uint32_t k = 0; k < of_.units.ops.size(); ++k) {
      const std::uint16_t work = of_.units.ops[k].work;
      issued += costs_.launches.time[work].value;
      most = std::max(most, issued - costs_.launches.lead[work].value - start(k));
    }
    price_.launch = Seconds(issued);
    const double head = price_.cut.head ? price_.duration.front().value : 0;
    price_.lead = Seconds(std::max(0.0, issued - most + head));
  }

  void memory() {
    double in_use = 0, most = 0;
    for (const Op& op : of_.units.ops) {
      const WorkItem& work = works_[op.work];
      in_use += work.alloc.value;
      most = std::max(most, in_use);
      in_use -= work.release.value;
    }
    price_.peak = Bytes(most);
    price_.net = Bytes(in_use);
  }

  const BlockClass& of_;
  const std::vector<WorkItem>& works_;
  const Costs& costs_;
  std::vector<const Span*> spans_;
  double begin_ = 0, end_ = 0;
  BlockPrice price_;
};

}  // namespace

std::vector<BlockPrice> block_prices(const BlockClasses& classes, const std::vector<WorkItem>& works, int tp,
                                     const Costs& costs) {
  const Timeline played = play_alone(classes, works, tp, costs);
  std::vector<BlockPrice> prices;
  for (std::size_t c = 0; c < classes.all.size(); ++c) {
    prices.push_back(Pricing(classes.all[c], played.ranks[c], works, costs).price());
  }
  return prices;
}

}  // namespace braid
