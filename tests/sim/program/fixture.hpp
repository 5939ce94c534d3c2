// SPDX-License-Identifier: Apache-2.0
// Small scenarios and schedules that a person can lower by hand.
#pragma once

#include <sstream>
#include <string>

#include "sim/program/lower.hpp"

namespace braid::testing {

/// One layer a stage, two tensor-parallel ranks, nothing around the pipeline.
inline Scenario small_scenario(int stages, int microbatches) {
  Scenario s;
  s.name = "small";
  s.model = {.name = "small",
             .layers = stages,
             .hidden = 8,
             .heads = 2,
             .kv_heads = 2,
             .head_dim = 4,
             .ffn = 16,
             .vocab = 256,
             .vocab_padding = 1};
  s.plan = {.tp = 2, .pp = stages, .microbatches = microbatches, .microbatch_size = 1, .sequence = 4};
  s.step_end.optimizer = false;
  return s;
}

inline Action F(int stage, int mb) { return {ActionType::F, stage, mb}; }
inline Action I(int stage, int mb) { return {ActionType::I, stage, mb}; }
inline Action W(int stage, int mb) { return {ActionType::W, stage, mb}; }
inline Action B(int stage, int mb) { return {ActionType::B, stage, mb}; }

inline Schedule one_rank(std::vector<Cell> row, int microbatches) {
  return {.name = "hand", .microbatches = microbatches, .rank_of_stage = {0}, .rows = {std::move(row)}};
}

/// Three ranks, two microbatches; what rank 1 runs is up to the test.
inline Schedule middle_of_three(std::vector<Cell> row) {
  return {.name = "hand",
          .microbatches = 2,
          .rank_of_stage = {0, 1, 2},
          .rows = {{{{F(0, 0)}}, {{F(0, 1)}}, {{B(0, 0)}}, {{B(0, 1)}}},
                   std::move(row),
                   {{{F(2, 0)}}, {{B(2, 0)}}, {{F(2, 1)}}, {{B(2, 1)}}}}};
}

/// The text of one rank alone, from op `from` on.
inline std::string text_of_rank(const Program& program, int rank, int from = 0) {
  std::istringstream lines(to_text(program));
  std::string line, text;
  int current = -1, op = 0;
  while (std::getline(lines, line)) {
    if (line.starts_with("rank ")) {
      current = std::stoi(line.substr(5));
      op = 0;
    } else if (current == rank && op++ >= from) {
      text += line.substr(2) + "\n";
    }
  }
  return text;
}

}  // namespace braid::testing
