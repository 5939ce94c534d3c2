// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "sim/schedule/generators.hpp"
#include "sim/sweep/size/size.hpp"

namespace braid {
namespace {

constexpr int kMicrobatchSizes[] = {1, 2, 4};
constexpr int kInterleavedChunks[] = {2, 4};
constexpr const char* kRecomputes[] = {"none", "selective", "full"};
/// As deep as the deepest pipelines that were published: 64 stages for 1 T parameters (arXiv 2104.04473, table 1).
constexpr int kDeepest = 64;
constexpr const char* kPlainSchedule = "1f1b";  ///< the one where PP = 1
constexpr int kMostMicrobatches = 32767;        ///< of a scenario

const std::vector<std::string>& fields() {
  static const std::vector<std::string> names{"plan.tp",
                                              "plan.pp",
                                              "plan.dp",
                                              "plan.microbatches",
                                              "plan.microbatch_size",
                                              "plan.sequence_parallel",
                                              "plan.recompute",
                                              "plan.last_stage_fewer_layers",
                                              "step_end.data_parallel",
                                              "run.0",
                                              "run.0.label"};
  return names;
}

/// A schedule with its number of chunks a rank.
struct Scheduled {
  std::string label;
  std::string table;  ///< of its run, in TOML
  int chunks = 1;
};

bool one_of(const std::string& name, std::initializer_list<const char*> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<Scheduled> variants_of(const std::string& name) {
  // What a braid can hide the all-reduce behind is all of a unit's W, Megatron's linear layers their own.
  const char* hides = one_of(name, {"stp", "dualpipe", "dualpipev", "combined-1f1b"}) ? "whole" : "column";
  const auto table = [&](const std::string& chunks) {
    return fmt::format("{{ schedule = \"{}\"{}, async_all_reduce = \"{}\" }}", name, chunks, hides);
  };
  if (one_of(name, {"1f1b-i", "looped-bfs", "interleaved-zb", "combined-1f1b"})) {
    std::vector<Scheduled> variants;
    for (const int chunks : kInterleavedChunks) {
      variants.push_back({.label = fmt::format("{} x{}", name, chunks),
                          .table = table(fmt::format(", chunks = {}", chunks)),
                          .chunks = chunks});
    }
    return variants;
  }
  const auto entries = generators();
  const bool v_shaped = std::any_of(entries.begin(), entries.end(),
                                    [&](const GeneratorEntry& entry) { return entry.name == name && entry.v_shaped; });
  return {{.label = name, .table = table(""), .chunks = v_shaped ? 2 : 1}};
}

/// Layers that the last of `stages` stages has fewer than the others; nothing if it would have none left.
std::optional<int> fewer_layers(int layers, int stages) {
  const int even = (layers + stages - 1) / stages;
  const int fewer = even * stages - layers;
  if (fewer >= even) return std::nullopt;
  return fewer;
}

class Positions {
 public:
  Positions(const SizeTask& task, const Cluster& cluster) : task_(task), cluster_(cluster) {
    for (const std::string& name : task.schedules) {
      for (Scheduled& scheduled : variants_of(name)) schedules_.push_back(std::move(scheduled));
    }
  }

  std::vector<std::vector<std::string>> all() {
    const int gpus = cluster_.gpus();
    for (int tp = 1; tp <= cluster_.gpus_per_node; ++tp) {
      if (cluster_.gpus_per_node % tp != 0 || !split_check(task_.model, split(tp, 1)).empty()) continue;
      for (int pp = 1; pp <= std::min({kDeepest, gpus / tp, task_.model.layers}); ++pp) {
        if (gpus / tp % pp == 0) add_plan(tp, pp, gpus / tp / pp);
      }
    }
    return std::move(all_);
  }

 private:
  Split split(int tp, int microbatch) const {
    return {.microbatch = microbatch, .sequence = task_.sequence, .tp = tp, .sequence_parallel = tp > 1};
  }

  void add_plan(int tp, int pp, int dp) {
    for (const int size : kMicrobatchSizes) {
      const std::int64_t share = std::int64_t{dp} * size;
      if (task_.batch_samples % share != 0 || task_.batch_samples / share > kMostMicrobatches) continue;
      for (const Scheduled& scheduled : schedules_) {
        // Without a pipeline nothing is to be interleaved or filled, and Megatron refuses to try.
        if (pp == 1 && scheduled.label != kPlainSchedule) continue;
        if (const std::optional<int> fewer = fewer_layers(task_.model.layers, pp * scheduled.chunks)) {
          add(tp, pp, dp, size, static_cast<int>(task_.batch_samples / share), scheduled, *fewer);
        }
      }
    }
  }

  void add(int tp, int pp, int dp, int size, int microbatches, const Scheduled& scheduled, int fewer) {
    for (const char* recompute : kRecomputes) {
      for (const char* replicas : {"zero1", "all_reduce"}) {
        if (dp == 1 && std::string_view(replicas) == "zero1") continue;
        all_.push_back({std::to_string(tp), std::to_string(pp), std::to_string(dp), std::to_string(microbatches),
                        std::to_string(size), tp > 1 ? "true" : "false", recompute, std::to_string(fewer), replicas,
                        scheduled.table, scheduled.label});
      }
    }
  }

  const SizeTask& task_;
  const Cluster& cluster_;
  std::vector<Scheduled> schedules_;
  std::vector<std::vector<std::string>> all_;
};

std::string quoted(const std::string& path) {
  std::string text = "\"";
  for (const char c : path) text += (c == '"' || c == '\\') ? std::string("\\") + c : std::string(1, c);
  return text + "\"";
}

std::string absolute(const std::string& path) { return std::filesystem::absolute(path).lexically_normal().string(); }

/// The scenario that all points share, in one text; only the profile stays a file.
std::string template_of(const SizeTask& task, const OfferedCluster& offer, const std::string& name) {
  const std::string text = fmt::format(
      "schema = 1\nname = {}\nmodel = {}\ncluster = {}\nnetwork = \"simgrid\"\n[plan]\ntp = 1\npp = 1\nmicrobatches = "
      "1\n"
      "sequence = {}\n[step_end]\noptimizer = true\n[[run]]\nschedule = \"1f1b\"\n",
      quoted(name), quoted(absolute(task.model_path)), quoted(absolute(offer.path)), task.sequence);
  const std::string whole = as_one_text(text, name, {{"cluster.nodes", std::to_string(offer.cluster.nodes)}});
  return offer.profile.empty() ? whole : fmt::format("profile = {}\n{}", quoted(absolute(offer.profile)), whole);
}

}  // namespace

Sweep size_sweep(const SizeTask& task, const OfferedCluster& offer) {
  Sweep sweep{.runs = {"run.0.label"}, .must_fit = true, .refine = task.refine};
  sweep.refine_most_bytes = task.usable_bytes(offer.cluster);
  sweep.name = fmt::format("size {} on {} {}", task.model.name, offer.cluster.gpus(), offer.cluster.gpu.name);
  sweep.path = sweep.scenario_path = sweep.name;
  sweep.scenario = template_of(task, offer, sweep.name);
  sweep.axes.push_back({.fields = fields(), .values = Positions(task, offer.cluster).all(), .where = sweep.name});
  if (sweep.axes.front().values.empty()) {
    throw Error("--batch", fmt::format("no plan on {} GPUs divides {} sequences a step; ask for another batch",
                                       offer.cluster.gpus(), task.batch_samples));
  }
  return sweep;
}

}  // namespace braid
