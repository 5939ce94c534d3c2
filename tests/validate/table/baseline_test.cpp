// SPDX-License-Identifier: Apache-2.0
#include "validate/table/baseline.hpp"

#include <gtest/gtest.h>

#include "tests/validate/table/published_rows.hpp"

namespace braid {
namespace {

/// h = 6, l = 1, s = 36, V = 96, B = 4, on 2 GPUs in a pipeline with 4 microbatches of one sample.
PublishedRow small_row() {
  PublishedRow row = test::valid_row();
  row.hidden = 6;
  row.layers = 1;
  row.sequence = 36;
  row.vocab = 96;
  row.tp = row.dp = 1;
  row.pp = row.gpus = 2;
  row.microbatch = 1;
  row.global_batch = 4;
  return row;
}

TEST(Baseline, CountsTheFlopsOfAStep) {
  PublishedRow row = small_row();
  // B s l h^2 = 4 x 36 x 36 = 5184; s/6h = 1; V/16lh = 1; 96 x 5184 x (1 + 1 + 1).
  EXPECT_DOUBLE_EQ(baseline_flops(row).value, 1492992);
  // V/12lh = 4/3: 72 x 5184 x (1 + 1 + 4/3).
  row.recompute = Recompute::none;
  EXPECT_DOUBLE_EQ(baseline_flops(row).value, 1244160);
  // The attention core once more: 4 B s^2 l h = 4 x 4 x 1296 x 6 = 124416.
  row.recompute = Recompute::selective;
  EXPECT_DOUBLE_EQ(baseline_flops(row).value, 1244160 + 124416);
}

TEST(Baseline, DividesByWhatTheGpusReachAndAddsTheBubble) {
  PublishedRow row = small_row();
  // 1492992 / (0.5 x 312e12 x 2) x (1 + 1/4).
  EXPECT_DOUBLE_EQ(baseline_time(row, 0.5).value, 1492992 / 312e12 * 1.25);
  row.interleave = 2;  // halves the bubble
  EXPECT_DOUBLE_EQ(baseline_time(row, 0.5).value, 1492992 / 312e12 * 1.125);
}

TEST(Baseline, FitsItsEfficiency) {
  std::vector<PublishedRow> rows(2, small_row());
  const double peak_time = baseline_time(rows[0], 1).value;
  rows[0].measured_s = rows[1].measured_s = 2 * peak_time;
  EXPECT_DOUBLE_EQ(baseline_efficiency(rows), 0.5);
  // Ratios 1/2 and 1/4: 1/eff = (1/2 + 1/4) / (1/4 + 1/16) = 12/5.
  rows[1].measured_s = 4 * peak_time;
  EXPECT_DOUBLE_EQ(baseline_efficiency(rows), 5.0 / 12);
}

}  // namespace
}  // namespace braid
