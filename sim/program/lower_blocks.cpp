// SPDX-License-Identifier: Apache-2.0
#include "sim/program/lower_blocks.hpp"

#include <utility>

#include "sim/program/step_end.hpp"

namespace braid {
namespace {

class CoarseRank {
 public:
  CoarseRank(Program& program, int rank, const Schedule& schedule, const Scenario& scenario, const Run& run,
             const std::vector<StageLayers>& stages, const Transfers& transfers,
             const std::vector<GradientExchange>& exchanges, UnitWorks& works)
      : stages_(stages),
        builder_(program, rank, schedule, transfers, BlockInputs::message_work(works, scenario, run)),
        step_end_(program, builder_, schedule, scenario, stages, exchanges, works),
        inputs_(builder_, works, scenario, run) {}

  void lower(const std::vector<Block>& blocks, const BlockClasses& classes, const std::vector<std::uint16_t>& of,
             const std::vector<BlockCut>& cuts, const std::vector<std::uint16_t>& first_work) {
    step_end_.begin_step();
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      const std::uint16_t c = of[b];
      builder_.begin_block(static_cast<int>(b));
      lower_block(static_cast<int>(b), blocks[b], classes.all[c], cuts[c], first_work[c]);
    }
    builder_.begin_block(static_cast<int>(blocks.size()));
    step_end_.end_step();
  }

 private:
  void lower_block(int number, const Block& block, const BlockClass& units, const BlockCut& cut,
                   std::uint16_t first_work) {
    std::array<std::uint32_t, 2> inputs{kNoOp, kNoOp};
    std::uint32_t parameters = kNoOp;
    for (std::size_t a = 0; a < block.actions.size(); ++a) {
      inputs[a] = inputs_.input_of(block.actions[a]);
      if (block.actions[a].type != ActionType::F) continue;
      const std::uint32_t ready = step_end_.parameters_ready(block.actions[a].stage);
      if (ready != kNoOp) parameters = ready;
    }
    const Action& lead = block.actions.front();
    const auto first = static_cast<std::uint32_t>(builder_.ops().ops.size());
    const int after_pieces = (cut.head ? 1 : 0) + cut.pieces;
    std::uint32_t last = kNoOp, last_compute = kNoOp;
    for (int n = 0; n < cut.ops(); ++n) {
      const bool compute = n < after_pieces && !(cut.head && n == 0);
      const OpKey key{.index = number,
                      .microbatch = static_cast<std::int16_t>(lead.microbatch),
                      .layer = static_cast<std::int16_t>(n),
                      .chunk = static_cast<std::int8_t>(builder_.chunk_of(lead.stage)),
                      .kind = OpKind::cell};
      const std::uint32_t deps[]{last, cut.entry[0] == n ? inputs[0] : kNoOp, cut.entry[1] == n ? inputs[1] : kNoOp,
                                 std::exchange(parameters, kNoOp)};
      last = builder_.add(key, compute ? Lane::compute : Lane::tp, static_cast<std::uint16_t>(first_work + n), deps);
      if (compute) last_compute = last;
    }
    std::vector<std::uint32_t> ends{last_compute};
    for (std::size_t a = 0; a < block.actions.size(); ++a) {
      const Action& action = block.actions[a];
      if (action.type != ActionType::W) {
        const std::uint32_t output = first + static_cast<std::uint32_t>(cut.exit[a]);
        builder_.output_is(action.type != ActionType::F, action.stage, action.microbatch, output);
        ends.push_back(output);
      }
      if (action.type == ActionType::W || action.type == ActionType::B) gradients_issued(action.stage, last_compute);
      for (std::size_t g = 0; g < units.gradients.size(); ++g) {
        const BlockClass::Gradient& gradient = units.gradients[g];
        if (gradient.side != a) continue;
        const int layer =
            gradient.layer < 0 ? -1 : stages_[static_cast<std::size_t>(action.stage)].first + gradient.layer;
        step_end_.weight_grad_issued(action.stage, layer, gradient.unit,
                                     first + static_cast<std::uint32_t>(cut.gradients[g]));
      }
      step_end_.action_issued(action);
    }
    builder_.end_block(std::move(ends));
  }

  void gradients_issued(int stage, std::uint32_t op) {
    const StageLayers& layers = stages_[static_cast<std::size_t>(stage)];
    for (int layer = layers.first; layer < layers.first + layers.count; ++layer) {
      step_end_.weight_grad_issued(stage, layer, Unit::none, op);
    }
    if (layers.has_embedding) step_end_.weight_grad_issued(stage, -1, Unit::embedding, op);
    if (layers.has_head) step_end_.weight_grad_issued(stage, -1, Unit::head, op);
  }

  const std::vector<StageLayers>& stages_;
  RankBuilder builder_;
  StepEndBuilder step_end_;
  BlockInputs inputs_;
};

/// Growing vectors anew costs a fifth of screening a run.
void use_again(Program& spent, Program& program) {
  const std::size_t ranks = program.ranks.size();
  program.ranks = std::move(spent.ranks);
  program.ranks.resize(ranks);
  for (RankProgram& rank : program.ranks) {
    rank.ops.clear();
    rank.deps.clear();
    rank.resident = {};
  }
  program.messages = std::move(spent.messages);
  program.messages.clear();
}

}  // namespace

CoarseProgram lower_blocks(const Schedule& schedule, const Scenario& scenario, const Run& run,
                           const std::vector<std::vector<Block>>& blocks, const Transfers& transfers,
                           const BlockClasses& classes, const std::vector<BlockCut>& cuts, CoarseProgram spent) {
  CoarseProgram coarse{.program = program_frame(schedule, scenario, run), .first_work = {}};
  Program& program = coarse.program;
  use_again(spent.program, program);
  for (const BlockCut& cut : cuts) {
    coarse.first_work.push_back(static_cast<std::uint16_t>(program.works.size()));
    for (int n = 0; n < cut.ops(); ++n) program.works.push_back({.kind = WorkKind::fixed});
  }
  const std::vector<StageLayers> stages = stage_layers(scenario, schedule.stages());
  add_messages(program, transfers);
  UnitWorks works(program, scenario);
  const std::vector<GradientExchange> exchanges = gradient_exchanges(program, schedule, scenario);
  for (int rank = 0; rank < schedule.ranks(); ++rank) {
    const auto r = static_cast<std::size_t>(rank);
    CoarseRank(program, rank, schedule, scenario, run, stages, transfers, exchanges, works)
        .lower(blocks[r], classes, classes.of[r], cuts, coarse.first_work);
  }
  return coarse;
}

}  // namespace braid
