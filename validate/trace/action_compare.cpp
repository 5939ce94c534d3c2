// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/action_compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace braid {
namespace {

constexpr double kNanosecond = 1e-9;

/// A pass of one microbatch through one chunk of a rank; B does not occur, it is an I and a W.
struct PassKey {
  ActionType type = ActionType::F;
  int microbatch = 0;
  int chunk = 0;
  auto operator<=>(const PassKey&) const = default;
};

std::optional<PassKey> pass_of(const OpKey& key) {
  const auto of = [&](ActionType type) {
    return PassKey{.type = type, .microbatch = key.microbatch, .chunk = std::max<int>(key.chunk, 0)};
  };
  if (key.microbatch < 0) return std::nullopt;
  switch (key.kind) {
    case OpKind::forward:
      return of(ActionType::F);
    case OpKind::recompute:
    case OpKind::input_grad:
      return of(ActionType::I);
    case OpKind::weight_grad:
      return of(ActionType::W);
    default:
      return std::nullopt;
  }
}

std::vector<ActionType> passes(ActionType type) {
  if (type == ActionType::B) return {ActionType::I, ActionType::W};
  return {type};
}

const char* letter(ActionType type) {
  constexpr std::array letters{"F", "I", "W", "B"};
  return letters[static_cast<std::size_t>(type)];
}

std::string type_of(const Cell& cell) {
  std::string text;
  for (const Action& action : cell.actions) text += std::string(text.empty() ? "" : "&") + letter(action.type);
  return text;
}

using PassTimes = std::map<PassKey, double>;

PassTimes predicted_passes(const RankTimeline& rank) {
  PassTimes times;
  for (const Span& span : rank.lanes[static_cast<std::size_t>(Lane::compute)]) {
    if (const auto pass = pass_of(span.key)) times[*pass] += (span.end - span.start).value;
  }
  return times;
}

int chunk_of(const std::vector<int>& stages, int stage) {
  return static_cast<int>(std::lower_bound(stages.begin(), stages.end(), stage) - stages.begin());
}

/// Seconds in which ops of each label compute, by label.
std::map<std::uint32_t, double> computing_by_label(const JoinedRank& rank, const ForeignStep& step) {
  std::map<std::uint32_t, std::pair<std::int64_t, std::int64_t>> sums;  // end so far, sum
  for (const std::uint32_t o : step.ops) {
    const GpuOp& op = rank.trace->ops[o];
    if (op.label == kNothing || !is_computing(op.kind)) continue;
    auto& [until, sum] = sums.try_emplace(op.label, op.start, 0).first->second;
    sum += std::max<std::int64_t>(0, op.end - std::max(op.start, until));
    until = std::max(until, op.end);
  }
  std::map<std::uint32_t, double> seconds;
  for (const auto& [label, span] : sums) seconds[label] = static_cast<double>(span.second) * kNanosecond;
  return seconds;
}

struct TypeSum {
  int count = 0;
  double measured = 0;
  double predicted = 0;
};

/// Adds what both sides know of this rank; returns how many actions of the run the program does not have.
int add_times(const JoinedRank& rank, std::map<std::string, TypeSum>& types) {
  const PassTimes predicted = predicted_passes(*rank.predicted);
  const std::vector<int> stages = stages_of(*rank.trace);
  int strangers = 0;
  for (const ForeignStep& step : rank.steps) {
    // Ranges on the GPU come once for each stream, so an action may have several.
    std::map<std::vector<Action>, double> actions;
    for (const auto& [label, seconds] : computing_by_label(rank, step)) {
      const Cell& cell = rank.trace->labels[label].action.compute;
      if (!cell.empty()) actions[cell.actions] += seconds / rank.steps_in_each;
    }
    for (const auto& [cell, seconds] : actions) {
      double expected = 0;
      bool known = true;
      for (const Action& action : cell) {
        const int chunk = chunk_of(stages, action.stage);
        bool found = false;
        for (const ActionType type : passes(action.type)) {
          const auto pass = predicted.find({.type = type, .microbatch = action.microbatch, .chunk = chunk});
          if (pass == predicted.end()) continue;
          found = true;
          expected += pass->second;
        }
        known = known && found;
      }
      if (!known) {
        ++strangers;
        continue;
      }
      TypeSum& sum = types[type_of({cell})];
      ++sum.count;
      sum.measured += seconds;
      sum.predicted += expected;
    }
  }
  return strangers;
}

/// What a rank does, in order: F and I (a B counts as its I), and those W that `apart` holds.
struct Order {
  std::vector<PassKey> keys;
  std::vector<std::string> names;
};

std::string name_of(const LabelRange& label, const Action& action) {
  return label.action.has_stage ? csv_text({{action}}) : fmt::format("{}{}", letter(action.type), action.microbatch);
}

Order run_order(const JoinedRank& rank, const ForeignStep& step, std::set<PassKey>& apart) {
  const std::vector<int> stages = stages_of(*rank.trace);
  const bool marked = !rank.trace->steps.empty();
  // Ranges on the GPU lag behind: those of the step before reach into the marks of this one.
  const std::vector<LabelRange>& labels = rank.trace->labels;
  const bool on_host = std::any_of(labels.begin(), labels.end(), [](auto& l) { return l.stream == kNothing; });
  Order order;
  std::set<PassKey> seen;
  for (const LabelRange& label : labels) {
    if (on_host && label.stream != kNothing) continue;
    if (marked && (label.start < step.begin || label.start >= step.end)) continue;
    for (const Action& action : label.action.compute.actions) {
      const PassKey key{.type = action.type == ActionType::B ? ActionType::I : action.type,
                        .microbatch = action.microbatch,
                        .chunk = chunk_of(stages, action.stage)};
      if (!seen.insert(key).second) continue;
      if (action.type == ActionType::W) apart.insert(key);
      order.keys.push_back(key);
      order.names.push_back(name_of(label, action));
    }
  }
  return order;
}

/// Takes a pass for done when its first op is: a W may begin inside a joined B before its I, which still leads it.
Order program_order(const RankProgram& rank, const std::set<PassKey>& apart, const std::vector<int>& stages) {
  Order order;
  std::set<PassKey> seen;
  const auto take = [&](const PassKey& key) {
    if (!seen.insert(key).second) return;
    const PassKey weight{.type = ActionType::W, .microbatch = key.microbatch, .chunk = key.chunk};
    if (key.type == ActionType::W && !apart.contains(key)) return;
    Action action{.type = key.type, .stage = key.chunk, .microbatch = key.microbatch};
    if (key.type == ActionType::I && !apart.contains(weight)) action.type = ActionType::B;
    const auto chunk = static_cast<std::size_t>(key.chunk);
    if (chunk < stages.size()) action.stage = stages[chunk];
    order.keys.push_back(key);
    order.names.push_back(csv_text({{action}}));
  };
  for (const Op& op : rank.ops) {
    const auto pass = op.lane == Lane::compute ? pass_of(op.key) : std::nullopt;
    if (!pass) continue;
    if (pass->type == ActionType::W) {
      take({.type = ActionType::I, .microbatch = pass->microbatch, .chunk = pass->chunk});
    }
    take(*pass);
  }
  return order;
}

std::string first_difference(const Order& run, const Order& program) {
  const auto name = [](const Order& order, std::size_t i) {
    return i < order.names.size() ? order.names[i] : std::string("nothing more");
  };
  for (std::size_t i = 0; i < std::max(run.keys.size(), program.keys.size()); ++i) {
    if (i < run.keys.size() && i < program.keys.size() && run.keys[i] == program.keys[i]) continue;
    return fmt::format("action {}: the run does {}, the schedule {}", i + 1, name(run, i), name(program, i));
  }
  return {};
}

int chunks_of(const RankProgram& rank) {
  int most = 0;
  for (const Op& op : rank.ops) most = std::max<int>(most, op.key.chunk + 1);
  return most;
}

}  // namespace

