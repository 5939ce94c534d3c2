// SPDX-License-Identifier: Apache-2.0
// One column played for all, with the network loaded by all: equal to playing every rank, on every kind of cluster.
#include <gtest/gtest.h>

#include <random>
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
  std::size_t columns = 1;  ///< kinds of columns: how many must be played
  bool one_for_all = true;  ///< one flow can stand for its copies
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
      // Every ring of four on two nodes leaves them by the odd GPUs and comes back by the even ones.
      {"tp across nodes", cluster_of(8, 2, 2, rail, 8, 1), {.tp = 4, .pp = 2, .dp = 2}, 2},
      // Nodes 0 and 3 of a ring of four are at the edges of their leaves, 1 and 2 too, but the other way about.
      {"dp rings across leaves", cluster_of(8, 2, 2, tree, 4, 2), {.tp = 2, .pp = 2, .dp = 4}},
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
                 1,
                 false});
  return all;
}

double worst_difference(const RankTimeline& one, const RankTimeline& other) {
  double worst = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    EXPECT_EQ(one.lanes[lane].size(), other.lanes[lane].size());
    for (std::size_t n = 0; n < one.lanes[lane].size(); ++n) {
      worst = std::max(worst, std::abs((one.lanes[lane][n].start - other.lanes[lane][n].start).value));
      worst = std::max(worst, std::abs((one.lanes[lane][n].end - other.lanes[lane][n].end).value));
    }
  }
  return worst;
}

/// Of every GPU to the rank that stands for it.
double worst_difference(const Timeline& folded, const Timeline& all, const Placement& place) {
  double worst = 0;
  const auto of = [&](int gpu) -> const RankTimeline& { return all.ranks[static_cast<std::size_t>(gpu)]; };
  std::size_t gpus = 0;
  for (const RankTimeline& rank : folded.ranks) {
    if (folded.multiplicity == 1) {
      worst = std::max(worst, worst_difference(rank, of(rank.rank)));
      for (int peer : rank.peers) worst = std::max(worst, worst_difference(rank, of(peer)));
      gpus += 1 + rank.peers.size();
      continue;
    }
    for (int tp = 0; tp < place.tp; ++tp) {
      for (int dp = 0; dp < place.dp; ++dp) {
        worst = std::max(worst, worst_difference(rank, of(place.gpu(tp, rank.rank, dp))));
      }
    }
    gpus += static_cast<std::size_t>(folded.multiplicity);
  }
  EXPECT_EQ(gpus, all.ranks.size());
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
    EXPECT_EQ(folded.ranks.size(), one.columns * static_cast<std::size_t>(one.placement.pp));
    EXPECT_EQ(folded.flows < all.flows, one.one_for_all);
    EXPECT_LT(worst_difference(folded, all, one.placement), 1e-9 * all.step_time.value);
  }
}

TEST(SimgridFolding, EqualsPlayingEveryRankOnRandomClusters) {
  std::mt19937 random(12);  // its sequence is fixed by the standard; those of distributions are not
  const auto one_of = [&](std::initializer_list<int> values) { return values.begin()[random() % values.size()]; };
  int in_part = 0;
  for (int n = 0; n < 150; ++n) {
    const Placement place{.tp = one_of({1, 2, 3, 4}),
                          .pp = one_of({1, 2, 3, 4}),
                          .dp = one_of({1, 2, 3, 5, 8}),
                          .order = static_cast<RankOrder>(one_of({0, 1, 2, 3}))};
    const int gpus = one_of({2, 3, 4, 8});
    Cluster cluster = cluster_of((place.ranks() + gpus - 1) / gpus, gpus, one_of({1, gpus}),
                                 one_of({0, 1}) == 0 ? InterNode::rail_optimized : InterNode::fat_tree,
                                 one_of({1, 2, 3, 5}), one_of({1, 2, 4}));
    cluster.intra = static_cast<IntraNode>(one_of({0, 0, 1, 2}));
    EngineOptions options;
    if (one_of({0, 0, 0, 1}) == 1) {  // one slow GPU
      options.slowdown.assign(static_cast<std::size_t>(place.ranks()), 1.0);
      options.slowdown[random() % options.slowdown.size()] = 1.25;
    }
    SCOPED_TRACE(testing::Message() << n << ": tp " << place.tp << " pp " << place.pp << " dp " << place.dp);
    const Synthetic s = synthetic_program(
        {.placement = place, .p2p = P2pMode::batched, .microbatches = 4, .layers = 1, .stretch = 0.3});
    const Timeline folded = play_simgrid(s.program, s.costs, cluster, options);
    options.fold = false;
    const Timeline all = play_simgrid(s.program, s.costs, cluster, options);
    const auto played = static_cast<int>(folded.ranks.size());
    in_part += played > place.pp && played < place.ranks() ? 1 : 0;
    EXPECT_LT(worst_difference(folded, all, place), 1e-9 * all.step_time.value);
  }
  EXPECT_GE(in_part, 30);
}

}  // namespace
}  // namespace braid
