// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/made_run.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

TEST(MadeRun, IsWellFormed) {
  EXPECT_TRUE(check(made_run({}).view()).empty());
  EXPECT_TRUE(check(made_run({.pp = 2, .tp = 3, .microbatches = 1, .layers = 1, .counters = false}).view()).empty());
}

TEST(MadeRun, HasAsManySpansAsItSays) {
  const RunColumns run = made_run({.pp = 1, .microbatches = 5, .layers = 3, .dependences = false});
  std::size_t units = 0, collectives = 0;
  for (std::size_t i = 0; i < run.start.size(); ++i) {
    units +=
        run.rows[run.view().row_of(static_cast<std::uint32_t>(i))].kind == RowKind::lane && is_compute(run.category[i]);
    collectives += run.category[i] == Category::tp;
  }
  EXPECT_EQ(units, 5u * 3 * 2 * 4);        // microbatches, layers, F and I, units
  EXPECT_EQ(collectives, 5u * 3 * 2 * 2);  // after attn and mlp
}

}  // namespace
}  // namespace braid
