// SPDX-License-Identifier: Apache-2.0
#include "validate/report/limits.hpp"

#include "sim/base/csv.hpp"
#include "sim/scenario/fields.hpp"
#include "sim/scenario/toml_tree.hpp"

namespace braid {
namespace {

constexpr int kLimitsSchema = 1;
constexpr Range<double> kPercent{0, 1e6};

PlacementLimits limits_of(const toml::table& table, const std::string& placement, Reading& reading) {
  Fields f(table, placement, reading);
  PlacementLimits limits;
  const auto percent = [&](const char* key, const char* what, std::optional<double>& out) {
    double value = -1;
    f.number(key, what, value, kPercent);
    if (value >= 0) out = value;
  };
  percent("step_error_percent", "of each run's step time", limits.step_error_percent);
  percent("mean_step_error_percent", "mean of their absolute values", limits.mean_step_error_percent);
  percent("traced_over_untraced_percent", "beyond it durations of the trace are not compared at all",
          limits.traced_over_untraced_percent);
  percent("unit_error_percent", "of the durations of a class of compute ops, in sum", limits.unit_error_percent);
  percent("communication_error_percent", "the same for collectives, messages and copies",
          limits.communication_error_percent);
  f.number("least_class_percent", "classes with less of all ops' time are not judged", limits.least_class_percent,
           {0, 100});
  percent("inversions_percent", "order inversions, of pairs of ops on different lanes", limits.inversions_percent);
  percent("start_drift_percent", "largest difference of a start, of the step", limits.start_drift_percent);
  percent("memory_error_percent", "of the peak of each rank", limits.memory_error_percent);
  f.flag("order", "schedules that are apart must be in the predicted order", limits.order);
  f.finish();
  return limits;
}

}  // namespace

Limits parse_limits(const std::string& toml, const std::string& path) {
  const toml::table root = parse_toml(toml, path);
  Reading reading;
  Fields f(root, "", reading);
  int schema = kLimitsSchema;
  f.integer("schema", "version of this format", schema, {kLimitsSchema, kLimitsSchema}, Need::required);
  Limits limits;
  for (const char* placement : {"host", "partition", "replay", "multi"}) {
    if (const toml::table* table = f.table(placement, "limits of runs of this placement")) {
      limits.placements[placement] = limits_of(*table, placement, reading);
    }
  }
  f.finish();
  throw_if_any(reading.issues);
  return limits;
}

Limits read_limits(const std::string& path) { return parse_limits(read_file(path), path); }

}  // namespace braid
