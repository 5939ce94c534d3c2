// SPDX-License-Identifier: Apache-2.0
#include "validate/device/run_facts.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "calibrate/device/check.hpp"
#include "calibrate/device/versions.hpp"

namespace braid::gpu {
namespace {

/// As nvidia-smi -L writes it.
std::string uuid_text(const cudaUUID_t& uuid) {
  std::string text = "GPU-";
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", static_cast<unsigned char>(uuid.bytes[i]));
  }
  return text;
}

}  // namespace

std::map<std::string, std::string> facts_of_run(const RunFacts& run, const Nvml& nvml) {
  int device = 0;
  BRAID_CUDA(cudaGetDevice(&device));
  cudaDeviceProp p{};
  BRAID_CUDA(cudaGetDeviceProperties(&p, device));
  const char* connections = std::getenv("CUDA_DEVICE_MAX_CONNECTIONS");
  return {{"placement", run.placement},
          {"schedule", run.schedule},
          {"trace_hash", fmt::format("{:016x}", run.trace_hash)},
          {"gpu", p.name},
          {"gpu_uuid", uuid_text(p.uuid)},
          {"driver", nvml.driver()},
          {"cuda", library_versions()},
          {"sms", std::to_string(p.multiProcessorCount)},
          {"sm_clock_mhz", std::to_string(run.state.sm_mhz)},
          {"power_w", fmt::format("{:.0f}", run.state.power_w)},
          {"power_limit_w", fmt::format("{:.0f}", nvml.power_limit_w())},
          {"temperature_c", std::to_string(run.state.temperature_c)},
          {"connections", connections ? connections : "unset"}};
}

std::string slowdown_text(unsigned long long reasons) {
  // NVML event reasons, as in ThrottleLog.
  static constexpr std::pair<unsigned long long, const char*> kNames[] = {
      {0x8, "hardware"}, {0x20, "software thermal"}, {0x40, "hardware thermal"}, {0x80, "power brake"}};
  std::vector<std::string> names;
  for (const auto& [bit, name] : kNames)
    if (reasons & bit) names.push_back(name);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace braid::gpu
