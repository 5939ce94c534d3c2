// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/program/lower.hpp"
#include "sim/program/rank_builder.hpp"

namespace braid {
namespace {

double cost_of(const Block& block, const CellCosts& costs) {
  const bool lone = block.actions.size() == 1;
  double sum = 0;
  for (const Action& action : block.actions) {
    switch (action.type) {
      case ActionType::F:
        sum += costs.f + (lone ? costs.all_reduce : 0);
        break;
      case ActionType::I:
        sum += costs.i + (lone ? costs.all_reduce : 0);
        break;
      case ActionType::W:
        sum += costs.w;
        break;
      case ActionType::B:
        sum += costs.i + (lone ? std::max(costs.w, costs.all_reduce) : costs.w);
        break;
    }
  }
  return sum;
}

std::uint16_t fixed_work(Program& program, WorkKind kind, double cost) {
  const WorkItem item{.kind = kind, .fixed = Seconds(cost)};
  const auto found = std::find(program.works.begin(), program.works.end(), item);
  if (found != program.works.end()) return static_cast<std::uint16_t>(found - program.works.begin());
  program.works.push_back(item);
  return static_cast<std::uint16_t>(program.works.size() - 1);
}

}  // namespace

Program lower_cells(const Schedule& schedule, const CellCosts& costs, P2pMode mode) {
  Program program{.schedule = schedule.name, .placement = {.pp = schedule.ranks()}, .p2p = mode};
  program.ranks.resize(static_cast<std::size_t>(schedule.ranks()));
  const auto blocks = blocks_of(schedule, false);
  const Transfers transfers = transfers_of(schedule, blocks, mode);
  add_messages(program, transfers);
  const std::uint16_t message = fixed_work(program, WorkKind::message, costs.p2p);
  for (int rank = 0; rank < schedule.ranks(); ++rank) {
    RankBuilder builder(program, rank, schedule, transfers, message);
    const auto& row = blocks[static_cast<std::size_t>(rank)];
    for (std::size_t b = 0; b < row.size(); ++b) {
      builder.begin_block(static_cast<int>(b));
      std::vector<std::uint32_t> inputs;
      for (const Action& action : row[b].actions) {
        if (action.type == ActionType::W) continue;
        inputs.push_back(builder.input_of(action.type != ActionType::F, action.stage, action.microbatch));
      }
      const Action& lead = row[b].actions.front();
      const OpKey key{.index = static_cast<std::int32_t>(b),
                      .microbatch = static_cast<std::int16_t>(lead.microbatch),
                      .chunk = static_cast<std::int8_t>(builder.chunk_of(lead.stage)),
                      .kind = OpKind::cell};
      const std::uint32_t op =
          builder.add(key, Lane::compute, fixed_work(program, WorkKind::fixed, cost_of(row[b], costs)), inputs);
      for (const Action& action : row[b].actions) {
        if (action.type == ActionType::W) continue;
        builder.output_is(action.type != ActionType::F, action.stage, action.microbatch, op);
      }
      builder.end_block({op});
    }
    builder.begin_block(static_cast<int>(row.size()));
  }
  return program;
}

}  // namespace braid
