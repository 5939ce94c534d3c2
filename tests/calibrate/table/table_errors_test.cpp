// SPDX-License-Identifier: Apache-2.0
// Each reason to refuse a table, with the smallest text that gives it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calibrate/table/table.hpp"
#include "sim/base/error.hpp"
#include "tests/calibrate/temporary_folder.hpp"

namespace braid {
namespace {

using testing::StartsWith;

const std::string kColumns[] = {"m", "us"};
const std::string kHead = "# braid-calibrate 2, table: gemm\n";

std::string fault(const std::string& text) {
  try {
    const Table t(text, "t.csv", "gemm", kColumns);
  } catch (const Error& e) { return e.what(); }
  return "accepted";
}

TEST(TableErrors, TheBaseOfTheseIsAccepted) { EXPECT_EQ(fault(kHead + "m,us\n1,2\n# end, rows: 1\n"), "accepted"); }

TEST(TableErrors, AnotherProgramsFile) {
  EXPECT_THAT(fault(""), StartsWith("t.csv: not a table of braid-calibrate"));
  EXPECT_THAT(fault("m,us\n1,2\n"), StartsWith("t.csv: not a table of braid-calibrate"));
  EXPECT_THAT(fault("# nsys 1\nm,us\n1,2\n"), StartsWith("t.csv: not a table of braid-calibrate"));
}

TEST(TableErrors, AVersionThatIsNotKnown) {
  EXPECT_THAT(fault("# braid-calibrate 3, table: gemm\nm,us\n1,2\n# end, rows: 1\n"),
              StartsWith("t.csv:1: version '3' of the tables is not known here"));
  EXPECT_THAT(fault("# braid-calibrate x, table: gemm\nm,us\n1,2\n"), StartsWith("t.csv:1: version 'x'"));
}

TEST(TableErrors, AnotherTable) {
  EXPECT_THAT(fault("# braid-calibrate 2, table: grid\nm,us\n1,2\n# end, rows: 1\n"),
              StartsWith("t.csv:1: this is the table 'grid', not 'gemm'"));
  EXPECT_THAT(fault("# braid-calibrate 2\nm,us\n1,2\n# end, rows: 1\n"), StartsWith("t.csv:1: this is the table ''"));
}

TEST(TableErrors, NoRows) {
  EXPECT_EQ(fault(kHead), "t.csv: the table has no rows");
  EXPECT_EQ(fault(kHead + "m,us\n# end, rows: 0\n"), "t.csv: the table has no rows");
}

TEST(TableErrors, AColumnTwice) {
  EXPECT_EQ(fault(kHead + "m,us,m\n1,2,3\n# end, rows: 1\n"), "t.csv:2: two columns named 'm'");
}

TEST(TableErrors, AColumnThatIsMissing) {
  EXPECT_EQ(fault(kHead + "m,ms\n1,2\n# end, rows: 1\n"), "t.csv:2: no column 'us'; is 'ms' meant?");
}

TEST(TableErrors, ARowOfAnotherLength) {
  EXPECT_EQ(fault(kHead + "m,us\n1\n3,4\n# end, rows: 2\n"), "t.csv:3: 1 fields under a header of 2");
  EXPECT_EQ(fault(kHead + "m,us\n1,2,3\n3,4\n# end, rows: 2\n"), "t.csv:3: 3 fields under a header of 2");
  EXPECT_EQ(fault(kHead + "m,us\n1,2\n3"), "t.csv:4: 1 fields under a header of 2; the file ends early");
}

TEST(TableErrors, ACutFile) {
  EXPECT_THAT(fault(kHead + "m,us\n1,2\n"), StartsWith("t.csv:3: the file ends early: its last line must be"));
  EXPECT_THAT(fault("# braid-calibrate 1, table: gemm\nm,us\n1,2"), StartsWith("t.csv:3: the file ends early"));
}

TEST(TableErrors, AnEndLineThatCountsOtherRows) {
  EXPECT_EQ(fault(kHead + "m,us\n1,2\n# end, rows: 2\n"),
            "t.csv: the last line says 'end, rows: 2', the table has 1 rows");
}

TEST(TableErrors, AnEndLineThatIsCutItself) {
  EXPECT_EQ(fault(kHead + "m,us\n1,2\n# end, rows: 1, cut sh"),
            "t.csv: the last line says 'end, rows: 1, cut sh', the table has 1 rows");
}

TEST(TableErrors, AFieldThatIsNoNumber) {
  const Table t(kHead + "m,us\n1,fast\n2x,nan\n0,-1\n# end, rows: 3\n", "t.csv", "gemm", kColumns);
  const auto says = [&](auto read) {
    try {
      read();
    } catch (const Error& e) { return std::string(e.what()); }
    return std::string("accepted");
  };
  EXPECT_EQ(says([&] { (void)t.number(0, "us"); }), "t.csv:3:us: 'fast' is not a finite number");
  EXPECT_EQ(says([&] { (void)t.number(1, "m"); }), "t.csv:4:m: '2x' is not a finite number");
  EXPECT_EQ(says([&] { (void)t.number(1, "us"); }), "t.csv:4:us: 'nan' is not a finite number");
  EXPECT_EQ(says([&] { (void)t.positive(2, "m"); }), "t.csv:5:m: '0' is not greater than 0");
  EXPECT_EQ(says([&] { (void)t.positive(2, "us"); }), "t.csv:5:us: '-1' is not greater than 0");
  EXPECT_EQ(says([&] { (void)t.text(0, "k"); }), "t.csv:2: no column 'k'");
}

TEST(TableErrors, AFileThatIsNotThere) {
  const TemporaryFolder folder;
  EXPECT_THROW(read_table(folder / "none.csv", "gemm", kColumns), Error);
}

}  // namespace
}  // namespace braid
