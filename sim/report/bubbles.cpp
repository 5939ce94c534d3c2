// SPDX-License-Identifier: Apache-2.0
#include "sim/report/bubbles.hpp"

#include <algorithm>
#include <numeric>

#include "sim/report/waits.hpp"

namespace braid {
namespace {

/// Finds the cause of every idle piece of a rank and hands it to `emit(Gap)`, pieces of one gap last first.
template <typename Emit>
class Blamer {
 public:
  Blamer(const Waits& waits, std::size_t rank, Emit emit) : waits_(waits), rank_(rank), emit_(emit) {}

  RankTime account() {
    const Played& played = waits_.played();
    const RankTimeline& timeline = played.timeline->ranks[rank_];
    const std::vector<Op>& ops = played.ops(rank_).ops;
    RankTime time;
    time.rank = timeline.rank;
    double idle_from = 0;
    std::uint32_t last = kNoWaiter;
    for (std::uint32_t op = 0; op < ops.size(); ++op) {
      if (ops[op].lane != Lane::compute) continue;
      const Span& span = played.span(rank_, op);
      if (last == kNoWaiter) {
        time.first_start = span.start;
        ramping_up_ = true;
        blame(op, op, 0, span.start.value);
        ramping_up_ = false;
      } else {
        blame(op, op, idle_from, span.start.value);
      }
      time.busy += span.end - span.start - span.stretch;
      time.stretch += span.stretch;
      idle_from = span.end.value;
      last = op;
    }
    const double step = played.timeline->step_time.value;
    if (last == kNoWaiter) {
      piece(0, step, Cause::warm_up, last, {rank_, last});
      return time;
    }
    const double tail = std::max(idle_from, waits_.end_of_own_lanes(rank_));
    blame(kNoWaiter, last, idle_from, tail);
    piece(tail, step, Cause::drain, last, {rank_, last});
    time.last_end = Seconds(tail);
    return time;
  }

 private:
  /// Cuts [from, to), in which `waiter` (kNoWaiter: the end of the step) could not start; `waiting` stands for it.
  void blame(std::uint32_t waiter, std::uint32_t waiting, double from, double to) {
    const double slack = waits_.slack();
    while (to > from) {
      const Wait wait = waits_.latest(rank_, waiter, from);
      double met = wait.kind == Wait::Kind::nothing ? from : std::clamp(wait.end, from, to);
      if (wait.kind != Wait::Kind::nothing && to - met <= slack) met = to;
      if (met < to) {
        BRAID_CHECK(to - met <= slack || waits_.host_can_hold(rank_, waiter, to),
                    "an op starts when all that it waits for has ended and the host has launched it");
        piece(met, to, Cause::host, waiting, {rank_, waiter});
        to = met;
        continue;
      }
      if (wait.kind == Wait::Kind::others) {
        piece(from, to, wait.cause, waiting, {wait.rank, wait.op});
        return;
      }
      double started = std::clamp(waits_.played().start(rank_, wait.op), from, to);
      if (started - from <= slack) started = from;
      piece(started, to, cause_in_flight(waits_.played().ops(rank_).ops[wait.op]), waiting, {rank_, wait.op});
      to = started;
      waiter = wait.op;
    }
  }

  void piece(double from, double to, Cause cause, std::uint32_t waiting, std::pair<std::size_t, std::uint32_t> blamed) {
    const bool of_schedule = cause == Cause::pp_wait || cause == Cause::pp_transfer || cause == Cause::host;
    if (ramping_up_ && of_schedule) cause = Cause::warm_up;
    if (to > from) emit_(from, to, cause, waiting, blamed);
  }

  const Waits& waits_;
  std::size_t rank_;
  Emit emit_;
  bool ramping_up_ = false;
};

}  // namespace

const char* to_text(Cause cause) {
  constexpr std::array names{"tp", "pp_wait", "pp_transfer", "dp", "offload", "host", "warm_up", "drain"};
  static_assert(names.size() == kCauses);
  return names[static_cast<std::size_t>(cause)];
}

Seconds RankTime::idle_total() const { return std::accumulate(idle.begin(), idle.end(), Seconds(0)); }

std::vector<RankTime> account(const Played& played, const Launches& launches) {
  throw_if_any(played.faults);
  const Waits waits(played, launches);
  std::vector<RankTime> times;
  for (std::size_t rank = 0; rank < played.ranks.size(); ++rank) {
    std::array<Seconds, kCauses> idle{};
    const auto add = [&](double from, double to, Cause cause, auto, const auto&) {
      idle[static_cast<std::size_t>(cause)] += Seconds(to - from);
    };
    times.push_back(Blamer(waits, rank, add).account());
    times.back().idle = idle;
    times.back().gpus = played.gpus(rank);
  }
  return times;
}

namespace {

std::vector<Gap> gaps_of(const Waits& waits, std::size_t rank) {
  const Played& played = waits.played();
  std::vector<Gap> gaps;
  const auto known = [&](std::size_t on, std::uint32_t op) { return op < played.ops(on).ops.size() ? op : kNoOp; };
  const auto key = [&](std::size_t on, std::uint32_t op) {
    return known(on, op) == kNoOp ? OpKey{} : played.ops(on).ops[op].key;
  };
  const auto keep = [&](double from, double to, Cause cause, std::uint32_t waiting, const auto& blamed) {
    gaps.push_back({.rank = played.timeline->ranks[rank].rank,
                    .start = Seconds(from),
                    .end = Seconds(to),
                    .cause = cause,
                    .waiting = key(rank, waiting),
                    .blamed = key(blamed.first, blamed.second),
                    .blamed_rank = played.timeline->ranks[blamed.first].rank,
                    .waiting_op = known(rank, waiting),
                    .blamed_op = known(blamed.first, blamed.second),
                    .blamed_position = blamed.first});
  };
  Blamer(waits, rank, keep).account();
  std::stable_sort(gaps.begin(), gaps.end(), [](const Gap& a, const Gap& b) { return a.start < b.start; });
  // What a warm-up waits for in turn is of no interest.
  while (gaps.size() > 1 && gaps[0].cause == Cause::warm_up && gaps[1].cause == Cause::warm_up) {
    gaps[1].start = gaps[0].start;
    gaps.erase(gaps.begin());
  }
  return gaps;
}

}  // namespace

std::vector<Gap> gaps_of(const Played& played, std::size_t rank, const Launches& launches) {
  throw_if_any(played.faults);
  return gaps_of(Waits(played, launches), rank);
}

void each_rank_gaps(const Played& played, const Launches& launches,
                    const std::function<void(std::size_t rank, const std::vector<Gap>& gaps)>& take) {
  throw_if_any(played.faults);
  const Waits waits(played, launches);
  for (std::size_t rank = 0; rank < played.ranks.size(); ++rank) take(rank, gaps_of(waits, rank));
}

}  // namespace braid
