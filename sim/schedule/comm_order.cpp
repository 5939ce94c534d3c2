// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/comm_order.hpp"

#include "sim/schedule/replay.hpp"

namespace braid {
namespace {

/// What of a pass has happened: an F or a gradient (I or B), at home or received.
class Known {
 public:
  explicit Known(const Schedule& schedule)
      : microbatches_(static_cast<std::size_t>(schedule.microbatches)),
        done_(2 * static_cast<std::size_t>(schedule.stages()) * microbatches_),
        received_(done_.size()) {}

  void run(const Action& action) {
    if (action.type != ActionType::W) done_[id(action.type != ActionType::F, action.stage, action.microbatch)] = true;
  }
  bool has_run(const Input& pass) const { return done_[id(pass.gradient, pass.stage, pass.microbatch)]; }
  void receive(const CommAction& r) { received_[id(r.type == CommType::recv_b, r.stage, r.microbatch)] = true; }
  bool has_received(const CommAction& r) const {
    return received_[id(r.type == CommType::recv_b, r.stage, r.microbatch)];
  }

 private:
  std::size_t id(bool gradient, int stage, int microbatch) const {
    return (2 * static_cast<std::size_t>(stage) + (gradient ? 1 : 0)) * microbatches_ +
           static_cast<std::size_t>(microbatch);
  }
  std::size_t microbatches_;
  std::vector<bool> done_;
  std::vector<bool> received_;
};

}  // namespace

std::optional<CommAction> receive_before(const Schedule& schedule, int rank, const Action& action) {
  const auto input = input_of(action, schedule.stages());
  if (!input || schedule.rank_of(input->stage, input->microbatch) == rank) return std::nullopt;
  return CommAction{.type = input->gradient ? CommType::recv_b : CommType::recv_f,
                    .stage = action.stage,
                    .microbatch = action.microbatch};
}

std::optional<CommAction> send_after(const Schedule& schedule, int rank, const Action& action) {
  if (action.type == ActionType::W) return std::nullopt;
  const bool forward = action.type == ActionType::F;
  const int to = action.stage + (forward ? 1 : -1);
  if (to < 0 || to >= schedule.stages() || schedule.rank_of(to, action.microbatch) == rank) return std::nullopt;
  return CommAction{
      .type = forward ? CommType::send_f : CommType::send_b, .stage = action.stage, .microbatch = action.microbatch};
}

std::vector<std::vector<CsvCell>> with_messages(const Schedule& schedule) {
  std::vector<std::vector<CsvCell>> rows(schedule.rows.size());
  std::vector<std::size_t> next(schedule.rows.size(), 0);
  Known known(schedule);
  const auto ready = [&](int rank, const Cell& cell) {
    for (const Action& action : cell.actions) {
      const auto input = input_of(action, schedule.stages());
      if (!input) continue;
      const auto receive = receive_before(schedule, rank, action);
      if (receive ? !known.has_received(*receive) : !known.has_run(*input)) return false;
    }
    return true;
  };
  for (bool progress = true; progress;) {
    progress = false;
    for (int rank = 0; rank < schedule.ranks(); ++rank) {
      const auto row = static_cast<std::size_t>(rank);
      if (next[row] == schedule.rows[row].size() || !ready(rank, schedule.rows[row][next[row]])) continue;
      const Cell& cell = schedule.rows[row][next[row]++];
      progress = true;
      if (!cell.empty()) rows[row].push_back({.compute = cell, .comm = {}});
      for (const Action& action : cell.actions) {
        known.run(action);
        const auto send = send_after(schedule, rank, action);
        if (!send) continue;
        const CommAction receive = partner_of(*send);
        const int to = schedule.rank_of(receive.stage, receive.microbatch);
        rows[row].push_back({.compute = {}, .comm = *send});
        rows[static_cast<std::size_t>(to)].push_back({.compute = {}, .comm = receive});
        known.receive(receive);
      }
    }
  }
  for (std::size_t row = 0; row < schedule.rows.size(); ++row) {
    BRAID_CHECK(next[row] == schedule.rows[row].size(), "a checked schedule runs to its end");
  }
  return rows;
}

}  // namespace braid
