// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sim/cost/attention.hpp"
#include "sim/cost/gemm.hpp"
#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

constexpr AttentionShape kCausal{.samples = 2, .sequence = 12800, .heads = 4, .kv_heads = 1, .head_dim = 128};

TEST(AttentionTime, CountsTwoProductsOfHalfTheSquareForward) {
  // 4 * 2 * 4 * 12800^2 * 128 / 2 = 335.5 GFLOP at 100 TFLOP/s. 2 * 4 * 100 = 800 tiles fill 100 SMs.
  EXPECT_DOUBLE_EQ(flash_flops(kCausal).value, 335.54432e9);
  EXPECT_NEAR(attention_time(kCausal, round_gpu(), ideal_parameters()).value, 3.3554432e-3, 1e-9);
}

TEST(AttentionTime, CountsFiveProductsBackward) {
  AttentionShape backward = kCausal;
  backward.backward = true;
  EXPECT_DOUBLE_EQ(flash_flops(backward).value, 2.5 * 335.54432e9);
}

TEST(AttentionTime, CountsTheWholeSquareWithoutAMask) {
  AttentionShape full = kCausal;
  full.causal = false;
  EXPECT_DOUBLE_EQ(flash_flops(full).value, 2 * 335.54432e9);
}

TEST(AttentionTime, PaysAStartUpForEachTileInTokensOfItsSequence) {
  // A ramp as long as the sequence doubles the time.
  Parameters p = ideal_parameters();
  const Seconds fast = attention_time(kCausal, round_gpu(), p);
  p.attention_forward_ramp = 12800;
  EXPECT_NEAR(attention_time(kCausal, round_gpu(), p) / fast, 2, 1e-12);
}

TEST(AttentionTime, TakesItsLongestTileWhenSmsAreMany) {
  // One head of 6400 tokens: 10.48576 GFLOP in 50 tiles on 100 SMs. The longest tile is 2 / 50 of that work, on one SM
  // at 1 TFLOP/s 0.4194 ms; nothing waits for another tile, whatever the tail.
  Parameters p = ideal_parameters();
  p.attention_forward_tail = 0.5;
  AttentionShape one{.samples = 1, .sequence = 6400, .heads = 1, .kv_heads = 1, .head_dim = 128};
  EXPECT_NEAR(attention_time(one, round_gpu(), p).value, 0.4194304e-3, 1e-12);
  // Without a mask there is twice the work in equal tiles: 20.97152 GFLOP / 50 on one SM, the same 0.4194 ms.
  one.causal = false;
  EXPECT_NEAR(attention_time(one, round_gpu(), p).value, 0.4194304e-3, 1e-12);
  // Four heads: 200 tiles, 41.94304 GFLOP in 0.4194 ms if spread evenly, and half of the longest tile is waited for.
  one.causal = true;
  one.heads = 4;
  EXPECT_NEAR(attention_time(one, round_gpu(), p).value, 0.4194304e-3 * 1.5, 1e-12);
}

TEST(AttentionTime, ComputesTheRowsThatFillItsLastTile) {
  // 6401 tokens: 51 tiles of 128 rows a head, 6528 rows for 6401; 4 heads, so 204 tiles on 100 SMs.
  const AttentionShape one{.samples = 1, .sequence = 6401, .heads = 4, .kv_heads = 4, .head_dim = 128};
  EXPECT_NEAR(attention_time(one, round_gpu(), ideal_parameters()).value, 4 * 2.0 * 6528 * 6401 * 128 / 100e12, 1e-12);
}

TEST(AttentionTime, AddsTheSmallKernelsOfABackward) {
  // 1 sample of 1000 tokens, 10 heads of 128 kept for 2: an element of dQ costs 4 + 6 + 4 = 14 bytes, 10 heads; dK and
  // dV of 10 heads are read and of 2 written: 2 * 2 * 12 = 48. 1000 * 128 * (140 + 48) = 24.064 MB at 1 TB/s, twice.
  AttentionShape shape{.samples = 1, .sequence = 1000, .heads = 10, .kv_heads = 2, .head_dim = 128, .backward = true};
  Parameters p = ideal_parameters();
  const Seconds without = attention_time(shape, round_gpu(), p);
  p.attention_backward_extra = 2;
  EXPECT_NEAR((attention_time(shape, round_gpu(), p) - without).value, 2 * 24.064e-6, 1e-12);
  // With a head of keys for each of queries nothing is summed over heads: 140 only.
  shape.kv_heads = 10;
  p.attention_backward_extra = 0;
  const Seconds ungrouped = attention_time(shape, round_gpu(), p);
  p.attention_backward_extra = 2;
  EXPECT_NEAR((attention_time(shape, round_gpu(), p) - ungrouped).value, 2 * 17.92e-6, 1e-12);
}

TEST(AttentionTime, IsNeverFasterThanItsBytes) {
  // 128 tokens of 1000 heads, no mask: 4 * 1000 * 128^2 * 128 = 8.4 GFLOP, 0.084 ms. Q, K, V and O are
  // 4 * 128 * 1000 * 128 * 2 = 131 MB: 0.131 ms.
  const AttentionShape shape{
      .samples = 1, .sequence = 128, .heads = 1000, .kv_heads = 1000, .head_dim = 128, .causal = false};
  EXPECT_NEAR(attention_time(shape, round_gpu(), ideal_parameters()).value, 131.072e-6, 1e-12);
}

TEST(AttentionTime, IsTheSumOfItsProductsWhenUnfused) {
  // Forward one product m = n = s, k = d and one m = s, n = d, k = s for each head, the whole square; backward two of
  // each. Traffic of the scores belongs to the demand's elementwise bytes and is not counted here.
  AttentionShape shape = kCausal;
  shape.sequence = 1024;
  shape.flash = false;
  const Parameters p = ideal_parameters();
  const Seconds forward = plan_gemm({.m = 1024, .n = 1024, .k = 128, .count = 8}, Pass::F, round_gpu(), p).compute +
                          plan_gemm({.m = 1024, .n = 128, .k = 1024, .count = 8}, Pass::F, round_gpu(), p).compute;
  EXPECT_DOUBLE_EQ(attention_time(shape, round_gpu(), p).value, forward.value);
  shape.backward = true;
  EXPECT_DOUBLE_EQ(attention_time(shape, round_gpu(), p).value, 2 * forward.value);
}

TEST(AttentionTime, NeverGetsFasterWithALongerSequence) {
  const Parameters p;
  for (const bool backward : {false, true}) {
    Seconds last;
    for (double sequence = 64; sequence < 40000; sequence += 64) {
      const AttentionShape shape{.samples = 1,
                                 .sequence = sequence,
                                 .heads = 5,
                                 .kv_heads = 1,
                                 .head_dim = 128,
                                 .causal = true,
                                 .flash = true,
                                 .backward = backward};
      const Seconds now = attention_time(shape, round_gpu(), p);
      ASSERT_GT(now, last) << sequence;
      last = now;
    }
  }
}

}  // namespace
}  // namespace braid