ActionComparison compare_actions(const std::vector<JoinedRank>& ranks, const Program& program) {
  ActionComparison result;
  std::map<std::string, TypeSum> types;
  int strangers = 0;
  int unlabelled = 0;
  for (const JoinedRank& rank : ranks) {
    const std::vector<int> stages = stages_of(*rank.trace);
    if (stages.empty()) {
      ++unlabelled;
      continue;
    }
    const RankProgram& planned = program.ranks[static_cast<std::size_t>(rank.pp)];
    if (program_order(planned, {}, stages).keys.empty()) {
      result.not_compared.push_back("actions: the prediction was played at abstract costs and has no passes");
      return result;
    }
    if (static_cast<int>(stages.size()) != chunks_of(planned)) {
      result.not_compared.push_back(fmt::format("actions of rank {}: it labels {} stages, the schedule gives it {}",
                                                rank.trace->rank, stages.size(), chunks_of(planned)));
      continue;
    }
    strangers += add_times(rank, types);
    if (rank.steps_in_each > 1) continue;
    std::set<PassKey> apart;
    const Order run = run_order(rank, rank.steps.front(), apart);
    result.orders.push_back({.rank = rank.trace->rank,
                             .actions = static_cast<int>(run.keys.size()),
                             .first_difference = first_difference(run, program_order(planned, apart, stages))});
  }
  for (const auto& [type, sum] : types) {
    result.times.push_back({.type = type,
                            .count = sum.count,
                            .measured = Seconds(sum.measured / sum.count),
                            .predicted = Seconds(sum.predicted / sum.count)});
  }
  if (unlabelled == static_cast<int>(ranks.size())) {
    result.not_compared.push_back("actions and their order: no range is labelled with an action (PP:0F3)");
  } else if (unlabelled > 0) {
    result.not_compared.push_back(fmt::format("actions of {} ranks: theirs are not labelled", unlabelled));
  }
  if (strangers > 0) {
    result.not_compared.push_back(fmt::format("{} actions of the run are not in the schedule", strangers));
  }
  return result;
}

}  // namespace braid
