// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/replay.hpp"

#include <algorithm>

namespace braid {
namespace {

constexpr double kNotDone = -1;

/// End times of forward passes and of gradient passes, and the rank that waits for one that has not ended.
class Passes {
 public:
  Passes(int stages, int microbatches)
      : microbatches_(static_cast<std::size_t>(microbatches)),
        end_(2 * static_cast<std::size_t>(stages) * microbatches_, kNotDone),
        waiter_(end_.size(), -1) {}

  std::size_t id(const Input& pass) const {
    return (2 * static_cast<std::size_t>(pass.stage) + (pass.gradient ? 1 : 0)) * microbatches_ +
           static_cast<std::size_t>(pass.microbatch);
  }
  double& end(std::size_t id) { return end_[id]; }
  int& waiter(std::size_t id) { return waiter_[id]; }

 private:
  std::size_t microbatches_;
  std::vector<double> end_;
  std::vector<int> waiter_;
};

}  // namespace

double PassCosts::of(ActionType type) const {
  switch (type) {
    case ActionType::F:
      return f;
    case ActionType::I:
      return i;
    case ActionType::W:
      return w;
    case ActionType::B:
      break;
  }
  return i + w;
}

double PassCosts::of(const Cell& cell) const {
  double sum = 0;
  for (const Action& action : cell.actions) sum += of(action.type);
  return sum;
}

std::optional<Input> input_of(const Action& action, int stages) {
  if (action.type == ActionType::W) return std::nullopt;
  if (action.type == ActionType::F) {
    if (action.stage == 0) return std::nullopt;
    return Input{.gradient = false, .stage = action.stage - 1, .microbatch = action.microbatch};
  }
  if (action.stage == stages - 1) return std::nullopt;
  return Input{.gradient = true, .stage = action.stage + 1, .microbatch = action.microbatch};
}

Replay replay(const Schedule& schedule, const PassCosts& costs) {
  const int ranks = schedule.ranks();
  Replay played;
  played.start.resize(schedule.rows.size());
  played.end.resize(schedule.rows.size());
  Passes passes(schedule.stages(), schedule.microbatches);
  std::vector<double> free_at(schedule.rows.size(), 0);
  std::vector<int> runnable;
  for (int rank = ranks; rank-- > 0;) runnable.push_back(rank);

  while (!runnable.empty()) {
    const int rank = runnable.back();
    const auto row = static_cast<std::size_t>(rank);
    runnable.pop_back();
    while (played.start[row].size() < schedule.rows[row].size()) {
      const Cell& cell = schedule.rows[row][played.start[row].size()];
      double start = free_at[row];
      bool waits = false;
      for (const Action& action : cell.actions) {
        const std::optional<Input> input = input_of(action, schedule.stages());
        if (!input) continue;
        const std::size_t id = passes.id(*input);
        if (passes.end(id) == kNotDone) {
          passes.waiter(id) = rank;
          waits = true;
          break;
        }
        const bool remote = schedule.rank_of(input->stage, input->microbatch) != rank;
        start = std::max(start, passes.end(id) + (remote ? costs.comm : 0));
      }
      if (waits) break;
      const double end = start + costs.of(cell);
      played.start[row].push_back(start);
      played.end[row].push_back(end);
      free_at[row] = end;
      played.makespan = std::max(played.makespan, end);
      for (const Action& action : cell.actions) {
        if (action.type == ActionType::W) continue;
        const std::size_t id = passes.id(
            {.gradient = action.type != ActionType::F, .stage = action.stage, .microbatch = action.microbatch});
        passes.end(id) = end;
        if (passes.waiter(id) >= 0 && passes.waiter(id) != rank) runnable.push_back(passes.waiter(id));
        passes.waiter(id) = -1;
      }
    }
  }
  for (std::size_t row = 0; row < schedule.rows.size(); ++row) {
    played.complete = played.complete && played.start[row].size() == schedule.rows[row].size();
  }
  return played;
}

UnitTimes unit_times(const Schedule& schedule) {
  const Replay played = replay(schedule, PassCosts{});
  BRAID_CHECK(played.complete, "unit_times is asked about checked schedules only");
  UnitTimes times{.start = {}, .end = {}, .makespan = static_cast<int>(played.makespan)};
  for (std::size_t row = 0; row < schedule.rows.size(); ++row) {
    times.start.emplace_back(played.start[row].begin(), played.start[row].end());
    times.end.emplace_back(played.end[row].begin(), played.end[row].end());
  }
  return times;
}

}  // namespace braid
