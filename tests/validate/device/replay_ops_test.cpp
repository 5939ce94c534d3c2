// SPDX-License-Identifier: Apache-2.0
#include "validate/device/replay_ops.hpp"

#include <gtest/gtest.h>

namespace braid::gpu {
namespace {

// Compute, a peer that posts 1 ms after the release, a message held for 0.5 ms behind it, and a peer 2 ms later.
Program replay() {
  Program p{.schedule = "by hand"};
  p.works = {{.kind = WorkKind::compute},
             {.kind = WorkKind::fixed, .fixed = Seconds(1e-3)},
             {.kind = WorkKind::fixed, .fixed = Seconds(5e-4)},
             {.kind = WorkKind::fixed, .fixed = Seconds(2e-3)}};
  p.ranks.resize(1);
  p.ranks[0].ops = {
      {.lane = Lane::compute, .work = 0},
      {.key = {.index = 0, .kind = OpKind::cell}, .lane = Lane::pp, .work = 1},
      {.key = {.kind = OpKind::recv}, .lane = Lane::pp, .work = 2, .dep_count = 1, .dep_begin = 0},
      {.key = {.index = 1, .kind = OpKind::cell}, .lane = Lane::pp, .work = 3, .dep_count = 1, .dep_begin = 1},
      {.key = {.kind = OpKind::all_reduce}, .lane = Lane::tp, .work = 2}};
  p.ranks[0].deps = {1, 1};
  return p;
}

TEST(ReplayOps, TellPeersFromWhatHoldsSms) {
  const Program p = replay();
  const auto& ops = p.ranks[0].ops;
  EXPECT_EQ(role_of(p, ops[0]), ReplayRole::kernels);
  EXPECT_EQ(role_of(p, ops[1]), ReplayRole::peer_wait);
  EXPECT_EQ(role_of(p, ops[2]), ReplayRole::hold);
  EXPECT_EQ(role_of(p, ops[4]), ReplayRole::hold);
}

TEST(ReplayOps, CountPeersFromTheRelease) {
  const Program p = replay();
  Costs costs;
  for (const WorkItem& w : p.works) costs.duration.push_back(w.fixed);
  const auto waits = peer_waits(p, costs);
  ASSERT_EQ(waits.size(), 2u);
  EXPECT_EQ(waits[0].op, 1u);
  EXPECT_NEAR(waits[0].due_s, 1e-3, 1e-12);
  EXPECT_EQ(waits[1].op, 3u);
  EXPECT_NEAR(waits[1].start_s, 1e-3, 1e-12);
  EXPECT_EQ(waits[0].after, std::nullopt);
  EXPECT_EQ(waits[1].after, 0u);
  EXPECT_NEAR(waits[1].due_s, 3e-3, 1e-12);  // 1 + 2; the message between them does not count
}

}  // namespace
}  // namespace braid::gpu
