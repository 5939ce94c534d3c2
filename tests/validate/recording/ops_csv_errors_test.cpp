// SPDX-License-Identifier: Apache-2.0
// The smallest table that breaks each rule of ops.csv, and the message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/validate/recording/damaged.hpp"
#include "validate/recording/ops_csv.hpp"

namespace braid {
namespace {

using testing::StartsWith;

const std::string kHead = "rank,lane,kind,unit,microbatch,chunk,layer,index,start_ns,end_ns,median_ns,p25_ns,p75_ns\n";

std::string fault(const std::string& lines) {
  return fault_of([&] { parse_ops_csv(kHead + lines, "ops.csv"); });
}

TEST(OpsCsv, ReadsItsColumns) {
  const OpsTable table = parse_ops_csv(kHead + "2,pp,recv,,4,1,-1,2,10,30,20,19,21\n", "ops.csv");
  ASSERT_EQ(table.ranks.size(), 1u);
  EXPECT_EQ(table.ranks[0].rank, 2);
  const Span& span = table.ranks[0].lanes[static_cast<std::size_t>(Lane::pp)].at(0);
  EXPECT_EQ(span.key, (OpKey{.rank = 2, .index = 2, .microbatch = 4, .chunk = 1, .kind = OpKind::recv}));
  EXPECT_DOUBLE_EQ(span.end.value, 30e-9);
  EXPECT_DOUBLE_EQ(table.spread[0][static_cast<std::size_t>(Lane::pp)].at(0).p25.value, 19e-9);
}

TEST(OpsCsv, KeepsTheLongestTimesToTheNanosecond) {
  for (const char* ns : {"1000000000000000", "999999999999999", "123456789012345", "7"}) {
    const std::string line = std::string("0,compute,F,,0,0,0,0,0,") + ns + "," + ns + "," + ns + "," + ns + "\n";
    const OpsTable table = parse_ops_csv(kHead + line, "ops.csv");
    MeasuredRun run;
    run.timeline.ranks = table.ranks;
    run.spread = table.spread;
    EXPECT_EQ(ops_csv(run), kHead + line);
  }
}

TEST(OpsCsvErrors, ColumnsAreTheOnesAndAll) {
  EXPECT_EQ(fault_of([] { parse_ops_csv("", "ops.csv"); }), "ops.csv:1: is empty; its first line names the columns");
  EXPECT_EQ(fault_of([] { parse_ops_csv("rank,lame\n", "ops.csv"); }),
            "ops.csv:1:2: column 2 is 'lame', wanted 'lane'");
  EXPECT_EQ(fault_of([] { parse_ops_csv(kHead.substr(0, kHead.size() - 8) + "\n", "ops.csv"); }),
            "ops.csv:1:13: column 13 is '', wanted 'p75_ns'");
  EXPECT_EQ(fault("0,compute\n"), "ops.csv:2: has 2 fields, wanted 13");
}

TEST(OpsCsvErrors, NumbersAreWholeAndInRange) {
  EXPECT_EQ(fault("x,compute,F,,0,0,0,0,0,1,1,1,1\n"), "ops.csv:2:rank: 'x' is not a whole number");
  EXPECT_EQ(fault("0,compute,F,,0,0,0,0,0,1.5,1,1,1\n"), "ops.csv:2:end_ns: '1.5' is not a whole number");
  EXPECT_EQ(fault("0,compute,F,,0,0,0,0,-1,1,1,1,1\n"), "ops.csv:2:start_ns: -1 is not from 0 to 1000000000000000");
  EXPECT_EQ(fault("0,compute,F,,0,128,0,0,0,1,1,1,1\n"), "ops.csv:2:chunk: 128 is not from -1 to 127");
  EXPECT_EQ(fault("0,compute,F,,40000,0,0,0,0,1,1,1,1\n"), "ops.csv:2:microbatch: 40000 is not from -1 to 32767");
  EXPECT_EQ(fault("0,compute,F,,0,0,0,99999999999999999999,0,1,1,1,1\n"),
            "ops.csv:2:index: '99999999999999999999' is not a whole number");
}

TEST(OpsCsvErrors, WordsAreMetWithTheNearest) {
  EXPECT_THAT(fault("0,compte,F,,0,0,0,0,0,1,1,1,1\n"),
              StartsWith("ops.csv:2:lane: 'compte' is not one of compute, tp"));
  EXPECT_THAT(fault("0,compte,F,,0,0,0,0,0,1,1,1,1\n"), testing::EndsWith("did you mean 'compute'?"));
  EXPECT_THAT(fault("0,compute,forward,,0,0,0,0,0,1,1,1,1\n"), StartsWith("ops.csv:2:kind: 'forward' is not one of F"));
  EXPECT_THAT(fault("0,compute,F,mpl,0,0,0,0,0,1,1,1,1\n"), StartsWith("ops.csv:2:unit: 'mpl' is not one of"));
}

TEST(OpsCsvErrors, TimesAreInOrder) {
  EXPECT_EQ(fault("0,compute,F,,0,0,0,0,5,4,1,1,1\n"), "ops.csv:2:end_ns: is before the start");
  EXPECT_EQ(fault("0,compute,F,,0,0,0,0,5,6,1,1,1\n0,compute,F,,1,0,0,0,4,6,1,1,1\n"),
            "ops.csv:3:start_ns: is before that of the op before it on its lane");
  EXPECT_EQ(fault("0,compute,F,,0,0,0,0,5,6,1,2,1\n"), "ops.csv:2:p75_ns: is less than p25_ns");
}

TEST(OpsCsvErrors, LinesOfARankAreTogether) {
  const std::string op = ",compute,F,,0,0,0,0,5,6,1,1,1\n";
  EXPECT_EQ(fault("0" + op + "1" + op + "0" + op), "ops.csv:4:rank: lines of rank 0 are not together");
}

}  // namespace
}  // namespace braid
