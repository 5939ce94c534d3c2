// SPDX-License-Identifier: Apache-2.0
// What is trained, on what, split how: one TOML file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/base/hardware.hpp"
#include "sim/base/modes.hpp"
#include "sim/model/model.hpp"
#include "sim/model/work.hpp"

namespace braid {

/// How the model is cut over the cluster.
struct Plan {
  int tp = 1;
  int pp = 1;
  int dp = 1;
  RankOrder rank_order = RankOrder::tp_dp_pp;
  int microbatches = 1;     ///< a step and replica
  int microbatch_size = 1;  ///< samples
  int sequence = 0;         ///< tokens a sample
  bool sequence_parallel = false;
  int last_stage_fewer_layers = 0;    ///< the last virtual stage has this many layers fewer than the even share
  std::vector<int> layers_per_stage;  ///< explicit split over virtual stages; empty = even
  Recompute recompute = Recompute::none;
  bool fold = true;
  bool operator==(const Plan&) const = default;
};

/// What happens to gradients and parameters after the last backward.
struct StepEnd {
  DataParallel data_parallel = DataParallel::all_reduce;
  Bytes bucket{};               ///< gradients are reduced in buckets of this size; 0 = one a chunk
  bool overlap = true;          ///< a bucket starts when its last gradient is ready, else after all backward
  bool optimizer = true;        ///< include the optimizer step
  double gradient_bytes = 4;    ///< of a parameter's gradient, kept and reduced
  double optimizer_bytes = 12;  ///< of a parameter's optimizer state and main copy (Adam, fp32: 4 + 4 + 4)
  bool operator==(const StepEnd&) const = default;
};

/// One schedule to play, with the options that belong to it.
struct Run {
  std::string schedule;  ///< a generator's name, or "file:PATH", the path resolved by the reader
  std::string label;     ///< how tables call it; unless given the schedule's name, or its file's stem
  std::optional<int> chunks;
  std::optional<int> group;
  std::optional<int> memory_limit;
  P2pMode p2p = P2pMode::eager;
  bool p2p_host_waits = false;      ///< the host waits for messages before it issues what follows them
  bool p2p_scatter_gather = false;  ///< each TP rank sends its slice, the receivers gather [Narayanan21, s. 4.1]
  AsyncAllReduce async_all_reduce = AsyncAllReduce::column;
  /// An I directly followed by its own W counts as a full B. Empirical: see docs/rationale.
  bool join_adjacent_w = false;
  bool operator==(const Run&) const = default;
};

/// Random influences, all from one seed.
struct Noise {
  std::uint64_t seed = 0;
  double jitter = 0;                               ///< relative standard deviation of compute times
  std::vector<std::pair<int, double>> slow_ranks;  ///< global rank, factor > 0 on its compute times
  bool operator==(const Noise&) const = default;
};

struct Scenario {
  std::string path;  ///< of the file, for messages; "" if built in code
  std::string name;
  Model model;
  Cluster cluster;
  std::string profile;  ///< path of a profile CSV, resolved; "" = data-sheet rules alone
  NetworkKind network = NetworkKind::simgrid;
  Plan plan;
  StepEnd step_end;
  Noise noise;
  std::vector<Run> runs;
  std::map<std::string, std::string> locations;  ///< dotted key -> "file:line:column:key", of what a file gave

  Split split() const {
    return {.microbatch = plan.microbatch_size,
            .sequence = plan.sequence,
            .tp = plan.tp,
            .sequence_parallel = plan.sequence_parallel};
  }
  Placement placement() const { return {.tp = plan.tp, .pp = plan.pp, .dp = plan.dp, .order = plan.rank_order}; }
};

/// A field by its dotted path ("plan.tp", "run.0.p2p"; the number behind the last run's begins another) and its value
/// in TOML, or bare text for a string.
struct Override {
  std::string path;
  std::string value;
};

/// "plan.tp=8" in its two halves. Throws Error("--set", ...) without a path or an equals sign.
Override parse_override(const std::string& text);

/// Reads a scenario with the model and cluster files that it names. Every fault is an Error that names file, line,
/// column and key: an unknown key (with the nearest known one), a bare number for a quantity, a wrong type, a value
/// that makes no sense. Relative paths are relative to the file that holds them, or to the working directory if an
/// override holds them. Overrides see the model and the cluster as tables even where the scenario names files. A sweep
/// file (sim/sweep/plan) that holds its scenario as the table [scenario] is read as that table.
Scenario read_scenario(const std::string& path, const std::vector<Override>& overrides = {});
Scenario parse_scenario(const std::string& toml, const std::string& path, const std::vector<Override>& overrides = {});
/// A scenario as far as it can be read. Its fields were looked at each alone: kinds, bounds, unknown and missing keys,
/// not whether those of a model make sense together.
struct FieldsRead {
  Scenario scenario;
  std::vector<Issue> issues;
};
/// Throws Error where there is no TOML, no file of that name, or nothing to set at an override's path.
FieldsRead read_fields(const std::string& toml, const std::string& path, const std::vector<Override>& overrides);

/// The scenario of a file as one TOML text, with the model and the cluster that it names and the overrides in it, but
/// without its profile. Throws Error as read_scenario() does, and for a run whose schedule is a file.
std::string scenario_as_one_text(const std::string& path, const std::vector<Override>& overrides = {});
/// The same of a scenario's text; `path` as in parse_scenario().
std::string as_one_text(const std::string& toml, const std::string& path, const std::vector<Override>& overrides = {});
Model read_model(const std::string& path);
Cluster read_cluster(const std::string& path);

/// Where a message about the field should point: "file:line:column:key", or "file:key" if the field has its default.
std::string location(const Scenario& scenario, const std::string& key);

/// Whether the parts fit together: TP inside what the fabric joins, GPUs enough, layers and heads that divide,
/// values within reason. Every fault, each saying what would do. Layers are held against the virtual stages of those
/// runs that say how many chunks they want; what else a schedule needs is its generator's to refuse.
std::vector<Issue> check(const Scenario& scenario);

/// Layers of each virtual stage, first to last, `stages` of them. Even split, or the last one `last_stage_fewer_layers`
/// fewer, or the explicit list. Throws Error("plan...", ...) that says what would divide.
std::vector<int> layers_of_stages(const Scenario& scenario, int stages);

/// A commented scenario for `braid init`: it parses and checks as it is.
std::string example_scenario();

/// The folder with models/, clusters/ and papers/: beside the program's source or install, or $BRAID_SCENARIOS.
std::string scenarios_folder();

/// 16 hex digits that change whenever anything that the simulation depends on changes: every field but paths, names and
/// labels, and the contents of the profile and of schedule files. A file that cannot be read counts by its path.
std::string scenario_hash(const Scenario& scenario);

}  // namespace braid
