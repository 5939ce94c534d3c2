// SPDX-License-Identifier: Apache-2.0
// What makes a schedule mean something. Order matters: placement and range first, then passes, then order on a
// rank, then order between ranks; a later kind is looked for only where the earlier ones leave it a meaning.
#include <fmt/format.h>

#include <algorithm>

#include "sim/schedule/located_check.hpp"
#include "sim/schedule/replay.hpp"

namespace braid {
namespace {

constexpr std::size_t kMostIssuesOfAKind = 20;  // the rest is a count: a wrong file has thousands of wrong cells
constexpr int kNever = -1;

/// In which turn of its rank each pass of a (stage, microbatch) runs; kNever if it does not.
struct Turns {
  int forward = kNever;
  int input = kNever;   ///< I or B
  int weight = kNever;  ///< W; a B has none
  bool full = false;    ///< the backward is a B
};

class Checker {
 public:
  Checker(const Schedule& schedule, const CellName& name) : schedule_(schedule), name_(name) {}

  std::vector<Issue> all() {
    if (!shape()) return issues_;
    if (!cells()) return issues_;
    if (!passes()) return issues_;
    deadlock();
    return issues_;
  }

 private:
  void fault(int rank, int turn, std::string what) {
    if (++faults_ <= kMostIssuesOfAKind) issues_.push_back({name_(rank, turn), std::move(what)});
  }
  bool none_so_far() {
    if (faults_ > kMostIssuesOfAKind) {
      issues_.push_back({name_(-1, -1), fmt::format("and {} more faults of this kind", faults_ - kMostIssuesOfAKind)});
    }
    const bool none = faults_ == 0;
    faults_ = 0;
    return none;
  }

  bool shape() {
    if (schedule_.ranks() == 0) fault(-1, -1, "has no ranks; a schedule has one row a rank");
    if (schedule_.stages() == 0) fault(-1, -1, "has no stages");
    if (schedule_.microbatches < 1) fault(-1, -1, "has no microbatches");
    if (schedule_.bidirectional() && schedule_.reverse_rank_of_stage.size() != schedule_.rank_of_stage.size()) {
      fault(-1, -1, "places another number of stages in the reverse direction than in the forward one");
    }
    for (const std::vector<int>* places : {&schedule_.rank_of_stage, &schedule_.reverse_rank_of_stage}) {
      for (std::size_t stage = 0; stage < places->size(); ++stage) {
        if ((*places)[stage] < 0 || (*places)[stage] >= schedule_.ranks()) {
          fault(-1, -1,
                fmt::format("puts stage {} on rank {}, but the ranks are 0 to {}", stage, (*places)[stage],
                            schedule_.ranks() - 1));
        }
      }
    }
    return none_so_far();
  }

  bool cells() {
    for (int rank = 0; rank < schedule_.ranks(); ++rank) {
      const auto& row = schedule_.rows[static_cast<std::size_t>(rank)];
      for (std::size_t turn = 0; turn < row.size(); ++turn) one_cell(rank, static_cast<int>(turn), row[turn]);
    }
    return none_so_far();
  }

  void one_cell(int rank, int turn, const Cell& cell) {
    if (cell.actions.size() > 2) fault(rank, turn, "braids more than two actions");
    if (cell.braided() && cell.actions[0].type != ActionType::F) {
      fault(rank, turn, "a braid is led by a forward: (F;B), (F;I), (F;W) or (F;F)");
    }
    for (const Action& action : cell.actions) {
      if (action.stage < 0 || action.stage >= schedule_.stages()) {
        fault(rank, turn, fmt::format("{}: the stages are 0 to {}", to_text(action), schedule_.stages() - 1));
      } else if (action.microbatch < 0 || action.microbatch >= schedule_.microbatches) {
        fault(rank, turn,
              fmt::format("{}: there are {} microbatches, 0 to {}", to_text(action), schedule_.microbatches,
                          schedule_.microbatches - 1));
      } else if (const int home = schedule_.rank_of(action.stage, action.microbatch); home != rank) {
        fault(rank, turn,
              fmt::format("{}: stage {} lives on rank {}, not on rank {}", to_text(action), action.stage, home, rank));
      }
    }
  }

  bool passes() {
    std::size_t actions = 0;
    for (const auto& row : schedule_.rows) {
      for (const Cell& cell : row) actions += cell.actions.size();
    }
    const auto pairs = static_cast<std::size_t>(schedule_.stages()) * static_cast<std::size_t>(schedule_.microbatches);
    // Also keeps the table below in proportion to the input: a stray huge index must not cost memory.
    if (actions < 2 * pairs) {
      fault(-1, -1,
            fmt::format("has {} actions; {} microbatches through {} stages need at least an F and a B each, {}",
                        actions, schedule_.microbatches, schedule_.stages(), 2 * pairs));
      name_some_missing_pass();
      return none_so_far();
    }
    turns_.assign(pairs, Turns{});
    for (int rank = 0; rank < schedule_.ranks(); ++rank) {
      const auto& row = schedule_.rows[static_cast<std::size_t>(rank)];
      for (std::size_t turn = 0; turn < row.size(); ++turn) {
        for (const Action& action : row[turn].actions) note(rank, static_cast<int>(turn), action);
      }
    }
    for (int stage = 0; stage < schedule_.stages(); ++stage) {
      for (int microbatch = 0; microbatch < schedule_.microbatches; ++microbatch) complete(stage, microbatch);
    }
    return none_so_far();
  }

