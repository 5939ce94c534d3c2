// SPDX-License-Identifier: Apache-2.0
#include "sim/program/lower.hpp"

#include "sim/program/block_streams.hpp"
#include "sim/program/step_end.hpp"

namespace braid {
namespace {

class RankLowering {
 public:
  RankLowering(Program& program, int rank, const Schedule& schedule, const Scenario& scenario, const Run& run,
               const std::vector<StageLayers>& stages, const Transfers& transfers,
               const std::vector<GradientExchange>& exchanges, UnitWorks& works)
      : builder_(program, rank, schedule, transfers, BlockInputs::message_work(works, scenario, run)),
        step_end_(program, builder_, schedule, scenario, stages, exchanges, works),
        inputs_(builder_, works, scenario, run),
        issuer_(builder_, scenario.plan, run.async_all_reduce, stages, works,
                [this](int stage, const Item& item, std::uint32_t op) {
                  step_end_.weight_grad_issued(stage, item.layer, item.unit, op);
                }) {}

  void lower(const std::vector<Block>& blocks) {
    step_end_.begin_step();
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      builder_.begin_block(static_cast<int>(b));
      lower_block(blocks[b]);
    }
    builder_.begin_block(static_cast<int>(blocks.size()));
    step_end_.end_step();
  }

 private:
  void lower_block(const Block& block) {
    std::vector<std::uint32_t> inputs;
    std::uint32_t parameters = kNoOp;
    for (const Action& action : block.actions) {
      inputs.push_back(inputs_.input_of(action));
      if (action.type != ActionType::F) continue;
      const std::uint32_t ready = step_end_.parameters_ready(action.stage);
      if (ready != kNoOp) parameters = ready;
    }
    const std::vector<Stream> streams = issuer_.issue(block, inputs, parameters);
    std::vector<std::uint32_t> ends{issuer_.last_compute()};
    for (const Stream& stream : streams) {
      if (stream.action.type != ActionType::W) {
        builder_.output_is(stream.backward(), stream.action.stage, stream.action.microbatch, stream.chain);
        ends.push_back(stream.chain);
      }
      step_end_.action_issued(stream.action);
    }
    builder_.end_block(std::move(ends));
  }

  RankBuilder builder_;
  StepEndBuilder step_end_;
  BlockInputs inputs_;
  BlockIssuer issuer_;
};

}  // namespace

Program lower(const Schedule& schedule, const Scenario& scenario, const Run& run) {
  Program program = program_frame(schedule, scenario, run);
  const std::vector<StageLayers> stages = stage_layers(scenario, schedule.stages());
  const std::vector<std::vector<Block>> blocks = blocks_of(schedule, run.join_adjacent_w);
  Transfers transfers = transfers_of(schedule, blocks, run.p2p);
  add_messages(program, transfers);
  UnitWorks works(program, scenario);
  const std::vector<GradientExchange> exchanges = gradient_exchanges(program, schedule, scenario);
  for (int rank = 0; rank < schedule.ranks(); ++rank) {
    RankLowering(program, rank, schedule, scenario, run, stages, transfers, exchanges, works)
        .lower(blocks[static_cast<std::size_t>(rank)]);
  }
  return program;
}

}  // namespace braid
