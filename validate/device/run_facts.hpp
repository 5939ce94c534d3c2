// SPDX-License-Identifier: Apache-2.0
// What a measured timeline must say of where it comes from.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "calibrate/device/nvml.hpp"

namespace braid::gpu {

struct RunFacts {
  std::string placement, schedule;
  std::uint64_t trace_hash = 0;
  GpuState state;  ///< right after the untraced repeats
};

/// For Provenance::facts: placement, schedule, trace_hash; gpu, gpu_uuid, driver, cuda (all library versions), sms,
/// sm_clock_mhz, power_w, power_limit_w, temperature_c, connections. Of the current GPU.
std::map<std::string, std::string> facts_of_run(const RunFacts& run, const Nvml& nvml);

/// "hardware, thermal" for NVML's slowdown bits.
std::string slowdown_text(unsigned long long reasons);

}  // namespace braid::gpu
