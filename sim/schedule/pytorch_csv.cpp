// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/pytorch_csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "sim/base/csv.hpp"
#include "sim/schedule/comm_order.hpp"
#include "sim/schedule/csv_action.hpp"
#include "sim/schedule/located_check.hpp"

namespace braid {
namespace {

constexpr std::size_t kMostIssues = 20;

std::string stem(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  const std::string file = slash == std::string::npos ? path : path.substr(slash + 1);
  return file.substr(0, file.find('.', 1));
}

using Range = std::pair<int, int>;  // least and largest microbatch

/// A rank on which a stage was seen.
struct Home {
  int least = 0;  ///< microbatch
  int largest = 0;
  int column = 0;  ///< of the first cell
};

struct StageSeen {
  std::map<int, Home> on_rank;
  std::optional<Range> forwards;  ///< over all ranks
};

class FileReader {
 public:
  explicit FileReader(const Csv& csv) : csv_(csv) {}

  Schedule read() {
    parse_cells();
    throw_if_any(issues_);
    count();
    throw_if_any(issues_);
    place();
    throw_if_any(issues_);
    fill_rows();
    const auto name = [this](int rank, int turn) {
      return turn < 0 ? row_name(rank) : cell_name(rank, columns_[index(rank)][index(turn)]);
    };
    throw_if_any(check(schedule_, name));
    throw_if_any(check_messages(schedule_, cells_, [this](int rank, int column) { return cell_name(rank, column); }));
    return std::move(schedule_);
  }

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  std::string row_name(int rank) const { return rank < 0 ? csv_.name : csv_.at(csv_.rows[index(rank)]); }
  std::string cell_name(int rank, int column) const { return fmt::format("{}:cell {}", row_name(rank), column + 1); }
  void fault(std::string where, std::string what) {
    if (issues_.size() < kMostIssues) issues_.push_back({std::move(where), std::move(what)});
  }

  void parse_cells() {
    if (csv_.rows.empty()) fault(csv_.name, "is empty; a schedule has one row of cells a rank");
    for (std::size_t rank = 0; rank < csv_.rows.size(); ++rank) {
      std::vector<CsvCell>& row = cells_.emplace_back();
      for (const std::string& field : csv_.rows[rank].fields) {
        const std::string where = cell_name(static_cast<int>(rank), static_cast<int>(row.size()));
        try {
          row.push_back(parse_cell(field, where));
        } catch (const Error& error) {
          row.emplace_back();
          fault("", error.what());
        }
      }
    }
  }

  template <class Visit>  // (rank, column, action) for every pass in the file
  void each_action(Visit visit) const {
    for (std::size_t rank = 0; rank < cells_.size(); ++rank) {
      for (std::size_t column = 0; column < cells_[rank].size(); ++column) {
        for (const Action& action : cells_[rank][column].compute.actions) {
          visit(static_cast<int>(rank), static_cast<int>(column), action);
        }
      }
    }
  }

  void count() {
    int actions = 0;
    each_action([&](int, int, const Action&) { ++actions; });
    int stages = 0;
    // A stage or microbatch beyond the number of actions cannot be complete; refused before memory is taken for it.
    each_action([&](int rank, int column, const Action& action) {
      const auto more_than_all = [&](const char* what, int number) {
        if (number < actions) return;
        fault(cell_name(rank, column),
              fmt::format("{}: {} {} in a file with only {} actions", to_text(action), what, number, actions));
      };
      more_than_all("stage", action.stage);
      more_than_all("microbatch", action.microbatch);
      stages = std::max(stages, action.stage + 1);
      schedule_.microbatches = std::max(schedule_.microbatches, action.microbatch + 1);
    });
    for (std::size_t rank = 0; rank < cells_.size(); ++rank) {
      if (std::ranges::all_of(cells_[rank], [](const CsvCell& cell) { return cell.compute.empty(); })) {
        fault(row_name(static_cast<int>(rank)), "this row (rank) has no actions; give it a stage or leave it out");
      }
    }
    if (!issues_.empty()) return;
    seen_.resize(index(stages));
    each_action([this](int rank, int column, const Action& action) { see(rank, column, action); });
  }

  void see(int rank, int column, const Action& action) {
    StageSeen& stage = seen_[index(action.stage)];
    const int mb = action.microbatch;
    const auto [home, fresh] = stage.on_rank.try_emplace(rank, Home{.least = mb, .largest = mb, .column = column});
    if (!fresh) {
      home->second.least = std::min(home->second.least, mb);
      home->second.largest = std::max(home->second.largest, mb);
    }
    if (action.type != ActionType::F) return;
    stage.forwards = stage.forwards ? Range{std::min(stage.forwards->first, mb), std::max(stage.forwards->second, mb)}
                                    : Range{mb, mb};
  }

