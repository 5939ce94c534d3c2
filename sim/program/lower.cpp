// SPDX-License-Identifier: Apache-2.0
#include "sim/program/lower.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/program/rank_builder.hpp"
#include "sim/program/resident.hpp"
#include "sim/program/step_end.hpp"
#include "sim/program/stream.hpp"

namespace braid {
namespace {

/// One action on its way through its segments.
struct Stream {
  Action action;
  std::vector<Segment> segments;
  std::size_t next = 0;
  std::uint32_t chain = kNoOp;  ///< what a dependent item waits for
  std::uint32_t regather = kNoOp;

  bool done() const { return next == segments.size(); }
  bool backward() const { return action.type != ActionType::F; }
};

class RankLowering {
 public:
  RankLowering(Program& program, int rank, const Schedule& schedule, const Scenario& scenario, const Run& run,
               const std::vector<StageLayers>& stages, const Transfers& transfers,
               const std::vector<GradientExchange>& exchanges, UnitWorks& works)
      : scenario_(scenario),
        run_(run),
        stages_(stages),
        works_(works),
        scatters_(run.p2p_scatter_gather && scenario.plan.tp > 1 && !scenario.plan.sequence_parallel),
        builder_(program, rank, schedule, transfers,
                 works.message(scatters_ ? works.boundary() / double(scenario.plan.tp) : works.boundary())),
        step_end_(program, builder_, schedule, scenario, stages, exchanges, works) {}

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
    // In a braid W fills the gaps whatever the lone backward would do.
    const AsyncAllReduce async = block.actions.size() == 2 ? AsyncAllReduce::whole : run_.async_all_reduce;
    std::vector<Stream> streams;
    for (const Action& action : block.actions) {
      Stream stream{.action = action,
                    .segments = segments_of(action.type, stages_[static_cast<std::size_t>(action.stage)],
                                            scenario_.plan, async, works_)};
      stream.chain =
          action.type == ActionType::W ? builder_.output_of(true, action.stage, action.microbatch) : input_of(stream);
      if (action.type == ActionType::F) {
        const std::uint32_t ready = step_end_.parameters_ready(action.stage);
        if (ready != kNoOp) parameters_gate_ = ready;
      }
      streams.push_back(std::move(stream));
    }
    while (std::any_of(streams.begin(), streams.end(), [](const Stream& s) { return !s.done(); })) {
      for (Stream& stream : streams) {
        if (!stream.done()) issue(stream, stream.segments[stream.next++]);
      }
    }
    std::vector<std::uint32_t> ends{last_compute_};
    for (const Stream& stream : streams) {
      if (stream.action.type != ActionType::W) {
        builder_.output_is(stream.backward(), stream.action.stage, stream.action.microbatch, stream.chain);
        ends.push_back(stream.chain);
      }
      step_end_.action_issued(stream.action);
    }
    builder_.end_block(std::move(ends));
  }

  OpKey key_of(const Stream& stream) const {
    return {.microbatch = static_cast<std::int16_t>(stream.action.microbatch),
            .chunk = static_cast<std::int8_t>(builder_.chunk_of(stream.action.stage))};
  }

  /// What the stream's input hangs on. Of a scattered message each rank of the tensor-parallel group got a slice.
  std::uint32_t input_of(const Stream& stream) {
    const std::uint32_t input = builder_.input_of(stream.backward(), stream.action.stage, stream.action.microbatch);
    const bool received = input != kNoOp && builder_.ops().ops[input].message != kNoMessage;
    if (!scatters_ || !received) return input;
    OpKey key = key_of(stream);
    key.kind = OpKind::all_gather;
    key.index = static_cast<std::int32_t>(stream.backward() ? CommOf::input_grad : CommOf::forward);
    return builder_.add(key, Lane::tp, works_.collective(key.kind, Scope::tp, works_.residual()), {input});
  }

  void issue(Stream& stream, const Segment& segment) {
    for (const Item& item : segment) {
      const std::uint32_t waits_for = item.waits == Waits::chain      ? stream.chain
                                      : item.waits == Waits::regather ? stream.regather
                                                                      : kNoOp;
      OpKey key = key_of(stream);
      key.index = item.index;
      key.layer = static_cast<std::int16_t>(item.layer);
      key.kind = item.kind;
      key.unit = item.unit;
      const std::uint32_t op = builder_.add(key, item.lane, item.work, {waits_for, parameters_gate_});
      parameters_gate_ = kNoOp;
      if (item.extends_chain) stream.chain = op;
      if (item.waits == Waits::nothing && item.lane == Lane::tp) stream.regather = op;
      if (item.lane == Lane::compute) last_compute_ = op;
      if (item.kind == OpKind::weight_grad) step_end_.weight_grad_issued(stream.action.stage, item.layer, op);
    }
  }

  const Scenario& scenario_;
  const Run& run_;
  const std::vector<StageLayers>& stages_;
  UnitWorks& works_;
  bool scatters_;
  RankBuilder builder_;
  StepEndBuilder step_end_;
  std::uint32_t last_compute_ = kNoOp;
  std::uint32_t parameters_gate_ = kNoOp;
};

void check_fit(const Schedule& schedule, const Scenario& scenario) {
  if (schedule.ranks() != scenario.plan.pp) {
    throw Error(location(scenario, "plan.pp"),
                fmt::format("the schedule '{}' is for {} pipeline ranks, the plan has pp = {}", schedule.name,
                            schedule.ranks(), scenario.plan.pp));
  }
  if (schedule.microbatches != scenario.plan.microbatches) {
    throw Error(location(scenario, "plan.microbatches"),
                fmt::format("the schedule '{}' runs {} microbatches, the plan has {}", schedule.name,
                            schedule.microbatches, scenario.plan.microbatches));
  }
}

}  // namespace

Program lower(const Schedule& schedule, const Scenario& scenario, const Run& run) {
  check_fit(schedule, scenario);
  const Plan& plan = scenario.plan;
  Program program{
      .schedule = schedule.name, .placement = scenario.placement(), .p2p = run.p2p, .host_waits = run.p2p_host_waits};
  program.samples_per_step = double(plan.microbatches) * plan.microbatch_size * plan.dp;
  program.tokens_per_step = program.samples_per_step * plan.sequence;
  program.model_flops_per_step = model_flops(scenario.model, plan.sequence) * program.samples_per_step;
  program.ranks.resize(static_cast<std::size_t>(schedule.ranks()));

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
