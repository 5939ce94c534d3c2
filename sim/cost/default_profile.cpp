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
constexpr const char* kFa3Figure = "cuDNN 9, causal, d 128, 512 to 16k tokens, arXiv 2407.08608 figures 5 and 6";
constexpr const char* kHopperAssumed = "assumed as H100: same chip";

constexpr Entry kA100[] = {
    {"gemm_efficiency", 0.86, kMamf},  // 267.9 of 312
    {"attention_forward_efficiency", 0.62, kFa2},
    {"attention_backward_efficiency", 0.55, kFa2},
    {"nvlink_efficiency", 0.783, "NCCL src/graph/tuning.cc caps sm_80 at 235 of 300 GB/s"},
    {"ll_bandwidth", 87.7e9, kTuning},
    {"comm_ctas", 24, "12 NVLinks, two channels each"},
};
constexpr Entry kA800[] = {
    {"gemm_efficiency", 0.86, "as A100: same chip"},
    {"attention_forward_efficiency", 0.62, kFa2},
    {"attention_backward_efficiency", 0.55, kFa2},
    {"nvlink_efficiency", 0.80, kTopo},  // 8 x 20.0 of 200
    {"ll_bandwidth", 87.7e9, kTuning},
    {"comm_ctas", 16, "8 NVLinks, two channels each"},
    {"stretch_interference", 0.054, "fitted to arXiv 2510.27257 table 11, first column, with 16 CTAs of 108 SMs"},
};
constexpr Entry kH100[] = {
    {"gemm_efficiency", 0.85,
     "790 to 800 TFLOP/s at 8192^3 (15.5 of 16 waves), measured on H100 80GB HBM3, driver 580, CUDA 13.0"},
    {"attention_forward_efficiency", 0.55, kFa3Figure},    // 539 TFLOP/s at 16k
    {"attention_backward_efficiency", 0.535, kFa3Figure},  // 516 TFLOP/s at 16k
    {"attention_forward_ramp", 370, kFa3Figure},           // 315 TFLOP/s at 512
    {"attention_backward_ramp", 370, kFa3Figure},          // 305 TFLOP/s at 512
    {"memory_efficiency", 0.90, "3.0 of 3.35 TB/s, copy, measured on H100 80GB HBM3, driver 580, CUDA 13.0"},
    {"nvlink_efficiency", 0.824, kTopo},  // 18 x 20.6 of 450
    {"nvls_efficiency", 0.68, "475 GB/s bus bandwidth of 8 GPUs / (2 (n-1)/(n+1) x 450): NVIDIA/nccl-tests#272, #290"},
    {"ll_bandwidth", 141e9, kTuning},
    {"comm_ctas", 24, "channels in a trace, forums.developer.nvidia.com 337991"},
};
constexpr Entry kH800[] = {
    {"gemm_efficiency", 0.85, kHopperAssumed},
    {"attention_forward_efficiency", 0.55, kHopperAssumed},
    {"attention_backward_efficiency", 0.535, kHopperAssumed},
    {"memory_efficiency", 0.90, kHopperAssumed},
    {"nvlink_efficiency", 0.824,
     "8 x 20.6 of 200 GB/s (NCCL src/graph/topo.h); 160 measured, deepseek-ai/DeepSeek-V3#28"},
    {"nvls_efficiency", 0.68, "as H100; predicts 212 GB/s, 215 measured (NVIDIA/nccl#1374)"},
    {"ll_bandwidth", 141e9, kTuning},
    {"comm_ctas", 16, "8 NVLinks, two channels each"},
};
constexpr Entry kH20[] = {
    {"gemm_efficiency", 0.93, "assumed: its peak is far below what power and operand traffic allow"},
    {"attention_forward_efficiency", 0.85,
     "cuDNN, causal, d 128: 107.8 of 148 TFLOP/s at 2048 tokens, Dao-AILab/flash-attention#1310"},
    {"attention_backward_efficiency", 0.80, "assumed: forward less the ratio of H100"},
    {"attention_forward_ramp", 340, "the same"},
    {"attention_backward_ramp", 370, kHopperAssumed},
    {"memory_efficiency", 0.90, kHopperAssumed},
    {"nvlink_efficiency", 0.824, kTopo},
    {"nvls_efficiency", 0.68, kHopperAssumed},
    {"ll_bandwidth", 141e9, kTuning},
    {"comm_ctas", 24, kHopperAssumed},
};
constexpr Entry kH200[] = {
    {"gemm_efficiency", 0.85, kHopperAssumed},
    {"attention_forward_efficiency", 0.55, kHopperAssumed},
    {"attention_backward_efficiency", 0.535, kHopperAssumed},
    {"memory_efficiency", 0.90, kHopperAssumed},
    {"nvlink_efficiency", 0.824, kTopo},
    {"nvls_efficiency", 0.68, "475 GB/s bus bandwidth of 8 GPUs / (2 (n-1)/(n+1) x 450): NVIDIA/nccl-tests#272"},
    {"ll_bandwidth", 141e9, kTuning},
    {"comm_ctas", 24, kHopperAssumed},
};
constexpr Entry kB200[] = {
    {"gemm_efficiency", 0.79, kMamf},  // 1745 of 2250
    {"attention_forward_efficiency", 0.55, "assumed: the share that H100 reaches"},
    {"attention_backward_efficiency", 0.45, "assumed: below the share that H100 reaches"},
    {"memory_efficiency", 0.90, "assumed as H100"},
    {"nvlink_efficiency", 0.802, "18 x 40.1 of 900 GB/s, NVIDIA/nccl#1807"},
    {"nvls_efficiency", 0.593, "830 GB/s bus bandwidth of 8 GPUs / (2 (n-1)/(n+1) x 900): NVIDIA/nccl#1807"},
    {"ll_bandwidth", 282e9, "assumed: twice H100"},
    {"comm_ctas", 16, "NCCL's cap on Blackwell since 2.28.3"},
};

struct Rules {
  std::string name;
  std::span<const Entry> entries;
};

const std::vector<Rules>& known_rules() {
  static const std::vector<Rules> rules = {{"A100-80G", kA100}, {"A800-80G", kA800}, {"H100-80G", kH100},
                                           {"H800-80G", kH800}, {"H20-96G", kH20},   {"H200-141G", kH200},
                                           {"B200-180G", kB200}};
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
  Profile profile{.gpu = gpu.name, .parameters = {}, .sources = {}, .points = {}, .calibrated = {}, .provenance = {}};
  const auto& rules = known_rules();
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rules& r) { return r.name == gpu.name; });
  for (const ParameterInfo& info : parameter_list()) profile.sources[info.name] = "assumed";
  if (found == rules.end()) {
    profile.provenance.push_back(fmt::format("no rules for GPU '{}': every efficiency is assumed", gpu.name));
    return profile;
  }
  profile.provenance.push_back("data-sheet rules and published efficiencies of " + gpu.name);
  for (const Entry& entry : found->entries) {
    profile = with_parameter(std::move(profile), entry.name, entry.value, entry.source);
  }
  return profile;
}

}  // namespace braid