  void place() {
    same_microbatches();
    bool two_ways = false;
    for (std::size_t stage = 0; stage < seen_.size(); ++stage) {
      if (seen_[stage].on_rank.empty()) {
        fault(csv_.name, fmt::format("stage {} has no actions; is a row missing? there are {} rows, one a rank", stage,
                                     cells_.size()));
      }
      two_ways = two_ways || seen_[stage].on_rank.size() > 1;
    }
    if (!issues_.empty()) return;
    for (std::size_t stage = 0; stage < seen_.size(); ++stage) {
      const auto& homes = seen_[stage].on_rank;
      const int half = schedule_.microbatches / 2;
      int forward = -1;
      int reverse = -1;
      for (const auto& [rank, home] : homes) {
        if (home.least < half) forward = rank;
        if (home.largest >= half) reverse = rank;
      }
      const bool one_home = homes.size() == 1;
      const bool by_direction = homes.size() == 2 && schedule_.microbatches % 2 == 0 && forward >= 0 && reverse >= 0 &&
                                homes.at(forward).largest < half && homes.at(reverse).least >= half;
      if (!one_home && !by_direction) misplaced(static_cast<int>(stage), homes);
      schedule_.rank_of_stage.push_back(one_home ? homes.begin()->first : forward);
      if (two_ways) schedule_.reverse_rank_of_stage.push_back(one_home ? homes.begin()->first : reverse);
    }
  }

  void misplaced(int stage, const std::map<int, Home>& homes) {
    const auto& [first, first_home] = *homes.begin();
    const auto& [second, second_home] = *std::next(homes.begin());
    fault(
        cell_name(second, second_home.column),
        fmt::format("stage {} is on rank {} here but on rank {} at {}; a stage lives on one rank, or (two directions) "
                    "on one for the first half of the microbatches and on another for the rest",
                    stage, second, first, cell_name(first, first_home.column)));
  }

  /// Says it in one line when a stage numbers its microbatches unlike the others; as missing passes it is many.
  void same_microbatches() {
    std::map<Range, int> votes;
    for (const StageSeen& stage : seen_) {
      if (stage.forwards) ++votes[*stage.forwards];
    }
    if (votes.size() < 2) return;
    const Range usual = std::ranges::max_element(votes, {}, [](const auto& vote) { return vote.second; })->first;
    for (std::size_t stage = 0; stage < seen_.size(); ++stage) {
      const auto& forwards = seen_[stage].forwards;
      if (!forwards || *forwards == usual) continue;
      fault(
          row_name(seen_[stage].on_rank.begin()->first),
          fmt::format("stage {} runs F of microbatches {} to {}, other stages {} to {}; all must run the same, from 0",
                      stage, forwards->first, forwards->second, usual.first, usual.second));
    }
  }

  void fill_rows() {
    schedule_.name = stem(csv_.name);
    for (const std::vector<CsvCell>& cells : cells_) {
      std::vector<Cell>& row = schedule_.rows.emplace_back();
      std::vector<int>& columns = columns_.emplace_back();
      for (std::size_t column = 0; column < cells.size(); ++column) {
        if (cells[column].comm) continue;
        row.push_back(cells[column].compute);
        columns.push_back(static_cast<int>(column));
      }
    }
  }

  const Csv& csv_;
  std::vector<std::vector<CsvCell>> cells_;  ///< [rank][column]
  std::vector<StageSeen> seen_;              ///< by stage
  std::vector<std::vector<int>> columns_;    ///< [rank][turn of the schedule]
  Schedule schedule_;
  std::vector<Issue> issues_;
};

/// Without the braids that torch does not know.
Schedule flattened(const Schedule& schedule) {
  Schedule flat = schedule;
  for (std::vector<Cell>& row : flat.rows) {
    std::vector<Cell> cells;
    for (Cell& cell : row) {
      const bool foreign =
          cell.braided() && (cell.actions[1].type == ActionType::F || cell.actions[1].type == ActionType::W);
      if (!foreign) {
        cells.push_back(std::move(cell));
        continue;
      }
      for (const Action& action : cell.actions) cells.push_back({{action}});
    }
    row = std::move(cells);
  }
  return flat;
}

std::string file_text(const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    text += csv_row(row);
    text += '\n';
  }
  return text;
}

}  // namespace

Schedule parse_schedule(std::string_view text, const std::string& name) {
  const Csv csv = parse_csv(text, name);
  return FileReader(csv).read();
}

Schedule read_schedule(const std::string& path) { return parse_schedule(read_file(path), path); }

std::string write_schedule(const Schedule& schedule, CsvFlavour flavour) {
  throw_if_any(check(schedule));
  std::vector<std::vector<std::string>> rows;
  if (flavour == CsvFlavour::compute_comms) {
    for (const auto& cells : with_messages(flattened(schedule))) {
      auto& row = rows.emplace_back();
      for (const CsvCell& cell : cells) row.push_back(cell.comm ? to_text(*cell.comm) : csv_text(cell.compute));
    }
    return file_text(rows);
  }
  for (const auto& cells : (flavour == CsvFlavour::braided ? schedule : flattened(schedule)).rows) {
    auto& row = rows.emplace_back();
    for (const Cell& cell : cells) row.push_back(csv_text(cell));
  }
  return file_text(rows);
}

}  // namespace braid
