// SPDX-License-Identifier: Apache-2.0
// Published efficiencies of the GPUs that Braid knows. A source that says "assumed" is a guess that no measurement
// backs; a profile CSV made by `braid calibrate` replaces it.
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/cost/profile.hpp"

namespace braid {
namespace {

/// One default that is better than the assumption of Parameters.
struct Entry {
  const char* name;
  double value;
  const char* source;
};

// Largest bf16 product found by mamf-finder over the dense peak [stas00/ml-engineering, compute/accelerator/README.md].
constexpr const char* kMamf = "stas00/ml-engineering, Maximum Achievable Matmul FLOPS";
// Bus bandwidth that NCCL's topology model gives an NVLink of the generation, over the data sheet's per-direction rate
// [NCCL src/graph/topo.h: SM80 20.0, SM90 20.6, SM100 40.1 GB/s a link].
constexpr const char* kTopo = "NCCL src/graph/topo.h link speed x links over data sheet";
constexpr const char* kTuning = "NCCL src/graph/tuning.cc";
constexpr const char* kFa2 =
    "FlashAttention-2 on A100: about 70 % of peak at most (Dao-AILab/flash-attention#1059); causal, d 128";
constexpr const char* kH100Units =
    "H100 80GB HBM3, driver 580, CUDA 13.0: `braid calibrate --fit results/0002-h100-units`";
constexpr const char* kH20Attention =
    "cuDNN, causal, d 128: 107.8 of 148 TFLOP/s at 2048 tokens, Dao-AILab/flash-attention#1310, with the start-up time "
    "of H100";

constexpr Entry kA100[] = {
    {"gemm_efficiency", 0.91, kMamf},  // 267.9 of 312 at its best shape, its epilogues and feed apart
    {"attention_forward_efficiency", 0.62, kFa2},
    {"attention_backward_efficiency", 0.55, kFa2},
    {"nvlink_efficiency", 0.783, "NCCL src/graph/tuning.cc caps sm_80 at 235 of 300 GB/s"},
    {"ll_bandwidth", 87.7e9, kTuning},
    {"comm_ctas", 24, "12 NVLinks, two channels each"},
    {"comm_cta_bandwidth", 20.0e9, kTopo},  // at most one NVLink a channel
};
constexpr Entry kA800[] = {
    {"gemm_efficiency", 0.91, "as A100: same chip"},
    {"attention_forward_efficiency", 0.62, kFa2},
    {"attention_backward_efficiency", 0.55, kFa2},
    {"nvlink_efficiency", 0.80, kTopo},  // 8 x 20.0 of 200
    {"ll_bandwidth", 87.7e9, kTuning},
    {"comm_ctas", 16, "8 NVLinks, two channels each"},
    {"comm_cta_bandwidth", 20.0e9, kTopo},
    {"stretch_interference", 0.054, "fitted to arXiv 2510.27257 table 11, first column, with 16 CTAs of 108 SMs"},
};
/// What an SXM5 Hopper at its power limit reaches: scenarios/profiles/h100-80g.csv says how that was measured.
constexpr Entry kHopper[] = {
    {"sustained_clock", 0.7163, kH100Units},
    {"clock_memory_gain", 0.6129, kH100Units},
    {"clock_most", 1.082, kH100Units},
    {"gemm_efficiency", 1.099, kH100Units},
    {"gemm_feed_side", 81.79, kH100Units},
    {"gemm_overhead_s", 3.381e-06, kH100Units},
    {"gemm_memory_efficiency", 0.6016, kH100Units},
    {"gemm_epilogue_share", 0.1408, kH100Units},
    {"gemm_accumulate_share", 0.5118, kH100Units},
    {"gemm_odd_tiles", 1, "tiles that cuBLASLt chose, results/0002-h100-units, gemm.csv"},
    {"attention_forward_efficiency", 0.7697, kH100Units},
    {"attention_forward_ramp", 492.4, kH100Units},
    {"attention_forward_tail", 0.6835, kH100Units},
    {"attention_forward_overhead_s", 2.403e-06, kH100Units},
    {"attention_backward_efficiency", 0.6891, kH100Units},
    {"attention_backward_ramp", 323.2, kH100Units},
    {"attention_backward_tail", 0.6482, kH100Units},
    {"attention_backward_extra", 1.498, kH100Units},
    {"memory_efficiency", 0.8831, kH100Units},
    {"kernel_overhead_s", 1.806e-06, kH100Units},
    {"host_copy_efficiency", 0.8849, kH100Units},
    {"host_copy_overhead_s", 4.683e-06, kH100Units},
    {"nvlink_efficiency", 0.824, kTopo},  // 18 x 20.6 of 450; H800 8 x 20.6 of 200
    {"nvls_efficiency", 0.68, "475 GB/s bus bandwidth of 8 GPUs / (2 (n-1)/(n+1) x 450): NVIDIA/nccl-tests#272, #290"},
    {"ll_bandwidth", 141e9, kTuning},
    {"comm_ctas", 24, "channels in a trace, forums.developer.nvidia.com 337991"},
    {"comm_cta_bandwidth", 20.6e9, kTopo},  // one NVLink a channel; copies keep 20 GB/s a CTA, results/0002-h100-units
    {"stretch_interference", 0.08489, kH100Units},
    {"stretch_traffic", 1.586, kH100Units},
    {"stretch_sms", 0.4369, kH100Units},
    {"stretch_memory", 0.2283, kH100Units},
};
/// Same chip with fewer NVLinks. 160 GB/s are measured (deepseek-ai/DeepSeek-V3#28), 215 with NVLS (NVIDIA/nccl#1374).
constexpr Entry kH800[] = {{"comm_ctas", 16, "8 NVLinks, two channels each"}};
/// A Hopper with a seventh of the arithmetic: never at its power limit, and a start-up of an attention tile is worth
/// fewer tokens.
constexpr Entry kH20[] = {
    {"sustained_clock", 1, "assumed: never at its power limit"},
    {"clock_memory_gain", 0, "assumed: never at its power limit"},
    {"gemm_feed_side", 20.7, "a quarter of H100's: a quarter of its flops a cycle, the same shared memory"},
    {"gemm_efficiency", 0.93, "assumed: its peak is far below what power and operand traffic allow"},
    {"attention_forward_efficiency", 0.938, kH20Attention},
    {"attention_forward_ramp", 116, kH20Attention},
    {"attention_backward_efficiency", 0.82, "assumed: forward less the ratio of H100"},
    {"attention_backward_ramp", 93, "assumed: the start-up time of H100"},
};
constexpr Entry kB200[] = {
    {"gemm_efficiency", 0.87, kMamf},  // 1745 of 2250 at its best shape, its epilogues and feed apart
    {"gemm_feed_side", 82.7, "assumed as H100"},
    {"gemm_memory_efficiency", 0.648, "assumed as H100"},
    {"gemm_odd_tiles", 1, "assumed as H100"},
    {"attention_forward_efficiency", 0.55, "assumed: the share that H100 reaches"},
    {"attention_forward_ramp", 1067, "assumed: the start-up time of H100"},
    {"attention_backward_efficiency", 0.45, "assumed: below the share that H100 reaches"},
    {"attention_backward_ramp", 775, "assumed: the start-up time of H100"},
    {"attention_backward_extra", 1.43, "assumed as H100"},
    {"nvlink_efficiency", 0.802, "18 x 40.1 of 900 GB/s, NVIDIA/nccl#1807"},
    {"nvls_efficiency", 0.593, "830 GB/s bus bandwidth of 8 GPUs / (2 (n-1)/(n+1) x 900): NVIDIA/nccl#1807"},
    {"ll_bandwidth", 282e9, "assumed: twice H100"},
    {"comm_ctas", 16, "NCCL's cap on Blackwell since 2.28.3"},
    {"comm_cta_bandwidth", 45.1e9, "what 16 of them need to carry 18 NVLinks of 40.1 GB/s"},
    {"stretch_interference", 0.092, "assumed as H100"},
    {"stretch_traffic", 1.59, "assumed as H100"},
};

struct Rules {
  std::string name;
  std::span<const Entry> family;  ///< taken first
  std::span<const Entry> own;
};

const std::vector<Rules>& known_rules() {
  static const std::vector<Rules> rules = {
      {"A100-80G", {}, kA100},    {"A800-80G", {}, kA800},    {"H100-80G", kHopper, {}}, {"H800-80G", kHopper, kH800},
      {"H20-96G", kHopper, kH20}, {"H200-141G", kHopper, {}}, {"B200-180G", {}, kB200}};
  return rules;
}

}  // namespace

const std::vector<std::string>& default_gpu_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Rules& rules : known_rules()) all.push_back(rules.name);
    return all;
  }();
  return names;
}

Profile default_profile(const Gpu& gpu) {
  Profile profile{
      .gpu = gpu.name, .parameters = {}, .sources = {}, .points = {}, .held = {}, .calibrated = {}, .provenance = {}};
  const auto& rules = known_rules();
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rules& r) { return r.name == gpu.name; });
  for (const ParameterInfo& info : parameter_list()) profile.sources[info.name] = "assumed";
  if (found == rules.end()) {
    profile.provenance.push_back(fmt::format("no rules for GPU '{}': every efficiency is assumed", gpu.name));
    return profile;
  }
  profile.provenance.push_back("data-sheet rules and published efficiencies of " + gpu.name);
  const bool measured_here = gpu.name == "H100-80G";
  for (const Entry& entry : found->family) {
    profile = with_parameter(std::move(profile), entry.name, entry.value,
                             measured_here ? entry.source : std::string("assumed as H100: ") + entry.source);
  }
  for (const Entry& entry : found->own) {
    profile = with_parameter(std::move(profile), entry.name, entry.value, entry.source);
  }
  return profile;
}

}  // namespace braid
