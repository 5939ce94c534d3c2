// SPDX-License-Identifier: Apache-2.0
// The scenario of one published row, and what had to be assumed for it.
//
// A GPT-3 style model in Megatron-LM's form: MLP of 4 x hidden, GELU, LayerNorm, learned positions, biases, dropout,
// attention without fusion, embedding and head tied [Shoeybi19]; vocabulary padded to a multiple of 128 x TP.
// Megatron-LM's training loop as results/0004 has it: sends that no GPU waits for, the all-reduce of an input gradient
// behind a weight gradient; fp16 gradients reduced after all of the backward, Adam on fp32 copies. Its messages: each
// TP rank sends a slice [Narayanan21, s. 4.1], the host waits for them (megatron/p2p_communication.py). Links: the
// cluster file of the row's GPU, which says its sources.
#pragma once

#include <string>
#include <vector>

#include "sim/base/units.hpp"
#include "sim/scenario/scenario.hpp"
#include "validate/table/published_table.hpp"

namespace braid {

/// Of all NICs of a node, one direction, for the rows whose source begins with this.
struct NodeBandwidth {
  std::string source;  ///< "": all rows
  BytesPerSecond bandwidth;
};

/// "800 Gbit/s" for all rows, "vTrain: 800 Gbit/s" for those whose source begins with "vTrain".
/// Throws Error("--node-bandwidth", ...).
NodeBandwidth parse_node_bandwidth(const std::string& text);

/// What a table does not say, as far as it is a choice.
struct RowAssumptions {
  std::string cluster;  ///< a cluster file; "": the only one in scenarios/clusters with the row's GPU
  std::vector<NodeBandwidth> node_bandwidths;  ///< the first that fits counts; none: the cluster file's
  std::vector<Override> overrides;             ///< of any field of the scenario
};

/// The network is ideal. Throws Error at the row if the scenario does not hold together, if no cluster file fits the
/// GPU or several do, or if the named one has another GPU.
Scenario scenario_of(const PublishedRow& row, const RowAssumptions& assumptions);

/// What was assumed, a line each, for the report; `rows` are not empty.
std::vector<std::string> assumption_lines(const std::vector<PublishedRow>& rows, const RowAssumptions& assumptions);

}  // namespace braid
