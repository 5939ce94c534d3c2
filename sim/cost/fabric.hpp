// SPDX-License-Identifier: Apache-2.0
// The links of a Cluster and which of them a transfer between two GPUs crosses.
//
// Capacities are nominal, from the Cluster, and only say how transfers share; how long one takes alone is Costs'.
// Aggregated: the up-links of a leaf (fat tree) or rail switch (rail-optimised) are one link per direction, as if
// adaptive routing spread the traffic evenly; the spine above never limits; an NVSwitch node is one port per GPU and
// direction. Two rails meet in the spine, also within one leaf group (no hop over NVLink to another rail's GPU).
// A PCIe node has one host bridge, and its NICs are reached through the GPU's PCIe port.
#pragma once

#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"

namespace braid {

/// Share of the PCIe ports' total that the host bridge of a node carries. An assumption: boards differ.
inline constexpr double kHostBridgeShare = 0.5;

/// What a link is; links of one kind differ in place and, for none but the last leaf, in nothing else.
enum class LinkKind : std::uint8_t {
  gpu_up,
  gpu_down,
  peer,  ///< NVLink between an ordered pair of GPUs
  bridge_up,
  bridge_down,
  nic_up,
  nic_down,
  leaf_up,
  leaf_down,
};

/// Links are numbered from 0, by kind; nothing is stored per link, so a big cluster costs nothing.
class Fabric {
 public:
  explicit Fabric(const Cluster& cluster);

  int links() const { return total_; }
  LinkKind kind(int link) const;
  BytesPerSecond capacity(int link) const;

  PathKind path_kind(int from_gpu, int to_gpu) const;
  /// The links of a transfer, in order; none on the same GPU.
  std::vector<int> route(int from_gpu, int to_gpu) const;

 private:
  int node(int gpu) const { return gpu / cluster_.gpus_per_node; }
  int nic(int gpu) const;

  Cluster cluster_;
  int leaf_switches_ = 0;
  int peers_ = 0, bridges_ = 0, nics_ = 0, leaves_ = 0, total_ = 0;  ///< first link after the GPU ports, and so on
};

}  // namespace braid
