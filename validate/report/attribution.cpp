// SPDX-License-Identifier: Apache-2.0
#include "validate/report/attribution.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "sim/base/error.hpp"
#include "sim/engine/core/replicas.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/report/compare.hpp"
#include "sim/report/op_class.hpp"

namespace braid {
namespace {

constexpr Seconds kKeep{std::numeric_limits<double>::quiet_NaN()};

using Durations = std::vector<std::vector<Seconds>>;

/// What the engine is to take for the op. A collective ends for all when its last member does, and a message for both
/// ends when the receiver has it: the engine knows one end of each.
Seconds engine_duration(const Played& measured, std::size_t rank, std::uint32_t op) {
  const Op& me = measured.ops(rank).ops[op];
  if (me.message != kNoMessage) {
    const Message& m = measured.program->messages[me.message];
    return took(measured, measured.pipeline_peer(rank, m.to), m.recv_op);
  }
  Seconds longest = took(measured, rank, op);
  if (const WorkItem& work = measured.program->works[me.work]; work.kind == WorkKind::collective) {
    for (const std::size_t peer : measured.group(rank, work.scope))
      longest = std::max(longest, took(measured, peer, op));
  }
  return longest;
}

/// The rows that EngineOptions asks for: one a pipeline rank or one a GPU.
Durations measured_durations(const Replicas& replicas, const Played& measured) {
  const Placement& placement = measured.program->placement;
  Durations rows(static_cast<std::size_t>(replicas.folded() ? placement.pp : placement.ranks()));
  for (std::size_t rank = 0; rank < measured.ranks.size(); ++rank) {
    std::vector<Seconds> row;
    for (std::uint32_t op = 0; op < measured.ops(rank).ops.size(); ++op) {
      row.push_back(engine_duration(measured, rank, op));
    }
    const int pp = measured.ranks[rank].pp;
    if (replicas.folded()) {
      rows[static_cast<std::size_t>(pp)] = std::move(row);
    } else if (measured.unfolded) {
      rows[static_cast<std::size_t>(measured.timeline->ranks[rank].rank)] = std::move(row);
    } else {
      for (int column = 0; column < replicas.columns(); ++column) {
        rows[static_cast<std::size_t>(replicas.gpu(pp, column))] = row;
      }
    }
  }
  return rows;
}

/// The class of each op of each pipeline rank, as a number, and the names of the classes.
struct Classes {
  explicit Classes(const Program& program) {
    std::map<std::string, int> numbers;
    for (const RankProgram& rank : program.ranks) {
      std::vector<int>& row = of.emplace_back();
      for (const Op& op : rank.ops) {
        const auto [at, is_new] = numbers.emplace(class_of(op.key, op.lane), static_cast<int>(names.size()));
        if (is_new) {
          names.push_back(at->first);
          // A message is one thing, and its sender's; in a replay, where no op is a message's, each end is its own.
          receive.push_back(op.message != kNoMessage && op.key.kind == OpKind::recv);
        }
        row.push_back(at->second);
      }
    }
  }
  std::vector<std::vector<int>> of;
  std::vector<std::string> names;
  std::vector<bool> receive;
};

}  // namespace

Attribution attribute(const Costs& costs, const Cluster& cluster, Seconds predicted, const Played& measured) {
  throw_if_any(measured.faults);
  const Program& program = *measured.program;
  EngineOptions options{.fold = !measured.unfolded};
  const Replicas replicas = one_or_all(program, cluster, options);
  const Durations all = measured_durations(replicas, measured);

  const Seconds at_costs = simulate_ideal(program, costs, cluster, options).step_time;
  options.durations = all;
  Attribution result{.predicted = predicted,
                     .replayed = simulate_ideal(program, costs, cluster, options).step_time,
                     .measured = measured.timeline->step_time,
                     .classes = {}};
  const Classes classes(program);
  std::vector<int> pp_of_row(all.size());
  for (int i = 0; i < replicas.instances(); ++i) {
    const int pp = replicas.pp_of(i);
    pp_of_row[static_cast<std::size_t>(replicas.rank(pp, replicas.column_of(i)))] = pp;
  }
  for (std::size_t c = 0; c < classes.names.size(); ++c) {
    if (classes.receive[c]) continue;
    for (std::size_t row = 0; row < all.size(); ++row) {
      const auto pp = static_cast<std::size_t>(pp_of_row[row]);
      for (std::size_t op = 0; op < all[row].size(); ++op) {
        options.durations[row][op] = classes.of[pp][op] == static_cast<int>(c) ? all[row][op] : kKeep;
      }
    }
    const Seconds step = simulate_ideal(program, costs, cluster, options).step_time;
    result.classes.push_back({.name = classes.names[c], .explained = at_costs - step});
  }
  std::ranges::stable_sort(result.classes, std::greater(),
                           [](const ClassExplains& one) { return std::abs(one.explained.value); });
  return result;
}

}  // namespace braid