  /// With too few actions for a table, the first gap is still worth naming.
  void name_some_missing_pass() {
    std::vector<Action> done;
    for (const auto& row : schedule_.rows) {
      for (const Cell& cell : row) done.insert(done.end(), cell.actions.begin(), cell.actions.end());
    }
    std::sort(done.begin(), done.end());
    const auto has = [&](ActionType type, int stage, int mb) {
      return std::binary_search(done.begin(), done.end(), Action{.type = type, .stage = stage, .microbatch = mb});
    };
    for (int stage = 0; stage < schedule_.stages(); ++stage) {
      for (int mb = 0; mb < schedule_.microbatches; ++mb) {
        const int rank = schedule_.rank_of(stage, mb);
        if (!has(ActionType::F, stage, mb)) return fault(rank, -1, fmt::format("{}F{} is missing", stage, mb));
        if (!has(ActionType::B, stage, mb) && !has(ActionType::I, stage, mb)) {
          return fault(rank, -1, fmt::format("{}B{} is missing", stage, mb));
        }
      }
    }
  }

  Turns& turns(int stage, int microbatch) {
    return turns_[static_cast<std::size_t>(stage) * static_cast<std::size_t>(schedule_.microbatches) +
                  static_cast<std::size_t>(microbatch)];
  }

  void note(int rank, int turn, const Action& action) {
    Turns& seen = turns(action.stage, action.microbatch);
    const bool gradient = action.type == ActionType::I || action.type == ActionType::B;
    int& mine = action.type == ActionType::F ? seen.forward : gradient ? seen.input : seen.weight;
    if (mine != kNever) {
      const bool mixed = gradient && seen.full != (action.type == ActionType::B);
      return fault(
          rank, turn,
          fmt::format("{}: runs twice{}", to_text(action), mixed ? ", once as a full B and once as an I" : ""));
    }
    mine = turn;
    if (gradient) seen.full = action.type == ActionType::B;
  }

  void complete(int stage, int mb) {
    const Turns& seen = turns(stage, mb);
    const int rank = schedule_.rank_of(stage, mb);
    const auto missing = [&](char pass, const char* why) {
      fault(rank, -1, fmt::format("{}{}{} is missing{}", stage, pass, mb, why));
    };
    if (seen.forward == kNever) missing('F', "");
    if (seen.input == kNever) missing('B', "");
    if (seen.input != kNever && !seen.full && seen.weight == kNever) missing('W', ", though its I is there");
    if (seen.full && seen.weight != kNever) {
      fault(rank, seen.weight, fmt::format("{}W{}: its B has done this already", stage, mb));
    }
    if (seen.forward == kNever || seen.input == kNever) return;
    const char gradient = seen.full ? 'B' : 'I';
    if (seen.input <= seen.forward) {
      fault(rank, seen.input, fmt::format("{}{}{}: its F has not run before this cell", stage, gradient, mb));
    }
    if (!seen.full && seen.weight != kNever && seen.weight <= seen.input) {
      fault(rank, seen.weight, fmt::format("{}W{}: its I has not run before this cell", stage, mb));
    }
  }

  void deadlock() {
    const Replay played = replay(schedule_, PassCosts{});
    if (played.complete) return;
    for (int rank = 0; rank < schedule_.ranks(); ++rank) {
      const auto& row = schedule_.rows[static_cast<std::size_t>(rank)];
      const std::size_t turn = played.start[static_cast<std::size_t>(rank)].size();
      if (turn < row.size()) explain_wait(rank, static_cast<int>(turn), row[turn], played);
    }
    none_so_far();
  }

  void explain_wait(int rank, int turn, const Cell& cell, const Replay& played) {
    for (const Action& action : cell.actions) {
      const auto input = input_of(action, schedule_.stages());
      if (!input) continue;
      const Turns& producer = turns(input->stage, input->microbatch);
      const int home = schedule_.rank_of(input->stage, input->microbatch);
      const int at = input->gradient ? producer.input : producer.forward;
      if (at < static_cast<int>(played.start[static_cast<std::size_t>(home)].size())) continue;
      const char pass = !input->gradient ? 'F' : producer.full ? 'B' : 'I';
      const bool itself = home == rank && at == turn;
      return fault(rank, turn,
                   fmt::format("{} waits forever for {}{}{}, which is {}: the order of the ranks is cyclic",
                               to_text(action), input->stage, pass, input->microbatch,
                               itself ? "in the same cell" : "later at " + name_(home, at)));
    }
  }

  const Schedule& schedule_;
  const CellName& name_;
  std::vector<Turns> turns_;
  std::vector<Issue> issues_;
  std::size_t faults_ = 0;
};

}  // namespace

std::string to_text(const Action& action) {
  constexpr const char* kLetters[] = {"F", "I", "W", "B"};
  return fmt::format("{}{}{}", action.stage, kLetters[static_cast<std::size_t>(action.type)], action.microbatch);
}

std::vector<Issue> check(const Schedule& schedule, const CellName& name) { return Checker(schedule, name).all(); }

std::vector<Issue> check(const Schedule& schedule) {
  const std::string prefix = "schedule:" + schedule.name;
  return check(schedule, [&](int rank, int turn) {
    if (rank < 0) return std::string(prefix);
    return turn < 0 ? fmt::format("{}:rank {}", prefix, rank) : fmt::format("{}:rank {}:turn {}", prefix, rank, turn);
  });
}

}  // namespace braid
