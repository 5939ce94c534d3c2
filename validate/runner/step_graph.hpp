// SPDX-License-Identifier: Apache-2.0
// What must end before what, over all ranks of a Program: an op is a node, and so is a batch with all its messages.
//
// The edges are the caller's. A batch begins when the last of its posts has come and ends as a whole, which is later
// than the engine lets some of its messages end: what ends here ends there.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/program/program.hpp"

namespace braid {

struct OpRef {
  std::uint32_t rank = 0;  ///< pipeline rank
  std::uint32_t op = 0;
  bool operator==(const OpRef&) const = default;
};

/// Whether an op waits for what it depends on: all do but a receive that its batch does not wait for.
bool waits_for_its_own(const Program& program, const Op& op);

class StepGraph {
 public:
  explicit StepGraph(const Program& program);

  /// `before` ends before `after` starts, both ops of one rank.
  void add(std::uint32_t rank, std::uint32_t before, std::uint32_t after);
  /// The dependences and ordered lanes of the program itself.
  void add_program();

  /// By rank and op: length of the longest path that ends in its node; ops that must end one before the other have
  /// different levels. An op on or behind a circle has kNever.
  std::vector<std::vector<std::uint32_t>> levels() const;
  static constexpr std::uint32_t kNever = 0xffffffffu;

  /// One circle, an issue for each of its ops, in the order in which they wait; empty if there is none.
  std::vector<Issue> circle() const;

 private:
  std::uint32_t node(std::uint32_t rank, std::uint32_t op) const { return node_[first_[rank] + op]; }
  std::vector<std::uint32_t> node_levels() const;

  const Program& program_;
  std::vector<std::size_t> first_;   ///< by rank, into node_
  std::vector<std::uint32_t> node_;  ///< of every op; those of a batch share one
  std::uint32_t nodes_ = 0;
  struct Edge {
    std::uint32_t from, to;  ///< nodes
    std::uint32_t rank, before, after;
  };
  std::vector<Edge> edges_;
};

}  // namespace braid
