// SPDX-License-Identifier: Apache-2.0
// The most expensive of very many, in memory for a few: for tables that show the top.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace braid {

/// Keeps the `most` items with the largest cost; of equal ones those offered first.
template <typename Item>
class Costliest {
 public:
  explicit Costliest(std::size_t most) : most_(most) {}

  void offer(double cost, const Item& item) {
    if (most_ == 0 || (full_ && cost <= floor_)) return;
    kept_.push_back({cost, next_++, item});
    if (kept_.size() >= 2 * most_) cut();
  }

  /// The costliest first; leaves nothing.
  std::vector<Item> take() {
    std::sort(kept_.begin(), kept_.end(), dearer);
    if (kept_.size() > most_) kept_.resize(most_);
    std::vector<Item> items;
    items.reserve(kept_.size());
    for (const Kept& one : kept_) items.push_back(one.item);
    kept_.clear();
    full_ = false;
    return items;
  }

 private:
  struct Kept {
    double cost = 0;
    std::uint64_t order = 0;
    Item item;
  };
  static bool dearer(const Kept& a, const Kept& b) { return a.cost != b.cost ? a.cost > b.cost : a.order < b.order; }

  void cut() {
    const auto last = kept_.begin() + static_cast<std::ptrdiff_t>(most_ - 1);
    std::nth_element(kept_.begin(), last, kept_.end(), dearer);
    kept_.resize(most_);
    floor_ = kept_.back().cost;
    full_ = true;
  }

  std::size_t most_;
  std::vector<Kept> kept_;
  std::uint64_t next_ = 0;
  double floor_ = 0;
  bool full_ = false;
};

}  // namespace braid
