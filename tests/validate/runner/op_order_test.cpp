// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/op_order.hpp"

#include <gtest/gtest.h>

#include "tests/validate/runner/ended_before.hpp"
#include "tests/validate/runner/small_programs.hpp"

namespace braid {
namespace {

/// How many compute ops of a rank have ended when op b starts, and which one is the first after op a, by brute force.
struct Counted {
  std::uint32_t ended = 0, first_after = OpOrder::kNever;
};

Counted count(const Program& program, const testing::EndedBefore& before, int rank, std::uint32_t op, int of) {
  Counted counted;
  std::uint32_t place = 0;
  const auto& ops = program.ranks[static_cast<std::size_t>(of)].ops;
  for (std::uint32_t i = 0; i < ops.size(); ++i) {
    if (ops[i].lane != Lane::compute) continue;
    if (before(of, i, rank, op)) counted.ended = place + 1;
    if (counted.first_after == OpOrder::kNever && before(rank, op, of, i)) counted.first_after = place;
    ++place;
  }
  return counted;
}

TEST(OpOrder, IsThatOfTheGraphForEverySchedule) {
  int programs = 0;
  for (const auto& [name, program] : testing::every_schedule(Recompute::none)) {
    ASSERT_TRUE(check(program).empty()) << name;
    const OpOrder order(program);
    const testing::EndedBefore before(program);
    ++programs;
    for (int rank = 0; rank < 2; ++rank) {
      const auto& ops = program.ranks[static_cast<std::size_t>(rank)].ops;
      for (std::uint32_t op = 0; op < ops.size(); op += ops[op].lane == Lane::pp ? 1 : 7) {
        for (int of = 0; of < 2; ++of) {
          const Counted counted = count(program, before, rank, op, of);
          ASSERT_EQ(order.ended_before(rank, op, of), counted.ended) << name << ' ' << to_text(ops[op].key);
          ASSERT_EQ(order.first_after(rank, op, of), counted.first_after) << name << ' ' << to_text(ops[op].key);
        }
      }
    }
  }
  EXPECT_GT(programs, 30);
}

// One microbatch over two ranks, eager: F0 on rank 0, its message, F1 on rank 1. When the bytes move, every op of F on
// rank 0 has ended and none on rank 1; the first op of rank 1 that comes after is its first.
TEST(OpOrder, AMessageComesAfterWhatItsSenderDidAndBeforeWhatItsReceiverDoes) {
  const Scenario scenario = testing::small_scenario(2, 2, 1);
  const struct Run run { .schedule = "1f1b", .p2p = P2pMode::eager };
  const Program program = lower(schedule_of(scenario, run), scenario, run);
  const OpOrder order(program);
  const Message& forward = program.messages[0];
  // Embedding, pre_attn, attn, pre_mlp, mlp.
  EXPECT_EQ(order.ended_before(1, forward.recv_op, 0), 5u);
  EXPECT_EQ(order.ended_before(1, forward.recv_op, 1), 0u);
  EXPECT_EQ(order.first_after(0, forward.send_op, 1), 0u);
  // The sender goes on with the backward, of which its first op waits for rank 1.
  EXPECT_EQ(order.first_after(0, forward.send_op, 0), 5u);
}

}  // namespace
}  // namespace braid
