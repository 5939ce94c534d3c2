// SPDX-License-Identifier: Apache-2.0
#include "validate/table/row_filter.hpp"

#include <gtest/gtest.h>

#include "tests/validate/table/published_rows.hpp"

namespace braid {
namespace {

using test::complaint;

/// TP 1, 2, 4, 8, called "a" to "d".
std::vector<PublishedRow> four_rows() {
  std::vector<PublishedRow> rows(4, test::valid_row());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].id = std::string(1, static_cast<char>('a' + i));
    rows[i].tp = 1 << i;
  }
  return rows;
}

std::string ids_where(const std::vector<std::string>& conditions) {
  std::string ids;
  for (const PublishedRow& row : rows_where(four_rows(), conditions)) ids += row.id;
  return ids;
}

TEST(RowFilter, KeepsTheRowsForWhichEveryConditionHolds) {
  EXPECT_EQ(ids_where({}), "abcd");
  EXPECT_EQ(ids_where({"tp<=4"}), "abc");
  EXPECT_EQ(ids_where({"tp<4"}), "ab");
  EXPECT_EQ(ids_where({"tp>=4"}), "cd");
  EXPECT_EQ(ids_where({"tp>4"}), "d");
  EXPECT_EQ(ids_where({"tp=4"}), "c");
  EXPECT_EQ(ids_where({"tp>1", "tp<8"}), "bc");
}

TEST(RowFilter, RefusesWhatIsNoCondition) {
  EXPECT_EQ(complaint([] { ids_where({"tp"}); }), "--where: 'tp' is not of the form tp<=8");
  EXPECT_EQ(complaint([] { ids_where({"<=8"}); }), "--where: '<=8' is not of the form tp<=8");
  EXPECT_EQ(complaint([] { ids_where({"tp<=x"}); }),
            "--where: 'tp<=x' is not of the form tp<=8: 'x' is no whole number");
  EXPECT_EQ(complaint([] { ids_where({"tp<>8"}); }),
            "--where: 'tp<>8' is not of the form tp<=8: '>8' is no whole number");
  EXPECT_EQ(complaint([] { ids_where({"layer=8"}); }),
            "--where: unknown column 'layer', did you mean 'layers'?; known: gpus_per_node, n_gpus, hidden, layers, "
            "heads, seq, vocab, tp, pp, interleave, dp, microbatch, global_batch");
  EXPECT_EQ(complaint([] { ids_where({"tp>2", "tp<4"}); }), "--where: no row has tp>2 and tp<4");
}

TEST(RowFilter, FindsRowsByTheirIds) {
  EXPECT_EQ(rows_of_ids(four_rows(), {"c", "a"}), (std::vector<std::size_t>{2, 0}));
  EXPECT_EQ(complaint([] { rows_of_ids(four_rows(), {"a", "a"}); }), "--fit: row 'a' is named twice");
  std::vector<PublishedRow> rows = four_rows();
  rows[0].id = "first-row";
  EXPECT_EQ(complaint([&] { rows_of_ids(rows, {"first-rw"}); }),
            "--fit: no row 'first-rw' among the 4 chosen, did you mean 'first-row'?");
}

}  // namespace
}  // namespace braid
