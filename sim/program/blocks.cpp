// SPDX-License-Identifier: Apache-2.0
#include "sim/program/blocks.hpp"

#include <algorithm>

#include "sim/program/p2p_groups.hpp"

namespace braid {
namespace {

bool joins(const Cell& cell, const Cell& next) {
  if (cell.actions.size() != 1 || next.actions.size() != 1) return false;
  const Action& i = cell.actions[0];
  const Action& w = next.actions[0];
  return i.type == ActionType::I && w.type == ActionType::W && i.stage == w.stage && i.microbatch == w.microbatch;
}

struct Place {
  int rank = -1;
  int block = -1;
};

/// Where the forward and the backward (B or I) of every (stage, microbatch) run.
class Places {
 public:
  Places(const Schedule& schedule, const std::vector<std::vector<Block>>& blocks)
      : microbatches_(schedule.microbatches),
        forward_(static_cast<std::size_t>(schedule.stages() * schedule.microbatches)),
        backward_(forward_.size()) {
    for (int rank = 0; rank < schedule.ranks(); ++rank) {
      const auto& row = blocks[static_cast<std::size_t>(rank)];
      for (int block = 0; block < static_cast<int>(row.size()); ++block) {
        for (const Action& action : row[static_cast<std::size_t>(block)].actions) {
          if (action.type == ActionType::W) continue;
          auto& table = action.type == ActionType::F ? forward_ : backward_;
          table[index(action.stage, action.microbatch)] = {.rank = rank, .block = block};
        }
      }
    }
  }
  const Place& of(bool backward, int stage, int microbatch) const {
    return (backward ? backward_ : forward_)[index(stage, microbatch)];
  }

 private:
  std::size_t index(int stage, int microbatch) const {
    return static_cast<std::size_t>(stage) * static_cast<std::size_t>(microbatches_) +
           static_cast<std::size_t>(microbatch);
  }
  int microbatches_;
  std::vector<Place> forward_, backward_;
};

}  // namespace

void Postings::sort_by_group() {
  std::ranges::stable_sort(all_, {}, &Posting::group);
  begin_.assign(1, 0);
  for (std::uint32_t i = 0; i < all_.size(); ++i) {
    while (static_cast<int>(begin_.size()) <= all_[i].group) begin_.push_back(i);
  }
  begin_.push_back(static_cast<std::uint32_t>(all_.size()));
}

std::span<const Postings::Posting> Postings::of(int group) const {
  const auto g = static_cast<std::size_t>(group);
  if (g + 1 >= begin_.size()) return {};
  return std::span(all_).subspan(begin_[g], begin_[g + 1] - begin_[g]);
}

std::vector<std::vector<Block>> blocks_of(const Schedule& schedule, bool join_adjacent_w) {
  const UnitTimes times = unit_times(schedule);
  std::vector<std::vector<Block>> blocks(schedule.rows.size());
  for (std::size_t rank = 0; rank < schedule.rows.size(); ++rank) {
    const auto& row = schedule.rows[rank];
    for (std::size_t turn = 0; turn < row.size(); ++turn) {
      if (row[turn].empty()) continue;
      Block block{.actions = row[turn].actions, .unit_end = times.end[rank][turn]};
      if (join_adjacent_w && turn + 1 < row.size() && joins(row[turn], row[turn + 1])) {
        block.actions[0].type = ActionType::B;
        block.unit_end = times.end[rank][++turn];
      }
      blocks[rank].push_back(std::move(block));
    }
  }
  return blocks;
}

Transfers transfers_of(const Schedule& schedule, const std::vector<std::vector<Block>>& blocks, P2pMode mode) {
  const Places places(schedule, blocks);
  Transfers transfers;
  for (int microbatch = 0; microbatch < schedule.microbatches; ++microbatch) {
    for (int boundary = 0; boundary + 1 < schedule.stages(); ++boundary) {
      for (const bool backward : {false, true}) {
        Transfer t{.from_stage = backward ? boundary + 1 : boundary,
                   .to_stage = backward ? boundary : boundary + 1,
                   .microbatch = microbatch,
                   .backward = backward};
        const Place from = places.of(backward, t.from_stage, microbatch);
        const Place to = places.of(backward, t.to_stage, microbatch);
        if (from.rank == to.rank) continue;
        t.from_rank = from.rank;
        t.from_block = from.block;
        t.to_rank = to.rank;
        t.to_block = to.block;
        t.send_group = t.from_block + 1;
        t.recv_group = t.to_block;
        t.batch = static_cast<std::uint32_t>(transfers.all.size());
        transfers.all.push_back(t);
      }
    }
  }
  transfers.batch_size.assign(transfers.all.size(), 1);
  if (mode == P2pMode::batched) form_groups(transfers, blocks);
  transfers.sends.resize(blocks.size());
  transfers.recvs.resize(blocks.size());
  for (std::uint32_t i = 0; i < transfers.all.size(); ++i) {
    const Transfer& t = transfers.all[i];
    transfers.sends[static_cast<std::size_t>(t.from_rank)].add(t.send_group, i);
    transfers.recvs[static_cast<std::size_t>(t.to_rank)].add(t.recv_group, i);
  }
  for (auto* postings : {&transfers.sends, &transfers.recvs}) {
    for (Postings& of_rank : *postings) of_rank.sort_by_group();
  }
  return transfers;
}

}  // namespace braid
