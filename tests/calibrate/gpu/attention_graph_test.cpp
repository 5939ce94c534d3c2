// SPDX-License-Identifier: Apache-2.0
// Attention's graphs, finalised and given engines for GPUs that are not there: cuDNN plans for properties in JSON. It
// opens libcuda.so.1 for that; where there is no driver, this test runs with the toolkit's stub of it (CMakeLists.txt).
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "calibrate/units/attention.hpp"
#include "sim/base/error.hpp"

namespace braid::gpu {
namespace {

constexpr const char* kDevices[] = {"a100", "h100", "b200"};

std::string why_not() {
  if (cudnnGetVersion() < 91100) return "cuDNN before 9.11 plans only for a GPU that is there";
  if (!dlopen("libcuda.so.1", RTLD_NOW)) return "no libcuda.so.1, not even the toolkit's stub";
  return {};
}
#define SKIP_IF_NOT_PLANNABLE() \
  if (const auto why = why_not(); !why.empty()) GTEST_SKIP() << why

CudnnTarget target(const std::string& device) {
  std::ifstream file(std::string(BRAID_SOURCE_DIR) + "/tests/calibrate/gpu/devices/" + device + ".json");
  std::stringstream text;
  text << file.rdbuf();
  return device_by_properties(text.str());
}

class AttentionGraph : public testing::TestWithParam<AttentionShape> {};

TEST_P(AttentionGraph, HasEnginesOnEveryGpu) {
  SKIP_IF_NOT_PLANNABLE();
  for (const auto* device : kDevices) {
    const auto t = target(device);
    for (const bool backward : {false, true})
      EXPECT_FALSE(attention_graph(GetParam(), backward).engines(t).empty())
          << device << (backward ? " backward" : " forward");
  }
}

// 12.1B: 40 heads and 8 KV heads, whole, over TP4 (10/2) and TP8 (5/1); 26.3B and 70B over TP8 (7/1, 8/1); GPT-3 over
// TP8 (12/12).
INSTANTIATE_TEST_SUITE_P(Models, AttentionGraph,
                         testing::Values(AttentionShape{1, 6144, 40, 8}, AttentionShape{1, 6144, 10, 2},
                                         AttentionShape{2, 3072, 5, 1}, AttentionShape{1, 4096, 7, 1},
                                         AttentionShape{1, 4096, 8, 1}, AttentionShape{1, 2048, 12, 12},
                                         AttentionShape{1, 1024, 5, 1}, AttentionShape{1, 8192, 10, 2},
                                         AttentionShape{1, 16384, 40, 8}, AttentionShape{1, 16384, 5, 1},
                                         AttentionShape{2, 192, 4, 2}, AttentionShape{1, 320, 3, 3}),
                         [](const auto& p) {
                           const auto& s = p.param;
                           return "b" + std::to_string(s.batch) + "_s" + std::to_string(s.seq) + "_h" +
                                  std::to_string(s.heads) + "_kv" + std::to_string(s.kv_heads);
                         });

// Forward: 2 products, scale, 4 for the mask, maximum, difference, exponential, sum, logarithm, their sum, division
// = 14. Backward: 22, and 2 more that add up the gradients of shared heads (reference of NVIDIA's cudnn-frontend
// composite).
TEST(AttentionGraphShape, Operations) {
  SKIP_IF_NOT_PLANNABLE();
  EXPECT_EQ(attention_graph({1, 1024, 8, 8}, false).operations(), 14u);
  EXPECT_EQ(attention_graph({1, 1024, 8, 2}, false).operations(), 14u);
  EXPECT_EQ(attention_graph({1, 1024, 8, 8}, true).operations(), 22u);
  EXPECT_EQ(attention_graph({1, 1024, 8, 2}, true).operations(), 24u);
}

TEST(AttentionGraphShape, HeadOf512HasNoEngine) {
  SKIP_IF_NOT_PLANNABLE();
  const AttentionShape wide{.batch = 1, .seq = 1024, .heads = 4, .kv_heads = 4, .head_dim = 512};
  EXPECT_TRUE(attention_graph(wide, true).engines(target("h100")).empty());
}

TEST(AttentionGraphShape, RefusesSizesThatMeanNothing) {
  for (const AttentionShape s : {AttentionShape{0, 1024, 8, 8}, AttentionShape{1, 0, 8, 8}, AttentionShape{1, 64, 0, 8},
                                 AttentionShape{1, 64, 8, 0}, AttentionShape{1, 64, 8, 8, 0}})
    EXPECT_THROW(attention_graph(s, false), Error);
  try {
    attention_graph({1, 6144, 10, 4}, true);
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(),
                 "attention backward, batch 1, sequence 6144, heads 10/4 of 128: sizes must be positive and heads a "
                 "multiple of KV heads");
  }
}

TEST(AttentionGraphShape, RefusesPropertiesThatAreNotJson) {
  SKIP_IF_NOT_PLANNABLE();
  EXPECT_THROW(device_by_properties("not json"), Error);
}

}  // namespace
}  // namespace braid::gpu
