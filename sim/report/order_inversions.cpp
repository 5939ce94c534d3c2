// SPDX-License-Identifier: Apache-2.0
#include "sim/report/order_inversions.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace braid {
namespace {

/// How many of the numbers that were added are above a bound: a Fenwick tree over the sorted distinct numbers.
class Counted {
 public:
  explicit Counted(std::vector<double> values) : values_(std::move(values)) {
    std::ranges::sort(values_);
    values_.erase(std::unique(values_.begin(), values_.end()), values_.end());
    tree_.assign(values_.size() + 1, 0);
  }
  void add(double value) {
    ++all_;
    const auto found = std::ranges::lower_bound(values_, value);
    for (auto i = static_cast<std::size_t>(found - values_.begin()) + 1; i < tree_.size(); i += i & (~i + 1)) {
      ++tree_[i];
    }
  }
  std::uint64_t above(double bound) const {
    std::uint64_t not_above = 0;
    const auto found = std::ranges::upper_bound(values_, bound);
    for (auto i = static_cast<std::size_t>(found - values_.begin()); i > 0; i -= i & (~i + 1)) not_above += tree_[i];
    return all_ - not_above;
  }

 private:
  std::vector<double> values_;
  std::vector<std::uint64_t> tree_;
  std::uint64_t all_ = 0;
};

/// `ops` by predicted start. Calls `compare(b)` for each op b after `passed(a)` for each a predicted to start more than
/// `slack` before b.
template <typename Passed, typename Compare>
void sweep(const std::vector<StartPair>& ops, double slack, Passed passed, Compare compare) {
  std::size_t next = 0;
  for (const StartPair& b : ops) {
    while (ops[next].predicted.value < b.predicted.value - slack) passed(ops[next++]);
    compare(b);
  }
}

std::uint64_t count_all(const std::vector<StartPair>& ops, double slack) {
  std::vector<double> starts;
  for (const StartPair& op : ops) starts.push_back(op.measured.value);
  Counted counted(std::move(starts));
  std::uint64_t count = 0;
  sweep(
      ops, slack, [&](const StartPair& a) { counted.add(a.measured.value); },
      [&](const StartPair& b) { count += counted.above(b.measured.value + slack); });
  return count;
}

/// For each op and each other lane the op that should have come first and came latest.
std::vector<Inversion> worst_of_each(const std::vector<StartPair>& ops, double slack) {
  std::array<const StartPair*, kLanes> latest{};
  std::vector<Inversion> all;
  sweep(
      ops, slack,
      [&](const StartPair& a) {
        const StartPair*& best = latest[static_cast<std::size_t>(a.lane)];
        if (best == nullptr || a.measured > best->measured) best = &a;
      },
      [&](const StartPair& b) {
        for (const StartPair* a : latest) {
          if (a == nullptr || a->lane == b.lane || !(a->measured.value > b.measured.value + slack)) continue;
          all.push_back({.first = a->key,
                         .second = b.key,
                         .predicted_lead = b.predicted - a->predicted,
                         .measured_lag = a->measured - b.measured});
        }
      });
  return all;
}

std::uint64_t pairs_of(std::uint64_t n) { return n < 2 ? 0 : n * (n - 1) / 2; }

}  // namespace

Inversions order_inversions(std::vector<StartPair> ops, Seconds slack, std::size_t most_named) {
  std::ranges::sort(ops, {}, [](const StartPair& op) { return std::tuple(op.predicted, op.lane, op.key); });
  Inversions result{.count = count_all(ops, slack.value), .pairs = pairs_of(ops.size()), .largest = {}};
  for (int lane = 0; lane < kLanes; ++lane) {
    std::vector<StartPair> own;
    std::ranges::copy_if(ops, std::back_inserter(own), [&](const StartPair& op) { return int(op.lane) == lane; });
    result.count -= count_all(own, slack.value);
    result.pairs -= pairs_of(own.size());
  }
  if (result.count == 0) return result;
  result.largest = worst_of_each(ops, slack.value);
  std::ranges::sort(result.largest, std::greater(),
                    [](const Inversion& i) { return std::tuple(i.measured_lag, i.predicted_lead, i.first, i.second); });
  if (result.largest.size() > most_named) result.largest.resize(most_named);
  return result;
}

}  // namespace braid
