// SPDX-License-Identifier: Apache-2.0
#include "calibrate/device/nvml.hpp"

#include <cuda_runtime.h>
#include <dlfcn.h>

#include <chrono>

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
  // The second name is that of drivers before 535.
  for (const char* name : {"nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"})
    if (auto f = find<int (*)(void*, unsigned long long*)>(name)) {
      f(device_, &s.slowdown);
      break;
    }
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

NvmlWatch::NvmlWatch(const Nvml& nvml) : nvml_(nvml) {
  if (nvml_.ok()) thread_ = std::thread([this] { watch(); });
}

NvmlWatch::~NvmlWatch() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

double NvmlWatch::now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

GpuState NvmlWatch::read() {
  const GpuState state = nvml_.state();
  if (nvml_.ok()) log_.add(now(), state.slowdown);
  return state;
}

void NvmlWatch::watch() {
  constexpr auto kTick = std::chrono::milliseconds(100);
  std::unique_lock lock(mutex_);
  do {
    lock.unlock();
    read();
    lock.lock();
  } while (!wake_.wait_for(lock, kTick, [this] { return stop_; }));
}

}  // namespace braid::gpu
