// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/measured_gpu.hpp"

#include <gtest/gtest.h>

#include "sim/base/error.hpp"
#include "sim/base/gpus.hpp"

namespace braid {
namespace {

TEST(MeasuredGpu, KnowsWhatDriversCallThem) {
  // Names as CUDA and nvidia-smi print them.
  EXPECT_EQ(measured_gpu("NVIDIA H100 80GB HBM3", "t").name, "H100-80G");
  EXPECT_EQ(measured_gpu("NVIDIA H200", "t").name, "H200-141G");
  EXPECT_EQ(measured_gpu("NVIDIA A100-SXM4-80GB", "t").name, "A100-80G");
  EXPECT_EQ(measured_gpu("NVIDIA A800-SXM4-80GB", "t").name, "A800-80G");
  EXPECT_EQ(measured_gpu("NVIDIA H800", "t").name, "H800-80G");
  EXPECT_EQ(measured_gpu("NVIDIA H20", "t").name, "H20-96G");
  EXPECT_EQ(measured_gpu("NVIDIA B200", "t").name, "B200-180G");
  for (const Gpu& gpu : known_gpus()) {
    EXPECT_EQ(measured_gpu(gpu.name, "t").name, gpu.name);
    EXPECT_GT(nvlink_of(gpu).value, 0) << gpu.name;
    EXPECT_GT(host_link_of(gpu).value, 0) << gpu.name;
  }
}

TEST(MeasuredGpu, RefusesOthersAndSaysWhatToDo) {
  try {
    measured_gpu("NVIDIA GeForce RTX 4090", "gemm.csv");
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("--name"), std::string::npos);
    EXPECT_NE(std::string(e.what()).find("RTX 4090"), std::string::npos);
  }
  EXPECT_THROW(measured_gpu("", "gemm.csv"), Error);
}

TEST(MeasuredGpu, TurnsAPeakIntoAClock) {
  // A100: 312e12 / (108 * 2048) = 1410.6 MHz, its boost clock. H100 SXM: 989.4e12 / (132 * 4096) = 1829.9 MHz, the
  // clock of NVIDIA's H100 white paper (1830). B200: 2250e12 / (148 * 8192) = 1855.9 MHz.
  EXPECT_NEAR(clock_of_peak(gpu_by_name("A100-80G", "t")) / 1410.6e6, 1, 1e-4);
  EXPECT_NEAR(clock_of_peak(gpu_by_name("H100-80G", "t")) / 1829.9e6, 1, 1e-4);
  EXPECT_NEAR(clock_of_peak(gpu_by_name("B200-180G", "t")) / 1855.9e6, 1, 1e-4);
}

}  // namespace
}  // namespace braid
