// SPDX-License-Identifier: Apache-2.0
#include "validate/table/published_table.hpp"

#include <gtest/gtest.h>

#include "tests/validate/table/published_rows.hpp"

namespace braid {
namespace {

using test::rows_of;
using test::table_with;

TEST(PublishedTable, ReadsEveryColumn) {
  const PublishedRow row = test::valid_row();
  EXPECT_EQ(row.id, "row-1");
  EXPECT_EQ(row.source, "made up");
  EXPECT_EQ(row.gpu, "A100-80G");
  EXPECT_EQ(row.gpu_as_written, "A100");
  EXPECT_EQ(row.gpus_per_node, 8);
  EXPECT_EQ(row.gpus, 64);
  EXPECT_EQ(row.hidden, 1024);
  EXPECT_EQ(row.layers, 24);
  EXPECT_EQ(row.heads, 16);
  EXPECT_EQ(row.sequence, 512);
  EXPECT_EQ(row.vocab, 50257);
  EXPECT_EQ(row.tp, 2);
  EXPECT_EQ(row.pp, 4);
  EXPECT_EQ(row.dp, 8);
  EXPECT_EQ(row.interleave, 1);
  EXPECT_EQ(row.recompute, Recompute::full);
  EXPECT_FALSE(row.sequence_parallel);
  EXPECT_EQ(row.measured_s, 1.5);
  EXPECT_EQ(row.microbatches(), 16);  // 256 samples / (8 replicas x 2 samples)
  EXPECT_EQ(row.size(), "1024x24");
  EXPECT_EQ(row.where, "table.csv:2");
}

TEST(PublishedTable, TakesTheGpuAsPeopleWriteIt) {
  EXPECT_EQ(rows_of(table_with("gpu", "A100-80GB")).front().gpu, "A100-80G");
  EXPECT_EQ(rows_of(table_with("gpu", "H100")).front().gpu, "H100-80G");
  EXPECT_EQ(rows_of(table_with("gpu", "H100-80G")).front().gpu, "H100-80G");
}

TEST(PublishedTable, FindsColumnsByNameInAnyOrder) {
  std::string text = table_with("", "");
  // The first two columns swapped, in the heading and in the row.
  text.replace(text.find("id,source"), 9, "source,id");
  text.replace(text.find("row-1,made up"), 13, "made up,row-1");
  EXPECT_EQ(rows_of(text).front().id, "row-1");
  EXPECT_EQ(rows_of(text).front().source, "made up");
}

}  // namespace
}  // namespace braid
