// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/scenario/toml_tree.hpp"
#include "sim/sweep/plan/expand.hpp"
#include "sim/sweep/plan/point_facts.hpp"
#include "sim/sweep/plan/point_math.hpp"

namespace braid {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Override& chosen) {
  const toml::table parsed = value_of(chosen);
  const toml::node& value = *parsed.get("v");
  if (const auto* text = value.as_string()) return text->get();
  std::ostringstream out;
  out << toml::json_formatter(value);
  return Json::parse(std::move(out).str());
}

/// Read at this one point, which costs less than what all points have in common.
std::vector<Override> derived_at(const Sweep& sweep, const std::vector<std::size_t>& positions,
                                 const std::vector<Override>& overrides) {
  const Scenario scenario = read_fields(sweep.scenario, sweep.scenario_path, overrides).scenario;
  std::vector<int> indices;
  for (const std::string& label : sweep.runs) indices.push_back(index_of_run(scenario, label));
  const int played = indices[positions.back()];
  if (played < 0) throw Error(sweep.path, fmt::format("no run is called '{}'", sweep.runs[positions.back()]));
  PointMath math(sweep, indices);
  const auto& values =
      math.derive(given_facts(scenario, scenario.runs[static_cast<std::size_t>(played)]), positions.back());
  std::vector<Override> derived;
  for (std::size_t d = 0; d < values.size(); ++d)
    derived.push_back({sweep.derived[d].field, std::to_string(values[d])});
  return derived;
}

}  // namespace

Choice choice_of(const Sweep& sweep, std::int64_t point) {
  const std::vector<std::size_t> positions = positions_of(sweep, point);
  Choice choice{.chosen = chosen_at(sweep, positions)};
  choice.overrides = overrides_of(sweep, choice.chosen);
  if (!sweep.derived.empty()) {
    for (Override& o : derived_at(sweep, positions, choice.overrides)) {
      choice.overrides.push_back(o);
      choice.chosen.push_back(std::move(o));
    }
  }
  choice.run = sweep.runs[positions.back()];
  for (const Override& o : choice.chosen) {
    if (o.path == choice.run) choice.run = value_of(o)["v"].value_or(o.value);
  }
  return choice;
}

std::string to_text(const Choice& choice) {
  Json json = Json::object();
  for (const Override& o : choice.chosen) json[o.path] = json_of(o);
  json["run"] = choice.run;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<std::pair<std::string, std::string>> parse_choice(std::string_view text, const std::string& where) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("run") || !json["run"].is_string()) {
    throw Error(where, "is no choice of a sweep: a JSON object with \"run\"");
  }
  std::vector<std::pair<std::string, std::string>> fields;
  for (const auto& [field, value] : json.items()) {
    fields.emplace_back(field, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return fields;
}

Scenario scenario_at(const Sweep& sweep, const Choice& choice) {
  return parse_scenario(sweep.scenario, sweep.scenario_path, choice.overrides);
}

std::map<std::string, double> facts_of(const Scenario& scenario, const Run& run) {
  Facts facts = given_facts(scenario, run);
  complete(facts);
  std::map<std::string, double> named;
  for (std::size_t i = 0; i < kFacts; ++i) named[name_of_fact(i)] = facts[i];
  return named;
}

}  // namespace braid
