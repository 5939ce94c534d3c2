// SPDX-License-Identifier: Apache-2.0
#include "sim/app/abstract_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/app/chunk_counters.hpp"
#include "sim/report/metrics.hpp"
#include "sim/report/run_columns.hpp"

namespace braid {
namespace {

struct Word {
  Category category;
  OpKind kind;
  const char* letter;
};

Word word_of(ActionType type) {
  switch (type) {
    case ActionType::F:
      return {Category::forward, OpKind::forward, "F"};
    case ActionType::I:
      return {Category::input_grad, OpKind::input_grad, "I"};
    case ActionType::W:
      return {Category::weight_grad, OpKind::weight_grad, "W"};
    case ActionType::B:
      return {Category::backward, OpKind::input_grad, "B"};
  }
  BRAID_CHECK(false, "every action type is handled");
}

std::vector<PassBlock> blocks_of(const Schedule& schedule, const AbstractPlay& play, std::size_t rank) {
  const std::vector<int> stages = schedule.stages_of(static_cast<int>(rank));
  std::vector<PassBlock> blocks;
  for (std::size_t c = 0; c < schedule.rows[rank].size(); ++c) {
    const Cell& cell = schedule.rows[rank][c];
    if (cell.empty()) continue;
    PassBlock block{.start = Seconds(play.cell_start[rank][c]), .end = Seconds(play.cell_end[rank][c])};
    for (const Action& action : cell.actions) {
      const Word word = word_of(action.type);
      const auto chunk = static_cast<int>(std::ranges::find(stages, action.stage) - stages.begin());
      block.half = word.category;
      if (block.name.empty()) {
        block.category = word.category;
        block.key = {.microbatch = static_cast<std::int16_t>(action.microbatch),
                     .chunk = static_cast<std::int8_t>(chunk),
                     .kind = word.kind};
      } else {
        block.name += " & ";
      }
      block.name += pass_name(word.letter, action.microbatch, chunk);
    }
    blocks.push_back(std::move(block));
  }
  return blocks;
}

/// An op of the compute lane is a cell here, and looks like it.
void name_cells(RunColumns& columns) {
  for (std::size_t r = 1; r < columns.rows.size(); ++r) {
    const RunRow& passes = columns.rows[r - 1];
    const RunRow& row = columns.rows[r];
    if (passes.kind != RowKind::passes || row.kind != RowKind::lane) continue;
    std::uint64_t cell = passes.begin;
    for (std::uint64_t i = row.begin; i < row.end; ++i) {
      if (is_idle(columns.category[i])) continue;
      columns.category[i] = columns.category[cell];
      columns.half[i] = columns.half[cell];
      columns.name[i] = columns.name[cell];
      ++cell;
    }
  }
}

}  // namespace

RunColumns run_columns(const Schedule& schedule, const AbstractPlay& play) {
  const Played played = join_complete(play.program, play.timeline);
  RunTold told{
      .title = fmt::format("{}, {} ranks, {} microbatches", schedule.name, schedule.ranks(), schedule.microbatches),
      .kind = "abstract",
      .time_unit = "slot"};
  for (std::size_t rank = 0; rank < played.ranks.size(); ++rank) {
    told.passes.push_back(blocks_of(schedule, play, rank));
  }
  ReportFacts facts;
  facts.label = schedule.name;
  facts.launches = play.costs.launches;
  RunColumns columns = run_columns(played, play.costs, report_run(played, facts), told);
  name_cells(columns);
  add_chunk_counters(columns, schedule, play);
  return columns;
}

}  // namespace braid
