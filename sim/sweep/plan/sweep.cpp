// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/plan/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "sim/base/csv.hpp"
#include "sim/scenario/toml_tree.hpp"
#include "sim/sweep/plan/axes.hpp"
#include "sim/sweep/plan/trial.hpp"

namespace braid {
namespace {

constexpr int kMostRefined = 1'000'000;

void read_schema(Fields& f) {
  const toml::node* node = f.node("schema", "version of this format", "whole number", Need::required);
  if (node == nullptr || node->value<std::int64_t>() == kSweepFileSchema) return;
  f.fault(*node, "schema", fmt::format("this Braid reads sweep files of schema {}", kSweepFileSchema));
}

void read_scenario_of(Fields& f, const std::string& toml, Sweep& sweep) {
  const toml::node* node = f.node("scenario", "what every point starts from", "path or table", Need::required);
  if (node == nullptr) return;
  if (node->is_table()) {
    sweep.scenario = toml;
    sweep.scenario_path = sweep.path;
    return;
  }
  const auto* path = node->as_string();
  if (path == nullptr) return f.fault(*node, "scenario", "wants the path of a scenario, or a table [scenario]");
  sweep.scenario_path = resolved_path(path->get(), node->source());
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(sweep.scenario_path, ignored)) {
    return f.fault(*node, "scenario", fmt::format("there is no file '{}'", sweep.scenario_path));
  }
  try {
    sweep.scenario = read_file(sweep.scenario_path);
  } catch (const Error& error) { f.fault(*node, "scenario", error.what()); }
}

std::vector<std::pair<std::string, std::string>> strings_of(Fields& f, const char* key, const char* what) {
  std::vector<std::pair<std::string, std::string>> all;  // text and place
  const toml::node* node = f.node(key, what, "array of strings");
  if (node == nullptr) return all;
  const toml::array* array = node->as_array();
  if (array == nullptr) {
    f.fault(*node, key, "wants a list of strings");
    return all;
  }
  for (const toml::node& entry : *array) {
    if (const auto* text = entry.as_string()) {
      all.emplace_back(text->get(), place_of(entry.source(), key));
    } else {
      f.fault(entry, key, "wants a list of strings");
    }
  }
  return all;
}

void read_axes(Fields& f, Reading& reading, Sweep& sweep) {
  std::vector<std::pair<toml::source_position, FieldAxis>> placed;
  if (const toml::table* fields = f.table("fields", "the values that a field takes: a list or a range")) {
    for (auto& [place, axis] : axes_of(*fields, "fields", reading)) placed.emplace_back(place, std::move(axis));
  }
  int index = 0;
  for (const toml::table* zip : f.tables("zip", "fields whose values change together")) {
    placed.emplace_back(zip->source().begin, zip_of(*zip, fmt::format("zip.{}", index++), reading));
  }
  const auto key = [](const auto& entry) { return std::pair(entry.first.line, entry.first.column); };
  std::stable_sort(placed.begin(), placed.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  for (auto& [place, axis] : placed) sweep.axes.push_back(std::move(axis));
}

/// Each field with where it is set: by an axis, by a derived field.
std::vector<std::pair<std::string, std::string>> set_fields(const Sweep& sweep) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const FieldAxis& axis : sweep.axes) {
    for (const std::string& field : axis.fields) all.emplace_back(field, axis.where);
  }
  for (const Expression& derived : sweep.derived) all.emplace_back(derived.field, derived.where);
  return all;
}

void check_fields(const Sweep& sweep, Reading& reading) {
  std::map<std::string, std::string> seen;  // with the first place
  const auto fields = set_fields(sweep);
  for (const auto& [field, where] : fields) {
    const auto [first, fresh] = seen.emplace(field, where);
    if (!fresh) reading.issues.push_back({where, fmt::format("'{}' is set twice, first at {}", field, first->second)});
    if (field == "name" || field == "schema") {
      reading.issues.push_back({where, fmt::format("'{}' is not for a sweep to change", field)});
    }
    if (field == "run" ||
        (field.starts_with("run.") && (field.find('.', 4) == std::string::npos || field.ends_with(".label")))) {
      reading.issues.push_back({where,
                                "write each run as a [[run]] of the scenario, and sweep its fields: "
                                "\"run.0.chunks\" = [1, 2]"});
    }
    for (const auto& [other, other_where] : fields) {
      // A part as a whole is put in place before its fields; deeper inside the order would decide.
      const bool inside = other.starts_with(field + ".") && field.find('.') != std::string::npos;
      if (inside) reading.issues.push_back({other_where, fmt::format("lies inside '{}', which is set too", field)});
    }
    for (const Override& fixed : sweep.fixed) {
      if (fixed.path != field) continue;
      reading.issues.push_back({"--set " + fixed.path, fmt::format("the sweep sets this field itself ({})", where)});
    }
  }
}

