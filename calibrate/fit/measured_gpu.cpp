// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/measured_gpu.hpp"

#include <cmath>

#include "sim/base/error.hpp"
#include "sim/base/gpus.hpp"

namespace braid {
namespace {

struct Name {
  const char* part;  ///< of the driver's name
  const char* gpu;   ///< Braid's
  double nvlink_gb_s;
};
/// The first that fits. NVLink: 12, 8, 18, 8, 18, 18 links of 25 GB/s a direction, B200 18 of 50.
constexpr Name kNames[] = {
    {"A100-SXM4-80GB", "A100-80G", 300}, {"A100-80G", "A100-80G", 300}, {"A800", "A800-80G", 200},
    {"H100 80GB HBM3", "H100-80G", 450}, {"H100-80G", "H100-80G", 450}, {"H800", "H800-80G", 200},
    {"H200", "H200-141G", 450},          {"H20-96G", "H20-96G", 450},   {"NVIDIA H20", "H20-96G", 450},
    {"B200", "B200-180G", 900},
};

}  // namespace

const Gpu& measured_gpu(const std::string& driver_name, const std::string& where) {
  for (const Name& name : kNames) {
    if (driver_name.find(name.part) != std::string::npos) return gpu_by_name(name.gpu, where);
  }
  std::string known;
  for (const Gpu& gpu : known_gpus()) known += (known.empty() ? "" : ", ") + gpu.name;
  throw Error(where, (driver_name.empty() ? std::string("the table does not say on which GPU it was measured")
                                          : "no data sheet of '" + driver_name + "' is known") +
                         "; name the nearest with --name (" + known + ")");
}

double clock_of_peak(const Gpu& gpu) {
  constexpr double kUsual = 1.8e9;
  const double a_cycle = gpu.bf16_dense.value / (gpu.sms * kUsual);
  return gpu.bf16_dense.value / (gpu.sms * std::exp2(std::round(std::log2(a_cycle))));
}

BytesPerSecond nvlink_of(const Gpu& gpu) {
  for (const Name& name : kNames) {
    if (gpu.name == name.gpu) return BytesPerSecond(name.nvlink_gb_s * 1e9);
  }
  return {};
}

BytesPerSecond host_link_of(const Gpu& gpu) {
  constexpr BytesPerSecond kGeneration4(32e9), kGeneration5(64e9);
  return gpu.name.starts_with("A") ? kGeneration4 : kGeneration5;
}

}  // namespace braid
