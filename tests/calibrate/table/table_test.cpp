// SPDX-License-Identifier: Apache-2.0
#include "calibrate/table/table.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

const std::string kColumns[] = {"m", "us"};

TEST(Table, ReadsVersionTwo) {
  const Table t(
      "# braid-calibrate 2, table: gemm\n# gpu: NVIDIA H100, 132 SMs\nm,us,n\n1,2.5,a\n3,4,b\n# end, rows: 2\n",
      "t.csv", "gemm", kColumns);
  EXPECT_EQ(t.version(), 2);
  EXPECT_FALSE(t.cut_short());
  EXPECT_EQ(t.gpu(), "NVIDIA H100");
  EXPECT_EQ(t.rows(), 2u);
  EXPECT_EQ(t.number(0, "us"), 2.5);
  EXPECT_EQ(t.positive(1, "us"), 4);
  EXPECT_EQ(t.text(1, "n"), "b");
  EXPECT_EQ(t.at(1), "t.csv:5");
  EXPECT_TRUE(t.has("n"));
  EXPECT_FALSE(t.has("k"));
}

TEST(Table, KnowsThatARunWasCutShort) {
  const Table t("# braid-calibrate 2, table: gemm\nm,us\n1,2\n# end, rows: 1, cut short\n", "t.csv", "gemm", kColumns);
  EXPECT_TRUE(t.cut_short());
  EXPECT_EQ(t.rows(), 1u);
  EXPECT_EQ(t.gpu(), "");
}

TEST(Table, ReadsVersionOneWhichHasNoEndLine) {
  const Table t("# braid-calibrate 1, table: gemm\nm,us\n1,2\n", "t.csv", "gemm", kColumns);
  EXPECT_EQ(t.version(), 1);
  EXPECT_FALSE(t.cut_short());
}

TEST(Table, FindsWhatWasMeasuredOnAnH100) {
  // results/0002-h100-units/README.md: gemm.csv has 742 rows.
  const std::string columns[] = {"m", "n", "k", "median_us", "kcycles", "clock_mhz"};
  const Table t = read_table(BRAID_SOURCE_DIR "/results/0002-h100-units/gemm.csv", "gemm", columns);
  EXPECT_EQ(t.rows(), 742u);
  EXPECT_EQ(t.gpu(), "NVIDIA H100 80GB HBM3");
}

}  // namespace
}  // namespace braid
