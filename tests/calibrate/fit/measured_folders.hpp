// SPDX-License-Identifier: Apache-2.0
// The measured GPUs of results/, read once a test.
#pragma once

#include <string>
#include <vector>

#include "calibrate/fit/measured_gpu.hpp"
#include "calibrate/fit/sample.hpp"

namespace braid {

inline const std::string kH100Folder = BRAID_SOURCE_DIR "/results/0002-h100-units";
inline const std::string kH200Folder = BRAID_SOURCE_DIR "/results/0003-h200-units";

inline std::vector<Sample> measured_gemms(const std::string& folder, const Gpu& gpu, const std::string& kind = "gemm") {
  return gemm_samples(read_table(folder + "/" + kind + ".csv", kind, kGemmColumns), gpu);
}
inline std::vector<Sample> measured_attention(const std::string& folder, const Gpu& gpu, bool backward) {
  std::vector<Sample> some;
  for (Sample& s : attention_samples(read_table(folder + "/attention.csv", "attention", kAttentionColumns), gpu)) {
    if (s.item.compute.attention->backward == backward) some.push_back(std::move(s));
  }
  return some;
}
inline std::vector<Sample> measured_streams(const std::string& folder) {
  return memory_samples(read_table(folder + "/memory.csv", "memory", kMemoryColumns));
}

}  // namespace braid
