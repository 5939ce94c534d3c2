// SPDX-License-Identifier: Apache-2.0
// Plain descriptions of a GPU, of the cluster around it, and of which GPU plays which rank. No arithmetic of costs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/base/units.hpp"

namespace braid {

/// One kind of GPU as its data sheet gives it. Achieved rates are in a Profile, not here.
struct Gpu {
  std::string name;            ///< "A800-80G": also the key of its cost rules
  int sms = 0;                 ///< streaming multiprocessors
  FlopsPerSecond bf16_dense;   ///< tensor-core peak, dense, bf16/fp16 (MFU's denominator)
  FlopsPerSecond fp32_vector;  ///< CUDA-core peak
  Bytes memory;                ///< what fits, as nvidia-smi counts it
  BytesPerSecond memory_bandwidth;
  Bytes l2;
  std::string source;  ///< where these numbers were read
  bool operator==(const Gpu&) const = default;
};

enum class IntraNode { nvswitch, nvlink_mesh, pcie };
enum class InterNode { rail_optimized, fat_tree };

/// Identical nodes of identical GPUs. Bandwidths are per direction.
struct Cluster {
  std::string name;
  Gpu gpu;
  int nodes = 1;
  int gpus_per_node = 8;
  IntraNode intra = IntraNode::nvswitch;
  BytesPerSecond intra_bandwidth;  ///< of one GPU into its node's fabric
  Seconds intra_latency;           ///< of one hop, one message
  InterNode inter = InterNode::rail_optimized;
  int nics_per_node = 8;
  BytesPerSecond nic_bandwidth;  ///< of one NIC
  Seconds inter_latency;
  int nodes_per_leaf = 32;        ///< nodes under one leaf switch (rail_optimized: per rail group)
  double oversubscription = 1.0;  ///< of leaf up-links: 2 means half the bandwidth leaves the leaf
  BytesPerSecond host_bandwidth;  ///< GPU to host memory, for offload
  /// What running it takes; none of it changes a simulation. 0: not known.
  double gpu_hour_price = 0;  ///< of one GPU with its share of node and network
  std::string currency;       ///< of the price: "USD"
  std::string price_source;   ///< who asked it, when; or that it is assumed
  double gpu_watts = 0;       ///< of one GPU with its share of node, network and cooling, while it trains
  std::string power_source;
  bool operator==(const Cluster&) const = default;

  int gpus() const { return nodes * gpus_per_node; }
};

/// What a step costs on so many GPUs of the cluster, in its currency, and what they draw; nothing where not known.
std::optional<double> cost_of_step(const Cluster& cluster, int gpus, Seconds step);
std::optional<double> watts_of(const Cluster& cluster, int gpus);

/// Which coordinates vary fastest when ranks are numbered. Megatron's default is tp_dp_pp ("tp-cp-ep-dp-pp").
enum class RankOrder { tp_dp_pp, tp_pp_dp, pp_tp_dp, dp_tp_pp };

/// The map (tp, pp, dp) -> GPU of the cluster; GPU g sits in node g / gpus_per_node.
struct Placement {
  int tp = 1;
  int pp = 1;
  int dp = 1;
  RankOrder order = RankOrder::tp_dp_pp;
  bool operator==(const Placement&) const = default;

  int ranks() const { return tp * pp * dp; }
  int gpu(int tp_rank, int pp_rank, int dp_rank) const;
};

}  // namespace braid
