// SPDX-License-Identifier: Apache-2.0
// What the writer writes, the reader reads; what was cut goes on.
#include "calibrate/table/table_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include "calibrate/table/table.hpp"
#include "sim/base/csv.hpp"
#include "tests/calibrate/temporary_folder.hpp"

namespace braid {
namespace {

const std::string kColumns[] = {"op", "us"};

TableSpec spec(const std::string& path) {
  return {
      .path = path,
      .provenance = {"braid-calibrate 2, table: demo", "gpu: X, 132 SMs", "clocks: at start 1980 MHz", "date: Monday"},
      .header = "op,us",
      .key_columns = 1};
}
const std::string kHead =
    "# braid-calibrate 2, table: demo\n# gpu: X, 132 SMs\n# clocks: at start 1980 MHz\n# date: Monday\nop,us\n";

TEST(TableWriter, WritesWhatTheReaderReads) {
  const TemporaryFolder folder;
  const std::string path = folder / "demo.csv";
  {
    TableWriter w(spec(path));
    w.row({"plain", 1.5});
    w.row({"with, comma and \"quote\"", 1234567.0});
    EXPECT_EQ(w.rows(), 2);
  }
  const Table t = read_table(path, "demo", kColumns);
  EXPECT_EQ(t.version(), kTableVersion);
  EXPECT_FALSE(t.cut_short());
  EXPECT_EQ(t.gpu(), "X");
  EXPECT_EQ(t.text(1, "op"), "with, comma and \"quote\"");
  EXPECT_EQ(t.number(0, "us"), 1.5);
  EXPECT_EQ(t.text(1, "us"), "1.23457e+06");  // six digits
}

TEST(TableWriter, RowsReachTheFileAsTheyAreWritten) {
  const TemporaryFolder folder;
  TableWriter w(spec(folder / "demo.csv"));
  w.row({"a", 1});
  EXPECT_EQ(read_file(folder / "demo.csv"), kHead + "a,1\n");
}

TEST(TableWriter, SaysThatItWasCutShort) {
  const TemporaryFolder folder;
  const std::string path = folder / "demo.csv";
  bool cut = false;
  {
    TableSpec s = spec(path);
    s.cut_short = [&] { return cut; };
    TableWriter w(std::move(s));
    w.row({"a", 1});
    cut = true;  // asked at the end, not before
  }
  EXPECT_EQ(read_file(path), kHead + "a,1\n# end, rows: 1, cut short\n");
  EXPECT_TRUE(read_table(path, "demo", kColumns).cut_short());
}

TEST(TableWriter, LeavesNoTableWithoutRows) {
  const TemporaryFolder folder;
  { const TableWriter w(spec(folder / "demo.csv")); }
  EXPECT_FALSE(std::filesystem::exists(folder / "demo.csv"));
}

TEST(TableWriter, AnExceptionThatPassesCutsItShort) {
  const TemporaryFolder folder;
  const std::string path = folder / "demo.csv";
  try {
    TableWriter w(spec(path));
    w.row({"a", 1});
    throw std::runtime_error("the GPU went away");
  } catch (const std::runtime_error&) {}
  EXPECT_TRUE(read_table(path, "demo", kColumns).cut_short());
}

TEST(TableWriter, GoesOnWhereATableWasTorn) {
  const TemporaryFolder folder;
  const std::string path = folder / "demo.csv";
  write_file(path, kHead + "a,1\nb,2\nc,");  // killed while writing c
  {
    TableSpec s = spec(path);
    s.provenance[2] = "clocks: at start 1155 MHz";
    s.provenance[3] = "date: Tuesday";
    TableWriter w(std::move(s));
    EXPECT_EQ(w.rows(), 2);
    EXPECT_FALSE(w.complete());
    EXPECT_TRUE(w.has({"a"}));
    EXPECT_TRUE(w.has({"b"}));
    EXPECT_FALSE(w.has({"c"}));
    w.row({"b", 9});  // there already: not written again
    w.row({"c", 3});
  }
  const Table t = read_table(path, "demo", kColumns);
  EXPECT_EQ(t.rows(), 3u);
  EXPECT_EQ(t.text(1, "us"), "2");
  EXPECT_EQ(t.text(2, "op"), "c");
  EXPECT_THAT(t.provenance(), testing::Contains("date: Monday"));
  EXPECT_THAT(t.provenance(), testing::Contains("resumed: Tuesday, rows: 2"));
}

TEST(TableWriter, GoesOnTwice) {
  const TemporaryFolder folder;
  const std::string path = folder / "demo.csv";
  for (const char* op : {"a", "b", "c"}) {
    TableSpec s = spec(path);
    s.cut_short = [] { return true; };
    TableWriter w(std::move(s));
    w.row({op, 1});
  }
  EXPECT_EQ(read_table(path, "demo", kColumns).rows(), 3u);
}

TEST(TableWriter, LeavesAWholeTableAsItIs) {
  const TemporaryFolder folder;
  const std::string path = folder / "demo.csv";
  write_file(path, kHead + "a,1\n# end, rows: 1\n");
  {
    TableWriter w(spec(path));
    EXPECT_TRUE(w.complete());
    EXPECT_TRUE(w.has({"anything"}));
    w.row({"b", 2});
  }
  EXPECT_EQ(read_file(path), kHead + "a,1\n# end, rows: 1\n");
}

TEST(TableWriter, ATableInOnePieceStartsAgainUnlessItIsWhole) {
  const TemporaryFolder folder;
  const std::string path = folder / "demo.csv";
  write_file(path, kHead + "a,1\nb,2\n# end, rows: 2, cut short\n");
  {
    TableSpec s = spec(path);
    s.key_columns = 0;
    TableWriter w(std::move(s));
    EXPECT_EQ(w.rows(), 0);
    w.row({"a", 7});
    w.row({"a", 8});  // without a key rows may be alike
  }
  EXPECT_EQ(read_file(path), kHead + "a,7\na,8\n# end, rows: 2\n");
}

TEST(TableWriter, StartsAgainWhereTheHeaderWasTorn) {
  const TemporaryFolder folder;
  const std::string path = folder / "demo.csv";
  write_file(path, "# braid-calibrate 2, table: demo\n# gpu: X, 132 SMs\nop,");
  { TableWriter(spec(path)).row({"a", 1}); }
  EXPECT_EQ(read_file(path), kHead + "a,1\n# end, rows: 1\n");
}

}  // namespace
}  // namespace braid
