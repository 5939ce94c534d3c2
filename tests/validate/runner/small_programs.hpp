// SPDX-License-Identifier: Apache-2.0
// Programs of real units at small sizes, for every schedule and every way to send.
#pragma once

#include <string>
#include <vector>

#include "sim/program/lower.hpp"
#include "sim/program/scheduled.hpp"
#include "sim/schedule/generators.hpp"

namespace braid::testing {

/// Hidden 64, 4 heads of 16 with 2 KV heads, FFN 96, vocabulary 512, 32 tokens, 2 tensor-parallel ranks: on one rank
/// 2 heads and 1 KV head, so that QKV is 64 wide, Q 32, the activation 48, the vocabulary 256.
inline Scenario small_scenario(int layers, int pp, int microbatches, Recompute recompute = Recompute::none) {
  Scenario s;
  s.name = "small";
  s.model = {.name = "small",
             .layers = layers,
             .hidden = 64,
             .heads = 4,
             .kv_heads = 2,
             .head_dim = 16,
             .ffn = 96,
             .vocab = 512,
             .vocab_padding = 1};
  s.plan = {
      .tp = 2, .pp = pp, .microbatches = microbatches, .microbatch_size = 1, .sequence = 32, .recompute = recompute};
  return s;
}

/// What one rank does, action by action.
inline Program one_rank(const std::vector<Action>& actions, const Scenario& scenario,
                        AsyncAllReduce async = AsyncAllReduce::column) {
  Schedule schedule{.name = "hand", .microbatches = scenario.plan.microbatches, .rank_of_stage = {0}, .rows = {{}}};
  for (const Action& action : actions) schedule.rows[0].push_back({{action}});
  return lower(schedule, scenario, {.schedule = "hand", .async_all_reduce = async});
}

struct NamedProgram {
  std::string name;
  Program program;
};

/// The scenario by every generator that takes it, eager, batched and blocking, with and without split weight gradients.
inline std::vector<NamedProgram> every_schedule(const Scenario& scenario) {
  std::vector<NamedProgram> programs;
  for (const GeneratorEntry& entry : generators()) {
    for (const P2pMode p2p : {P2pMode::eager, P2pMode::batched, P2pMode::blocking}) {
      for (const auto async : {AsyncAllReduce::none, AsyncAllReduce::column}) {
        const Run run{
            .schedule = entry.name, .p2p = p2p, .async_all_reduce = async, .join_adjacent_w = entry.name == "zb-v"};
        try {
          Program program = lower(schedule_of(scenario, run), scenario, run);
          programs.push_back({entry.name + " p2p " + std::to_string(int(p2p)) + " async " + std::to_string(int(async)),
                              std::move(program)});
        } catch (const Error&) {  // its precondition is not met
        }
      }
    }
  }
  return programs;
}

/// 8 layers on 2 ranks, 6 microbatches.
inline std::vector<NamedProgram> every_schedule(Recompute recompute) {
  return every_schedule(small_scenario(8, 2, 6, recompute));
}

}  // namespace braid::testing
