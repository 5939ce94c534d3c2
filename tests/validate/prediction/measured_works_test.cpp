// SPDX-License-Identifier: Apache-2.0
#include "validate/prediction/measured_works.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/validate/device/two_ranks.hpp"

namespace braid {
namespace {

using testing::HasSubstr;

MeasuredWorks measured() { return {.duration = {Seconds(3e-4), Seconds(5e-5)}, .stretch = {{0, 0.25}, {0, 0}}}; }

Costs predicted() {
  Costs c;
  c.duration = {Seconds(1), Seconds(0)};
  c.collective.resize(2);
  c.message.resize(2);
  c.message[1].fill({.latency = Seconds(1), .transfer = Seconds(2)});
  c.stretch = {{0, 0.5}, {0, 0}};
  return c;
}

TEST(MeasuredWorks, TakeThePlaceOfThePrediction) {
  const Costs c = measured_costs(test::two_ranks(), predicted(), measured());
  EXPECT_EQ(c.duration[0].value, 3e-4);
  EXPECT_EQ(c.stretch[0][1], 0.25);
  for (const CommCost& path : c.message[1]) {
    EXPECT_EQ(path.latency.value, 0);
    EXPECT_EQ(path.transfer.value, 5e-5);
  }
}

TEST(MeasuredWorks, LeaveWhatWasNotMeasured) {
  MeasuredWorks none = measured();
  none.duration = {Seconds(0), Seconds(0)};
  const Costs c = measured_costs(test::two_ranks(), predicted(), none);
  EXPECT_EQ(c.duration[0].value, 1);
  EXPECT_EQ(c.stretch[0][1], 0.5);
  EXPECT_EQ(c.message[1][0].transfer.value, 2);
}

class WorksFile : public testing::Test {
 protected:
  std::string error(const std::string& text) {
    try {
      parse_works(text, "works.csv", program_);
    } catch (const Error& e) { return e.what(); }
    return "";
  }
  Program program_ = test::two_ranks();
};

TEST_F(WorksFile, ComesBackAsItWasWritten) {
  const MeasuredWorks back = parse_works(works_csv(program_, measured()), "works.csv", program_);
  EXPECT_NEAR(back.duration[0].value, 3e-4, 1e-15);
  EXPECT_NEAR(back.duration[1].value, 5e-5, 1e-15);
  EXPECT_EQ(back.stretch[0][1], 0.25);
  EXPECT_EQ(back.stretch[1][1], 0);
}

TEST_F(WorksFile, ErrorsNameFileAndLine) {
  const std::string good = "work,name,duration_us,stretch_beside_1\n0,F attn,300,0.25\n1,message 64 B,50,0\n";
  EXPECT_EQ(error(good), "");
  EXPECT_THAT(error("work,name,duration_us,stretch_beside_1\n0,F attn,300,0.25\n"),
              HasSubstr("has 1 rows of works, the program 2"));
  EXPECT_THAT(error(""), HasSubstr("has 0 rows"));
  EXPECT_THAT(error("work,name,duration_us\n0,F attn,300\n1,message 64 B,50\n"),
              HasSubstr("works.csv:1: has 3 columns, not 4"));
  EXPECT_THAT(error("work,name,duration_us,stretch_beside_1\n0,F mlp,300,0.25\n1,message 64 B,50,0\n"),
              HasSubstr("works.csv:2: is work 0 'F mlp', the program has 'F attn' here"));
  for (const char* bad : {"fast", "-1", "nan", "3e"})
    EXPECT_THAT(
        error("work,name,duration_us,stretch_beside_1\n0,F attn," + std::string(bad) + ",0.25\n1,message 64 B,50,0\n"),
        HasSubstr("in column 3 is not a number from 0 up"));
}

}  // namespace
}  // namespace braid
