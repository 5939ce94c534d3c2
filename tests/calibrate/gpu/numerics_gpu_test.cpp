// SPDX-License-Identifier: Apache-2.0
// On a GPU: every kernel and library call that is timed, against double precision on the host.
#include "calibrate/sweep/numerics.hpp"

#include <gtest/gtest.h>

#include "calibrate/device/stream.hpp"
#include "sim/base/error.hpp"
#if BRAID_HAVE_CUDNN
#include "calibrate/sweep/attention_reference.hpp"
#include "calibrate/sweep/unit_numerics.hpp"
#endif

namespace braid::gpu {
namespace {

void expect_small(const std::vector<NumericError>& errors) {
  EXPECT_FALSE(errors.empty());
  for (const auto& e : errors) EXPECT_LT(e.error, kNumericLimit) << e.what;
}

TEST(Numerics, Kernels) {
  const Stream s;
  expect_small(kernel_errors(s));
}

TEST(Numerics, ProductsWithEveryAlgorithmOffered) {
  const Stream s;
  const LtHandle lt;
  expect_small(gemm_errors(lt, 16, s));
}

#if BRAID_HAVE_CUDNN
// Grouped heads 2:1 and 5:1, and one K and V per head; sequences that fill their tiles and one that does not.
TEST(Numerics, Attention) {
  const Stream s;
  for (const AttentionShape a :
       {AttentionShape{2, 192, 4, 2}, AttentionShape{1, 256, 5, 1}, AttentionShape{1, 320, 3, 3}})
    expect_small(attention_errors(a, s));
}

TEST(Numerics, UnitsOfALayer) {
  Bench bench{.out = testing::TempDir()};  // no table is written
  expect_small(unit_errors(bench));
}

TEST(Numerics, AttentionThatCudnnCannotIsOneError) {
  cudnnHandle_t handle{};
  cudnn_check(cudnnCreate(&handle), "cudnnCreate");
  try {
    Attention(handle, {.batch = 1, .seq = 1024, .heads = 4, .kv_heads = 4, .head_dim = 512});
    ADD_FAILURE() << "heads of 512 have a plan by now";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("heads 4/4 of 512: cuDNN: no plan"), std::string::npos) << e.what();
  }
  cudnnDestroy(handle);
}
#endif

}  // namespace
}  // namespace braid::gpu
