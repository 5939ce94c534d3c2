// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/tensor_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/validate/runner/ended_before.hpp"
#include "tests/validate/runner/small_programs.hpp"

namespace braid {
namespace {

Program one_rank(const std::vector<Action>& actions, int layers, int microbatches, Recompute recompute) {
  return testing::one_rank(actions, testing::small_scenario(layers, 1, microbatches, recompute));
}

const std::vector<Action> kForwardAndBackward{{ActionType::F, 0, 0}, {ActionType::B, 0, 0}};
const std::vector<Action> kDeferred{{ActionType::F, 0, 0}, {ActionType::I, 0, 0}, {ActionType::W, 0, 0}};

std::string name(const OpKey& key) { return std::string(to_text(key.kind)) + ' ' + to_text(key.unit); }

/// "F attn qkv 4096", the tensors in order.
std::vector<std::string> listed(const TensorPlan& plan) {
  std::vector<std::string> lines;
  for (const PlannedTensor& t : plan.tensors) {
    lines.push_back(name(t.key) + ' ' + to_text(t.role) + ' ' + std::to_string(t.bytes));
  }
  return lines;
}

/// The name of the op that uses it last.
std::string last_use(const Program& program, const TensorPlan& plan, const std::string& made_by, Role role) {
  for (const PlannedTensor& t : plan.tensors) {
    if (name(t.key) == made_by && t.role == role) return name(program.ranks[0].ops[t.uses.back()].key);
  }
  return "no such tensor";
}

// 32 tokens: hidden 64 -> 4096 bytes, QKV 64 -> 4096, Q 32 -> 2048, two statistics a token -> 256, gate and up 96 ->
// 6144, activation 48 -> 3072, logits 256 -> 16384, three numbers a token -> 384, one -> 128.
TEST(TensorPlan, HoldsWhatTheKernelsOfALayerTouch) {
  const Program program = one_rank(kForwardAndBackward, 1, 1, Recompute::none);
  const TensorPlan plan = tensor_plan(program, 0);
  const std::string f = std::string(to_text(OpKind::forward)) + ' ', i = std::string(to_text(OpKind::input_grad)) + ' ';
  EXPECT_THAT(listed(plan),
              ::testing::ElementsAre(f + "embedding y 4096",                                                    //
                                     f + "pre_attn normed 4096", f + "pre_attn rstd 128",                       //
                                     f + "attn qkv 4096", f + "attn attended 2048", f + "attn statistics 256",  //
                                     f + "attn y 4096",                                                         //
                                     f + "pre_mlp normed 4096", f + "pre_mlp rstd 128",                         //
                                     f + "mlp gate_up 6144", f + "mlp activated 3072", f + "mlp y 4096",        //
                                     f + "final_norm normed 4096", f + "final_norm rstd 128",                   //
                                     f + "head logits 16384", f + "head loss 384",                              //
                                     i + "head d_normed 4096", i + "final_norm d_input 4096",                   //
                                     i + "mlp d_activated 3072", i + "mlp d_gate_up 6144", i + "mlp d_normed 4096",
                                     i + "pre_mlp d_input 4096",  //
                                     i + "attn d_attended 2048", i + "attn d_qkv 4096", i + "attn d_normed 4096",
                                     i + "pre_attn d_input 4096"));
  // Most is live at I of the head: embedding 4096, pre_attn 4224, attn 10496, pre_mlp 4224, mlp 13312, final norm 4224,
  // logits 16384 (the loss is gone behind its all-reduce) and the gradient 4096.
  EXPECT_EQ(plan.most_live, 61056u);
  EXPECT_GE(plan.arena, plan.most_live);
}

TEST(TensorPlan, FreesBehindTheLastReader) {
  const Program program = one_rank(kDeferred, 1, 1, Recompute::none);
  const TensorPlan plan = tensor_plan(program, 0);
  const std::string f = std::string(to_text(OpKind::forward)) + ' ', i = std::string(to_text(OpKind::input_grad)) + ' ',
                    w = std::string(to_text(OpKind::weight_grad)) + ' ';
  EXPECT_EQ(last_use(program, plan, f + "embedding", Role::y), i + "pre_attn");  // the norm's input and the residual
  EXPECT_EQ(last_use(program, plan, f + "pre_attn", Role::rstd), i + "pre_attn");
  EXPECT_EQ(last_use(program, plan, f + "pre_attn", Role::normed), w + "attn");
  EXPECT_EQ(last_use(program, plan, f + "attn", Role::qkv), i + "attn");
  EXPECT_EQ(last_use(program, plan, f + "attn", Role::attended), w + "attn");
  EXPECT_EQ(last_use(program, plan, f + "attn", Role::statistics), i + "attn");
  EXPECT_EQ(last_use(program, plan, f + "attn", Role::y), i + "pre_mlp");
  EXPECT_EQ(last_use(program, plan, f + "mlp", Role::gate_up), i + "mlp");
  EXPECT_EQ(last_use(program, plan, f + "mlp", Role::activated), w + "mlp");
  EXPECT_EQ(last_use(program, plan, f + "head", Role::logits), w + "head");
  EXPECT_EQ(last_use(program, plan, i + "attn", Role::d_attended), i + "attn");
  EXPECT_EQ(last_use(program, plan, i + "attn", Role::d_qkv), w + "attn");
  EXPECT_EQ(last_use(program, plan, i + "attn", Role::d_normed), i + "pre_attn");
  EXPECT_EQ(last_use(program, plan, i + "pre_mlp", Role::d_input), w + "attn");  // the output projection's gradient
  EXPECT_EQ(last_use(program, plan, i + "final_norm", Role::d_input), w + "mlp");
  EXPECT_EQ(last_use(program, plan, i + "pre_attn", Role::d_input), w + "embedding");
}

// What W needs from I is d_output and d_gate_up, d_output and d_qkv: 4096 + 6144 and 4096 + 4096 for the layer; the
// inputs 4096 + 3072 and 4096 + 2048 stay, and of the head the logits and its input, 16384 + 4096; behind the last I
// also the gradient of the embedding's output, 4096.
TEST(TensorPlan, HoldsForADeferredWeightGradientWhatItReads) {
  const Program program = one_rank(kDeferred, 1, 1, Recompute::none);
  const TensorPlan plan = tensor_plan(program, 0);
  const auto& ops = program.ranks[0].ops;
  const auto first_w = static_cast<std::uint32_t>(
      std::find_if(ops.begin(), ops.end(), [](const Op& op) { return op.key.kind == OpKind::weight_grad; }) -
      ops.begin());
  std::size_t live = 0;
  for (const PlannedTensor& t : plan.tensors)
    live += t.uses.front() < first_w && t.uses.back() >= first_w ? t.bytes : 0;
  EXPECT_EQ(live, 4096u + 6144 + 4096 + 4096 + 4096 + 3072 + 4096 + 2048 + 16384 + 4096 + 4096);
}

TEST(TensorPlan, ARecomputedLayerKeepsItsInput) {
  const Program program = one_rank(kForwardAndBackward, 2, 1, Recompute::full);
  const TensorPlan plan = tensor_plan(program, 0);
  const auto& ops = program.ranks[0].ops;
  const auto turn = static_cast<std::uint32_t>(
      std::find_if(ops.begin(), ops.end(), [](const Op& op) { return op.key.kind == OpKind::recompute; }) -
      ops.begin());
  // Two layers' inputs; the final norm has been through its I, whose gradient is on its way.
  std::size_t live = 0;
  for (const PlannedTensor& t : plan.tensors) live += t.uses.front() < turn && t.uses.back() >= turn ? t.bytes : 0;
  EXPECT_EQ(live, 3u * 4096);
  // Each op of the layer's backward reads what was made again.
  for (std::uint32_t op = turn; op < ops.size(); ++op) {
    if (ops[op].key.kind != OpKind::input_grad || ops[op].key.unit != Unit::mlp) continue;
    EXPECT_EQ(plan.tensor(op, Role::gate_up).key.kind, OpKind::recompute);
  }
}

TEST(TensorPlan, ASelectivelyRecomputedCoreMakesStatisticsAndOutputAgain) {
  const Program program = one_rank(kForwardAndBackward, 1, 1, Recompute::selective);
  const TensorPlan plan = tensor_plan(program, 0);
  const auto& ops = program.ranks[0].ops;
  for (std::uint32_t op = 0; op < ops.size(); ++op) {
    if (ops[op].key.unit != Unit::attn) continue;
    if (ops[op].key.kind == OpKind::input_grad) {
      EXPECT_EQ(plan.tensor(op, Role::attended_again).key.kind, OpKind::recompute);
      EXPECT_EQ(plan.tensor(op, Role::statistics).key.kind, OpKind::recompute);
      EXPECT_EQ(plan.tensor(op, Role::qkv).key.kind, OpKind::forward);
    } else if (ops[op].key.kind == OpKind::weight_grad && ops[op].key.index == int(WPart::row_parallel)) {
      EXPECT_EQ(plan.tensor(op, Role::attended).key.kind, OpKind::forward);
    }
  }
}

// A stage's input is what was received, its output what is sent; the next chunk of the same rank reads it where it
// lies.
TEST(TensorPlan, MessagesCarryTheResidualStreamAndItsGradient) {
  const Scenario scenario = testing::small_scenario(4, 2, 5);
  const struct Run run { .schedule = "zb-v" };
  const Program program = lower(schedule_of(scenario, run), scenario, run);
  for (int rank = 0; rank < 2; ++rank) {
    const TensorPlan plan = tensor_plan(program, rank);
    const auto& ops = program.ranks[static_cast<std::size_t>(rank)].ops;
    std::map<std::pair<int, int>, const PlannedTensor*> first_x;
    for (std::uint32_t op = 0; op < ops.size(); ++op) {
      const OpKey& key = ops[op].key;
      if (key.kind == OpKind::forward && key.unit == Unit::pre_attn) {
        const PlannedTensor& x = plan.tensor(op, Role::x);
        // Layers 0 to 3 are stages 0 to 3, on ranks 0, 1, 1, 0.
        EXPECT_EQ(to_text(x.key.kind), to_text(key.layer == 0 || key.layer == 2 ? OpKind::forward : OpKind::recv));
        EXPECT_EQ(x.key.microbatch, key.microbatch);
        EXPECT_EQ(x.received, x.key.kind == OpKind::recv);
        EXPECT_EQ(x.offset >= plan.received_at, x.received);
        if (key.layer == 2) { EXPECT_EQ(x.key.layer, 1); }
      } else if (key.kind == OpKind::send) {
        const bool back = key.index == static_cast<int>(CommOf::input_grad);
        const PlannedTensor& sent = plan.tensor(op, back ? Role::d_input : Role::y);
        EXPECT_EQ(sent.key.microbatch, key.microbatch);
        EXPECT_EQ(sent.key.chunk, key.chunk);
      }
    }
  }
}

// A replay has one rank, whose messages only take time: each is an op of no message, or left out.
TEST(TensorPlan, AReplayReadsWhatNobodyWrites) {
  const Scenario scenario = testing::small_scenario(2, 2, 3);
  const struct Run run { .schedule = "1f1b" };
  Program program = lower(schedule_of(scenario, run), scenario, run);
  program.messages.clear();
  program.batch_size.clear();
  for (RankProgram& rank : program.ranks) {
    for (Op& op : rank.ops) op.message = kNoMessage;
  }
  const TensorPlan plan = tensor_plan(program, 1);
  const std::size_t residual = 2 * 32 * 64;
  EXPECT_EQ(plan.arena, plan.received_at + residual);  // one microbatch at a time on the last rank of 1F1B
  for (const PlannedTensor& t : plan.tensors) EXPECT_EQ(t.offset >= plan.received_at, t.received);

  RankProgram& rank = program.ranks[1];
  for (Op& op : rank.ops) {
    if (op.lane == Lane::pp) op.lane = Lane::host;
  }
  const TensorPlan without = tensor_plan(program, 1);
  EXPECT_EQ(without.arena - without.received_at, residual);
}

// What is read out of order must not be half of an fp32 number, or a number that an all-reduce has added up as bf16.
TEST(TensorPlan, NoPlaceHoldsTwoKindsOfNumbers) {
  const auto kind = [](Role role) {
    return role == Role::rstd || role == Role::statistics ? 1 : role == Role::loss ? 2 : 0;
  };
  const Scenario scenario = testing::small_scenario(4, 2, 6);
  for (const char* schedule : {"1f1b", "zb-v"}) {
    const struct Run run { .schedule = schedule };
    const Program program = lower(schedule_of(scenario, run), scenario, run);
    for (int rank = 0; rank < 2; ++rank) {
      const TensorPlan plan = tensor_plan(program, rank);
      for (const PlannedTensor& a : plan.tensors) {
        for (const PlannedTensor& b : plan.tensors) {
          if (kind(a.role) == kind(b.role)) continue;
          EXPECT_TRUE(a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset)
              << schedule << ": " << to_text(a.role) << " and " << to_text(b.role);
        }
      }
    }
  }
}

void expect_safe(const std::string& what, const Program& program, int rank, const TensorPlan& plan,
                 const testing::EndedBefore& before) {
  const auto overlap = [](const PlannedTensor& a, const PlannedTensor& b) {
    return a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
  };
  const auto gone_before = [&](const PlannedTensor& a, const PlannedTensor& b) {
    return std::all_of(a.uses.begin(), a.uses.end(),
                       [&](std::uint32_t op) { return before(rank, op, rank, b.uses.front()); });
  };
  const auto& ops = program.ranks[static_cast<std::size_t>(rank)].ops;
  for (const PlannedTensor& t : plan.tensors) {
    ASSERT_LE(t.offset + t.bytes, plan.arena) << what;
    ASSERT_EQ(t.offset % 256, 0u) << what;
    // Whoever reads a tensor comes after its writer.
    for (std::size_t use = 1; use < t.uses.size(); ++use) {
      ASSERT_TRUE(before(rank, t.uses.front(), rank, t.uses[use]))
          << what << ": " << to_text(ops[t.uses.front()].key) << " writes " << to_text(t.role) << " for "
          << to_text(ops[t.uses[use]].key);
    }
  }
  for (std::size_t i = 0; i < plan.tensors.size(); ++i) {
    for (std::size_t j = i + 1; j < plan.tensors.size(); ++j) {
      const PlannedTensor &a = plan.tensors[i], &b = plan.tensors[j];
      if (!overlap(a, b)) continue;
      ASSERT_TRUE(gone_before(a, b) || gone_before(b, a))
          << what << ": " << to_text(a.role) << " of " << to_text(a.key) << " and " << to_text(b.role) << " of "
          << to_text(b.key) << " are at " << b.offset;
    }
  }
}

class TensorPlanOf : public ::testing::TestWithParam<Recompute> {};

TEST_P(TensorPlanOf, NoPlaceHasTwoOwnersInAnyRunOfAnySchedule) {
  for (const auto& [what, program] : testing::every_schedule(GetParam())) {
    const testing::EndedBefore before(program);
    for (int rank = 0; rank < 2; ++rank) {
      const TensorPlan plan = tensor_plan(program, rank);
      expect_safe(what, program, rank, plan, before);
      if (HasFatalFailure()) return;
      // Places are used again: everything side by side would take more.
      std::size_t sum = 0;
      for (const PlannedTensor& t : plan.tensors) sum += t.bytes;
      EXPECT_LT(plan.arena, sum) << what;
      EXPECT_GE(plan.arena, plan.most_live) << what;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Recomputations, TensorPlanOf,
                         ::testing::Values(Recompute::none, Recompute::selective, Recompute::full));

// The checker above sees a place that is taken too early.
TEST(TensorPlan, TwoOwnersAtOnceWouldBeSeen) {
  const Program program = one_rank(kForwardAndBackward, 1, 1, Recompute::none);
  TensorPlan plan = tensor_plan(program, 0);
  plan.tensors[2].offset = plan.tensors[1].offset;
  const testing::EndedBefore before(program);
  EXPECT_FALSE(before(0, plan.tensors[1].uses.back(), 0, plan.tensors[2].uses.front()));
  EXPECT_FALSE(before(0, plan.tensors[2].uses.back(), 0, plan.tensors[1].uses.front()));
}

}  // namespace
}  // namespace braid
