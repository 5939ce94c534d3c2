// SPDX-License-Identifier: Apache-2.0
// What NVML observes of the GPU: clocks, power, temperature, reasons for slowing down. Loaded at run time, because its
// header and stub library are often missing; nothing here changes a setting.
#pragma once

#include <string>

namespace braid::gpu {

struct GpuState {
  unsigned sm_mhz = 0, mem_mhz = 0, temperature_c = 0;
  double power_w = 0;
  unsigned long long slowdown =
      0;  ///< NVML event reasons: 1 idle, 4 software power cap, 8 hardware, 0x20 and 0x40 thermal, 0x80 power brake
};

class Nvml {
 public:
  /// Opens libnvidia-ml.so.1 and finds the GPU that CUDA calls 0. Without it every reading is zero.
  Nvml();
  bool ok() const { return device_ != nullptr; }
  GpuState state() const;
  std::string driver() const;
  double power_limit_w() const;
  unsigned max_sm_mhz() const;

 private:
  template <class F>
  F find(const char* name) const;
  void* so_ = nullptr;
  void* device_ = nullptr;
};

}  // namespace braid::gpu
