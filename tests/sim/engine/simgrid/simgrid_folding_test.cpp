// SPDX-License-Identifier: Apache-2.0
// One column played for all, with the network loaded by all: equal to playing every rank, on every kind of cluster.
#include <gtest/gtest.h>

#include <string>

#include "tests/sim/engine/simgrid/verified_simgrid.hpp"
#include "tests/sim/engine/synthetic_program.hpp"
#include "tests/sim/engine/tiny_program.hpp"

namespace braid {
namespace {

struct Case {
  std::string name;
  Cluster cluster;
  Placement placement;
  bool folds = true;        ///< the columns are alike
  bool one_for_all = true;  ///< and one flow can stand for its copies
};

Cluster cluster_of(int nodes, int gpus, int nics, InterNode inter, int nodes_per_leaf, double oversubscription) {
  Cluster cluster = tiny_cluster(nodes, gpus);
  cluster.intra_bandwidth = 4_Bps;
  cluster.nics_per_node = nics;
  cluster.inter = inter;
  cluster.nodes_per_leaf = nodes_per_leaf;
  cluster.oversubscription = oversubscription;
  return cluster;
}

std::vector<Case> cases() {
  const auto rail = InterNode::rail_optimized, tree = InterNode::fat_tree;
  std::vector<Case> all{
      {"a NIC for each GPU", cluster_of(8, 4, 4, rail, 8, 1), {.tp = 4, .pp = 4, .dp = 2}},
      {"two GPUs a NIC", cluster_of(8, 4, 2, rail, 8, 1), {.tp = 4, .pp = 4, .dp = 2}},
      {"four GPUs a NIC", cluster_of(8, 4, 1, tree, 8, 1), {.tp = 4, .pp = 4, .dp = 2}},
      {"tp and pp in a node",
       cluster_of(4, 8, 8, rail, 8, 1),
       {.tp = 4, .pp = 2, .dp = 4, .order = RankOrder::tp_pp_dp}},
      {"dp across an oversubscribed spine",
       cluster_of(4, 4, 4, tree, 2, 4),
       {.tp = 2, .pp = 4, .dp = 2, .order = RankOrder::tp_pp_dp}},
      {"pp across an oversubscribed spine", cluster_of(8, 4, 4, tree, 4, 4), {.tp = 4, .pp = 4, .dp = 2}},
      {"pp across oversubscribed rails", cluster_of(8, 4, 4, rail, 4, 4), {.tp = 4, .pp = 4, .dp = 2}},
      // The ring leaves node 0 by GPU 1 and comes back by GPU 0: only one of them shares its NIC up with messages.
      {"tp across nodes", cluster_of(8, 2, 2, rail, 8, 1), {.tp = 4, .pp = 2, .dp = 2}, false},
  };
  all.push_back(
      {"NVLink mesh", cluster_of(4, 4, 4, rail, 8, 1), {.tp = 2, .pp = 2, .dp = 4, .order = RankOrder::tp_pp_dp}});
  all.back().cluster.intra = IntraNode::nvlink_mesh;
  all.push_back({"PCIe", cluster_of(4, 4, 2, tree, 2, 2), {.tp = 4, .pp = 4, .dp = 1}});
  all.back().cluster.intra = IntraNode::pcie;
  // A NIC up carries the messages of two dp ranks, but only one edge of their ring: no one share for all.
  all.push_back({"a dp ring that leaves the node for some",
                 cluster_of(4, 4, 1, tree, 2, 2),
                 {.tp = 2, .pp = 2, .dp = 4},
                 true,
                 false});
  return all;
}

double worst_difference(const Timeline& folded, const Timeline& all, const Placement& place) {
  double worst = 0;
  for (const RankTimeline& rank : folded.ranks) {
    for (int tp = 0; tp < place.tp; ++tp) {
      for (int dp = 0; dp < place.dp; ++dp) {
        const auto& other = all.ranks[static_cast<std::size_t>(place.gpu(tp, rank.rank, dp))];
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
          EXPECT_EQ(rank.lanes[lane].size(), other.lanes[lane].size());
          for (std::size_t n = 0; n < rank.lanes[lane].size(); ++n) {
            worst = std::max(worst, std::abs((rank.lanes[lane][n].start - other.lanes[lane][n].start).value));
            worst = std::max(worst, std::abs((rank.lanes[lane][n].end - other.lanes[lane][n].end).value));
          }
        }
      }
    }
  }
  return worst;
}

TEST(SimgridFolding, EqualsPlayingEveryRankOnEveryKindOfCluster) {
  for (const Case& one : cases()) {
    SCOPED_TRACE(one.name);
    const Synthetic s = synthetic_program(
        {.placement = one.placement, .p2p = P2pMode::batched, .microbatches = 6, .layers = 2, .stretch = 0.3});
    const Timeline folded = play_simgrid(s.program, s.costs, one.cluster);
    const Timeline all = play_simgrid(s.program, s.costs, one.cluster, {.fold = false});
    ASSERT_EQ(all.ranks.size(), static_cast<std::size_t>(one.placement.ranks()));
    EXPECT_GT(all.flows, 0u);
    ASSERT_EQ(folded.multiplicity != 1, one.folds);
    if (!one.folds) {
      EXPECT_EQ(all_times(folded), all_times(all));
      continue;
    }
    EXPECT_EQ(folded.flows < all.flows, one.one_for_all);
    EXPECT_LT(worst_difference(folded, all, one.placement), 1e-9 * all.step_time.value);
  }
}

}  // namespace
}  // namespace braid
