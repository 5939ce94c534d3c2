// SPDX-License-Identifier: Apache-2.0
#include "sim/base/gpus.hpp"

#include <fmt/format.h>

#include <vector>

#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr double kMiB = 1024.0 * 1024.0;

struct Sheet {
  const char* name;
  int sms;
  double bf16_tflops, fp32_tflops;
  double memory_mib, bandwidth_gb_s, l2_mib;
  const char* source;
};

// A800 and H800 are the A100 and H100 with fewer NVLinks; links belong to the Cluster.
constexpr Sheet kSheets[] = {
    {"A100-80G", 108, 312, 19.5, 81920, 2039, 40,
     "NVIDIA A100 80GB SXM data sheet (2021); SMs and L2: A100 architecture white paper"},
    {"A800-80G", 108, 312, 19.5, 81920, 2039, 40, "NVIDIA A800 80GB SXM data sheet; SMs and L2 as A100 (same die)"},
    {"H100-80G", 132, 989.4, 66.9, 81559, 3350, 50,
     "NVIDIA H100 SXM5 data sheet; SMs, L2 and unrounded peaks: H100 architecture white paper"},
    {"H800-80G", 132, 989.4, 66.9, 81559, 3350, 50, "NVIDIA H800 SXM data sheet; SMs and L2 as H100 (same die)"},
    {"H20-96G", 78, 148, 44, 97871, 4000, 60, "NVIDIA H20 data sheet; SMs and L2 as device queries report them"},
    {"H200-141G", 132, 989.4, 66.9, 143771, 4800, 50,
     "NVIDIA H200 SXM data sheet; SMs, L2 and unrounded peaks as H100 (same die)"},
    {"B200-180G", 148, 2250, 80, 183359, 8000, 126,
     "NVIDIA Blackwell architecture brief, HGX B200 at 1000 W; L2: Blackwell tuning guide; SMs as device queries "
     "report "
     "them, which also give 7.67 TB/s from bus width and clock where the data sheet says 8"},
};

std::vector<Gpu> gpus_of_sheets() {
  std::vector<Gpu> gpus;
  for (const Sheet& s : kSheets) {
    gpus.push_back({.name = s.name,
                    .sms = s.sms,
                    .bf16_dense = FlopsPerSecond(s.bf16_tflops * 1e12),
                    .fp32_vector = FlopsPerSecond(s.fp32_tflops * 1e12),
                    .memory = Bytes(s.memory_mib * kMiB),
                    .memory_bandwidth = BytesPerSecond(s.bandwidth_gb_s * 1e9),
                    .l2 = Bytes(s.l2_mib * kMiB),
                    .source = s.source});
  }
  return gpus;
}

}  // namespace

std::span<const Gpu> known_gpus() {
  static const std::vector<Gpu> gpus = gpus_of_sheets();
  return gpus;
}

const Gpu& gpu_by_name(const std::string& name, const std::string& where) {
  std::vector<std::string> names;
  for (const Gpu& gpu : known_gpus()) {
    if (gpu.name == name) return gpu;
    names.push_back(gpu.name);
  }
  std::string near = nearest_word(name, names);
  for (const std::string& known : names) {
    if (!name.empty() && known.starts_with(name + "-")) near = known;  // "H100" lacks only the memory size
  }
  throw Error(
      where, fmt::format("unknown GPU '{}'{}; known: {}. A GPU of your own is a table with its data-sheet values", name,
                         near.empty() ? "" : ", did you mean '" + near + "'?", fmt::join(names, ", ")));
}

}  // namespace braid
