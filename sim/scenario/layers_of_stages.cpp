// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <numeric>

#include "sim/scenario/scenario.hpp"

namespace braid {
namespace {

constexpr int kMostSuggestions = 12;

std::vector<int> explicit_layers(const Scenario& s, int stages) {
  const std::vector<int>& list = s.plan.layers_per_stage;
  const std::string where = location(s, "plan.layers_per_stage");
  if (static_cast<int>(list.size()) != stages) {
    throw Error(where, fmt::format("lists {} stages, but the schedule has {} virtual stages", list.size(), stages));
  }
  const int sum = std::accumulate(list.begin(), list.end(), 0);
  if (sum != s.model.layers) {
    throw Error(where, fmt::format("sums to {} layers, but the model has {}", sum, s.model.layers));
  }
  for (const int layers : list) {
    if (layers < 1) throw Error(where, "every virtual stage needs at least one layer");
  }
  return list;
}

bool divides(int layers, int fewer, int stages) {
  return (layers + fewer) % stages == 0 && (layers + fewer) / stages - fewer >= 1;
}

/// What would do instead: another shortfall of the last stage, other numbers of stages.
std::string what_divides(int layers, int fewer, int stages) {
  std::string text;
  const int shortfall = (stages - layers % stages) % stages;
  if (divides(layers, shortfall, stages))
    text += fmt::format("plan.last_stage_fewer_layers = {} would do; ", shortfall);
  std::vector<int> counts;
  for (int n = 1; n <= layers + fewer && static_cast<int>(counts.size()) < kMostSuggestions; ++n) {
    if (divides(layers, fewer, n)) counts.push_back(n);
  }
  if (!counts.empty()) text += fmt::format("virtual stages that divide: {}; ", fmt::join(counts, ", "));
  return text + "or list plan.layers_per_stage";
}

}  // namespace

std::vector<int> layers_of_stages(const Scenario& s, int stages) {
  BRAID_CHECK(stages >= 1, "a schedule has at least one virtual stage");
  if (!s.plan.layers_per_stage.empty()) return explicit_layers(s, stages);
  const int fewer = s.plan.last_stage_fewer_layers;
  const int layers = s.model.layers;
  if (!divides(layers, fewer, stages)) {
    const std::string shape = fewer == 0 ? "" : fmt::format(", the last with {} fewer", fewer);
    throw Error(location(s, fewer == 0 ? "model.layers" : "plan.last_stage_fewer_layers"),
                fmt::format("{} layers do not divide over {} virtual stages{}: {}", layers, stages, shape,
                            what_divides(layers, fewer, stages)));
  }
  const int even = (layers + fewer) / stages;
  std::vector<int> all(static_cast<std::size_t>(stages), even);
  all.back() -= fewer;
  return all;
}

}  // namespace braid
