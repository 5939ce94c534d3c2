// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/plan/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "sim/schedule/generators.hpp"
#include "sim/sweep/plan/point_facts.hpp"
#include "sim/sweep/plan/point_math.hpp"

namespace braid {
namespace {

constexpr std::size_t kTrials = 500;  // from each end of the longest axis
constexpr std::size_t kMostShown = 20;
constexpr std::string_view kFile = "file:";

std::vector<Override> overrides_at(const Sweep& sweep, const std::vector<std::size_t>& positions) {
  std::vector<Override> all = overrides_of(sweep, chosen_at(sweep, positions));
  for (const Expression& derived : sweep.derived) all.push_back({derived.field, "1"});
  return all;
}

/// A fault's text with the sweep's place of a value for "--set field".
std::string placed(const Sweep& sweep, const std::string& text, const std::vector<std::size_t>& positions) {
  const auto replaced = [&](const std::string& field, const std::string& by) -> std::string {
    const std::string set = "--set " + field;
    if (!text.starts_with(set) || text.size() <= set.size() || text[set.size()] != ':') return "";
    return by + text.substr(set.size());
  };
  for (std::size_t a = 0; a < sweep.axes.size(); ++a) {
    const FieldAxis& axis = sweep.axes[a];
    for (std::size_t f = 0; f < axis.fields.size(); ++f) {
      const bool of_field = text.find(": unknown key") != std::string::npos;  // and of no value
      const std::string by = of_field ? axis.where : axis.where + ": " + axis.values[positions[a]][f];
      if (std::string found = replaced(axis.fields[f], by); !found.empty()) return found;
    }
  }
  for (const Expression& derived : sweep.derived) {
    if (std::string found = replaced(derived.field, derived.where); !found.empty()) return found;
  }
  return text;
}

class Trials {
 public:
  explicit Trials(const Sweep& sweep) : sweep_(sweep) {}

  void at(const std::vector<std::size_t>& positions) {
    try {
      const FieldsRead read = read_fields(sweep_.scenario, sweep_.scenario_path, overrides_at(sweep_, positions));
      for (const Issue& issue : read.issues) {
        add(issue.where.empty() ? issue.what : issue.where + ": " + issue.what, positions);
      }
      if (read.issues.empty()) look_at_files(read.scenario, positions);
    } catch (const Error& error) { add(error.what(), positions); }
  }

  /// The model as a whole, where the sweep leaves its fields alone.
  void whole(const std::vector<std::size_t>& positions) {
    try {
      parse_scenario(sweep_.scenario, sweep_.scenario_path, overrides_at(sweep_, positions));
    } catch (const Error& error) { add(error.what(), positions); }
  }

  const std::vector<Issue>& issues() const { return issues_; }
  bool enough() const { return issues_.size() >= kMostShown; }

 private:
  void look_at_files(const Scenario& scenario, const std::vector<std::size_t>& positions) {
    for (std::size_t i = 0; i < scenario.runs.size(); ++i) {
      const std::string& schedule = scenario.runs[i].schedule;
      const std::string place = location(scenario, fmt::format("run.{}.schedule", i)) + ": ";
      if (schedule.starts_with(kFile)) {
        add(place + "a schedule from a file cannot be swept; a store keeps scenarios that need no other file",
            positions);
      } else if (const std::string fault = fault_of_schedule_name(schedule); !fault.empty()) {
        add(place + fault, positions);
      }
    }
    std::error_code ignored;
    if (!scenario.profile.empty() && !std::filesystem::is_regular_file(scenario.profile, ignored)) {
      add(fmt::format("{}: there is no file '{}'", location(scenario, "profile"), scenario.profile), positions);
    }
  }

  void add(const std::string& text, const std::vector<std::size_t>& positions) {
    std::string line = placed(sweep_, text, positions);
    if (!enough() && seen_.insert(line).second) issues_.push_back({"", std::move(line)});
  }

  const Sweep& sweep_;
  std::vector<Issue> issues_;
  std::set<std::string> seen_;
};

}  // namespace

std::vector<Issue> trial_faults(const Sweep& sweep) {
  std::size_t longest = 1;
  for (const FieldAxis& axis : sweep.axes) longest = std::max(longest, axis.values.size());
  Trials trials(sweep);
  std::vector<std::size_t> forward(sweep.axes.size() + 1), backward(sweep.axes.size() + 1);
  for (std::size_t t = 0; t < std::min(longest, kTrials) && !trials.enough(); ++t) {
    for (std::size_t a = 0; a < sweep.axes.size(); ++a) {
      const std::size_t last = sweep.axes[a].values.size() - 1;
      forward[a] = std::min(t, last);
      backward[a] = last - std::min(t, last);
    }
    trials.at(forward);
    if (longest > kTrials) trials.at(backward);
  }
  if (!trials.issues().empty()) {
    std::vector<Issue> issues = trials.issues();
    if (trials.enough()) issues.push_back({"", "there may be more faults; these come first"});
    return issues;
  }
  const auto changes_model = [](const std::string& field) { return field.starts_with("model."); };
  std::vector<std::size_t> positions(sweep.axes.size() + 1);
  for (std::size_t a = 0; a < sweep.axes.size(); ++a) {
    const auto& fields = sweep.axes[a].fields;
    if (std::any_of(fields.begin(), fields.end(), changes_model)) return {};
  }
  for (const Expression& derived : sweep.derived) {
    if (changes_model(derived.field)) return {};
  }
  trials.whole(positions);
  for (std::size_t a = 0; a < sweep.axes.size(); ++a) {
    const FieldAxis& axis = sweep.axes[a];
    if (std::find(axis.fields.begin(), axis.fields.end(), "model") == axis.fields.end()) continue;
    for (positions[a] = 0; positions[a] < axis.values.size(); ++positions[a]) trials.whole(positions);
    positions[a] = 0;
  }
  return trials.issues();
}

std::vector<std::string> run_labels(const Sweep& sweep) {
  const std::vector<std::size_t> first(sweep.axes.size() + 1);
  const Scenario scenario = read_fields(sweep.scenario, sweep.scenario_path, overrides_at(sweep, first)).scenario;
  std::vector<std::string> labels;
  for (const Run& run : scenario.runs) labels.push_back(run.label);
  for (const FieldAxis& axis : sweep.axes) {
    for (const std::string& field : axis.fields) {
      const int run = run_of_field(field, "schedule");
      if (run < 0 || run >= std::ssize(labels)) continue;
      if (scenario.locations.contains(fmt::format("run.{}.label", run))) continue;
      labels[static_cast<std::size_t>(run)] = field;
    }
  }
  return labels;
}

void check_expressions(const Sweep& sweep) {
  const PointFacts facts(sweep);
  PointMath math(sweep, facts.run_indices(), PointMath::Parts::all);
}

}  // namespace braid
