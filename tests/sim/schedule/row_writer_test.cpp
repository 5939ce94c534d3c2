// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/row_writer.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

TEST(RowWriter, CountsMicrobatchesPerChunkAndQueuesWeightGradients) {
  RowWriter row({{.stage = 2, .first_microbatch = 0}, {.stage = 5, .first_microbatch = 4}});
  row.forward(0);
  row.forward_with_input_grad(1, 0);  // I of stage 2, its W waits
  row.input_then_weight_grad(1);      // passes the one that waits
  row.forward_with_weight_grad(0);    // takes the one that waits
  row.pause(2);
  row.pause(-3);
  const Schedule schedule{
      .name = "", .microbatches = 8, .rank_of_stage = {}, .reverse_rank_of_stage = {}, .rows = {row.take()}};
  EXPECT_EQ(to_text(schedule), "0: F2.0 [F5.4+I2.0] I5.4 W5.4 [F2.1+W2.0] - -\n");
}

TEST(Placements, AreALoopAndAV) {
  EXPECT_EQ(loop_placement(3, 2), (std::vector<int>{0, 1, 2, 0, 1, 2}));
  EXPECT_EQ(v_placement(3), (std::vector<int>{0, 1, 2, 2, 1, 0}));
}

}  // namespace
}  // namespace braid
