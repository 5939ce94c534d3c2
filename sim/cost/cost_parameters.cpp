// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/cost_parameters.hpp"

#include <array>
#include <vector>

#include "sim/base/error.hpp"

namespace braid {
namespace {

using P = Parameters;

constexpr std::array kParameters = {
    ParameterInfo{"sustained_clock", "1", "clock that products and attention last at over the clock of the dense peak",
                  0.1, 1.5, &P::sustained_clock},
    ParameterInfo{"clock_memory_gain", "1",
                  "share by which a step's cycles would shorten if all its time were memory-bound; 0: one clock", 0,
                  0.9, &P::clock_memory_gain},
    ParameterInfo{"clock_most", "1", "highest clock over the clock of the dense peak", 0.1, 2, &P::clock_most},
    ParameterInfo{"gemm_efficiency", "1", "share of the dense peak in the main loop of an endless tile", 0.01, 1.2,
                  &P::gemm_efficiency},
    ParameterInfo{"gemm_feed_side", "elements",
                  "side of a square tile whose operands take as long to arrive as its products last", 0, 256,
                  &P::gemm_feed_side},
    ParameterInfo{"gemm_overhead_s", "s", "fixed time of one matrix product", 0, 1e-2, &P::gemm_overhead_s},
    ParameterInfo{"gemm_memory_efficiency", "1",
                  "share of the memory bandwidth that a matrix product reaches for its result", 0.01, 1,
                  &P::gemm_memory_efficiency},
    ParameterInfo{"gemm_epilogue_share", "1", "share of a tile's result traffic that its main loop does not hide", 0, 1,
                  &P::gemm_epilogue_share},
    ParameterInfo{"gemm_accumulate_share", "1", "the same for a weight gradient, which is read and written", 0, 1,
                  &P::gemm_accumulate_share},
    ParameterInfo{"gemm_odd_tiles", "1", "1: the library also has tiles that are no powers of two (sm_90)", 0, 1,
                  &P::gemm_odd_tiles},
    ParameterInfo{"gemm_accumulate_bytes", "B",
                  "bytes moved for an element of a weight gradient (8: read and write fp32)", 2, 16,
                  &P::gemm_accumulate_bytes},
    ParameterInfo{"attention_forward_efficiency", "1",
                  "share of the dense peak of fused attention, long sequence, forward", 0.01, 1.2,
                  &P::attention_forward_efficiency},
    ParameterInfo{"attention_backward_efficiency", "1", "the same, backward", 0.01, 1.2,
                  &P::attention_backward_efficiency},
    ParameterInfo{"attention_forward_ramp", "tokens",
                  "start-up of a tile of fused attention, in tokens of its sequence, forward", 0, 1e6,
                  &P::attention_forward_ramp},
    ParameterInfo{"attention_backward_ramp", "tokens", "the same, backward", 0, 1e6, &P::attention_backward_ramp},
    ParameterInfo{"attention_forward_tail", "1",
                  "longest tiles that fused attention waits for after its SMs ran out of work", 0, 10,
                  &P::attention_forward_tail},
    ParameterInfo{"attention_backward_tail", "1", "the same, backward", 0, 10, &P::attention_backward_tail},
    ParameterInfo{"attention_backward_extra", "1",
                  "time of the small kernels of a fused backward over that of their bytes; 0: its efficiency has it", 0,
                  10, &P::attention_backward_extra},
    ParameterInfo{"attention_forward_overhead_s", "s", "fixed time of one fused attention", 0, 1e-2,
                  &P::attention_forward_overhead_s},
    ParameterInfo{"attention_backward_overhead_s", "s", "the same, backward, its small kernels included", 0, 1e-2,
                  &P::attention_backward_overhead_s},
    ParameterInfo{"memory_efficiency", "1", "share of the memory bandwidth in streaming kernels", 0.01, 1,
                  &P::memory_efficiency},
    ParameterInfo{"kernel_overhead_s", "s", "fixed time of a kernel that is neither matrix product nor attention", 0,
                  1e-2, &P::kernel_overhead_s},
    ParameterInfo{"unit_overhead_s", "s",
                  "fixed time of each F, I or W of an Attn or MLP unit (half for each part of a split W)", 0, 1,
                  &P::unit_overhead_s},
    ParameterInfo{"host_launch_s", "s", "host time for one kernel, framework included; 0: the host is always ahead", 0,
                  1, &P::host_launch_s},
    ParameterInfo{"nvlink_efficiency", "1", "ring bus bandwidth over the GPU's bandwidth into an NVLink fabric", 0.01,
                  1.2, &P::nvlink_efficiency},
    ParameterInfo{"pcie_efficiency", "1", "the same over PCIe", 0.01, 1.2, &P::pcie_efficiency},
    ParameterInfo{"nvls_efficiency", "1",
                  "link rate of in-switch reduction over the data sheet's; 0: the switch cannot reduce", 0, 1.2,
                  &P::nvls_efficiency},
    ParameterInfo{"nic_efficiency", "1", "reached share of a NIC's bandwidth", 0.01, 1.2, &P::nic_efficiency},
    ParameterInfo{"ll_bandwidth", "B/s", "most that NCCL's low-latency protocol moves inside a node", 1e6, 1e13,
                  &P::ll_bandwidth},
    ParameterInfo{"collective_overhead_s", "s", "added to the latency of every collective", 0, 1,
                  &P::collective_overhead_s},
    ParameterInfo{"message_overhead_s", "s", "start-up of a send and its recv beyond the link's latency", 0, 1,
                  &P::message_overhead_s},
    ParameterInfo{"spine_latency_s", "s", "added to a path that leaves its leaf switch", 0, 1, &P::spine_latency_s},
    ParameterInfo{"host_copy_efficiency", "1", "reached share of the bandwidth to host memory", 0.01, 1.2,
                  &P::host_copy_efficiency},
    ParameterInfo{"host_copy_overhead_s", "s", "fixed time of a copy to or from the host", 0, 1,
                  &P::host_copy_overhead_s},
    ParameterInfo{"comm_ctas", "SMs", "SMs that a collective's kernel takes", 0, 1024, &P::comm_ctas},
    ParameterInfo{"comm_cta_bandwidth", "B/s", "most that one SM of a collective's kernel moves over the links", 1e6,
                  1e13, &P::comm_cta_bandwidth},
    ParameterInfo{"message_ctas", "SMs", "SMs that a send or recv kernel takes", 0, 1024, &P::message_ctas},
    ParameterInfo{"comm_memory_traffic", "1", "bytes through memory for each byte that a GPU sends in a collective", 0,
                  10, &P::comm_memory_traffic},
    ParameterInfo{"stretch_interference", "1",
                  "slow-down of a matrix product beside communication that the SMs lost do not explain", 0, 10,
                  &P::stretch_interference},
    ParameterInfo{"stretch_traffic", "1",
                  "slow-down of products and attention for each unit of the product of both memory loads", 0, 100,
                  &P::stretch_traffic},
    ParameterInfo{"stretch_sms", "1", "slow-down of a memory-bound kernel for each share of the SMs that is taken", 0,
                  10, &P::stretch_sms},
    ParameterInfo{"stretch_memory", "1",
                  "slow-down of a memory-bound kernel for each unit of the product of both memory loads", 0, 100,
                  &P::stretch_memory},
};

}  // namespace

std::span<const ParameterInfo> parameter_list() { return kParameters; }

const ParameterInfo& parameter_info(std::string_view name, const std::string& where) {
  std::vector<std::string> known;
  for (const ParameterInfo& info : kParameters) {
    if (info.name == name) return info;
    known.emplace_back(info.name);
  }
  const std::string near = nearest_word(name, known);
  throw Error(
      where,
      "unknown parameter '" + std::string(name) + "'" +
          (near.empty() ? std::string("; `kind,name,value,unit,source` rows name the parameters of the cost rules")
                        : "; did you mean '" + near + "'?"));
}

}  // namespace braid
