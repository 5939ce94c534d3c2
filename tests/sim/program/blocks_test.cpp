// SPDX-License-Identifier: Apache-2.0
#include "sim/program/blocks.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sim/program/lower.hpp"
#include "sim/schedule/generators.hpp"

namespace braid {
namespace {

TEST(Transfers, CrossEveryBoundaryOnceEachWayButNotTheTurnOfAV) {
  // p=4, v=2: 7 boundaries, of which 3-4 is inside rank 3: 6 remain, both ways, for each of 12 microbatches: 144.
  const Schedule schedule = stp({.stages = 4, .microbatches = 12});
  const Transfers transfers = transfers_of(schedule, blocks_of(schedule, false), P2pMode::eager);
  EXPECT_EQ(transfers.all.size(), 144u);
  EXPECT_EQ(transfers.batch_size, std::vector<std::uint32_t>(144, 1));
}

TEST(Transfers, JoinAGroupNoEarlierThanTheirProducerAndNoLaterThanTheirConsumer) {
  for (const int p : {2, 3, 4, 5, 6}) {
    for (const int m : {3 * p - 1, 3 * p, 4 * p + 1}) {
      const Schedule schedule = stp({.stages = p, .microbatches = m});
      const auto blocks = blocks_of(schedule, false);
      const Transfers transfers = transfers_of(schedule, blocks, P2pMode::batched);
      for (const Transfer& t : transfers.all) {
        EXPECT_GT(t.send_group, t.from_block);
        EXPECT_LE(t.recv_group, t.to_block);
      }
    }
  }
}

TEST(Transfers, NeverWaitInACircleInEitherMode) {
  for (const GeneratorEntry& entry : generators()) {
    for (const int p : {2, 4, 6}) {
      const int m = 4 * p;
      const Schedule schedule = generate_schedule(entry.name, {.stages = p, .microbatches = m});
      for (const P2pMode mode : {P2pMode::eager, P2pMode::batched, P2pMode::blocking}) {
        const auto issues = check(lower_cells(schedule, {}, mode));
        EXPECT_TRUE(issues.empty()) << entry.name << " p=" << p << (mode == P2pMode::eager ? " eager" : " batched")
                                    << ": " << issues.front().where << ' ' << issues.front().what;
      }
    }
  }
}

}  // namespace
}  // namespace braid
