// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/plan/point_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "sim/scenario/toml_tree.hpp"

namespace braid {
namespace {

constexpr std::size_t kChunks = kGiven - 1;
constexpr std::size_t kKvHeads = 11;
static_assert(std::string_view(kGivenFacts[kKvHeads].name) == "kv_heads");
static_assert(std::string_view(kGivenFacts[kChunks].name) == "chunks");

/// Files whose paths a sweep may choose; they are meant as seen from the sweep.
bool names_file(const std::string& field) { return field == "model" || field == "cluster" || field == "profile"; }

double number_of(const FieldAxis& axis, std::size_t field, std::size_t position) {
  const Override chosen{axis.fields[field], axis.values[position][field]};
  const toml::table parsed = value_of(chosen);
  const auto* whole = parsed["v"].as_integer();
  if (whole == nullptr) {
    throw Error(axis.where, fmt::format("'{}' of {} is no whole number", chosen.value, chosen.path));
  }
  return static_cast<double>(whole->get());
}

}  // namespace

Facts given_facts(const Scenario& s, const Run& run) {
  const auto kv_heads = s.locations.contains("model.kv_heads") ? s.model.kv_heads : 0;
  Facts facts{};
  const int given[] = {s.plan.tp,
                       s.plan.pp,
                       s.plan.dp,
                       s.plan.microbatches,
                       s.plan.microbatch_size,
                       s.plan.sequence,
                       s.cluster.nodes,
                       s.cluster.gpus_per_node,
                       s.model.layers,
                       s.model.hidden,
                       s.model.heads,
                       kv_heads,
                       s.model.vocab,
                       run.chunks.value_or(1)};
  static_assert(std::size(given) == kGiven);
  std::copy(std::begin(given), std::end(given), facts.begin());
  return facts;
}

int run_of_field(std::string_view field, std::string_view last) {
  constexpr std::string_view first = "run.";
  if (!field.starts_with(first)) return -1;
  int index = -1;
  const auto [end, fault] = std::from_chars(field.data() + first.size(), field.data() + field.size(), index);
  if (fault != std::errc() || index < 0) return -1;
  const std::string_view rest(end, static_cast<std::size_t>(field.data() + field.size() - end));
  return rest.starts_with('.') && rest.substr(1) == last ? index : -1;
}

int index_of_run(const Scenario& scenario, const std::string& label) {
  const int runs = static_cast<int>(scenario.runs.size());
  for (const char* named_by : {"schedule", "label"}) {
    if (const int index = run_of_field(label, named_by); index >= 0 && index < runs) return index;
  }
  for (int i = 0; i < runs; ++i) {
    if (scenario.runs[static_cast<std::size_t>(i)].label == label) return i;
  }
  return -1;
}

std::vector<std::size_t> positions_of(const Sweep& sweep, std::int64_t point) {
  BRAID_CHECK(point >= 0 && point < sweep.product(), "a point of the sweep");
  std::vector<std::size_t> positions(sweep.axes.size() + 1);
  auto rest = static_cast<std::size_t>(point);
  const auto take = [&](std::size_t at, std::size_t size) {
    positions[at] = rest % size;
    rest /= size;
  };
  take(sweep.axes.size(), sweep.runs.size());
  for (std::size_t axis = sweep.axes.size(); axis-- > 0;) take(axis, sweep.axes[axis].values.size());
  return positions;
}

std::vector<Override> chosen_at(const Sweep& sweep, const std::vector<std::size_t>& positions) {
  std::vector<Override> chosen;
  for (std::size_t a = 0; a < sweep.axes.size(); ++a) {
    const FieldAxis& axis = sweep.axes[a];
    for (std::size_t f = 0; f < axis.fields.size(); ++f)
      chosen.push_back({axis.fields[f], axis.values[positions[a]][f]});
  }
  return chosen;
}

std::vector<Override> overrides_of(const Sweep& sweep, const std::vector<Override>& chosen) {
  std::vector<Override> all = sweep.fixed;
  for (const Override& o : chosen) {
    all.push_back(o);
    if (!names_file(o.path)) continue;
    const toml::table parsed = value_of(o);
    const auto* path = parsed["v"].as_string();
    if (path == nullptr || path->get().empty()) continue;
    const std::filesystem::path folder = std::filesystem::path(sweep.path).parent_path();
    all.back().value = toml_text(toml::value<std::string>((folder / path->get()).lexically_normal().string()));
  }
  return all;
}

PointFacts::PointFacts(const Sweep& sweep) {
  const std::vector<Override> first = overrides_of(sweep, chosen_at(sweep, positions_of(sweep, 0)));
  const Scenario scenario = read_fields(sweep.scenario, sweep.scenario_path, first).scenario;
  for (const std::string& label : sweep.runs) {
    const int index = index_of_run(scenario, label);
    if (index < 0) throw Error(sweep.path, fmt::format("no run is called '{}'", label));
    of_runs_.push_back(given_facts(scenario, scenario.runs[static_cast<std::size_t>(index)]));
    run_indices_.push_back(index);
    chunks_of_runs_.emplace_back();
  }
  for (std::size_t axis = 0; axis < sweep.axes.size(); ++axis) read_axis(sweep, axis);
  // A field of a part is put in place after the part.
  std::stable_partition(swept_.begin(), swept_.end(), [](const Swept& swept) { return swept.whole_part; });
  for (std::size_t r = 0; r < sweep.runs.size(); ++r) {
    for (std::size_t a = 0; a < sweep.axes.size(); ++a) {
      const FieldAxis& axis = sweep.axes[a];
      for (std::size_t f = 0; f < axis.fields.size(); ++f) {
        if (run_of_field(axis.fields[f], "chunks") != run_indices_[r]) continue;
        Swept swept{.fact = kChunks, .axis = a};
        for (std::size_t p = 0; p < axis.values.size(); ++p) swept.values.push_back(number_of(axis, f, p));
        chunks_of_runs_[r].push_back(std::move(swept));
      }
    }
  }
}

void PointFacts::read_axis(const Sweep& sweep, std::size_t a) {
  const FieldAxis& axis = sweep.axes[a];
  for (std::size_t f = 0; f < axis.fields.size(); ++f) {
    const std::string& field = axis.fields[f];
    std::vector<std::size_t> inside;  // facts of fields inside this one
    for (std::size_t fact = 0; fact < kChunks; ++fact) {
      const std::string_view of = kGivenFacts[fact].field;
      if (field == of) {
        Swept swept{.fact = fact, .axis = a};
        for (std::size_t p = 0; p < axis.values.size(); ++p) swept.values.push_back(number_of(axis, f, p));
        swept_.push_back(std::move(swept));
      } else if (of.starts_with(field + ".")) {
        inside.push_back(fact);
      }
    }
    if (inside.empty()) continue;
    std::vector<Swept> parts;
    for (const std::size_t fact : inside) parts.push_back({.fact = fact, .axis = a, .whole_part = true});
    std::vector<std::size_t> positions(sweep.axes.size() + 1);
    for (positions[a] = 0; positions[a] < axis.values.size(); ++positions[a]) {
      const std::vector<Override> overrides = overrides_of(sweep, chosen_at(sweep, positions));
      const Facts facts = given_facts(read_fields(sweep.scenario, sweep.scenario_path, overrides).scenario, {});
      for (Swept& part : parts) part.values.push_back(facts[part.fact]);
    }
    std::move(parts.begin(), parts.end(), std::back_inserter(swept_));
  }
}

void PointFacts::put(const std::vector<std::size_t>& positions, Facts& into) const {
  const std::size_t run = positions.back();
  into = of_runs_[run];
  for (const Swept& swept : swept_) into[swept.fact] = swept.values[positions[swept.axis]];
  for (const Swept& swept : chunks_of_runs_[run]) into[kChunks] = swept.values[positions[swept.axis]];
}

}  // namespace braid
