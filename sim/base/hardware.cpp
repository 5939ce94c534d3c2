// SPDX-License-Identifier: Apache-2.0
#include "sim/base/hardware.hpp"

#include "sim/base/error.hpp"

namespace braid {

int Placement::gpu(int tp_rank, int pp_rank, int dp_rank) const {
  switch (order) {
    case RankOrder::tp_dp_pp:
      return tp_rank + tp * (dp_rank + dp * pp_rank);
    case RankOrder::tp_pp_dp:
      return tp_rank + tp * (pp_rank + pp * dp_rank);
    case RankOrder::pp_tp_dp:
      return pp_rank + pp * (tp_rank + tp * dp_rank);
    case RankOrder::dp_tp_pp:
      return dp_rank + dp * (tp_rank + tp * pp_rank);
  }
  BRAID_CHECK(false, "every rank order is handled");
}

std::optional<double> cost_of_step(const Cluster& cluster, int gpus, Seconds step) {
  if (cluster.gpu_hour_price <= 0) return std::nullopt;
  return cluster.gpu_hour_price * gpus * step.value / 3600;
}

std::optional<double> watts_of(const Cluster& cluster, int gpus) {
  if (cluster.gpu_watts <= 0) return std::nullopt;
  return cluster.gpu_watts * gpus;
}

}  // namespace braid
