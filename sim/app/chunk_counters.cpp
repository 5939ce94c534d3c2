// SPDX-License-Identifier: Apache-2.0
#include "sim/app/chunk_counters.hpp"

#include <algorithm>
#include <map>

#include "sim/report/run_counters.hpp"
#include "sim/report/steps.hpp"

namespace braid {
namespace {

constexpr std::size_t kForInputGrad = 0, kDeferred = 1, kColumns = 2;

/// One stage and microbatch on a rank.
struct Kept {
  double from = 0;         ///< its F starts
  double needed_by_i = 0;  ///< its I or B ends
  double until = 0;        ///< its W or B ends
};

std::map<std::pair<int, int>, Kept> kept_on(const std::vector<Cell>& row, const std::vector<double>& start,
                                            const std::vector<double>& end) {
  std::map<std::pair<int, int>, Kept> all;
  for (std::size_t c = 0; c < row.size(); ++c) {
    for (const Action& action : row[c].actions) {
      Kept& kept = all[{action.stage, action.microbatch}];
      if (action.type == ActionType::F) kept.from = start[c];
      if (action.type == ActionType::I || action.type == ActionType::B) kept.needed_by_i = end[c];
      if (action.type == ActionType::W || action.type == ActionType::B) kept.until = end[c];
    }
  }
  return all;
}

}  // namespace

void add_chunk_counters(RunColumns& run, const Schedule& schedule, const AbstractPlay& play) {
  for (std::size_t rank = 0; rank < schedule.rows.size(); ++rank) {
    std::vector<Piece> pieces;
    for (const auto& [what, kept] : kept_on(schedule.rows[rank], play.cell_start[rank], play.cell_end[rank])) {
      pieces.push_back({kept.from, kept.needed_by_i, kForInputGrad, 1});
      pieces.push_back({kept.needed_by_i, kept.until, kDeferred, 1});
    }
    const Steps steps = sum_of(pieces, kColumns);
    std::vector<double> all(steps.time.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = steps.value[kForInputGrad][i] + steps.value[kDeferred][i];
    const auto add = [&](CounterKind kind, const std::vector<double>& value) {
      if (std::ranges::all_of(value, [](double count) { return count == 0; })) return;
      add_counter_row(run, {.rank = static_cast<std::int32_t>(rank), .kind = RowKind::counter, .counter = kind}, "",
                      steps.time, value);
    };
    add(CounterKind::memory, all);
    add(CounterKind::memory_activations, steps.value[kForInputGrad]);
    add(CounterKind::memory_deferred_w, steps.value[kDeferred]);
  }
}

}  // namespace braid
