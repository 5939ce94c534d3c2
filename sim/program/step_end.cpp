// SPDX-License-Identifier: Apache-2.0
#include "sim/program/step_end.hpp"

#include "sim/program/resident.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace braid {

std::vector<GradientExchange> gradient_exchanges(Program& program, const Schedule& schedule, const Scenario& scenario) {
  std::vector<GradientExchange> exchanges;
  const auto add_message = [&](int from, int to) {
    program.messages.push_back({.from = from,
                                .to = to,
                                .send_op = kNoOp,
                                .recv_op = kNoOp,
                                .batch = static_cast<std::uint32_t>(program.batch_size.size())});
    program.batch_size.push_back(program.p2p == P2pMode::batched ? 2 : 1);
    return static_cast<std::uint32_t>(program.messages.size() - 1);
  };
  const auto add = [&](int a, int b, bool tied) {
    exchanges.push_back({.ranks = {a, b}, .from = {add_message(a, b), add_message(b, a)}, .tied = tied});
  };
  if (schedule.bidirectional()) {
    for (int stage = 0; stage < schedule.stages(); ++stage) {
      const int rank = schedule.rank_of_stage[static_cast<std::size_t>(stage)];
      const int other = schedule.reverse_rank_of_stage[static_cast<std::size_t>(stage)];
      if (rank < other) add(rank, other, false);
    }
  } else if (scenario.model.tied_embeddings && schedule.rank_of_stage.front() != schedule.rank_of_stage.back()) {
    add(schedule.rank_of_stage.front(), schedule.rank_of_stage.back(), true);
  }
  return exchanges;
}

StepEndBuilder::StepEndBuilder(Program& program, RankBuilder& builder, const Schedule& schedule,
                               const Scenario& scenario, const std::vector<StageLayers>& stages,
                               const std::vector<GradientExchange>& exchanges, UnitWorks& works)
    : program_(program), builder_(builder), scenario_(scenario), stages_(stages), exchanges_(exchanges), works_(works) {
  for (const int stage : schedule.stages_of(builder.rank())) {
    Mine m{.stage = stage};
    m.last_grad.assign(static_cast<std::size_t>(stages[static_cast<std::size_t>(stage)].count) + 2, kNoOp);
    mine_.push_back(std::move(m));
  }
  std::vector<StageLayers> of_rank;
  for (const Mine& m : mine_) of_rank.push_back(stages[static_cast<std::size_t>(m.stage)]);
  one_matrix_ = one_matrix(scenario, of_rank);
  program.ranks[static_cast<std::size_t>(builder.rank())].resident = resident_bytes(scenario, of_rank);
  for (const Cell& cell : schedule.rows[static_cast<std::size_t>(builder.rank())]) {
    for (const Action& action : cell.actions) {
      if (action.type == ActionType::W || action.type == ActionType::B) ++mine(action.stage).weight_actions_left;
    }
  }
}

StepEndBuilder::Mine& StepEndBuilder::mine(int stage) {
  return *std::find_if(mine_.begin(), mine_.end(), [&](const Mine& m) { return m.stage == stage; });
}

std::vector<double> StepEndBuilder::parameters_by_layer(int stage) const {
  return braid::parameters_by_layer(scenario_, stages_[static_cast<std::size_t>(stage)], one_matrix_);
}

double StepEndBuilder::parameters_of(int stage) const {
  const std::vector<double> all = parameters_by_layer(stage);
  return std::accumulate(all.begin(), all.end(), 0.0);
}

double StepEndBuilder::parameters_on_rank() const {
  double sum = 0;
  for (const Mine& m : mine_) sum += parameters_of(m.stage);
  return sum;
}

void StepEndBuilder::begin_step() {
  if (scenario_.step_end.data_parallel == DataParallel::zero1 && scenario_.step_end.overlap) gather_parameters();
}

void StepEndBuilder::gather_parameters() {
  if (scenario_.plan.dp == 1) return;
  for (Mine& m : mine_) {
    const Bytes bytes(parameters_of(m.stage) * scenario_.model.element_bytes);
    m.parameters = builder_.add(
        {.index = dp_ops_++, .chunk = static_cast<std::int8_t>(builder_.chunk_of(m.stage)), .kind = OpKind::all_gather},
        Lane::dp, works_.collective(OpKind::all_gather, Scope::dp, bytes), {last_dp_});
  }
}

std::uint32_t StepEndBuilder::parameters_ready(int stage) { return std::exchange(mine(stage).parameters, kNoOp); }

void StepEndBuilder::weight_grad_issued(int stage, int layer, Unit unit, std::uint32_t op) {
  Mine& m = mine(stage);
  const StageLayers& layers = stages_[static_cast<std::size_t>(stage)];
  // Embedding and head have no layer; of the two the head's gradient comes before any layer's, the embedding's last.
  auto position = std::size_t{1};
  if (layer >= 0) {
    position += static_cast<std::size_t>(layer - layers.first);
  } else {
    position = unit == Unit::embedding ? 0 : m.last_grad.size() - 1;
  }
  m.last_grad[position] = op;
}

