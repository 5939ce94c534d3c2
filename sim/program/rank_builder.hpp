// SPDX-License-Identifier: Apache-2.0
// Appends ops to one rank of a Program, with the messages that its blocks send and receive.
//
// Both lowerings (transformer units, abstract cells) use it, so that eager and batched point-to-point mean the same
// in both.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "sim/program/blocks.hpp"
#include "sim/program/program.hpp"

namespace braid {

/// Turns a Program's transfers into its messages and batches; ops are filled in by the RankBuilders.
void add_messages(Program& program, const Transfers& transfers);

class RankBuilder {
 public:
  /// `chunk_of_stage` gives the chunk number of a stage on this rank (for the keys of sends and receives);
  /// `message_work` the WorkItem of messages.
  RankBuilder(Program& program, int rank, const Schedule& schedule, const Transfers& transfers,
              std::uint16_t message_work);

  /// Appends an op; dependences on ops of the same ordered lane are implied and left out, as is kNoOp.
  std::uint32_t add(OpKey key, Lane lane, std::uint16_t work, std::initializer_list<std::uint32_t> deps);
  /// As above, for an op that must wait for many.
  std::uint32_t add(OpKey key, Lane lane, std::uint16_t work, std::span<const std::uint32_t> deps);

  /// Appends the send (or recv) op of a message.
  std::uint32_t add_end(OpKey key, bool send, std::uint32_t message, std::uint16_t work,
                        std::span<const std::uint32_t> deps);

  /// Posts what must be posted before block `block`; the next compute op added waits for what it has to.
  /// Call it once more with the number of blocks for what is sent after the last one.
  void begin_block(int block);
  /// The op that the forward (or backward) of this stage and microbatch on this rank has to wait for: the message
  /// that brings its input, or what a stage of the same rank left behind, or kNoOp.
  std::uint32_t input_of(bool backward, int stage, int microbatch) const;
  /// What output_is has declared for an action on this rank, or kNoOp.
  std::uint32_t output_of(bool backward, int stage, int microbatch) const;
  /// Declares the op after which the output of an action is there.
  void output_is(bool backward, int stage, int microbatch, std::uint32_t op);
  /// The block is issued: `ends` are the ops after which all of it is done.
  void end_block(std::vector<std::uint32_t> ends);

  int chunk_of(int stage) const;
  int rank() const { return rank_; }
  const RankProgram& ops() const { return program_.ranks[static_cast<std::size_t>(rank_)]; }

 private:
  std::uint32_t post(const Transfer& transfer, std::uint32_t message, bool send, std::span<const std::uint32_t> deps);
  std::uint32_t& slot(std::vector<std::uint32_t>& table, bool backward, int stage, int microbatch) const;

  Program& program_;
  const Schedule& schedule_;
  const Transfers& transfers_;
  int rank_;
  std::uint16_t message_work_;
  std::vector<int> stages_;
  mutable std::vector<std::uint32_t> input_, output_;  ///< by (backward, stage, microbatch)
  std::vector<std::uint32_t> block_ends_;              ///< of the last block
  std::vector<std::uint32_t> gate_;                    ///< what the next compute op waits for besides
};

}  // namespace braid