std::int64_t product_of(const Sweep& sweep, std::size_t runs) {
  double product = static_cast<double>(runs);
  for (const FieldAxis& axis : sweep.axes) product *= static_cast<double>(axis.values.size());
  return product > double(kMostPoints) ? kMostPoints + 1 : static_cast<std::int64_t>(product);
}

void refuse_too_many(const Sweep& sweep, std::size_t runs) {
  if (product_of(sweep, runs) <= kMostPoints) return;
  double product = static_cast<double>(runs);
  std::vector<std::string> factors;
  for (const FieldAxis& axis : sweep.axes) {
    product *= static_cast<double>(axis.values.size());
    if (axis.values.size() > 1) factors.push_back(fmt::format("{} of {}", axis.values.size(), axis.fields.front()));
  }
  if (runs > 1) factors.push_back(fmt::format("{} runs", runs));
  const std::string points =
      product < 1e18 ? grouped(static_cast<std::int64_t>(product)) : fmt::format("{:.3g}", product);
  throw Error(sweep.path, fmt::format("{} points ({}); at most {} can be swept", points, fmt::join(factors, " x "),
                                      grouped(kMostPoints)));
}

}  // namespace

std::int64_t Sweep::product() const { return product_of(*this, runs.size()); }

bool is_sweep(const std::string& toml) {
  try {
    const toml::table root = parse_toml(toml, "");
    return root.contains("scenario") && !root.contains("plan");
  } catch (const Error&) { return false; }
}

std::vector<std::string> derived_in(const std::string& toml) try {
  const toml::table root = parse_toml(toml, "");
  std::vector<std::string> fields;
  Reading ignored;
  if (const toml::table* derived = root["derived"].as_table()) {
    for (Expression& each : derived_of(*derived, ignored)) fields.push_back(std::move(each.field));
  }
  return fields;
} catch (const Error&) { return {}; }

Sweep parse_sweep(const std::string& toml, const std::string& path, const std::vector<Override>& overrides) {
  const toml::table root = parse_toml(toml, path);
  Reading reading;
  Fields f(root, "", reading);
  Sweep sweep{.path = path, .fixed = overrides};
  read_schema(f);
  f.text("name", "how the store and reports call it", sweep.name, Need::required);
  read_scenario_of(f, toml, sweep);
  for (auto& [text, where] : strings_of(f, "constraints", "what a point must hold to be played")) {
    if (text == "fits") {
      sweep.must_fit = true;
    } else {
      sweep.constraints.push_back({.text = std::move(text), .where = std::move(where)});
    }
  }
  f.integer("refine", "of the screened points, how many of the best are played on the network of the scenario",
            sweep.refine, {0, kMostRefined});
  const auto runs = strings_of(f, "runs", "labels of the runs to play; left out: all");
  read_axes(f, reading, sweep);
  if (const toml::table* derived = f.table("derived", "fields that follow from others, as expressions"))
    sweep.derived = derived_of(*derived, reading);
  f.finish();
  if (const toml::array* list = root["runs"].as_array(); list != nullptr && list->empty()) {
    f.fault(*list, "runs", "names no run; leave it out to play all");
  }
  check_fields(sweep, reading);
  throw_if_any(reading.issues);
  refuse_too_many(sweep, 1);
  throw_if_any(trial_faults(sweep));
  const std::vector<std::string> labels = run_labels(sweep);
  for (const auto& [label, where] : runs) {
    if (std::find(labels.begin(), labels.end(), label) == labels.end()) {
      reading.issues.push_back(
          {where, fmt::format("no run is called '{}'; there are {}", label, fmt::join(labels, ", "))});
    } else if (std::find(sweep.runs.begin(), sweep.runs.end(), label) != sweep.runs.end()) {
      reading.issues.push_back({where, fmt::format("'{}' stands there twice", label)});
    } else {
      sweep.runs.push_back(label);
    }
  }
  throw_if_any(reading.issues);
  if (runs.empty()) sweep.runs = labels;
  refuse_too_many(sweep, sweep.runs.size());
  check_expressions(sweep);
  return sweep;
}

Sweep read_sweep(const std::string& path, const std::vector<Override>& overrides) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) throw Error(path, "there is no such file");
  return parse_sweep(read_file(path), path, overrides);
}

}  // namespace braid