bool StepEndBuilder::gradients_issued(const Mine& of) const {
  if (of.weight_actions_left > 0) return false;
  // The gradient of a tied matrix is whole when both ends have added to it.
  if (!one_matrix_ || !stages_[static_cast<std::size_t>(of.stage)].has_embedding) return true;
  return std::all_of(mine_.begin(), mine_.end(), [&](const Mine& m) {
    return !stages_[static_cast<std::size_t>(m.stage)].has_head || m.weight_actions_left == 0;
  });
}

void StepEndBuilder::action_issued(const Action& action) {
  if (action.type != ActionType::W && action.type != ActionType::B) return;
  --mine(action.stage).weight_actions_left;
  if (scenario_.plan.dp == 1) return;
  for (Mine& m : mine_) {
    if (m.in_buckets || !gradients_issued(m)) continue;
    m.in_buckets = true;
    fill_buckets(m);
  }
  if (!scenario_.step_end.overlap) return;
  for (const Bucket& bucket : waiting_) reduce(bucket);
  waiting_.clear();
}

void StepEndBuilder::fill_buckets(const Mine& of) {
  const std::vector<double> parameters = parameters_by_layer(of.stage);
  const StepEnd& end = scenario_.step_end;
  Bucket bucket{.stage = of.stage};
  for (std::size_t i = parameters.size(); i-- > 0;) {
    if (parameters[i] == 0) continue;
    bucket.parameters += parameters[i];
    if (of.last_grad[i] != kNoOp) bucket.ready = of.last_grad[i];
    if (i == 0 && one_matrix_) {
      for (const Mine& m : mine_) {
        if (m.last_grad.back() != kNoOp) bucket.ready = std::max(bucket.ready, m.last_grad.back());
      }
    }
    if (end.bucket > Bytes(0) && bucket.parameters * end.gradient_bytes >= end.bucket.value) {
      waiting_.push_back(std::exchange(bucket, Bucket{.stage = of.stage}));
    }
  }
  if (bucket.parameters > 0) waiting_.push_back(bucket);
}

void StepEndBuilder::reduce(const Bucket& bucket) {
  const OpKind kind =
      scenario_.step_end.data_parallel == DataParallel::zero1 ? OpKind::reduce_scatter : OpKind::all_reduce;
  const Bytes bytes(bucket.parameters * scenario_.step_end.gradient_bytes);
  last_dp_ = builder_.add(
      {.index = dp_ops_++, .chunk = static_cast<std::int8_t>(builder_.chunk_of(bucket.stage)), .kind = kind}, Lane::dp,
      works_.collective(kind, Scope::dp, bytes), {bucket.ready});
}

std::uint32_t StepEndBuilder::exchange_gradients() {
  const auto mine = std::find_if(exchanges_.begin(), exchanges_.end(), [&](const GradientExchange& e) {
    return e.ranks[0] == builder_.rank() || e.ranks[1] == builder_.rank();
  });
  if (mine == exchanges_.end()) return kNoOp;
  const bool first = builder_.rank() == mine->ranks[0];
  Unit unit = Unit::none;
  std::uint32_t grad = last_gradient();
  double parameters = parameters_on_rank();
  if (mine->tied) {
    unit = first ? Unit::embedding : Unit::head;
    grad = first ? mine_.front().last_grad.front() : mine_.back().last_grad.back();
    parameters = unit_parameters(scenario_.model, Unit::head, scenario_.split());
  } else if (scenario_.step_end.data_parallel == DataParallel::zero1) {
    parameters /= scenario_.plan.dp;
  }
  const std::uint16_t work = works_.message(Bytes(parameters * scenario_.step_end.gradient_bytes));
  const std::uint32_t deps[]{grad, last_dp_};
  builder_.add_end({.unit = unit}, true, mine->from[first ? 0 : 1], work, deps);
  return builder_.add_end({.unit = unit}, false, mine->from[first ? 1 : 0], work, deps);
}

std::uint32_t StepEndBuilder::last_gradient() const {
  std::uint32_t last = kNoOp;
  for (const Mine& m : mine_) {
    for (const std::uint32_t op : m.last_grad) {
      if (op != kNoOp) last = last == kNoOp ? op : std::max(last, op);
    }
  }
  return last;
}

void StepEndBuilder::end_step() {
  const StepEnd& end = scenario_.step_end;
  for (Bucket& bucket : waiting_) {
    // Not overlapped: the first bucket waits for the last of all gradients, the others follow on their lane.
    bucket.ready = last_gradient();
    reduce(bucket);
  }
  waiting_.clear();
  const std::uint32_t exchanged = exchange_gradients();
  if (end.optimizer) {
    const double shards = end.data_parallel == DataParallel::zero1 ? scenario_.plan.dp : 1;
    // Read the gradient, read and write the state, write the parameter.
    const double bytes = end.gradient_bytes + 2 * end.optimizer_bytes + scenario_.model.element_bytes;
    const std::uint32_t optimizer =
        builder_.add({.kind = OpKind::optimizer}, Lane::compute,
                     works_.optimizer(Bytes(parameters_on_rank() * bytes / shards)), {last_dp_, exchanged});
    last_dp_ = optimizer;
  }
  if (end.data_parallel == DataParallel::zero1 && !end.overlap) gather_parameters();
}

}  // namespace braid
