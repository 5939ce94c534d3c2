// SPDX-License-Identifier: Apache-2.0
// Which plan, schedule and cluster to take for a model: what is asked, and the sweep that looks for it.
//
// One sweep for each offer of GPUs. All of them train the same tokens in steps of the same batch, so that steps can be
// held against one another.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/amounts.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/sweep/plan/sweep.hpp"

namespace braid {

/// GPUs of one kind: "h100:512".
struct GpuOffer {
  std::string gpu;  ///< as it was asked for: a kind, or the path of a cluster file
  int count = 0;
};

/// "h100:256,512" is two offers. Throws Error(where, ...).
std::vector<GpuOffer> parse_offers(const std::string& text, const std::string& where);

/// What a user says. What is left out is decided by decide().
struct SizeRequest {
  std::string model;  ///< name of a file in scenarios/models, or a path
  std::vector<GpuOffer> offers;
  std::optional<double> tokens;  ///< to be trained on
  std::optional<double> deadline_s;
  std::optional<Money> budget;
  std::optional<double> batch_tokens;  ///< tokens a step
  std::optional<int> sequence;
  std::optional<double> availability;   ///< share of the time in which the cluster trains
  std::string profile;                  ///< path; "rules": none; "": the one of the GPU, if there is one
  std::vector<std::string> schedules;   ///< names of generators; empty: kSizedSchedules
  std::optional<double> memory_margin;  ///< bytes of each GPU's memory
  std::optional<int> refine;            ///< plans of each offer that are played again on the network
};

/// What Braid's account of memory leaves out on a GPU: some 0.5 GB of CUDA context, 1.5 GB of NCCL's buffers, 4 GB (5 %
/// of 80 GB) of fragmentation. Assumed, none of it measured.
inline constexpr double kMemoryMargin = 6e9;

inline constexpr const char* kSizedSchedules[] = {"1f1b", "1f1b-i", "zb-h1", "zb-v", "stp"};

struct OfferedCluster {
  GpuOffer asked;
  Cluster cluster;      ///< with as many nodes as were asked for
  std::string path;     ///< of its file
  std::string profile;  ///< path; "" = the rules of its GPU
};

/// The request with every open question decided.
struct SizeTask {
  Model model;
  std::string model_path;
  double tokens = 0;
  std::optional<double> deadline_s;
  std::optional<Money> budget;
  int sequence = 0;
  std::int64_t batch_samples = 0;  ///< sequences a step
  double availability = 1;
  std::vector<std::string> schedules;
  int refine = 0;
  double memory_margin = 0;  ///< bytes of each GPU that a plan must leave free
  std::vector<OfferedCluster> offers;
  std::vector<std::string> assumptions;  ///< what was decided for the user, and why; one line each

  /// What a plan may fill of a GPU; infinity where its memory is not known.
  double usable_bytes(const Cluster& cluster) const {
    const double memory = cluster.gpu.memory.value;
    return memory > 0 ? memory - memory_margin : std::numeric_limits<double>::infinity();
  }
  double batch_tokens() const { return static_cast<double>(batch_samples) * sequence; }
};

/// Looks for models, clusters and profiles in `folder` (scenarios_folder()). Throws Error: a model, GPU or schedule
/// that is not there (with the nearest), several clusters of one GPU that differ in more than their size, GPUs that
/// fill no nodes, a budget in a currency that the clusters are not priced in, no batch near the asked one that any plan
/// can divide.
SizeTask decide(const SizeRequest& request, const std::string& folder);

/// The sweep of one offer: TP inside the node x PP x microbatch size x schedule (chunks) x recomputation x ZeRO, DP and
/// microbatches what follows from GPUs and batch. Where PP = 1 only 1f1b. One axis: what does not divide is not in it.
/// Throws Error if nothing divides.
Sweep size_sweep(const SizeTask& task, const OfferedCluster& offer);

}  // namespace braid
