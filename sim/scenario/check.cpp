// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "sim/scenario/scenario.hpp"

namespace braid {
namespace {

constexpr std::string_view kFile = "file:";

/// Gathers issues and points each at the file's own line.
class Faults {
 public:
  explicit Faults(const Scenario& scenario) : scenario_(scenario) {}
  void add(const std::string& key, std::string what) { issues_.push_back({location(scenario_, key), std::move(what)}); }
  void add_text(std::string text) { issues_.push_back({"", std::move(text)}); }
  std::vector<Issue> take() { return std::move(issues_); }

 private:
  const Scenario& scenario_;
  std::vector<Issue> issues_;
};

/// A file cannot break these, a scenario built in code can.
bool check_positive(const Scenario& s, Faults& faults) {
  bool all = true;
  const Plan& p = s.plan;
  for (const auto& [key, value] : {std::pair{"plan.tp", p.tp},
                                   {"plan.pp", p.pp},
                                   {"plan.dp", p.dp},
                                   {"plan.sequence", p.sequence},
                                   {"plan.microbatches", p.microbatches},
                                   {"plan.microbatch_size", p.microbatch_size}}) {
    if (value >= 1) continue;
    faults.add(key, fmt::format("{} is not at least 1", value));
    all = false;
  }
  return all;
}

void check_size(const Scenario& s, Faults& faults) {
  const Plan& p = s.plan;
  const double ranks = double(p.tp) * p.pp * p.dp;
  const int gpus = s.cluster.gpus();
  if (ranks <= gpus) return;
  faults.add("plan", fmt::format("TP {} x PP {} x DP {} needs {} GPUs, the cluster has {} ({} nodes of {}): "
                                 "cluster.nodes = {} would do",
                                 p.tp, p.pp, p.dp, ranks, gpus, s.cluster.nodes, s.cluster.gpus_per_node,
                                 std::ceil(ranks / s.cluster.gpus_per_node)));
}

void check_paths(const Scenario& s, Faults& faults) {
  const Cluster& c = s.cluster;
  if (c.nodes > 1 && c.nics_per_node > 0) return;
  const char* why =
      c.nodes == 1 ? "it is the only one (cluster.nodes = 1)" : "nodes are not joined (cluster.nics_per_node = 0)";
  if (s.plan.tp > c.gpus_per_node) {
    faults.add("plan.tp", fmt::format("a TP group of {} does not fit into a node of {} GPUs and {}: lower TP to {} or "
                                      "less, or join nodes by a network",
                                      s.plan.tp, c.gpus_per_node, why, c.gpus_per_node));
  } else if (c.nodes > 1 && double(s.plan.tp) * s.plan.pp * s.plan.dp > c.gpus_per_node) {
    faults.add("cluster.nics_per_node", fmt::format("the plan spans nodes of {} GPUs and {}", c.gpus_per_node, why));
  }
}

void check_model(const Scenario& s, Faults& faults) {
  const std::vector<Issue> own = model_check(s.model);
  for (const Issue& issue : own) faults.add(issue.where, issue.what);
  if (!own.empty()) return;
  for (const Issue& issue : split_check(s.model, s.split())) faults.add(issue.where, issue.what);
  if (s.model.positions == PositionKind::learned && s.plan.sequence > s.model.learned_positions) {
    faults.add("plan.sequence", fmt::format("{} tokens, but the model has learned {} positions", s.plan.sequence,
                                            s.model.learned_positions));
  }
}

void check_layers(const Scenario& s, Faults& faults) {
  if (!s.plan.layers_per_stage.empty() && s.plan.last_stage_fewer_layers != 0) {
    faults.add("plan.last_stage_fewer_layers", "says nothing beside plan.layers_per_stage; give one of the two");
  }
  std::set<int> stage_counts;
  for (const Run& run : s.runs) {
    if (run.chunks) stage_counts.insert(s.plan.pp * *run.chunks);
  }
  for (const int stages : stage_counts) {
    try {
      layers_of_stages(s, stages);
    } catch (const Error& error) { faults.add_text(error.what()); }
  }
}

void check_runs(const Scenario& s, Faults& faults) {
  if (s.runs.empty()) faults.add("run", "there is no schedule to play; write [[run]]");
  std::set<std::string> labels;
  for (std::size_t i = 0; i < s.runs.size(); ++i) {
    const Run& run = s.runs[i];
    const std::string key = fmt::format("run.{}", i);
    if (!labels.insert(run.label).second) {
      faults.add(key + ".schedule", fmt::format("two runs are called '{}'; give one a label of its own", run.label));
    }
    // Labels become file names.
    if (run.label.empty() || run.label[0] == '.' || run.label.find_first_of("/\\\n\r\t") != std::string::npos) {
      faults.add(key + ".label", fmt::format("'{}' cannot name a file; leave out '/' and a dot in front", run.label));
    }
    if (run.schedule.starts_with(kFile) && !std::filesystem::exists(run.schedule.substr(kFile.size()))) {
      faults.add(key + ".schedule", fmt::format("there is no file '{}'", run.schedule.substr(kFile.size())));
    }
  }
}

void check_noise(const Scenario& s, Faults& faults) {
  const double ranks = double(s.plan.tp) * s.plan.pp * s.plan.dp;
  for (std::size_t i = 0; i < s.noise.slow_ranks.size(); ++i) {
    if (s.noise.slow_ranks[i].first < ranks) continue;
    faults.add(fmt::format("noise.slow_ranks.{}.rank", i),
               fmt::format("rank {} is beyond the last one, {}", s.noise.slow_ranks[i].first, ranks - 1));
  }
}

}  // namespace

std::vector<Issue> check(const Scenario& s) {
  Faults faults(s);
  if (!check_positive(s, faults)) return faults.take();
  check_size(s, faults);
  check_paths(s, faults);
  check_model(s, faults);
  check_layers(s, faults);
  check_runs(s, faults);
  check_noise(s, faults);
  if (!s.profile.empty() && !std::filesystem::exists(s.profile)) {
    faults.add("profile", fmt::format("there is no file '{}'", s.profile));
  }
  return faults.take();
}

}  // namespace braid
