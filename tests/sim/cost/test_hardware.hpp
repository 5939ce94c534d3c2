// SPDX-License-Identifier: Apache-2.0
// Hardware with round numbers, so that expected costs can be written down by hand.
#pragma once

#include "sim/base/hardware.hpp"
#include "sim/cost/cost_parameters.hpp"

namespace braid {

/// 100 SMs, 100 TFLOP/s (1 TFLOP/s an SM), 1 TB/s.
inline Gpu round_gpu() {
  return {.name = "ROUND",
          .sms = 100,
          .bf16_dense = FlopsPerSecond(100e12),
          .fp32_vector = FlopsPerSecond(10e12),
          .memory = Bytes(80e9),
          .memory_bandwidth = BytesPerSecond(1e12),
          .l2 = Bytes(40e6),
          .source = "made up"};
}

/// Two nodes of four such GPUs: 100 GB/s into the NVSwitch, one 10 GB/s NIC for each GPU.
inline Cluster round_cluster() {
  Cluster cluster;
  cluster.name = "round";
  cluster.gpu = round_gpu();
  cluster.nodes = 2;
  cluster.gpus_per_node = 4;
  cluster.intra_bandwidth = BytesPerSecond(100e9);
  cluster.intra_latency = Seconds(0.5e-6);
  cluster.nics_per_node = 4;
  cluster.nic_bandwidth = BytesPerSecond(10e9);
  cluster.inter_latency = Seconds(1.5e-6);
  cluster.host_bandwidth = BytesPerSecond(20e9);
  return cluster;
}

/// Everything reaches its peak and nothing has a fixed cost; small tiles run at half the rate.
inline Parameters ideal_parameters() {
  Parameters p;
  p.gemm_efficiency = 1;
  p.gemm_feed_side = 0;
  p.gemm_memory_efficiency = 1;
  p.gemm_epilogue_share = 0;
  p.gemm_accumulate_share = 0;
  p.gemm_overhead_s = 0;
  p.attention_forward_efficiency = 1;
  p.attention_backward_efficiency = 1;
  p.attention_forward_ramp = 0;
  p.attention_backward_ramp = 0;
  p.attention_forward_tail = 0;
  p.attention_backward_tail = 0;
  p.attention_forward_overhead_s = 0;
  p.attention_backward_overhead_s = 0;
  p.memory_efficiency = 1;
  p.kernel_overhead_s = 0;
  p.nvlink_efficiency = 1;
  p.pcie_efficiency = 1;
  p.nvls_efficiency = 0;
  p.nic_efficiency = 1;
  p.ll_bandwidth = 1e13;
  p.message_overhead_s = 0;
  p.spine_latency_s = 0;
  p.host_copy_efficiency = 1;
  p.host_copy_overhead_s = 0;
  p.stretch_interference = 0;
  p.stretch_sms = 0;
  p.stretch_memory = 0;
  return p;
}

}  // namespace braid
