// SPDX-License-Identifier: Apache-2.0
#include "calibrate/comm/collective_kind.hpp"

#include <gtest/gtest.h>

namespace braid::gpu {
namespace {

TEST(BusFactor, IsTheShareOfTheBufferThatCrossesALink) {
  // Four ranks. All-reduce passes 3/4 of the buffer twice: 2 x 3/4. All-gather and reduce-scatter pass it once: 3/4.
  EXPECT_DOUBLE_EQ(bus_factor(Collective::all_reduce, 4), 1.5);
  EXPECT_DOUBLE_EQ(bus_factor(Collective::all_gather, 4), 0.75);
  EXPECT_DOUBLE_EQ(bus_factor(Collective::reduce_scatter, 4), 0.75);
  EXPECT_DOUBLE_EQ(bus_factor(Collective::send_recv, 4), 1);
  // Two ranks: an all-reduce passes each half once in either direction.
  EXPECT_DOUBLE_EQ(bus_factor(Collective::all_reduce, 2), 1);
}

TEST(BytesOfARank, AreItsShareOnTheSideThatHasShares) {
  // 64 bytes over 4 ranks: shares of 16.
  EXPECT_EQ(bytes_sent(Collective::all_reduce, 64, 4), 64u);
  EXPECT_EQ(bytes_kept(Collective::all_reduce, 64, 4), 64u);
  EXPECT_EQ(bytes_sent(Collective::all_gather, 64, 4), 16u);
  EXPECT_EQ(bytes_kept(Collective::all_gather, 64, 4), 64u);
  EXPECT_EQ(bytes_sent(Collective::reduce_scatter, 64, 4), 64u);
  EXPECT_EQ(bytes_kept(Collective::reduce_scatter, 64, 4), 16u);
  EXPECT_EQ(bytes_sent(Collective::send_recv, 64, 4), 64u);
  EXPECT_EQ(bytes_kept(Collective::send_recv, 64, 4), 64u);
}

}  // namespace
}  // namespace braid::gpu
