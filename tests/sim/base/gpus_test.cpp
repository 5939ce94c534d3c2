// SPDX-License-Identifier: Apache-2.0
#include "sim/base/gpus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/base/error.hpp"

namespace braid {
namespace {

TEST(GpuByName, GivesTheDataSheet) {
  const Gpu& a800 = gpu_by_name("A800-80G", "");
  EXPECT_EQ(a800.bf16_dense, FlopsPerSecond(312e12));
  EXPECT_EQ(a800.memory, Bytes(85899345920.0));  // 81920 MiB
  EXPECT_EQ(a800.memory_bandwidth, BytesPerSecond(2039e9));
  EXPECT_EQ(gpu_by_name("H200-141G", "").memory_bandwidth, BytesPerSecond(4.8e12));
}

TEST(GpuByName, SuggestsTheNearestOfAll) {
  const auto message = [](const char* name) -> std::string {
    try {
      gpu_by_name(name, "c.toml:3:7:cluster.gpu");
    } catch (const Error& error) { return error.what(); }
    return "no error";
  };
  EXPECT_THAT(message("H100"),
              testing::HasSubstr("c.toml:3:7:cluster.gpu: unknown GPU 'H100', did you mean 'H100-80G'"));
  EXPECT_THAT(message("A80O-80G"), testing::HasSubstr("did you mean 'A800-80G'"));
  EXPECT_THAT(message("MI300X"), testing::HasSubstr("known: A100-80G, A800-80G"));
}

TEST(KnownGpus, AreWholeAndSayWhereTheyWereRead) {
  ASSERT_EQ(known_gpus().size(), 7u);
  for (const Gpu& gpu : known_gpus()) {
    EXPECT_GT(gpu.sms, 0) << gpu.name;
    EXPECT_GT(gpu.bf16_dense, gpu.fp32_vector) << gpu.name;  // tensor cores beat CUDA cores on each
    EXPECT_GT(gpu.memory, Bytes(80e9)) << gpu.name;
    EXPECT_GT(gpu.memory_bandwidth, BytesPerSecond(2e12)) << gpu.name;
    EXPECT_GE(gpu.l2, Bytes(40e6)) << gpu.name;
    EXPECT_FALSE(gpu.source.empty()) << gpu.name;
  }
}

}  // namespace
}  // namespace braid
