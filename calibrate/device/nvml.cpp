// SPDX-License-Identifier: Apache-2.0
#include "calibrate/device/nvml.hpp"

#include <cuda_runtime.h>
#include <dlfcn.h>

namespace braid::gpu {

template <class F>
F Nvml::find(const char* name) const {
  return so_ ? reinterpret_cast<F>(dlsym(so_, name)) : nullptr;
}

Nvml::Nvml() : so_(dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL)) {
  const auto init = find<int (*)()>("nvmlInit_v2");
  const auto by_bus = find<int (*)(const char*, void**)>("nvmlDeviceGetHandleByPciBusId_v2");
  char bus[32] = {};
  if (!init || !by_bus || init() != 0 || cudaDeviceGetPCIBusId(bus, sizeof bus, 0) != cudaSuccess) return;
  if (by_bus(bus, &device_) != 0) device_ = nullptr;
}

GpuState Nvml::state() const {
  GpuState s;
  if (!device_) return s;
  unsigned milliwatt = 0;
  if (auto f = find<int (*)(void*, int, unsigned*)>("nvmlDeviceGetClockInfo")) {
    f(device_, 1, &s.sm_mhz);
    f(device_, 2, &s.mem_mhz);
  }
  if (auto f = find<int (*)(void*, unsigned*)>("nvmlDeviceGetPowerUsage")) f(device_, &milliwatt);
  if (auto f = find<int (*)(void*, int, unsigned*)>("nvmlDeviceGetTemperature")) f(device_, 0, &s.temperature_c);
  if (auto f = find<int (*)(void*, unsigned long long*)>("nvmlDeviceGetCurrentClocksThrottleReasons"))
    f(device_, &s.slowdown);
  s.power_w = milliwatt / 1e3;
  return s;
}

std::string Nvml::driver() const {
  char buf[96] = {};
  const auto f = find<int (*)(char*, unsigned)>("nvmlSystemGetDriverVersion");
  return f && f(buf, sizeof buf) == 0 ? buf : "unknown";
}

double Nvml::power_limit_w() const {
  unsigned mw = 0;
  if (auto f = find<int (*)(void*, unsigned*)>("nvmlDeviceGetEnforcedPowerLimit"); f && device_) f(device_, &mw);
  return mw / 1e3;
}

unsigned Nvml::max_sm_mhz() const {
  unsigned mhz = 0;
  if (auto f = find<int (*)(void*, int, unsigned*)>("nvmlDeviceGetMaxClockInfo"); f && device_) f(device_, 1, &mhz);
  return mhz;
}

}  // namespace braid::gpu
