// SPDX-License-Identifier: Apache-2.0
// What NVML observes of the GPU: clocks, power, temperature, reasons for slowing down. Loaded at run time, because its
// header and stub library are often missing; nothing here changes a setting.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "calibrate/method/throttle_log.hpp"

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

/// Reads NVML ten times a second in a thread of its own, as long as it lives, and keeps the slowdown reasons with their
/// time. Without NVML there is no thread and nothing counts as throttled.
class NvmlWatch {
 public:
  explicit NvmlWatch(const Nvml& nvml);
  ~NvmlWatch();
  NvmlWatch(const NvmlWatch&) = delete;
  NvmlWatch& operator=(const NvmlWatch&) = delete;
  /// One reading now, kept like the others.
  GpuState read();
  const ThrottleLog& log() const { return log_; }
  /// Seconds of the clock that the log's times are in.
  static double now();

 private:
  void watch();
  const Nvml& nvml_;
  ThrottleLog log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace braid::gpu
