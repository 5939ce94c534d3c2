// SPDX-License-Identifier: Apache-2.0
// Which span of one run is which of another.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/timeline/run_file.hpp"

namespace braid {

/// Positions of ranks that are held against each other, in the order of the first run, then of the second. Every rank
/// with a counterpart is in at least one pair. The counterpart has the same pp, tp and dp, or is the first with that
/// pp. If one of the runs has no places (pp < 0): has the same rank number; or, if no number is in both, the same
/// position.
std::vector<std::pair<std::size_t, std::size_t>> rank_pairs(const RunView& first, const RunView& second);

/// Joins rows of two runs in linear time. Borrows both.
class OpJoin {
 public:
  OpJoin(const RunView& first, const RunView& second);

  /// Calls found(span of the first, span of the second) for every pair among the spans of these rows, idle pieces left
  /// out. Spans with a key are joined by it, whatever the rank in it; others by name. Of equal ones that which follows
  /// the span joined last, else the first that is left.
  template <typename Found>
  void rows(const std::vector<std::uint32_t>& first, const std::vector<std::uint32_t>& second, Found found) {
    join(first, second);
    for (const auto& [a, b] : pairs_) found(a, b);
  }

 private:
  struct Entry {
    std::uint64_t high = 0, low = 0;
    std::uint32_t span = 0;
    bool same_op(const Entry& other) const { return high == other.high && low == other.low; }
  };
  struct Side {
    RunView run;
    std::vector<std::uint32_t> name_ids;  ///< by name of the run: equal texts have one number in both runs
    std::vector<Entry> entries;
  };

  void intern(Side& side, std::unordered_map<std::string_view, std::uint32_t>& ids);
  static Entry entry(const Side& side, std::uint32_t span, bool passes);
  static void collect(Side& side, const std::vector<std::uint32_t>& rows);
  void index_second();
  std::size_t slot_of(const Entry& wanted) const;
  /// Position among the second's entries, or kNoIndex.
  std::uint32_t first_free(const Entry& wanted);
  void join(const std::vector<std::uint32_t>& first, const std::vector<std::uint32_t>& second);

  struct Slot {
    std::uint32_t sample = kNoIndex;  ///< an entry of the key that has the slot
    std::uint32_t first = kNoIndex;   ///< of them the first that may be free
  };

  Side first_, second_;
  std::vector<Slot> slots_;  ///< a hash table of the second's entries, made when the orders first differ
  std::vector<std::uint32_t> next_equal_;
  std::vector<bool> used_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_;
};

}  // namespace braid
