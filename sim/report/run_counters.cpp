// SPDX-License-Identifier: Apache-2.0
#include "sim/report/run_counters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/memory/memory.hpp"
#include "sim/report/link_load.hpp"
#include "sim/report/steps.hpp"

namespace braid {
namespace {

constexpr double kNanosecondsASecond = 1e9;

RunRow row_of(std::int32_t rank, CounterKind counter) {
  return {.rank = rank, .kind = RowKind::counter, .counter = counter};
}

void add_memory(RunColumns& run, std::int32_t row_rank, const MemoryByClass& memory, std::size_t most_points) {
  const auto resident = [&](MemoryClass c) { return memory.resident[static_cast<std::size_t>(c)].value; };
  Steps steps{.time = {}, .value = std::vector<std::vector<double>>(2)};
  for (const MemoryByClass::Point& point : memory.points) {
    steps.time.push_back(point.time.value);
    steps.value[0].push_back(resident(MemoryClass::activations) + point.activations);
    steps.value[1].push_back(point.deferred_w);
  }
  steps = thinned(steps, most_points);
  const auto constant = [&](CounterKind kind, MemoryClass c) {
    if (resident(c) > 0) {
      add_counter_row(run, row_of(row_rank, kind), "", std::span(steps.time).first(1), std::vector{resident(c)});
    }
  };
  double always = 0;
  for (const MemoryClass c :
       {MemoryClass::parameters, MemoryClass::gradients, MemoryClass::optimizer, MemoryClass::buffers}) {
    always += resident(c);
  }
  std::vector<double> all(steps.time.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = always + steps.value[0][i] + steps.value[1][i];
  add_counter_row(run, row_of(row_rank, CounterKind::memory), "", steps.time, all);
  constant(CounterKind::memory_parameters, MemoryClass::parameters);
  constant(CounterKind::memory_gradients, MemoryClass::gradients);
  constant(CounterKind::memory_optimizer, MemoryClass::optimizer);
  constant(CounterKind::memory_buffers, MemoryClass::buffers);
  for (const auto& [kind, column] :
       {std::pair(CounterKind::memory_activations, 0), std::pair(CounterKind::memory_deferred_w, 1)}) {
    const std::vector<double>& value = steps.value[static_cast<std::size_t>(column)];
    if (std::ranges::any_of(value, [](double bytes) { return bytes > 0; })) {
      add_counter_row(run, row_of(row_rank, kind), "", steps.time, value);
    }
  }
}

/// "24 SMs a collective, 8 a message".
std::string who_holds(const Program& program, const Costs& costs) {
  std::set<double> by_kind[2];
  for (std::size_t i = 0; i < program.works.size(); ++i) {
    if (costs.sms_held[i] > 0) by_kind[program.works[i].kind == WorkKind::message].insert(costs.sms_held[i]);
  }
  std::string text;
  for (const bool message : {false, true}) {
    for (const double sms : by_kind[message]) {
      text += fmt::format("{}{:g}{} a {}", text.empty() ? "" : ", ", sms, text.empty() ? " SMs" : "",
                          message ? "message" : "collective");
    }
  }
  return text;
}

void add_sms(RunColumns& run, std::int32_t row_rank, const Played& played, std::size_t rank, const Costs& costs,
             const Gpu& gpu, std::size_t most_points) {
  constexpr std::size_t kComputing = 0, kHeld = 1;
  std::vector<Piece> pieces;
  const std::vector<Op>& ops = played.ops(rank).ops;
  for (std::uint32_t i = 0; i < ops.size(); ++i) {
    const double held = costs.sms_held[ops[i].work];
    const bool computes = ops[i].lane == Lane::compute;
    if (!computes && held == 0) continue;
    pieces.push_back({played.start(rank, i), played.end(rank, i), computes ? kComputing : kHeld, computes ? 1 : held});
  }
  Steps steps = sum_of(pieces, 2);
  for (std::size_t i = 0; i < steps.time.size(); ++i) {
    double &computing = steps.value[kComputing][i], &held = steps.value[kHeld][i];
    held = std::min(1.0, held / gpu.sms);
    computing = computing > 0 ? 1 - held : 0;
  }
  steps = thinned(steps, most_points);
  const RunRow row = row_of(row_rank, CounterKind::sm_occupancy);
  add_counter_row(run, row, "compute", steps.time, steps.value[kComputing]);
  if (std::ranges::any_of(steps.value[kHeld], [](double share) { return share > 0; })) {
    add_counter_row(run, row, "communication (" + who_holds(*played.program, costs) + ")", steps.time,
                    steps.value[kHeld]);
  }
}

void add_links(RunColumns& run, const Played& played, const CounterSources& sources) {
  const LinkLoad links = link_load(played, *sources.cluster, sources.costs);
  const Steps load = thinned(links.load, sources.most_points);
  for (std::size_t c = 0; c < links.classes.size(); ++c) {
    add_counter_row(run, row_of(-1, CounterKind::link), links.classes[c].name, load.time, load.value[c]);
  }
}

}  // namespace

void add_counter_row(RunColumns& run, RunRow row, std::string_view name, std::span<const double> time,
                     std::span<const double> value) {
  if (!name.empty()) row.name = run.add_name(name);
  row.begin = run.points.size();
  for (std::size_t i = 0; i < time.size(); ++i) {
    const bool news = run.points.size() == row.begin || run.points.back().value != value[i];
    if (news) run.points.push_back({std::llround(time[i] * kNanosecondsASecond), value[i]});
  }
  row.end = run.points.size();
  run.rows.push_back(row);
}

void add_counters(RunColumns& run, const Played& played, const CounterSources& sources) {
  BRAID_CHECK(sources.most_points >= 16, "a counter has a few points");
  const bool sms_known = sources.cluster != nullptr && sources.cluster->gpu.sms > 0 && sources.costs != nullptr &&
                         !sources.costs->sms_held.empty();
  for (std::size_t rank = 0; rank < played.ranks.size(); ++rank) {
    const auto found = std::ranges::find(run.ranks, played.timeline->ranks[rank].rank, &RunRank::rank);
    if (found == run.ranks.end()) continue;
    const auto row_rank = static_cast<std::int32_t>(found - run.ranks.begin());
    add_memory(run, row_rank, memory_by_class(played, rank), sources.most_points);
    if (sms_known) { add_sms(run, row_rank, played, rank, *sources.costs, sources.cluster->gpu, sources.most_points); }
  }
  if (sources.cluster != nullptr) add_links(run, played, sources);
}

}  // namespace braid
