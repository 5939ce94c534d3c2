// SPDX-License-Identifier: Apache-2.0
#include "sim/program/block_streams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace braid {
namespace {

bool scatters(const Scenario& scenario, const Run& run) {
  return run.p2p_scatter_gather && scenario.plan.tp > 1 && !scenario.plan.sequence_parallel;
}

OpKey key_of(const Action& action, const RankBuilder& builder) {
  return {.microbatch = static_cast<std::int16_t>(action.microbatch),
          .chunk = static_cast<std::int8_t>(builder.chunk_of(action.stage))};
}

}  // namespace

std::vector<StageLayers> stage_layers(const Scenario& scenario, int stages) {
  std::vector<StageLayers> all;
  int first = 0;
  for (const int count : layers_of_stages(scenario, stages)) {
    all.push_back({.first = first, .count = count});
    first += count;
  }
  all.front().has_embedding = true;
  all.back().has_head = true;
  return all;
}

Program program_frame(const Schedule& schedule, const Scenario& scenario, const Run& run) {
  const Plan& plan = scenario.plan;
  if (schedule.ranks() != plan.pp) {
    throw Error(location(scenario, "plan.pp"),
                fmt::format("the schedule '{}' is for {} pipeline ranks, the plan has pp = {}", schedule.name,
                            schedule.ranks(), plan.pp));
  }
  if (schedule.microbatches != plan.microbatches) {
    throw Error(location(scenario, "plan.microbatches"),
                fmt::format("the schedule '{}' runs {} microbatches, the plan has {}", schedule.name,
                            schedule.microbatches, plan.microbatches));
  }
  Program program{
      .schedule = schedule.name, .placement = scenario.placement(), .p2p = run.p2p, .host_waits = run.p2p_host_waits};
  program.samples_per_step = double(plan.microbatches) * plan.microbatch_size * plan.dp;
  program.tokens_per_step = program.samples_per_step * plan.sequence;
  program.model_flops_per_step = model_flops(scenario.model, plan.sequence) * program.samples_per_step;
  program.ranks.resize(static_cast<std::size_t>(schedule.ranks()));
  return program;
}

BlockInputs::BlockInputs(RankBuilder& builder, UnitWorks& works, const Scenario& scenario, const Run& run)
    : builder_(builder), works_(works), scatters_(scatters(scenario, run)) {}

std::uint16_t BlockInputs::message_work(UnitWorks& works, const Scenario& scenario, const Run& run) {
  return works.message(scatters(scenario, run) ? works.boundary() / double(scenario.plan.tp) : works.boundary());
}

std::uint32_t BlockInputs::input_of(const Action& action) {
  if (action.type == ActionType::W) return builder_.output_of(true, action.stage, action.microbatch);
  const bool backward = action.type != ActionType::F;
  const std::uint32_t input = builder_.input_of(backward, action.stage, action.microbatch);
  const bool received = input != kNoOp && builder_.ops().ops[input].message != kNoMessage;
  if (!scatters_ || !received) return input;
  OpKey key = key_of(action, builder_);
  key.kind = OpKind::all_gather;
  key.index = static_cast<std::int32_t>(backward ? CommOf::input_grad : CommOf::forward);
  return builder_.add(key, Lane::tp, works_.collective(key.kind, Scope::tp, works_.residual()), {input});
}

std::vector<Stream> BlockIssuer::issue(const Block& block, const std::vector<std::uint32_t>& inputs,
                                       std::uint32_t gate) {
  // In a braid W fills the gaps whatever the lone backward would do.
  const AsyncAllReduce async = block.actions.size() == 2 ? AsyncAllReduce::whole : async_;
  gate_ = gate;
  std::vector<Stream> streams;
  for (std::size_t a = 0; a < block.actions.size(); ++a) {
    const Action& action = block.actions[a];
    streams.push_back(
        {.action = action,
         .segments = segments_of(action.type, stages_[static_cast<std::size_t>(action.stage)], plan_, async, works_),
         .chain = inputs[a]});
  }
  while (std::any_of(streams.begin(), streams.end(), [](const Stream& s) { return !s.done(); })) {
    for (Stream& stream : streams) {
      if (!stream.done()) issue(stream, stream.segments[stream.next++]);
    }
  }
  return streams;
}

void BlockIssuer::issue(Stream& stream, const Segment& segment) {
  for (const Item& item : segment) {
    const std::uint32_t waits_for = item.waits == Waits::chain      ? stream.chain
                                    : item.waits == Waits::regather ? stream.regather
                                                                    : kNoOp;
    OpKey key = key_of(stream.action, builder_);
    key.index = item.index;
    key.layer = static_cast<std::int16_t>(item.layer);
    key.kind = item.kind;
    key.unit = item.unit;
    const std::uint32_t op = builder_.add(key, item.lane, item.work, {waits_for, std::exchange(gate_, kNoOp)});
    if (item.waits == Waits::chain && stream.entry == kNoOp) stream.entry = op;
    if (item.extends_chain) stream.chain = op;
    if (item.waits == Waits::nothing && item.lane == Lane::tp) stream.regather = op;
    if (item.lane == Lane::compute) last_compute_ = op;
    if (item.kind == OpKind::weight_grad) weight_grad_issued_(stream.action.stage, item, op);
  }
}

}  // namespace braid
