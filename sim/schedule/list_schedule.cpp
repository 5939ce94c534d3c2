// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/list_schedule.hpp"

#include <algorithm>
#include <deque>
#include <limits>

#include "sim/schedule/row_writer.hpp"

namespace braid {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::infinity();
constexpr double kRounding = 1e-9;  // of an activation: sums of kept shares must not miss the limit by an ulp

struct StageState {
  int forwards = 0;  ///< next microbatch of each pass
  int gradients = 0;
  int weights = 0;
  std::vector<double> forward_end;  ///< kUnknown until the pass has been started
  std::vector<double> gradient_end;
};

struct RankState {
  double free_at = 0;
  double wake = 0;  ///< when it next has something to decide; kUnknown while it waits for a message to be sent
  std::deque<Action> pending;
};

class ListScheduler {
 public:
  ListScheduler(const ListProblem& problem, const ListPolicy& policy)
      : problem_(problem),
        policy_(policy),
        stage_count_(problem.ranks * (problem.v_shaped ? 2 : 1)),
        stages_(index(stage_count_)),
        ranks_(index(problem.ranks)),
        order_(index(problem.ranks)) {
    for (StageState& stage : stages_) {
      stage.forward_end.assign(index(problem.microbatches), kUnknown);
      stage.gradient_end.assign(index(problem.microbatches), kUnknown);
    }
  }

  std::optional<PassOrder> run() {
    std::int64_t left = std::int64_t{stage_count_} * problem_.microbatches * (problem_.split ? 3 : 2);
    while (left > 0) {
      const auto next = std::ranges::min_element(ranks_, {}, &RankState::wake);
      if (next->wake == kUnknown) return std::nullopt;
      if (decide(static_cast<int>(next - ranks_.begin()), next->wake)) --left;
    }
    return std::move(order_);
  }

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  int stage_of(int rank, int chunk) const { return chunk == 0 ? rank : 2 * problem_.ranks - 1 - rank; }
  int rank_of(int stage) const { return stage < problem_.ranks ? stage : 2 * problem_.ranks - 1 - stage; }

  double arrival(int rank, int from_stage, double end) const {
    return end + (rank_of(from_stage) == rank ? 0 : problem_.costs.comm);
  }

  double ready_at(int rank, PassKind pass) const {
    const int s = stage_of(rank, pass.chunk);
    const StageState& stage = stages_[index(s)];
    if (!pass.gradient) {
      if (stage.forwards == problem_.microbatches) return kUnknown;
      return s == 0 ? 0 : arrival(rank, s - 1, stages_[index(s - 1)].forward_end[index(stage.forwards)]);
    }
    if (stage.gradients == stage.forwards) return kUnknown;
    if (s == stage_count_ - 1) return stage.forward_end[index(stage.gradients)];
    return arrival(rank, s + 1, stages_[index(s + 1)].gradient_end[index(stage.gradients)]);
  }

  double held(int stage) const {
    const StageState& s = stages_[index(stage)];
    const int waiting_for_w = problem_.split ? s.gradients - s.weights : 0;
    return s.forwards - s.gradients + problem_.kept_for_w * waiting_for_w;
  }

  /// Whether memory allows the pass. A near F leaves room for a far one if there is none, or the V would lock up.
  bool fits(int rank, PassKind pass) const {
    if (pass.gradient) return true;
    double after = held(stage_of(rank, 0)) + 1;
    if (problem_.v_shaped) {
      const double far = held(stage_of(rank, 1));
      after += far + (pass.chunk == 0 && far == 0 ? 1 : 0);
    }
    return after <= problem_.memory_limit + kRounding;
  }

  /// Starts a pass, or says when to ask again; true if a pass was started.
  bool decide(int rank, double now) {
    const PassKind* best = nullptr;
    double next = kUnknown;
    double next_gradient = kUnknown;
    bool blocked = false;
    for (const PassKind& pass : policy_.priority) {
      const double ready = ready_at(rank, pass);
      if (pass.gradient) next_gradient = std::min(next_gradient, ready);
      if (!fits(rank, pass)) {
        blocked = blocked || ready <= now;
      } else if (ready > now) {
        next = std::min(next, ready);
      } else if (best == nullptr) {
        best = &pass;
      }
    }
    RankState& state = ranks_[index(rank)];
    if (best != nullptr && !best->gradient) {
      const bool first = stages_[index(stage_of(rank, problem_.v_shaped ? 1 : 0))].gradients == 0;
      const double patience = problem_.costs.f * (first ? policy_.wait_for_first_gradient : policy_.wait_for_gradient);
      if (next_gradient > now && next_gradient <= now + patience) {
        state.wake = next_gradient;
        return false;
      }
    }
    if (best != nullptr) {
      start(rank, *best, now);
      return true;
    }
    const double w = problem_.costs.w;
    const bool w_fits = blocked || next == kUnknown || now + w <= next + policy_.weight_overrun * w;
    if (!state.pending.empty() && w_fits) {
      const Action weight = state.pending.front();
      state.pending.pop_front();
      ++stages_[index(weight.stage)].weights;
      put(rank, weight, now + w, now);
      return true;
    }
    state.wake = next;
    return false;
  }

  void start(int rank, PassKind pass, double now) {
    const int s = stage_of(rank, pass.chunk);
    StageState& stage = stages_[index(s)];
    if (!pass.gradient) {
      const Action forward{.type = ActionType::F, .stage = s, .microbatch = stage.forwards++};
      stage.forward_end[index(forward.microbatch)] = now + problem_.costs.f;
      return put(rank, forward, now + problem_.costs.f, now);
    }
    const int mb = stage.gradients++;
    const ActionType type = problem_.split ? ActionType::I : ActionType::B;
    const double end = now + problem_.costs.of(type);
    stage.gradient_end[index(mb)] = end;
    if (problem_.split) {
      ranks_[index(rank)].pending.push_back({.type = ActionType::W, .stage = s, .microbatch = mb});
    }
    put(rank, {.type = type, .stage = s, .microbatch = mb}, end, now);
  }

  void put(int rank, const Action& action, double end, double now) {
    order_[index(rank)].push_back(action);
    ranks_[index(rank)].free_at = ranks_[index(rank)].wake = end;
    for (const int other : {rank - 1, rank + 1}) {
      if (other < 0 || other >= problem_.ranks) continue;
      RankState& neighbour = ranks_[index(other)];
      if (neighbour.wake > now) neighbour.wake = std::max(neighbour.free_at, now);
    }
  }

  const ListProblem& problem_;
  const ListPolicy& policy_;
  int stage_count_;
  std::vector<StageState> stages_;
  std::vector<RankState> ranks_;
  PassOrder order_;
};

}  // namespace

std::optional<PassOrder> list_schedule(const ListProblem& problem, const ListPolicy& policy) {
  return ListScheduler(problem, policy).run();
}

Schedule schedule_of(const char* name, const ListProblem& problem, const PassOrder& order) {
  Schedule schedule{.name = name,
                    .microbatches = problem.microbatches,
                    .rank_of_stage = problem.v_shaped ? v_placement(problem.ranks) : loop_placement(problem.ranks, 1),
                    .reverse_rank_of_stage = {},
                    .rows = {}};
  for (const std::vector<Action>& passes : order) {
    auto& row = schedule.rows.emplace_back();
    for (const Action& action : passes) row.push_back({{action}});
  }
  return schedule;
}

}  // namespace braid
