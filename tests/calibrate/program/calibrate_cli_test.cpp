// SPDX-License-Identifier: Apache-2.0
// braid-calibrate as a user meets it, on any machine: CUDA sees no GPU here even where there is one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/sim/app/cli/run_braid.hpp"

namespace braid {
namespace {

using test::lines_of;
using test::Outcome;
using test::Workplace;
using testing::HasSubstr;

Outcome calibrate(const Workplace& place, const std::vector<std::string>& arguments) {
  setenv("CUDA_VISIBLE_DEVICES", "", 1);
  return place.run(BRAID_BINARY_DIR "/bin/braid-calibrate", arguments);
}

TEST(CalibrateProgram, WithoutAGpuSaysSoInOneLineAndMakesNothing) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--quick", "--out", "tables"},
                                                    {"gemm", "--out", "tables"},
                                                    {"--full", "--stage", "2", "--out", "tables"},
                                                    {"layer", "--shape", "0", "--out", "tables"},
                                                    {"gemm", "--sms", "32", "--out", "tables"}}) {
    const Workplace place;
    const Outcome o = calibrate(place, arguments);
    EXPECT_EQ(o.code, 77);
    // With CUDA on stdout, without it on stderr.
    EXPECT_EQ(lines_of(o.out + o.err).size(), 1u) << o.out << o.err;
    EXPECT_THAT(o.out + o.err, testing::AnyOf("SKIP: no GPU\n", HasSubstr("braid-calibrate: built without CUDA: ")));
    EXPECT_TRUE(place.files().empty());
  }
}

TEST(CalibrateProgram, HelpNamesTheSweepsOfEachStage) {
  const Outcome o = calibrate(Workplace(), {"--help"});
  EXPECT_EQ(o.code, 0);
  EXPECT_THAT(o.out, testing::AllOf(HasSubstr("stage 1: check launch gemm\n"), HasSubstr("stage 4: "),
                                    HasSubstr("--quick"), HasSubstr("--fit DIR"), HasSubstr("130 Ctrl-C")));
}

struct Mistake {
  std::vector<std::string> arguments;
  const char* says;
};

TEST(CalibrateProgram, AMistakeIsOneLineAndExitCodeTwo) {
  const Mistake mistakes[] = {
      {{}, "--out: say in which folder"},
      {{"gemm", "--out"}, "--out"},
      {{"gem", "--out", "t"}, "did you mean 'gemm'?"},
      {{"--quick", "--full", "--out", "t"}, "two plans"},
      {{"--stage", "5", "--out", "t"}, "not one of 1 to 4"},
      {{"--seconds", "x", "--out", "t"}, "--seconds"},
      {{"--colour", "--out", "t"}, "--colour"},
      {{"--report", "--out", "t"}, "--report requires --fit"},
      {{"gemm", "--fit", "t"}, "--fit: measures nothing"},
      {{"--fit", "t", "--quick"}, "--fit: measures nothing; leave out --quick"},
      {{"--fit", "t", "--stage", "2"}, "leave out --stage"},
      {{"--fit", "t", "--out", "t"}, "--out: with --fit"},
      {{"--fit", "none"}, "none"},
  };
  for (const Mistake& m : mistakes) {
    const Workplace place;
    const Outcome o = calibrate(place, m.arguments);
    EXPECT_EQ(o.code, 2) << m.says;
    EXPECT_EQ(o.out, "");
    EXPECT_EQ(lines_of(o.err).size(), 1u) << o.err;
    EXPECT_THAT(o.err, testing::StartsWith("braid-calibrate: "));
    EXPECT_THAT(o.err, HasSubstr(m.says));
    EXPECT_TRUE(place.files().empty());
  }
}

TEST(CalibrateProgram, FitsTheTablesOfAnotherMachine) {
  const Workplace place;
  const Outcome o = calibrate(place, {"--fit", BRAID_SOURCE_DIR "/results/0003-h200-units", "--report", "--out",
                                      "report", "--profile", "h200.csv"});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, testing::AllOf(HasSubstr("fit of H200-141G"), HasSubstr("matrix products"), HasSubstr("median"),
                                    HasSubstr("note: no collective.csv"), HasSubstr("wrote h200.csv")));
  EXPECT_THAT(place.files(),
              testing::UnorderedElementsAre("h200.csv", "report/", "report/fit.html", "report/residuals.csv"));
}

}  // namespace
}  // namespace braid
