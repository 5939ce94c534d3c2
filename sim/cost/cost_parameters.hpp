// SPDX-License-Identifier: Apache-2.0
// The free numbers of the cost rules for one kind of GPU, each with a name, a unit and bounds.
//
// A number here is either measured, or taken from a publication, or assumed: its source stands beside it in a Profile.
// Data-sheet figures (peak, bandwidth, SMs) are in Gpu, link speeds in Cluster; these say what share of them is
// reached.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace braid {

/// Shares are of the data-sheet figure; times are in seconds, rates in bytes a second.
struct Parameters {
  double sustained_clock = 1;
  double clock_memory_gain = 0;
  double clock_most = 1.1;

  double gemm_efficiency = 0.75;
  double gemm_feed_side = 32;
  double gemm_overhead_s = 3e-6;
  double gemm_memory_efficiency = 0.65;
  double gemm_epilogue_share = 0.4;
  double gemm_accumulate_share = 0.6;
  double gemm_odd_tiles = 0;
  double gemm_accumulate_bytes = 8;

  double attention_forward_efficiency = 0.55;
  double attention_backward_efficiency = 0.50;
  double attention_forward_ramp = 300;
  double attention_backward_ramp = 500;
  double attention_forward_tail = 0.4;
  double attention_backward_tail = 0.4;
  double attention_backward_extra = 0;
  double attention_forward_overhead_s = 5e-6;
  double attention_backward_overhead_s = 5e-6;

  double memory_efficiency = 0.88;
  double kernel_overhead_s = 2e-6;
  double unit_overhead_s = 0;
  double host_launch_s = 0;

  double nvlink_efficiency = 0.80;
  double pcie_efficiency = 0.85;
  double nvls_efficiency = 0;
  double nic_efficiency = 0.92;
  double ll_bandwidth = 87.7e9;
  double collective_overhead_s = 0;
  double message_overhead_s = 6.6e-6;
  double spine_latency_s = 0.5e-6;
  double host_copy_efficiency = 0.85;
  double host_copy_overhead_s = 10e-6;

  double comm_ctas = 24;
  double comm_cta_bandwidth = 20.6e9;
  double message_ctas = 8;
  double comm_memory_traffic = 3;
  double stretch_interference = 0.054;
  double stretch_traffic = 0;
  double stretch_sms = 0.44;
  double stretch_memory = 0.23;

  bool operator==(const Parameters&) const = default;
};

/// What is known of a parameter besides its value.
struct ParameterInfo {
  const char* name;
  const char* unit;     ///< "1" for shares and counts without a unit
  const char* meaning;  ///< one line, for people
  double least, most;   ///< accepted values, both included
  double Parameters::*value;
};

/// Every parameter, in the order in which profiles list them.
std::span<const ParameterInfo> parameter_list();

/// The parameter of that name. Throws Error(where, ...) with the nearest known name if there is none.
const ParameterInfo& parameter_info(std::string_view name, const std::string& where);

}  // namespace braid
