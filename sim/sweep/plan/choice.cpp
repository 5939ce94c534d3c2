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

using Values = std::vector<std::int64_t>;

/// Read at this one point, which costs less than what all points have in common.
Values derived_at(const Sweep& sweep, const std::vector<std::size_t>& positions,
                  const std::vector<Override>& overrides) {
  const Scenario scenario = read_fields(sweep.scenario, sweep.scenario_path, overrides).scenario;
  std::vector<int> indices;
  for (const std::string& label : sweep.runs) indices.push_back(index_of_run(scenario, label));
  const int played = indices[positions.back()];
  if (played < 0) throw Error(sweep.path, fmt::format("no run is called '{}'", sweep.runs[positions.back()]));
  PointMath math(sweep, indices, PointMath::Parts::derived);
  return math.derive(given_facts(scenario, scenario.runs[static_cast<std::size_t>(played)]), positions.back());
}

/// `derive` is asked for the derived fields' values, given positions and overrides.
template <class Derive>
Choice choice_at(const Sweep& sweep, std::int64_t point, Derive derive) {
  const std::vector<std::size_t> positions = positions_of(sweep, point);
  Choice choice{.chosen = chosen_at(sweep, positions)};
  choice.overrides = overrides_of(sweep, choice.chosen);
  if (!sweep.derived.empty()) {
    const Values values = derive(positions, choice.overrides);
    for (std::size_t d = 0; d < values.size(); ++d) {
      choice.overrides.push_back({sweep.derived[d].field, std::to_string(values[d])});
      choice.chosen.push_back(choice.overrides.back());
    }
  }
  choice.run = sweep.runs[positions.back()];
  for (const Override& o : choice.chosen) {
    if (o.path == choice.run) choice.run = value_of(o)["v"].value_or(o.value);
  }
  return choice;
}

}  // namespace

struct Choices::Kept {
  explicit Kept(const Sweep& of) : sweep(of), facts(of), math(of, facts.run_indices(), PointMath::Parts::derived) {}
  const Sweep& sweep;
  PointFacts facts;
  PointMath math;
};

Choices::Choices(const Sweep& sweep) : kept_(std::make_unique<Kept>(sweep)) {}
Choices::~Choices() = default;
Choices::Choices(Choices&&) noexcept = default;
Choices& Choices::operator=(Choices&&) noexcept = default;

Choice Choices::at(std::int64_t point) {
  return choice_at(kept_->sweep, point, [&](const std::vector<std::size_t>& positions, const std::vector<Override>&) {
    Facts given;
    kept_->facts.put(positions, given);
    return kept_->math.derive(given, positions.back());
  });
}

Choice choice_of(const Sweep& sweep, std::int64_t point) {
  return choice_at(sweep, point,
                   [&](const std::vector<std::size_t>& positions, const std::vector<Override>& overrides) {
                     return derived_at(sweep, positions, overrides);
                   });
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
