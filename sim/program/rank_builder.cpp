// SPDX-License-Identifier: Apache-2.0
#include "sim/program/rank_builder.hpp"

#include <algorithm>

namespace braid {

void add_messages(Program& program, const Transfers& transfers) {
  for (const Transfer& t : transfers.all) {
    program.messages.push_back(
        {.from = t.from_rank, .to = t.to_rank, .send_op = kNoOp, .recv_op = kNoOp, .batch = t.batch});
  }
  program.batch_size = transfers.batch_size;
}

RankBuilder::RankBuilder(Program& program, int rank, const Schedule& schedule, const Transfers& transfers,
                         std::uint16_t message_work)
    : program_(program),
      schedule_(schedule),
      transfers_(transfers),
      rank_(rank),
      message_work_(message_work),
      stages_(schedule.stages_of(rank)),
      input_(static_cast<std::size_t>(2 * schedule.stages() * schedule.microbatches), kNoOp),
      output_(input_.size(), kNoOp) {}

std::uint32_t& RankBuilder::slot(std::vector<std::uint32_t>& table, bool backward, int stage, int microbatch) const {
  const std::size_t row =
      (backward ? static_cast<std::size_t>(schedule_.stages()) : 0) + static_cast<std::size_t>(stage);
  return table[row * static_cast<std::size_t>(schedule_.microbatches) + static_cast<std::size_t>(microbatch)];
}

std::uint32_t RankBuilder::add(OpKey key, Lane lane, std::uint16_t work, std::initializer_list<std::uint32_t> deps) {
  return add(key, lane, work, std::span(deps.begin(), deps.size()));
}

std::uint32_t RankBuilder::add(OpKey key, Lane lane, std::uint16_t work, std::span<const std::uint32_t> deps) {
  RankProgram& rank = program_.ranks[static_cast<std::size_t>(rank_)];
  Op op{.key = key, .lane = lane, .work = work};
  op.key.rank = rank_;
  op.dep_begin = static_cast<std::uint32_t>(rank.deps.size());
  const auto depend = [&](std::uint32_t dep) {
    if (dep == kNoOp) return;
    // Ops of one ordered lane follow one another anyway; messages do not.
    if (rank.ops[dep].lane == lane && lane != Lane::pp) return;
    const auto mine = rank.deps.begin() + op.dep_begin;
    if (std::find(mine, rank.deps.end(), dep) == rank.deps.end()) rank.deps.push_back(dep);
  };
  for (const std::uint32_t dep : deps) depend(dep);
  if (lane == Lane::compute) {
    for (const std::uint32_t dep : gate_) depend(dep);
    gate_.clear();
  }
  op.dep_count = static_cast<std::uint16_t>(rank.deps.size() - op.dep_begin);
  rank.ops.push_back(op);
  return static_cast<std::uint32_t>(rank.ops.size() - 1);
}

std::uint32_t RankBuilder::add_end(OpKey key, bool send, std::uint32_t message, std::uint16_t work,
                                   std::span<const std::uint32_t> deps) {
  key.kind = send ? OpKind::send : OpKind::recv;
  const std::uint32_t op = add(key, Lane::pp, work, deps);
  program_.ranks[static_cast<std::size_t>(rank_)].ops[op].message = message;
  Message& m = program_.messages[message];
  (send ? m.send_op : m.recv_op) = op;
  return op;
}

std::uint32_t RankBuilder::post(const Transfer& t, std::uint32_t message, bool send,
                                std::span<const std::uint32_t> deps) {
  const OpKey key{.index = static_cast<std::int32_t>(t.backward ? CommOf::input_grad : CommOf::forward),
                  .microbatch = static_cast<std::int16_t>(t.microbatch),
                  .chunk = static_cast<std::int8_t>(chunk_of(send ? t.from_stage : t.to_stage))};
  return add_end(key, send, message, message_work_, deps);
}

void RankBuilder::begin_block(int block) {
  const bool batched = program_.p2p == P2pMode::batched;
  if (transfers_.all.empty()) return;
  const auto rank = static_cast<std::size_t>(rank_);
  for (const auto& [group, i] : transfers_.sends[rank].of(block)) {
    const Transfer& t = transfers_.all[i];
    const std::uint32_t produced = slot(output_, t.backward, t.from_stage, t.microbatch);
    const std::uint32_t op = batched ? post(t, i, true, block_ends_) : post(t, i, true, std::span(&produced, 1));
    if ((batched && t.sender_waits) || program_.p2p == P2pMode::blocking) gate_.push_back(op);
  }
  for (const auto& [group, i] : transfers_.recvs[rank].of(block)) {
    const Transfer& t = transfers_.all[i];
    const std::uint32_t op =
        post(t, i, false, batched ? std::span<const std::uint32_t>(block_ends_) : std::span<const std::uint32_t>());
    slot(input_, t.backward, t.to_stage, t.microbatch) = op;
    if (batched) gate_.push_back(op);
  }
}

std::uint32_t RankBuilder::input_of(bool backward, int stage, int microbatch) const {
  const std::uint32_t received = slot(input_, backward, stage, microbatch);
  if (received != kNoOp) return received;
  const int from = backward ? stage + 1 : stage - 1;
  if (from < 0) return kNoOp;
  // The last stage turns round by itself: its backward follows its own forward.
  if (from >= schedule_.stages()) return slot(output_, false, stage, microbatch);
  return slot(output_, backward, from, microbatch);
}

std::uint32_t RankBuilder::output_of(bool backward, int stage, int microbatch) const {
  return slot(output_, backward, stage, microbatch);
}

void RankBuilder::output_is(bool backward, int stage, int microbatch, std::uint32_t op) {
  slot(output_, backward, stage, microbatch) = op;
}

void RankBuilder::end_block(std::vector<std::uint32_t> ends) { block_ends_ = std::move(ends); }

int RankBuilder::chunk_of(int stage) const {
  return static_cast<int>(std::find(stages_.begin(), stages_.end(), stage) - stages_.begin());
}

}  // namespace braid
