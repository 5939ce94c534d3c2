// SPDX-License-Identifier: Apache-2.0
#include "sim/app/abstract_play.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/engine/core/simulate.hpp"
#include "sim/schedule/peaks.hpp"

namespace braid {
namespace {

Costs fixed_costs(const Program& program) {
  Costs costs;
  for (const WorkItem& work : program.works) {
    const bool message = work.kind == WorkKind::message;
    costs.duration.push_back(message ? Seconds(0) : work.fixed);
    costs.collective.push_back({});
    costs.prices.push_back({.time = work.fixed, .traffic = {}, .source = "given, in slots"});
    std::array<CommCost, kPathKinds> paths{};
    if (message) paths.fill({.latency = work.fixed});
    costs.message.push_back(paths);
    costs.stretch.emplace_back(program.works.size(), 0.0);
  }
  return costs;
}

double work_of(const Action& action, const CellCosts& costs) {
  switch (action.type) {
    case ActionType::F:
      return costs.f;
    case ActionType::I:
      return costs.i;
    case ActionType::W:
      return costs.w;
    case ActionType::B:
      return costs.i + costs.w;
  }
  BRAID_CHECK(false, "every action type is handled");
}

}  // namespace

AbstractPlay play_abstract(const Schedule& schedule, const CellCosts& costs, P2pMode mode) {
  AbstractPlay play{.program = lower_cells(schedule, costs, mode)};
  throw_if_any(check(play.program));
  // Every rank is a node of its own; where they are does not matter, messages cost the same on any path.
  const Cluster anywhere{.name = "abstract",
                         .nodes = schedule.ranks(),
                         .gpus_per_node = 1,
                         .intra_bandwidth = 1_GBps,
                         .nics_per_node = 1,
                         .nic_bandwidth = 1_GBps};
  play.costs = fixed_costs(play.program);
  play.timeline = simulate_ideal(play.program, play.costs, anywhere);
  const PeakActivations peaks = peak_activations(schedule);
  double least_work = INFINITY;
  for (std::size_t r = 0; r < schedule.rows.size(); ++r) {
    const auto& spans = play.timeline.ranks[r].lanes[static_cast<std::size_t>(Lane::compute)];
    AbstractRank rank{
        .peak_netted = peaks.netted[r], .peak_inclusive = peaks.inclusive[r], .peak_until_w = peaks.until_w[r]};
    std::vector<double> start, end;
    std::size_t next = 0;
    for (const Cell& cell : schedule.rows[r]) {
      if (cell.empty()) {
        start.push_back(end.empty() ? 0 : end.back());
        end.push_back(start.back());
        continue;
      }
      for (const Action& action : cell.actions) rank.work += work_of(action, costs);
      start.push_back(spans[next].start.value);
      end.push_back(spans[next].end.value);
      ++next;
    }
    if (!spans.empty()) {
      rank.first_start = spans.front().start.value;
      rank.last_end = spans.back().end.value;
    }
    play.makespan = std::max(play.makespan, rank.last_end);
    play.bubble_span = std::max(play.bubble_span, rank.last_end - rank.first_start - rank.work);
    least_work = std::min(least_work, rank.work);
    play.ranks.push_back(rank);
    play.cell_start.push_back(std::move(start));
    play.cell_end.push_back(std::move(end));
  }
  play.bubble_global = play.makespan - least_work;
  return play;
}

CellCosts parse_cell_costs(const std::string& text) {
  CellCosts costs;
  const std::array<std::pair<std::string, double*>, 5> names{
      {{"f", &costs.f}, {"i", &costs.i}, {"w", &costs.w}, {"ar", &costs.all_reduce}, {"p2p", &costs.p2p}}};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string part = text.substr(at, end - at);
    const std::size_t equals = part.find('=');
    const auto found =
        std::find_if(names.begin(), names.end(), [&](const auto& n) { return n.first == part.substr(0, equals); });
    if (equals == std::string::npos || found == names.end()) {
      throw Error("--costs", fmt::format("'{}' is not one of f=, i=, w=, ar=, p2p= with a number", part));
    }
    std::size_t used = 0;
    double value = -1;
    try {
      value = std::stod(part.substr(equals + 1), &used);
    } catch (const std::exception&) {}
    if (used != part.size() - equals - 1 || !(value >= 0) || value > 1e9) {
      throw Error("--costs", fmt::format("'{}': a cost is a number from 0 to 1e9", part));
    }
    *found->second = value;
    at = end + 1;
  }
  return costs;
}

}  // namespace braid
