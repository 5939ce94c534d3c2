// SPDX-License-Identifier: Apache-2.0
// Which plan, schedule and cluster to take for a model, under a deadline and a budget.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/plan/sweep.hpp"
#include "sim/sweep/store/store.hpp"

namespace braid {

/// GPUs of one kind: "h100:512".
struct GpuOffer {
  std::string gpu;
  int count = 0;
};

struct SizeRequest {
  std::string model;  ///< name of a file in scenarios/models, or a path
  std::vector<GpuOffer> offers;
  double tokens = 0;  ///< to be trained on
  std::optional<double> deadline_s;
  std::optional<double> budget;    ///< in the currency of the clusters' prices
  double global_batch_tokens = 0;  ///< tokens a step
  int sequence = 0;
};

/// The sweep of one offer: plan x schedule x microbatch size x recomputation x ZeRO.
Sweep size_sweep(const SizeRequest& request, const GpuOffer& offer);

}  // namespace braid
