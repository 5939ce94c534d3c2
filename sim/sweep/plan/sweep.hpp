// SPDX-License-Identifier: Apache-2.0
// A sweep: one scenario, and what is to be tried in place of some of its fields.
//
//     schema = 1
//     name = "llama3-70b"
//     scenario = "../papers/x.toml"        # or [scenario] as a table; relative to this file
//     constraints = ["tp <= gpus_per_node", "tp * pp * dp == gpus", "fits"]
//     refine = 100                         # play so many of the best again, by units on the scenario's network
//
//     [fields]                             # each with each
//     "plan.tp" = [1, 2, 4, 8]
//     "plan.pp" = { from = 1, to = 16, times = 2 }            # 1, 2, 4, 8, 16; or step = 4
//     "cluster.nic_bandwidth" = ["100 Gbit/s", "400 Gbit/s"]
//     model = ["../models/llama3-8b.toml", "../models/llama3-70b.toml"]
//
//     [[zip]]                              # these go together: the first with the first
//     "plan.microbatches" = [32, 64]
//     "plan.sequence" = [8192, 4096]
//
//     [derived]                            # of what is chosen above and what the scenario says
//     "plan.dp" = "gpus / (tp * pp)"
//
// Every run of the scenario is played at every point, unless `runs` names some of them. Expressions know the short
// names of facts_of() (expand.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace braid {

inline constexpr int kSweepFileSchema = 1;
/// Of the product of all axes; more is taken for a slip.
inline constexpr std::int64_t kMostPoints = 10'000'000;

/// What to say of a product of one point.
inline constexpr const char* kNothingSwept =
    "there is nothing to choose: give values under [fields] or [[zip]], or write several runs\n";

/// Fields that change together: one, or those of a zip.
struct FieldAxis {
  std::vector<std::string> fields;               ///< dotted paths as in --set
  std::vector<std::vector<std::string>> values;  ///< [position][field], TOML or bare text as in --set
  std::string where;                             ///< "file:line:column:key"
};

struct Expression {
  std::string field;  ///< of a derived field; "" for a constraint
  std::string text;
  std::string where;
};

struct Sweep {
  std::string path;
  std::string name;
  std::string scenario;         ///< the text that overrides are applied to: a file's, or the table's
  std::string scenario_path;    ///< for messages and relative paths
  std::vector<Override> fixed;  ///< goes to the scenario before what the sweep chooses
  /// Labels of the runs to be played; the last axis, varies fastest. A run that is called after its schedule and whose
  /// schedule is swept stands here as the field, "run.0.schedule", and is called by the value at each point; so does
  /// one whose "run.0.label" is swept.
  std::vector<std::string> runs;
  std::vector<FieldAxis> axes;  ///< the first varies slowest
  std::vector<Expression> derived;
  std::vector<Expression> constraints;  ///< without "fits"
  bool must_fit = false;                ///< what does not fit the memory is no candidate
  int refine = 0;                       ///< how many of the best are played again
  double refine_most_bytes = 0;         ///< only those whose peak of memory is no more; 0: all that fit

  /// Of all axes, runs included; kMostPoints + 1 stands for all that is more.
  std::int64_t product() const;
};

/// Whether a file's text is a sweep and not a scenario: it says which scenario. False for what is not TOML.
bool is_sweep(const std::string& toml);

/// The fields under [derived] in a sweep file's text; none if it is no TOML.
std::vector<std::string> derived_in(const std::string& toml);

/// Throws Error with every fault, each with file, line, column and key: an unknown key, an empty list, a range that
/// never ends, lists of a zip that differ in length, a field twice, a run that is not there, more than kMostPoints.
/// `overrides` go to the scenario, before what the sweep chooses.
Sweep read_sweep(const std::string& path, const std::vector<Override>& overrides = {});
Sweep parse_sweep(const std::string& toml, const std::string& path, const std::vector<Override>& overrides = {});

}  // namespace braid
