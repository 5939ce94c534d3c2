// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/schedule.hpp"

#include <fmt/format.h>

namespace braid {
namespace {

char letter(ActionType type) {
  switch (type) {
    case ActionType::F:
      return 'F';
    case ActionType::I:
      return 'I';
    case ActionType::W:
      return 'W';
    case ActionType::B:
      break;
  }
  return 'B';
}

std::string cell_text(const Cell& cell) {
  if (cell.empty()) return "-";
  std::string text;
  for (const Action& action : cell.actions) {
    text += text.empty() ? "" : "+";
    text += fmt::format("{}{}.{}", letter(action.type), action.stage, action.microbatch);
  }
  return cell.braided() ? fmt::format("[{}]", text) : text;
}

}  // namespace

std::vector<int> Schedule::stages_of(int rank) const {
  std::vector<int> found;
  for (int stage = 0; stage < stages(); ++stage) {
    const auto at = static_cast<std::size_t>(stage);
    if (rank_of_stage[at] == rank || (bidirectional() && reverse_rank_of_stage[at] == rank)) found.push_back(stage);
  }
  return found;
}

std::string to_text(const Schedule& schedule) {
  std::string text;
  for (int rank = 0; rank < schedule.ranks(); ++rank) {
    text += fmt::format("{}:", rank);
    for (const Cell& cell : schedule.rows[static_cast<std::size_t>(rank)]) text += fmt::format(" {}", cell_text(cell));
    text += '\n';
  }
  return text;
}

}  // namespace braid
