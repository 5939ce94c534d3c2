// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include "sim/schedule/comm_order.hpp"

namespace braid {
namespace {

class MessageChecker {
 public:
  MessageChecker(const Schedule& schedule, const std::vector<std::vector<CsvCell>>& rows, const CellName& name)
      : schedule_(schedule), rows_(rows), name_(name) {}

  std::vector<Issue> all() {
    for (int rank = 0; rank < schedule_.ranks(); ++rank) note_messages(rank);
    if (!issues_.empty() || places_.empty()) return issues_;
    for (const auto& [message, place] : places_) {
      if (!places_.contains(partner_of(message))) {
        fault(place, fmt::format("{} has no partner {}", to_text(message), to_text(partner_of(message))));
      }
    }
    for (int rank = 0; rank < schedule_.ranks(); ++rank) order_on(rank);
    if (!issues_.empty()) return issues_;
    order_of_pairs();
    if (issues_.empty()) deadlock();
    return issues_;
  }

 private:
  using Place = std::pair<int, int>;  // rank, turn

  void fault(Place place, std::string what) {
    constexpr std::size_t kEnough = 20;  // a file with one wrong habit has it everywhere
    if (issues_.size() < kEnough) issues_.push_back({name_(place.first, place.second), std::move(what)});
  }

  const std::vector<CsvCell>& row(int rank) const { return rows_[static_cast<std::size_t>(rank)]; }

  bool in_range(const CommAction& a) const {
    return a.stage >= 0 && a.stage < schedule_.stages() && a.microbatch < schedule_.microbatches;
  }

  void note_messages(int rank) {
    for (std::size_t turn = 0; turn < row(rank).size(); ++turn) {
      const auto& comm = row(rank)[turn].comm;
      if (!comm) continue;
      const Place place{rank, static_cast<int>(turn)};
      const bool message = is_message(comm->type);
      if (!in_range(*comm)) {
        fault(place, fmt::format("{}: there are {} stages and {} microbatches", to_text(*comm), schedule_.stages(),
                                 schedule_.microbatches));
      } else if (message ? schedule_.rank_of(comm->stage, comm->microbatch) != rank : !lives_on(comm->stage, rank)) {
        fault(place, fmt::format("{}: stage {} does not live on rank {}", to_text(*comm), comm->stage, rank));
      } else if (message && !in_range(partner_of(*comm))) {
        fault(place, fmt::format("{}: there is no stage at its other end", to_text(*comm)));
      } else if (message && other_rank(*comm) == rank) {
        fault(place, fmt::format("{}: both ends are on rank {}; nothing is sent", to_text(*comm), rank));
      } else if (message && !places_.emplace(*comm, place).second) {
        fault(place, fmt::format("{}: stands twice", to_text(*comm)));
      }
    }
  }

  bool lives_on(int stage, int rank) const {
    const auto at = static_cast<std::size_t>(stage);
    return schedule_.rank_of_stage[at] == rank ||
           (schedule_.bidirectional() && schedule_.reverse_rank_of_stage[at] == rank);
  }

  int other_rank(const CommAction& message) const {
    const CommAction partner = partner_of(message);
    return schedule_.rank_of(partner.stage, partner.microbatch);
  }

  void order_on(int rank) {
    std::set<CommAction> received;
    std::set<CommAction> may_send;
    for (std::size_t turn = 0; turn < row(rank).size(); ++turn) {
      const CsvCell& cell = row(rank)[turn];
      const Place place{rank, static_cast<int>(turn)};
      if (cell.comm && is_message(cell.comm->type)) {
        if (!is_send(cell.comm->type)) {
          received.insert(*cell.comm);
        } else if (!may_send.contains(*cell.comm)) {
          fault(place, fmt::format("{}: what it sends has not been computed before", to_text(*cell.comm)));
        }
      }
      for (const Action& action : cell.compute.actions) {
        const auto receive = receive_before(schedule_, rank, action);
        if (receive && !received.contains(*receive)) {
          fault(place, fmt::format("{} needs {} before it", to_text(action), to_text(*receive)));
        }
        if (const auto send = send_after(schedule_, rank, action)) may_send.insert(*send);
      }
    }
  }

  void order_of_pairs() {
    std::map<std::pair<int, int>, std::vector<CommAction>> sent;      // by (from, to)
    std::map<std::pair<int, int>, std::vector<CommAction>> received;  // as the sends that they match
    for (int rank = 0; rank < schedule_.ranks(); ++rank) {
      for (const CsvCell& cell : row(rank)) {
        if (!cell.comm || !is_message(cell.comm->type)) continue;
        const int other = other_rank(*cell.comm);
        if (is_send(cell.comm->type)) {
          sent[{rank, other}].push_back(*cell.comm);
        } else {
          received[{other, rank}].push_back(partner_of(*cell.comm));
        }
      }
    }
    for (const auto& [pair, messages] : sent) {
      const auto& arrivals = received[pair];
      for (std::size_t i = 0; i < messages.size(); ++i) {
        if (messages[i] == arrivals[i]) continue;
        fault(places_.at(partner_of(arrivals[i])),
              fmt::format("{} is receive {} from rank {}, but that rank's send {} is {}; they match in order",
                          to_text(partner_of(arrivals[i])), i, pair.first, i, to_text(messages[i])));
        break;
      }
    }
  }

  /// A receive waits for its send; sends and computes never wait (their inputs were seen to stand before them).
  void deadlock() {
    std::vector<std::size_t> next(rows_.size(), 0);
    std::set<CommAction> sent;
    const auto waits = [&](const CsvCell& cell) {
      return cell.comm && is_message(cell.comm->type) && !is_send(cell.comm->type) &&
             !sent.contains(partner_of(*cell.comm));
    };
    for (bool progress = true; progress;) {
      progress = false;
      for (std::size_t r = 0; r < rows_.size(); ++r) {
        for (; next[r] < rows_[r].size() && !waits(rows_[r][next[r]]); ++next[r]) {
          progress = true;
          const auto& comm = rows_[r][next[r]].comm;
          if (comm && is_message(comm->type) && is_send(comm->type)) sent.insert(*comm);
        }
      }
    }
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      if (next[r] == rows_[r].size()) continue;
      const Place place{static_cast<int>(r), static_cast<int>(next[r])};
      const CommAction send = partner_of(*rows_[r][next[r]].comm);
      const auto [rank, turn] = places_.at(send);
      fault(place, fmt::format("{} waits forever for {}, which is later at {}: the order of the ranks is cyclic",
                               to_text(*rows_[r][next[r]].comm), to_text(send), name_(rank, turn)));
    }
  }

  const Schedule& schedule_;
  const std::vector<std::vector<CsvCell>>& rows_;
  const CellName& name_;
  std::map<CommAction, Place> places_;
  std::vector<Issue> issues_;
};

}  // namespace

std::vector<Issue> check_messages(const Schedule& schedule, const std::vector<std::vector<CsvCell>>& rows,
                                  const CellName& name) {
  return MessageChecker(schedule, rows, name).all();
}

}  // namespace braid
