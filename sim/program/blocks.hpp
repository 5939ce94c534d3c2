// SPDX-License-Identifier: Apache-2.0
// The blocks of a schedule, the messages between them, and which messages are posted together.
//
// A block is what a rank runs between two chances to communicate: a cell, or an I and the W right behind it joined
// to a full B. A message goes from the block that produces an activation (or its gradient) to the one that reads it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/base/modes.hpp"
#include "sim/schedule/schedule.hpp"

namespace braid {

struct Block {
  std::vector<Action> actions;  ///< 1, or 2 that are braided
  int unit_end = 0;             ///< when it ends at unit costs, eager, in slots: orders the posting of groups
};

/// Non-empty cells in order. With `join_adjacent_w` an I directly followed by its own W becomes one B.
std::vector<std::vector<Block>> blocks_of(const Schedule& schedule, bool join_adjacent_w);

/// An activation or, with `backward`, its gradient on its way to another rank.
struct Transfer {
  int from_rank = 0, from_block = 0;  ///< the block that produces it
  int to_rank = 0, to_block = 0;      ///< the block that reads it
  int from_stage = 0, to_stage = 0;
  int microbatch = 0;
  bool backward = false;

  /// Group g of a rank is posted before its block g (the last one after its last block).
  int send_group = 0, recv_group = 0;
  bool sender_waits = true;  ///< batched: the sender's next block waits for this message as well
  std::uint32_t batch = 0;
};

/// What the groups of one rank post, in the order of groups.
class Postings {
 public:
  struct Posting {
    int group = 0;
    std::uint32_t transfer = 0;  ///< into Transfers::all
  };
  /// In any order of groups; within one, in the order in which they are to be posted.
  void add(int group, std::uint32_t transfer) { all_.push_back({group, transfer}); }
  void sort_by_group();
  std::span<const Posting> of(int group) const;

 private:
  std::vector<Posting> all_;
  std::vector<std::uint32_t> begin_;  ///< by group
};

struct Transfers {
  std::vector<Transfer> all;
  /// By batch, how many posted ops it waits for.
  std::vector<std::uint32_t> batch_size;
  std::vector<Postings> sends, recvs;  ///< by rank
};

/// All messages that the blocks exchange; none between two stages of one rank.
///
/// eager, blocking: every message is a batch of its own. batched: they join groups as sim/program/p2p_groups.hpp says.
Transfers transfers_of(const Schedule& schedule, const std::vector<std::vector<Block>>& blocks, P2pMode mode);

}  // namespace braid
