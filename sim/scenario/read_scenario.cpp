// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <sstream>

#include "sim/base/csv.hpp"
#include "sim/scenario/sections.hpp"
#include "sim/scenario/toml_tree.hpp"

namespace braid {
namespace {

constexpr std::pair<const char*, NetworkKind> kNetworks[] = {{"ideal", NetworkKind::ideal},
                                                             {"simgrid", NetworkKind::simgrid}};

/// Overrides that name another file come first, those of fields inside the files after these are loaded.
void apply_overrides(toml::table& root, const std::vector<Override>& overrides) {
  const auto nested = [](const Override& o) { return o.path.find('.') != std::string::npos; };
  for (const Override& o : overrides) {
    if (!nested(o)) apply_override(root, o);
  }
  load_reference(root, "model");
  load_reference(root, "cluster");
  for (const Override& o : overrides) {
    if (nested(o)) apply_override(root, o);
  }
}

/// The table of a sweep's own scenario in a file that holds one, else the whole file.
toml::table root_of(const std::string& text, const std::string& path) {
  toml::table file = parse_toml(text, path);
  toml::table* inside = file.contains("plan") ? nullptr : file["scenario"].as_table();
  if (inside == nullptr) return file;
  toml::table own = std::move(*inside);
  return own;
}

Scenario scenario_of(const toml::table& root, const std::string& path, Reading& reading) {
  Fields f(root, "", reading);
  Scenario s{.path = path};
  int schema = kScenarioSchema;
  f.integer("schema", "version of this format", schema, {kScenarioSchema, kScenarioSchema}, Need::required);
  f.text("name", "how reports call the scenario", s.name, Need::required);
  if (const toml::table* table =
          f.table("model", "what is trained, or the path of a file that says so", Need::required))
    s.model = model_of(*table, reading);
  if (const toml::table* table = f.table("cluster", "on what, or the path of a file that says so", Need::required))
    s.cluster = cluster_of(*table, reading);
  f.path("profile", "measured costs (CSV of `braid calibrate --fit` or `braid fit`)", s.profile);
  f.otherwise("rules from data sheets");
  if (const toml::table* table =
          f.table("parameters", "parameters of the profile by name, each with another value: `braid list parameters`"))
    Fields(*table, "parameters", reading).all_numbers(s.parameters);
  f.choice<NetworkKind>("network", "closed forms on idle links, or flows that share links", s.network, kNetworks);
  if (const toml::table* table = f.table("plan", "how the model is split over the cluster", Need::required))
    s.plan = plan_of(*table, reading);
  if (const toml::table* table =
          f.table("step_end", "what happens to gradients and parameters after the last backward"))
    s.step_end = step_end_of(*table, reading);
  if (const toml::table* table = f.table("noise", "random influences, and GPUs that are slower"))
    s.noise = noise_of(*table, reading);
  for (const toml::table* table : f.tables("run", "a schedule to play, with its options", Need::required)) {
    s.runs.push_back(run_of(*table, fmt::format("run.{}", s.runs.size()), reading));
  }
  f.finish();
  s.locations = std::move(reading.locations);
  return s;
}

Scenario sound_scenario_of(const toml::table& root, const std::string& path) {
  Reading reading;
  Scenario scenario = scenario_of(root, path, reading);
  throw_if_any(reading.issues);
  return scenario;
}

}  // namespace

std::vector<Field> scenario_fields() {
  // One of every table, so that every reader is asked; that required keys are missing changes nothing.
  const toml::table root =
      parse_toml("[model]\n[cluster.gpu]\n[plan]\n[step_end]\n[[noise.slow_ranks]]\n[[run]]\n", "");
  std::vector<Field> fields;
  Reading reading{.asked = &fields};
  scenario_of(root, "", reading);
  return fields;
}

Override parse_override(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error("--set", fmt::format("'{}' is not of the form plan.tp=8", text));
  }
  return {.path = text.substr(0, equals), .value = text.substr(equals + 1)};
}

Scenario parse_scenario(const std::string& toml, const std::string& path, const std::vector<Override>& overrides) {
  toml::table root = root_of(toml, path);
  apply_overrides(root, overrides);
  return sound_scenario_of(root, path);
}

FieldsRead read_fields(const std::string& toml, const std::string& path, const std::vector<Override>& overrides) {
  toml::table root = root_of(toml, path);
  apply_overrides(root, overrides);
  Reading reading{.each_alone = true};
  FieldsRead read{.scenario = scenario_of(root, path, reading)};
  read.issues = std::move(reading.issues);
  return read;
}

Scenario read_scenario(const std::string& path, const std::vector<Override>& overrides) {
  return parse_scenario(read_file(path), path, overrides);
}

std::string scenario_as_one_text(const std::string& path, const std::vector<Override>& overrides) {
  return as_one_text(read_file(path), path, overrides);
}

std::string as_one_text(const std::string& toml, const std::string& path, const std::vector<Override>& overrides) {
  toml::table root = root_of(toml, path);
  apply_overrides(root, overrides);
  const Scenario scenario = sound_scenario_of(root, path);
  for (std::size_t i = 0; i < scenario.runs.size(); ++i) {
    if (!scenario.runs[i].schedule.starts_with("file:")) continue;
    throw Error(location(scenario, fmt::format("run.{}.schedule", i)),
                "a schedule from a file does not fit in one text");
  }
  root.erase("profile");
  std::ostringstream text;
  text << toml::toml_formatter(root) << '\n';
  return std::move(text).str();
}

Model read_model(const std::string& path) {
  Reading reading;
  const toml::table table = parse_toml(read_file(path), path);
  Model model = model_of(table, reading);
  throw_if_any(reading.issues);
  return model;
}

Cluster read_cluster(const std::string& path) {
  Reading reading;
  const toml::table table = parse_toml(read_file(path), path);
  Cluster cluster = cluster_of(table, reading);
  throw_if_any(reading.issues);
  return cluster;
}

std::string location(const Scenario& scenario, const std::string& key) {
  const auto found = scenario.locations.find(key);
  if (found != scenario.locations.end()) return found->second;
  return scenario.path.empty() ? key : scenario.path + ":" + key;
}

}  // namespace braid
