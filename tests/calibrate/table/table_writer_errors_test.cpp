// SPDX-License-Identifier: Apache-2.0
// Files that the writer must not go on with, and must not touch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <stdexcept>

#include "calibrate/table/table.hpp"
#include "calibrate/table/table_writer.hpp"
#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"
#include "tests/calibrate/temporary_folder.hpp"

namespace braid {
namespace {

using testing::HasSubstr;

TableSpec spec(const std::string& path) {
  return {.path = path,
          .provenance = {"braid-calibrate 2, table: demo", "gpu: X", "date: Monday"},
          .header = "op,us",
          .key_columns = 1};
}

std::string refused(const std::string& there) {
  const TemporaryFolder folder;
  const std::string path = folder / "demo.csv";
  write_file(path, there);
  std::string said = "accepted";
  try {
    const TableWriter w(spec(path));
  } catch (const Error& e) { said = e.what(); }
  EXPECT_EQ(read_file(path), there);
  return said;
}

TEST(TableWriterErrors, ATableOfAnotherGpu) {
  EXPECT_THAT(refused("# braid-calibrate 2, table: demo\n# gpu: Y\n# date: Monday\nop,us\na,1\n# end, rows: 1\n"),
              HasSubstr("demo.csv: this table was begun otherwise: it says 'gpu: Y', this run would write 'gpu: X'; "
                        "nothing was changed"));
}

TEST(TableWriterErrors, ATableWithMoreOrLessProvenance) {
  EXPECT_THAT(refused("# braid-calibrate 2, table: demo\n# gpu: X\n# sms: 32 of 132\nop,us\na,1\n"),
              HasSubstr("it says 'sms: 32 of 132', this run would write ''"));
  EXPECT_THAT(refused("# braid-calibrate 2, table: demo\nop,us\na,1\n"), HasSubstr("it says '', this run"));
}

TEST(TableWriterErrors, AnotherVersion) {
  EXPECT_THAT(refused("# braid-calibrate 1, table: demo\n# gpu: X\nop,us\na,1\n"), HasSubstr("braid-calibrate 1"));
}

TEST(TableWriterErrors, OtherColumns) {
  EXPECT_THAT(refused("# braid-calibrate 2, table: demo\n# gpu: X\nop,ms\na,1\n# end, rows: 1\n"),
              HasSubstr("this table has other columns: 'op,ms', this run would write 'op,us'"));
}

TEST(TableWriterErrors, AFileOfSomebodyElse) {
  EXPECT_THAT(refused("my notes\n"), HasSubstr("this table was begun otherwise"));
  EXPECT_THAT(refused("my notes"), HasSubstr("this table was begun otherwise"));
}

TEST(TableWriterErrors, ARowThatTheWriterDidNotWrite) {
  EXPECT_THAT(refused("# braid-calibrate 2, table: demo\n# gpu: X\nop,us\na\nb,2\n"),
              HasSubstr("demo.csv:4: not a row of 2 fields"));
}

TEST(TableWriterErrors, TwoColumnsOfOneName) {
  const TemporaryFolder folder;
  TableSpec s = spec(folder / "demo.csv");
  s.header = "us,us";
  EXPECT_THROW(TableWriter{std::move(s)}, Error);
}

TEST(TableWriterErrors, AFolderThatIsNotThere) {
  const TemporaryFolder folder;
  EXPECT_THROW(TableWriter(spec(folder / "none/demo.csv")), Error);
}

// A limit on the size of files stands in for the disk: writes beyond 1024 bytes fail.
TEST(TableWriterErrors, AFullDiskIsAnErrorAndLosesNoRow) {
  const TemporaryFolder folder;
  const std::string path = folder / "demo.csv", field(90, 'x');
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit full{.rlim_cur = 1024, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &full);
  int written = 0;
  try {
    TableWriter w(spec(path));
    for (; written < 20; ++written) w.row({written, field});
    ADD_FAILURE() << "20 rows of 90 bytes fit into 1024";
  } catch (const Error& e) { EXPECT_THAT(e.what(), HasSubstr("demo.csv: cannot be written: ")); }
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_GE(written, 1);
  {
    TableWriter again(spec(path));
    EXPECT_EQ(again.rows(), written);
    for (int i = 0; i < 20; ++i) again.row({i, field});
  }
  const std::string columns[] = {"op", "us"};
  const Table whole = read_table(path, "demo", columns);
  ASSERT_EQ(whole.rows(), 20u);
  EXPECT_FALSE(whole.cut_short());
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(whole.text(i, "op"), std::to_string(i));
}

TEST(TableWriterErrors, ARowOfAnotherLengthIsABugOfTheCaller) {
  const TemporaryFolder folder;
  TableWriter w(spec(folder / "demo.csv"));
  EXPECT_THROW(w.row({"a"}), std::logic_error);
}

}  // namespace
}  // namespace braid
