// SPDX-License-Identifier: Apache-2.0
#include "calibrate/device/device.hpp"

#include <ctime>

#include "calibrate/device/check.hpp"
#include "calibrate/device/nvml.hpp"
#include "calibrate/device/versions.hpp"
#include "calibrate/table/table_writer.hpp"

namespace braid::gpu {

DeviceFacts device_facts() {
  int dev = 0;
  BRAID_CUDA(cudaGetDevice(&dev));
  cudaDeviceProp p{};
  BRAID_CUDA(cudaGetDeviceProperties(&p, dev));
  return {.name = p.name,
          .sm_count = p.multiProcessorCount,
          .cc_major = p.major,
          .cc_minor = p.minor,
          .l2_bytes = p.l2CacheSize,
          .shared_bytes_per_block = static_cast<int>(p.sharedMemPerBlockOptin),
          .memory_gib = static_cast<double>(p.totalGlobalMem) / (1ull << 30)};
}

std::vector<std::string> provenance(const DeviceFacts& d, const Nvml& nvml, const std::string& table,
                                    const std::string& method, const std::vector<std::string>& more) {
  char date[32];
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
  const auto s = nvml.state();
  const auto num = [](auto v) { return std::to_string(v); };
  std::vector<std::string> lines{
      "braid-calibrate " + num(kTableVersion) + ", table: " + table,
      "gpu: " + d.name + ", compute capability " + num(d.cc_major) + "." + num(d.cc_minor) + ", " + num(d.sm_count) +
          " SMs, L2 " + num(d.l2_bytes >> 20) + " MiB, " + num(static_cast<int>(d.memory_gib + 0.5)) + " GiB",
      "driver: " + nvml.driver() + ", " + library_versions(),
      "clocks: never set; SM maximum " + num(nvml.max_sm_mhz()) + " MHz, memory " + num(s.mem_mhz) +
          " MHz; at start SM " + num(s.sm_mhz) + " MHz, " + num(static_cast<int>(s.power_w)) + " W of " +
          num(static_cast<int>(nvml.power_limit_w())) + " W, " + num(s.temperature_c) + " C",
      "method: " + method};
  lines.insert(lines.end(), more.begin(), more.end());
  lines.push_back(std::string("date: ") + date);
  return lines;
}

}  // namespace braid::gpu
