// SPDX-License-Identifier: Apache-2.0
// Each refusal of a published table by the smallest table that earns it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/validate/table/published_rows.hpp"

namespace braid {
namespace {

using test::complaint;
using test::rows_of;
using test::table_with;
using testing::StartsWith;

std::string complaint_with(const std::string& column, const std::string& field) {
  return complaint([&] { rows_of(table_with(column, field)); });
}

std::string complaint_of(const std::string& text) {
  return complaint([&] { rows_of(text); });
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  return text.replace(text.find(what), what.size(), with);
}

TEST(PublishedTableErrors, OfColumns) {
  const std::string valid = table_with("", "");
  EXPECT_EQ(complaint_of(replaced(valid, "hidden", "hiden")),
            "table.csv:1:hiden: unknown column; did you mean 'hidden'?");
  EXPECT_THAT(complaint_of(replaced(valid, "hidden", "zzzzzzzzzz")),
              StartsWith("table.csv:1:zzzzzzzzzz: unknown column; known: id,source,"));
  EXPECT_EQ(complaint_of(replaced(valid, ",hidden", ",layers")), "table.csv:1:layers: the column is there twice");
  EXPECT_EQ(complaint_of(replaced(replaced(valid, ",value", ""), ",1.5", "")),
            "table.csv:1:value: the column is missing");
  EXPECT_EQ(complaint_of(replaced(valid, ",1.5", "")), "table.csv:2: has 22 fields, not 23");
  EXPECT_EQ(complaint_of(""), "table.csv: is empty: its first row names the columns");
  EXPECT_EQ(complaint_of(valid.substr(0, valid.find('\n') + 1)), "table.csv: holds no rows");
}

TEST(PublishedTableErrors, OfWords) {
  EXPECT_EQ(complaint_with("schedule", "gpipe"),
            "table.csv:2:schedule: unknown schedule 'gpipe'; known: 1f1b, interleaved-1f1b");
  EXPECT_EQ(complaint_with("recompute", "fulll"),
            "table.csv:2:recompute: unknown recompute 'fulll', did you mean 'full'?; known: none, selective, full");
  EXPECT_THAT(complaint_with("precision", "fp8"), StartsWith("table.csv:2:precision: unknown precision 'fp8'"));
  EXPECT_THAT(complaint_with("metric", "tokens_s"), StartsWith("table.csv:2:metric: unknown metric 'tokens_s'"));
  EXPECT_THAT(complaint_with("sequence_parallel", "yes"),
              StartsWith("table.csv:2:sequence_parallel: unknown sequence_parallel 'yes'"));
  EXPECT_THAT(complaint_with("gpu", "V100"), StartsWith("table.csv:2:gpu: unknown GPU 'V100'"));
  EXPECT_THAT(complaint_with("gpu", ""), StartsWith("table.csv:2:gpu: unknown GPU ''"));
  EXPECT_EQ(complaint_with("id", ""), "table.csv:2:id: '' is no id: it must be one word without commas");
  EXPECT_EQ(complaint_with("id", "a,b"), "table.csv:2:id: 'a,b' is no id: it must be one word without commas");
}

TEST(PublishedTableErrors, OfNumbers) {
  for (const char* bad : {"0", "-8", "2.5", "x", "", "100000001", "99999999999"}) {
    EXPECT_EQ(complaint_with("hidden", bad),
              "table.csv:2:hidden: '" + std::string(bad) + "' is not a whole number between 1 and 100000000");
  }
  for (const char* bad : {"0", "-1", "nan", "inf", "1s", ""}) {
    EXPECT_EQ(complaint_with("value", bad), "table.csv:2:value: '" + std::string(bad) + "' is not a number above 0");
  }
}

TEST(PublishedTableErrors, OfPlans) {
  EXPECT_EQ(complaint_with("n_gpus", "128"), "table.csv:2:n_gpus: TP 2 x PP 4 x DP 8 is 64 GPUs, the row has 128");
  // 8 replicas of microbatches of 2: a multiple of 16.
  EXPECT_EQ(complaint_with("global_batch", "250"),
            "table.csv:2:global_batch: 250 samples do not divide into microbatches of 2 on 8 replicas");
  EXPECT_EQ(complaint_with("global_batch", "8"),
            "table.csv:2:global_batch: 8 samples do not divide into microbatches of 2 on 8 replicas");
  EXPECT_EQ(complaint_with("heads", "15"), "table.csv:2:heads: 15 heads do not divide the hidden size 1024");
  EXPECT_EQ(complaint_with("heads", "1"), "table.csv:2:tp: 2 does not divide the 1 heads");
  EXPECT_EQ(complaint_of(replaced(table_with("seq", "511"), "full,false", "full,true")),
            "table.csv:2:tp: 2 does not divide the 511 tokens that sequence parallelism shares out");
  EXPECT_EQ(complaint_with("layers", "26"), "table.csv:2:layers: 26 layers do not divide over 4 pipeline ranks of 1");
  EXPECT_EQ(complaint_with("schedule", "interleaved-1f1b"),
            "table.csv:2:interleave: 1 virtual stages a rank do not go with schedule interleaved-1f1b");
  EXPECT_EQ(complaint_with("interleave", "2"),
            "table.csv:2:interleave: 2 virtual stages a rank do not go with schedule 1f1b");
  const std::string valid = table_with("", "");
  EXPECT_EQ(complaint_of(valid + valid.substr(valid.find('\n') + 1)), "table.csv:3:id: 'row-1' is there twice");
}

}  // namespace
}  // namespace braid
