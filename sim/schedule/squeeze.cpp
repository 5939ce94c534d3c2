// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/squeeze.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "sim/schedule/row_writer.hpp"

namespace braid {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::infinity();
constexpr int kFarthest = 40;  // passes that one may overtake: more than a warm-up's worth finds nothing new

struct RankState {
  std::vector<Action> left;  ///< in reverse, so that the next pass is at the back
  double free_at = 0;
  double wake = 0;
  std::array<int, 2> live{};  ///< chunks held, near and far
};

class Squeezer {
 public:
  Squeezer(const ListProblem& problem, const PassOrder& order, const SqueezePolicy& policy)
      : problem_(problem), policy_(policy), stages_(2 * problem.ranks), placement_(v_placement(problem.ranks)) {
    const std::size_t passes = 2 * index(stages_) * index(problem.microbatches);
    end_.assign(passes, kUnknown);
    order_.resize(order.size());
    for (const std::vector<Action>& row : order) {
      ranks_.emplace_back().left.assign(row.rbegin(), row.rend());
      passes_left_ += row.size();
    }
  }

  std::optional<PassOrder> run() {
    while (passes_left_ > 0) {
      const auto next = std::ranges::min_element(ranks_, {}, &RankState::wake);
      if (next->wake == kUnknown) return std::nullopt;
      decide(static_cast<int>(next - ranks_.begin()), next->wake);
    }
    return std::move(order_);
  }

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  double& end(bool gradient, int stage, int microbatch) {
    return end_[(2 * index(stage) + (gradient ? 1 : 0)) * index(problem_.microbatches) + index(microbatch)];
  }
  bool is_far(const Action& action) const { return action.stage >= problem_.ranks; }
  bool frees(const Action& action) const { return action.type == ActionType::W || action.type == ActionType::B; }

  double ready_at(int rank, const Action& action, double now) {
    if (action.type == ActionType::W) return end(true, action.stage, action.microbatch) <= now ? now : kUnknown;
    const bool gradient = action.type != ActionType::F;
    // Whatever runs on this rank has run by now or is no candidate yet; only messages are worth waking up for.
    if (gradient && end(false, action.stage, action.microbatch) > now) return kUnknown;
    const auto input = input_of(action, stages_);
    if (!input) return 0;
    const double produced = end(input->gradient, input->stage, input->microbatch);
    return produced + (placement_[index(input->stage)] == rank ? 0 : problem_.costs.comm);
  }

  /// Whether the F `ahead` places from the front may run now; memory must hold all it overtakes as well.
  bool fits(int rank, const Action& forward, int ahead) const {
    const RankState& state = ranks_[index(rank)];
    int live = state.live[0] + state.live[1] + 1;
    int most = live;
    for (int i = 0; i < ahead; ++i) {
      const Action& overtaken = state.left[state.left.size() - 1 - index(i)];
      if (overtaken.type == ActionType::F) most = std::max(most, ++live);
      if (frees(overtaken)) --live;
    }
    if (ahead > 0 && !is_far(forward)) {
      const int room = policy_.room_for_far + policy_.room_per_rank * rank;
      if (room > 0) most = std::max(most, state.live[0] + 1 + std::max(state.live[1], room));
    }
    return most <= problem_.memory_limit;
  }

  void decide(int rank, double now) {
    RankState& state = ranks_[index(rank)];
    const int left = static_cast<int>(state.left.size());
    const int taken = static_cast<int>(order_[index(rank)].size());
    const bool overtaking = taken < policy_.first_passes || left <= policy_.last_passes;
    const int reach = overtaking ? std::min(left, kFarthest) : std::min(left, 1);
    double wake = kUnknown;
    unsigned kinds_before = 0;  // microbatches of one kind of pass stay in order
    for (int ahead = 0; ahead < reach; ++ahead) {
      const Action action = state.left[index(left - 1 - ahead)];
      const unsigned kind = 1U << (2 * static_cast<unsigned>(action.type) + (is_far(action) ? 1U : 0U));
      if ((kinds_before & kind) != 0) continue;
      kinds_before |= kind;
      if (action.type == ActionType::F && !fits(rank, action, ahead)) continue;
      const double ready = ready_at(rank, action, now);
      if (ready <= now) return take(rank, ahead, now);
      wake = std::min(wake, ready);
    }
    state.wake = wake;
  }

  void take(int rank, int ahead, double now) {
    RankState& state = ranks_[index(rank)];
    const auto at = state.left.end() - 1 - ahead;
    const Action action = *at;
    state.left.erase(at);
    --passes_left_;
    order_[index(rank)].push_back(action);
    const double ends = now + problem_.costs.of(action.type);
    if (action.type != ActionType::W) end(action.type != ActionType::F, action.stage, action.microbatch) = ends;
    int& live = state.live[is_far(action) ? 1 : 0];
    if (action.type == ActionType::F) ++live;
    if (frees(action)) --live;
    state.free_at = state.wake = ends;
    for (const int other : {rank - 1, rank + 1}) {
      if (other < 0 || other >= problem_.ranks) continue;
      RankState& neighbour = ranks_[index(other)];
      if (neighbour.wake > now) neighbour.wake = std::max(neighbour.free_at, now);
    }
  }

  const ListProblem& problem_;
  const SqueezePolicy& policy_;
  int stages_;
  std::vector<int> placement_;
  std::vector<double> end_;
  std::vector<RankState> ranks_;
  std::size_t passes_left_ = 0;
  PassOrder order_;
};

}  // namespace

std::optional<PassOrder> squeezed(const ListProblem& problem, const PassOrder& order, const SqueezePolicy& policy) {
  return Squeezer(problem, order, policy).run();
}

}  // namespace braid
