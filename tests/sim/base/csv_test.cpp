// SPDX-License-Identifier: Apache-2.0
#include "sim/base/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace braid {
namespace {

using testing::ElementsAre;

TEST(ParseCsv, KeepsEmptyFieldsAndRowsOfDifferentLength) {
  const Csv csv = parse_csv("0F0,,0B0\n1F0\n", "s.csv");
  ASSERT_EQ(csv.rows.size(), 2u);
  EXPECT_THAT(csv.rows[0].fields, ElementsAre("0F0", "", "0B0"));
  EXPECT_THAT(csv.rows[1].fields, ElementsAre("1F0"));
  EXPECT_EQ(csv.at(csv.rows[1]), "s.csv:2");
}

TEST(ParseCsv, TakesCrLfAByteOrderMarkAndNoLastLineEnd) {
  const Csv csv = parse_csv(
      "\xEF\xBB\xBF"
      "a,b\r\nc,\r\nd",
      "s.csv");
  ASSERT_EQ(csv.rows.size(), 3u);
  EXPECT_THAT(csv.rows[0].fields, ElementsAre("a", "b"));
  EXPECT_THAT(csv.rows[1].fields, ElementsAre("c", ""));
  EXPECT_THAT(csv.rows[2].fields, ElementsAre("d"));
}

TEST(ParseCsv, TakesCommasQuotesAndLineEndsInsideQuotes) {
  const Csv csv = parse_csv("\"a,b\",\"say \"\"no\"\"\",\"two\nlines\"\nnext\n", "s.csv");
  EXPECT_THAT(csv.rows[0].fields, ElementsAre("a,b", "say \"no\"", "two\nlines"));
  EXPECT_EQ(csv.rows[1].line, 3);  // the quoted line end counts
}

TEST(ParseCsv, KeepsCommentsApart) {
  const Csv csv = parse_csv("# gpu: A800\r\n#bare\na\n", "s.csv");
  EXPECT_THAT(csv.comments, ElementsAre("gpu: A800", "bare"));
  ASSERT_EQ(csv.rows.size(), 1u);
  EXPECT_EQ(csv.rows[0].line, 3);
}

TEST(ParseCsv, DropsBlankLinesAtTheEndOnly) {
  const Csv csv = parse_csv("a\n\nb\n\n\n", "s.csv");
  ASSERT_EQ(csv.rows.size(), 3u);
  EXPECT_THAT(csv.rows[1].fields, ElementsAre(""));
  EXPECT_TRUE(parse_csv("", "s.csv").rows.empty());
}

TEST(CsvRowText, IsReadBackAsItWas) {
  const std::vector<std::string> fields = {"plain", "", "a,b", "\"quoted\"", "two\nlines"};
  EXPECT_EQ(csv_row(fields), "plain,,\"a,b\",\"\"\"quoted\"\"\",\"two\nlines\"");
  EXPECT_EQ(parse_csv(csv_row(fields), "s.csv").rows.at(0).fields, fields);
}

TEST(WriteFile, LeavesTheWholeFileAndNothingElse) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "braid-write-file";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  const std::string path = (folder / "a.csv").string();
  write_file(path, "old");
  write_file(path, "new\n");
  EXPECT_EQ(read_file(path), "new\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()), 1);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace braid
