// SPDX-License-Identifier: Apache-2.0
// Bad schedule files: for every kind the smallest, and the file, line and cell in the message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oracle_files.hpp"
#include "sim/schedule/pytorch_csv.hpp"

namespace braid {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::string refusal(std::string_view text) {
  try {
    parse_schedule(text, "dir/a.csv");
  } catch (const Error& error) { return error.what(); }
  return "not refused";
}

TEST(BadFile, OfTorchsOwn1F1BLastRankIsRefused) {
  std::string message;
  try {
    read_schedule(test::kSchedules + "BAD_torch_1f1b_lastrank_p4_m8.compute_only.csv");
  } catch (const Error& error) { message = error.what(); }
  EXPECT_THAT(message,
              HasSubstr("BAD_torch_1f1b_lastrank_p4_m8.compute_only.csv:4: stage 3 runs F of microbatches 1 to "
                        "8, other stages 0 to 7; all must run the same, from 0"));
}

TEST(BadFile, ThatIsNotThereNamesItsPath) { EXPECT_THROW(read_schedule("no/such/schedule.csv"), Error); }

TEST(BadFile, ThatIsEmpty) {
  for (const char* text : {"", "\n\n", "# only a comment\n", "\xEF\xBB\xBF"}) {
    EXPECT_EQ(refusal(text), "dir/a.csv: is empty; a schedule has one row of cells a rank") << text;
  }
}

TEST(BadFile, WithQuotesThatAreNotClosed) {
  EXPECT_THAT(refusal("0F0,0B0\n\"1F0,1B0\n"), HasSubstr("dir/a.csv:2: a quote is opened here and never closed"));
  EXPECT_THAT(refusal("\"0F0\"x,0B0\n"), HasSubstr("dir/a.csv:1"));
}

TEST(BadFile, WithAnUnknownAction) {
  EXPECT_THAT(refusal("0F0,0X0\n"), StartsWith("dir/a.csv:1:cell 2: '0X0' is not an action; write <stage>"));
  for (const char* cell : {"F", "0F", "F0", "0 F0", "0f0", "-1F0", "0F-1", "0F0.5", "0F0junk", "0F0 0B0", "0FF0",
                           "0SEND_F", "0SEND_X0", "0", "rank", "0B0;0F1"}) {
    EXPECT_THAT(refusal(std::string("0F0,0B0\n") + cell + "\n"),
                AllOf(HasSubstr("dir/a.csv:2:cell 1: '"), HasSubstr("is not an action")))
        << cell;
  }
  EXPECT_THAT(refusal("0F0,0B0,0UNSHARD3\n"), HasSubstr("'0UNSHARD3' takes no microbatch"));
}

TEST(BadFile, WithAWrongBraid) {
  const auto braid = [](const char* cell) { return refusal(std::string("0F0,") + cell + ",0B1\n"); };
  EXPECT_THAT(braid("(0F1;0B0)OVERLAP_F_B"), "not refused");
  EXPECT_THAT(braid("(0F1;0B0"), HasSubstr("the ( is never closed"));
  EXPECT_THAT(braid("(0F1)OVERLAP_F_B"), HasSubstr("a braid has two actions"));
  EXPECT_THAT(braid("(0F1;0B0;0W0)OVERLAP_F_B"), HasSubstr("a braid has two actions"));
  EXPECT_THAT(braid("(0F1;0B0)"), HasSubstr("behind ) stands OVERLAP_F_B"));
  EXPECT_THAT(braid("(0F1;0B0)OVERLAP_F_Bx"), HasSubstr("behind ) stands OVERLAP_F_B"));
  EXPECT_THAT(braid("(0B0;0F1)OVERLAP_F_B"), HasSubstr("the first action of a braid is its forward"));
  EXPECT_THAT(braid("(0F1;0B0)OVERLAP_F_W"), HasSubstr("0F1 with 0B0 is not an OVERLAP_F_W"));
  EXPECT_THAT(braid("(0F1;0SEND_F0)OVERLAP_F_B"), HasSubstr("'0SEND_F0' is not an action"));
}

TEST(BadFile, WithNumbersBeyondSense) {
  EXPECT_THAT(refusal("99999999999F0\n"), HasSubstr("the number 99999999999 is too large"));
  EXPECT_THAT(refusal("0F0,0B0,9999999F0\n"),
              HasSubstr("dir/a.csv:1:cell 3: 9999999F0: stage 9999999 in a file with only 3"));
  EXPECT_THAT(refusal("0F0,0B0,0F9999999\n"), HasSubstr("0F9999999: microbatch 9999999 in a file with only 3 actions"));
}

TEST(BadFile, WithTooFewRows) {
  // The row of stage 1 is missing.
  EXPECT_THAT(refusal("0F0,0F1,0B0,0B1\n2F0,2F1,2B0,2B1\n"),
              HasSubstr("dir/a.csv: stage 1 has no actions; is a row missing? there are 2 rows, one a rank"));
}

TEST(BadFile, WithTooManyRows) {
  EXPECT_THAT(refusal("0F0,0B0\n,\n1F0,1B0\n"), HasSubstr("dir/a.csv:2: this row (rank) has no actions"));
}

TEST(BadFile, WithAnActionTwice) {
  EXPECT_THAT(refusal("0F0,0B0,0F1,0F1,0B1\n"), HasSubstr("dir/a.csv:1:cell 4: 0F1: runs twice"));
}

TEST(BadFile, WithoutABackward) {
  EXPECT_THAT(refusal("0F0,0F1,0B0\n"), HasSubstr("dir/a.csv:1: 0B1 is missing"));
  EXPECT_THAT(refusal("0F0,0I0\n"), HasSubstr("dir/a.csv:1: 0W0 is missing, though its I is there"));
}

TEST(BadFile, ThatIsCyclic) {
  EXPECT_THAT(refusal("0F0,0B0,0F1,0B1\n1F0,1F1,1B0,1B1\n"),
              AllOf(HasSubstr("dir/a.csv:1:cell 2: 0B0 waits forever for 1B0, which is later at dir/a.csv:2:cell 3"),
                    HasSubstr("dir/a.csv:2:cell 2: 1F1 waits forever for 0F1")));
}

TEST(BadFile, WithAStageOnTwoRanksNotByDirection) {
  // Stage 0 runs microbatch 0 on rank 0 and also microbatch 0's B on rank 1.
  EXPECT_THAT(refusal("0F0,1F0,1B0\n0B0\n"),
              HasSubstr("dir/a.csv:2:cell 1: stage 0 is on rank 1 here but on rank 0 at dir/a.csv:1:cell 1"));
  // An odd number of microbatches has no halves; three ranks are never two directions.
  EXPECT_THAT(refusal("0F0,0B0\n0F1,0B1\n0F2,0B2\n"), HasSubstr("a stage lives on one rank, or (two directions)"));
}

TEST(BadFile, ShowsEveryFaultOfAKind) {
  EXPECT_THAT(refusal("0F0,x,0B0,y\n"), AllOf(HasSubstr("cell 2: 'x'"), HasSubstr("\ndir/a.csv:1:cell 4: 'y'")));
}

TEST(BadFile, CountsLinesOfComments) { EXPECT_THAT(refusal("# one\n0F0,x\n"), HasSubstr("dir/a.csv:2:cell 2")); }

}  // namespace
}  // namespace braid
