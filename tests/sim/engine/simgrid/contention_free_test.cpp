// SPDX-License-Identifier: Apache-2.0
// Bar 6: where no link is ever shared, SimGrid's flows and the closed form are one.
#include <gtest/gtest.h>

#include "tests/sim/engine/simgrid/verified_simgrid.hpp"
#include "tests/sim/engine/synthetic_program.hpp"
#include "tests/sim/engine/tiny_program.hpp"

namespace braid {
namespace {

void expect_near(const Timeline& a, const Timeline& b, double relative) {
  const auto x = all_times(a), y = all_times(b);
  ASSERT_EQ(x.size(), y.size());
  const double tolerance = relative * a.step_time.value;
  for (std::size_t n = 0; n < x.size(); ++n) ASSERT_NEAR(x[n], y[n], tolerance);
}

TEST(ContentionFree, SimgridEqualsIdealWithEveryTransferAFlow) {
  // A replica a node, a link for each ordered pair of its GPUs, a NIC for each GPU: nothing is shared, as long as the
  // messages of a pair do not overlap: they take at most 3 ms, and a microbatch at least 3 layers x 4 ops x 0.2 ms =
  // 2.4 ms of each pass between one and the next.
  Cluster cluster = tiny_cluster(2, 8);
  cluster.intra = IntraNode::nvlink_mesh;
  for (P2pMode p2p : {P2pMode::eager, P2pMode::batched}) {
    const Synthetic s = synthetic_program({.placement = {.tp = 2, .pp = 4, .dp = 2, .order = RankOrder::tp_pp_dp},
                                           .p2p = p2p,
                                           .microbatches = 5,
                                           .layers = 3,
                                           .stretch = 0.4});
    for (bool fold : {true, false}) {
      const Timeline ideal = play_ideal(s.program, s.costs, cluster, {.fold = fold});
      const Timeline flows = play_simgrid(s.program, s.costs, cluster, {.fold = fold, .closed_form = false});
      // Per rank 2 blocks x 3 layers x 2 passes x 5 = 60 tp rings and 3 dp rings; per column 3 pairs x 2 x 5 messages.
      // Each GPU has one flow in a ring: unfolded 16 x 63 + 4 x 30 = 1128; folded 4 x 63 + 30 = 282.
      EXPECT_EQ(flows.flows, fold ? 282u : 1128u);
      expect_near(ideal, flows, 1e-9);
    }
  }
}

TEST(ContentionFree, ARingOverLinksOfDifferentSpeedTakesItsCost) {
  // Alone, a collective takes latency + transfer whatever its links: the volume is set by the slowest edge. Here two
  // of four edges are NVLink at 8 B/s and two NIC at 1 B/s; then four edges share the host bridge of a PCIe node.
  TinyProgram tiny({.tp = 4});
  tiny.op(0, Lane::tp, tiny.collective(Scope::tp, 0.5, 5));
  Cluster two_nodes = tiny_cluster(2, 2), pcie = tiny_cluster(1, 4);
  two_nodes.intra_bandwidth = 8_Bps;
  pcie.intra = IntraNode::pcie;
  for (const Cluster& cluster : {two_nodes, pcie}) {
    for (bool fold : {true, false}) {
      const Timeline t = play_simgrid(tiny.program, tiny.costs, cluster, {.fold = fold, .closed_form = false});
      EXPECT_GT(t.flows, 0u);
      EXPECT_NEAR(t.step_time.value, 5.5, 1e-12);
    }
  }
}

TEST(ContentionFree, TransfersThatNothingCanMeetTakeTheClosedForm) {
  // One message a pair and direction, one lane a group, links of their own: not a flow, and the same times to the bit.
  const Synthetic s = synthetic_program({.placement = {.tp = 2, .pp = 4}, .microbatches = 1, .layers = 3});
  const Cluster cluster = tiny_cluster(4, 2);
  const Timeline t = play_simgrid(s.program, s.costs, cluster, {.fold = false});
  // Rank r sends F to r + 1 and B to r - 1 by the same NIC: those can meet. Ends have one direction each.
  // NIC up of rank 1: F to 2, B to 0; of 2: F to 3, B to 1. NIC down of 1: F of 0, B of 2; of 2: F of 1, B of 3.
  // So all six messages of a column share a link with another, and no tp ring does: 2 columns x 6.
  EXPECT_EQ(t.flows, 12u);
  expect_near(play_ideal(s.program, s.costs, cluster, {.fold = false}), t, 1e-9);

  const Synthetic pair = synthetic_program({.placement = {.tp = 2, .pp = 2}, .microbatches = 1, .layers = 3});
  const Timeline alone = play_simgrid(pair.program, pair.costs, tiny_cluster(2, 2), {.fold = false});
  EXPECT_EQ(alone.flows, 0u);
  EXPECT_EQ(all_times(alone), all_times(play_ideal(pair.program, pair.costs, tiny_cluster(2, 2), {.fold = false})));
}

TEST(ContentionFree, ClosedFormAndFlowsAgreeUnderContention) {
  // Which transfers may skip SimGrid must not change a time, also where others share links.
  const Synthetic s = synthetic_program(
      {.placement = {.tp = 2, .pp = 4}, .p2p = P2pMode::batched, .microbatches = 9, .layers = 2, .stretch = 0.3});
  const Cluster cluster = tiny_cluster(4, 2);
  const Timeline some = play_simgrid(s.program, s.costs, cluster, {.fold = false});
  const Timeline all = play_simgrid(s.program, s.costs, cluster, {.fold = false, .closed_form = false});
  EXPECT_LT(some.flows, all.flows);
  EXPECT_GT(some.flows, 0u);
  expect_near(some, all, 1e-9);
}

}  // namespace
}  // namespace braid
