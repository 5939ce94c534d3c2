// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/grid.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/csv.hpp"

namespace braid {
namespace {

int slots(ActionType type) { return type == ActionType::B ? 2 : 1; }

char drawn(ActionType type) {
  if (type == ActionType::F) return 'F';
  return type == ActionType::W ? 'W' : 'B';
}

/// One row of slots, as long as the rank is busy.
std::vector<std::string> row_of(const Schedule& schedule, int rank, const std::vector<int>& start) {
  const std::vector<Cell>& cells = schedule.rows[static_cast<std::size_t>(rank)];
  BRAID_CHECK(start.size() == cells.size(), "every cell has a start");
  const std::vector<int> stages = schedule.stages_of(rank);
  std::vector<std::string> row;
  for (std::size_t turn = 0; turn < cells.size(); ++turn) {
    if (cells[turn].empty()) continue;
    if (start[turn] < static_cast<int>(row.size())) {
      throw Error("grid", fmt::format("rank {} starts turn {} at {} while it is busy to {}; a grid needs unit costs",
                                      rank, turn, start[turn], row.size()));
    }
    row.resize(static_cast<std::size_t>(start[turn]));
    for (const Action& action : cells[turn].actions) {
      const auto chunk = std::ranges::find(stages, action.stage) - stages.begin();
      const std::string text = fmt::format("{}{}.{}", drawn(action.type), chunk, action.microbatch + 1);
      row.insert(row.end(), static_cast<std::size_t>(slots(action.type)), text);
    }
  }
  return row;
}

}  // namespace

std::string slot_grid(const Schedule& schedule, const std::vector<std::vector<int>>& start) {
  BRAID_CHECK(start.size() == schedule.rows.size(), "every rank has its starts");
  std::vector<std::vector<std::string>> rows;
  std::size_t width = 0;
  for (int rank = 0; rank < schedule.ranks(); ++rank) {
    rows.push_back(row_of(schedule, rank, start[static_cast<std::size_t>(rank)]));
    width = std::max(width, rows.back().size());
  }
  std::vector<std::string> header{"rank"};
  for (std::size_t slot = 0; slot < width; ++slot) header.push_back(std::to_string(slot));
  std::string text = csv_row(header) + "\n";
  for (std::size_t rank = 0; rank < rows.size(); ++rank) {
    rows[rank].resize(width);
    rows[rank].insert(rows[rank].begin(), std::to_string(rank));
    text += csv_row(rows[rank]) + "\n";
  }
  return text;
}

}  // namespace braid
