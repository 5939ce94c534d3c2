// SPDX-License-Identifier: Apache-2.0
// What must have ended before an op of a Program starts, in every run of it and over all its ranks: when memory that
// one op used may be another's.
//
// Ops of one ordered lane follow one another; an op follows its dependences; the ops of a batch of messages start when
// all that it waits for are posted (eager, blocking: the send; batched: every send and recv), so that what follows a
// recv follows the sender as well. Nothing else counts: neither times nor the order in which a host enqueues.
//
// Compute lanes are the clocks: an op's place in its rank's lane is how many compute ops run before it there.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "sim/program/program.hpp"

namespace braid {

class OpOrder {
 public:
  /// The program must have passed check().
  explicit OpOrder(const Program& program);

  static constexpr std::uint32_t kNever = std::numeric_limits<std::uint32_t>::max();

  /// A compute op's place in its lane.
  std::uint32_t place(int rank, std::uint32_t op) const { return place_[node(rank, op)]; }
  /// How many compute ops of rank `of` have ended when this op starts; of a send or recv: when its bytes start to move.
  std::uint32_t ended_before(int rank, std::uint32_t op, int of) const;
  /// The place of the first compute op of rank `of` that starts after this op has ended; kNever if none has to.
  std::uint32_t first_after(int rank, std::uint32_t op, int of) const;

 private:
  struct Edges;
  std::size_t node(int rank, std::uint32_t op) const { return first_[static_cast<std::size_t>(rank)] + op; }
  /// Where the interval of an op is: its message's node, or its own.
  std::size_t interval(int rank, std::uint32_t op) const;
  Edges edges(const Program& program) const;
  void sweep(const Edges& edges);

  std::size_t ranks_ = 0;
  std::vector<std::size_t> first_;         ///< by rank: the node of its first op
  std::vector<std::uint32_t> message_of_;  ///< by op node; kNoMessage
  std::vector<std::uint32_t> place_;       ///< by op node; kNever if it is no compute op
  std::vector<std::int32_t> rank_of_;      ///< by op node
  std::size_t batches_at_ = 0, messages_at_ = 0, nodes_ = 0;
  std::vector<std::uint32_t> ended_, after_;  ///< [node * ranks + rank]
};

}  // namespace braid
