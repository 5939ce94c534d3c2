// SPDX-License-Identifier: Apache-2.0
// Bad compute_comms files: the compute order is right, a send or receive is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/schedule/pytorch_csv.hpp"

namespace braid {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& rank0, const std::string& rank1) {
  try {
    parse_schedule(rank0 + "\n" + rank1 + "\n", "a.csv");
  } catch (const Error& error) { return error.what(); }
  return "not refused";
}

TEST(BadMessages, AreNotSeenInAGoodFile) {
  EXPECT_EQ(refusal("0F0,0SEND_F0,0RECV_B0,0B0", "1RECV_F0,1F0,1B0,1SEND_B0"), "not refused");
}

TEST(BadMessages, WithoutAPartner) {
  EXPECT_THAT(refusal("0F0,0SEND_F0,0RECV_B0,0B0", "1F0,1B0,1SEND_B0"),
              HasSubstr("a.csv:1:cell 2: 0SEND_F0 has no partner 1RECV_F0"));
  EXPECT_THAT(refusal("0F0,0RECV_B0,0B0", "1RECV_F0,1F0,1B0,1SEND_B0"),
              HasSubstr("a.csv:2:cell 1: 1RECV_F0 has no partner 0SEND_F0"));
}

TEST(BadMessages, ThatStandTwice) {
  EXPECT_THAT(refusal("0F0,0SEND_F0,0SEND_F0,0RECV_B0,0B0", "1RECV_F0,1F0,1B0,1SEND_B0"),
              HasSubstr("a.csv:1:cell 3: 0SEND_F0: stands twice"));
}

TEST(BadMessages, OnTheWrongRankOrOutOfRange) {
  EXPECT_THAT(refusal("0F0,0SEND_F0,0RECV_B0,0B0,1SEND_B0", "1RECV_F0,1F0,1B0,1SEND_B0"),
              HasSubstr("cell 5: 1SEND_B0: stage 1 does not live on rank 0"));
  EXPECT_THAT(refusal("0F0,0SEND_F0,0RECV_B0,0B0,0SEND_F7", "1RECV_F0,1F0,1B0,1SEND_B0"),
              HasSubstr("0SEND_F7: there are 2 stages and 1 microbatches"));
  EXPECT_THAT(refusal("0F0,0SEND_F0,0RECV_B0,0B0,0SEND_B0", "1RECV_F0,1F0,1B0,1SEND_B0"),
              HasSubstr("0SEND_B0: there is no stage at its other end"));
  EXPECT_THAT(refusal("0F0,0SEND_F0,0RECV_B0,0B0,5UNSHARD", "1RECV_F0,1F0,1B0,1SEND_B0"),
              HasSubstr("5UNSHARD: there are"));
  EXPECT_THAT(refusal("0F0,0SEND_F0,0RECV_B0,0B0,1UNSHARD", "1RECV_F0,1F0,1B0,1SEND_B0"),
              HasSubstr("1UNSHARD: stage 1 does not live on rank 0"));
}

TEST(BadMessages, BetweenTwoStagesOfOneRank) {
  // Stages 1 and 2 share rank 1: nothing is sent between them.
  EXPECT_THAT(refusal("0F0,0SEND_F0,0RECV_B0,0B0", "1RECV_F0,1F0,1SEND_F0,2RECV_F0,2F0,2B0,1B0,1SEND_B0"),
              HasSubstr("a.csv:2:cell 3: 1SEND_F0: both ends are on rank 1"));
}

TEST(BadMessages, ThatAreMissing) {
  // Without its pair, 1F0 has nothing to work on.
  EXPECT_THAT(refusal("0F0,0RECV_B0,0B0", "1F0,1B0,1SEND_B0"),
              HasSubstr("a.csv:2:cell 1: 1F0 needs 1RECV_F0 before it"));
}

TEST(BadMessages, InTheWrongPlace) {
  EXPECT_THAT(refusal("0SEND_F0,0F0,0RECV_B0,0B0", "1RECV_F0,1F0,1B0,1SEND_B0"),
              HasSubstr("a.csv:1:cell 1: 0SEND_F0: what it sends has not been computed before"));
  EXPECT_THAT(refusal("0F0,0SEND_F0,0B0,0RECV_B0", "1RECV_F0,1F0,1B0,1SEND_B0"),
              HasSubstr("a.csv:1:cell 3: 0B0 needs 0RECV_B0 before it"));
}

TEST(BadMessages, ReceivedInAnotherOrderThanSent) {
  EXPECT_THAT(refusal("0F0,0SEND_F0,0F1,0SEND_F1,0RECV_B0,0B0,0RECV_B1,0B1",
                      "1RECV_F1,1RECV_F0,1F0,1F1,1B0,1SEND_B0,1B1,1SEND_B1"),
              HasSubstr("a.csv:2:cell 1: 1RECV_F1 is receive 0 from rank 0, but that rank's send 0 is 0SEND_F0"));
}

TEST(BadMessages, ThatWaitForOneAnother) {
  // Both ranks receive before they send: rank 0's second F waits behind B0, whose gradient needs nothing of it, but
  // rank 1 asks for F1 first.
  EXPECT_THAT(refusal("0F0,0SEND_F0,0F1,0RECV_B0,0SEND_F1,0B0,0RECV_B1,0B1",
                      "1RECV_F0,1F0,1RECV_F1,1B0,1SEND_B0,1F1,1B1,1SEND_B1"),
              HasSubstr("a.csv:1:cell 4: 0RECV_B0 waits forever for 1SEND_B0, which is later at a.csv:2:cell 5"));
}

}  // namespace
}  // namespace braid
