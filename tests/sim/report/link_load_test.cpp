// SPDX-License-Identifier: Apache-2.0
#include "sim/report/link_load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using ::testing::ElementsAre;
using tiny::Tiny;

/// NVSwitch nodes at 10 B/s a GPU, a NIC of 5 B/s for each GPU, all nodes under one leaf.
Cluster cluster_of(int nodes, int gpus_per_node) {
  return {.nodes = nodes,
          .gpus_per_node = gpus_per_node,
          .intra_bandwidth = BytesPerSecond(10),
          .nics_per_node = gpus_per_node,
          .nic_bandwidth = BytesPerSecond(5)};
}

void set_bytes(Tiny& tiny, int rank, std::uint32_t op, double bytes) {
  tiny.program().works[tiny.program().ranks[static_cast<std::size_t>(rank)].ops[op].work].bytes = Bytes(bytes);
}

LinkLoad load_of(const Tiny& tiny, const Cluster& cluster, const Tiny::Play& play = {}, const Costs* costs = nullptr) {
  const Timeline timeline = tiny.play(play);
  return link_load(join_complete(tiny.program(), timeline), cluster, costs);
}

double integral(const Steps& steps, std::size_t column) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < steps.time.size(); ++i) {
    sum += steps.value[column][i] * (steps.time[i + 1] - steps.time[i]);
  }
  return sum;
}

TEST(LinkLoad, SpreadsARingOverItsOwnTime) {
  // All-reduce of 8 B over 2 GPUs: each sends 8 x 2 (2-1)/2 = 8 B, together 16 B in 2 s = 8 B/s of 2 x 10 B/s.
  Tiny tiny(1, 2);
  const auto before = tiny.compute(0, 1);
  set_bytes(tiny, 0, tiny.collective(0, Lane::tp, 2, {before}), 8);
  const LinkLoad links = load_of(tiny, cluster_of(1, 2));
  ASSERT_EQ(links.classes.size(), 1u);
  EXPECT_EQ(links.classes[0].name, "NVLink");
  EXPECT_EQ(links.classes[0].capacity.value, 20);
  EXPECT_EQ(links.classes[0].bytes, 16_B);
  EXPECT_THAT(links.load.time, ElementsAre(0, 1, 3));
  EXPECT_THAT(links.load.value[0], ElementsAre(0, 0.4, 0));
}

TEST(LinkLoad, TakesWhatAnInSwitchReductionSends) {
  // All-reduce of 16 B over 4 GPUs: a ring would send 16 x 2 (4-1)/4 = 24 B a GPU, the switch lets it send 16 x (1 +
  // 1/4) = 20 B, at 10 B/s for 2 s: the links are full, not 120 % full.
  Tiny tiny(1, 4);
  const auto sum = tiny.collective(0, Lane::tp, 2);
  set_bytes(tiny, 0, sum, 16);
  const std::uint16_t work = tiny.program().ranks[0].ops[sum].work;
  Costs costs;
  costs.collective.resize(tiny.program().works.size());
  costs.prices.resize(tiny.program().works.size());
  costs.prices[work].traffic = Bytes(20);
  const LinkLoad links = load_of(tiny, cluster_of(1, 4), {}, &costs);
  EXPECT_THAT(links.load.value[0], ElementsAre(1, 0));
  EXPECT_EQ(links.classes[0].bytes, 80_B);
  // A tree sends more from some and less from others; in sum as much as a ring.
  costs.prices[work].traffic = Bytes(32);
  EXPECT_EQ(load_of(tiny, cluster_of(1, 4), {}, &costs).classes[0].bytes, 96_B);
  // Over two nodes a price is not of what crosses them.
  costs.prices[work].traffic = Bytes(20);
  EXPECT_EQ(load_of(tiny, cluster_of(2, 2), {}, &costs).classes[0].bytes, 48_B);
}

TEST(LinkLoad, StartsAfterTheLatency) {
  // The same 16 B, of 2 s one is latency: 16 B/s of 20.
  Tiny tiny(1, 2);
  set_bytes(tiny, 0, tiny.collective(0, Lane::tp, 2), 8);
  Costs costs;
  costs.collective = {{.latency = 1_s, .transfer = 1_s}};
  const LinkLoad links = load_of(tiny, cluster_of(1, 2), {}, &costs);
  EXPECT_THAT(links.load.time, ElementsAre(0, 1, 2));
  EXPECT_THAT(links.load.value[0], ElementsAre(0, 0.8, 0));
}

TEST(LinkLoad, CountsAMessageOfEveryColumn) {
  // tp 2: two copies of a message of 6 B in 1 s from node 0 to node 1: 12 B/s of 4 NICs x 5 B/s. Under one leaf nothing
  // reaches the spine.
  Tiny tiny(2, 2);
  const auto sent = tiny.eager(0, 1, 1);
  set_bytes(tiny, 0, sent.send, 6);
  const LinkLoad links = load_of(tiny, cluster_of(2, 2));
  ASSERT_EQ(links.classes.size(), 1u);
  EXPECT_EQ(links.classes[0].name, "NIC");
  EXPECT_THAT(links.load.value[0], ElementsAre(0.6, 0));
}

TEST(LinkLoad, CountsTheSpineBetweenLeaves) {
  // As above with a leaf a node: 2 nodes x 2 rails = 4 leaves of one NIC's 5 B/s up each, halved by oversubscription.
  Tiny tiny(2, 2);
  set_bytes(tiny, 0, tiny.eager(0, 1, 1).send, 6);
  Cluster cluster = cluster_of(2, 2);
  cluster.nodes_per_leaf = 1;
  cluster.oversubscription = 2;
  const LinkLoad links = load_of(tiny, cluster);
  ASSERT_EQ(links.classes.size(), 2u);
  EXPECT_EQ(links.classes[1].name, "leaf to spine");
  EXPECT_EQ(links.classes[1].capacity.value, 10);
  EXPECT_THAT(links.load.value[1], ElementsAre(1.2, 0));
}

TEST(LinkLoad, CrossesOnlyWhatARingOverNodesCrosses) {
  // dp 4 on nodes of 2 (a fat tree: no rails to change), ring 0 1 | 2 3: two of four flows stay inside. Each sends
  // 8 x 2 x 3/4 = 12 B. NVLink 24 B of 40 B/s, NIC 24 B of 20 B/s, in 3 s.
  Tiny tiny(1, 1, 4);
  set_bytes(tiny, 0, tiny.collective(0, Lane::dp, 3), 8);
  Cluster cluster = cluster_of(2, 2);
  cluster.inter = InterNode::fat_tree;
  const LinkLoad links = load_of(tiny, cluster);
  ASSERT_EQ(links.classes.size(), 2u);
  EXPECT_EQ(links.classes[0].bytes, 24_B);
  EXPECT_EQ(links.classes[1].bytes, 24_B);
  EXPECT_DOUBLE_EQ(links.load.value[0][0], 24.0 / 3 / 40);
  EXPECT_DOUBLE_EQ(links.load.value[1][0], 24.0 / 3 / 20);
}

TEST(LinkLoad, GoesThroughTheHostBridgeOfAPcieNode) {
  // Two GPUs of 10 B/s; the bridge carries half of their sum, 10 B/s. 16 B in 2 s as in the first test.
  Tiny tiny(1, 2);
  set_bytes(tiny, 0, tiny.collective(0, Lane::tp, 2), 8);
  Cluster cluster = cluster_of(1, 2);
  cluster.intra = IntraNode::pcie;
  const LinkLoad links = load_of(tiny, cluster);
  ASSERT_EQ(links.classes.size(), 2u);
  EXPECT_EQ(links.classes[0].name, "PCIe");
  EXPECT_EQ(links.classes[1].name, "host bridge");
  EXPECT_DOUBLE_EQ(links.load.value[1][0], 0.8);
}

Tiny two_stages(int tp, int dp) {
  Tiny tiny(2, tp, dp);
  const auto a = tiny.compute(0, 1);
  const auto reduced = tiny.collective(0, Lane::tp, 0.5, {a});
  set_bytes(tiny, 0, reduced, 8);
  const auto sent = tiny.eager(0, 1, 0.25, {reduced});
  set_bytes(tiny, 0, sent.send, 6);
  const auto b = tiny.compute(1, 2, {sent.recv});
  set_bytes(tiny, 1, tiny.collective(1, Lane::dp, 3, {b}), 16);
  return tiny;
}

TEST(LinkLoad, IsTheSameUnfolded) {
  const Tiny tiny = two_stages(2, 3);
  const LinkLoad folded = load_of(tiny, cluster_of(6, 2));
  const LinkLoad unfolded = load_of(tiny, cluster_of(6, 2), {.unfold = true, .launch = 0, .slowdown = {}});
  ASSERT_EQ(folded.classes.size(), unfolded.classes.size());
  ASSERT_EQ(folded.load.time, unfolded.load.time);
  for (std::size_t c = 0; c < folded.classes.size(); ++c) {
    EXPECT_NEAR(folded.classes[c].bytes.value, unfolded.classes[c].bytes.value, 1e-9);
    for (std::size_t i = 0; i < folded.load.time.size(); ++i) {
      EXPECT_NEAR(folded.load.value[c][i], unfolded.load.value[c][i], 1e-12);
    }
  }
}

TEST(LinkLoad, IntegratesToTheBytes) {
  // By hand, two copies of tp and three of dp on nodes of two (GPU = tp + 2 (dp + 3 pp)). TP rings lie inside nodes:
  // 3 groups x 2 flows x 8 B x 2/2 = 48 B over NVLink. Messages: 6 columns x 6 B = 36 B over NICs. DP rings: 2 groups x
  // 3 flows x 16 B x 2 x 2/3 = 128 B over NICs. A slow GPU moves them in time, and changes none of that.
  const Tiny tiny = two_stages(2, 3);
  for (const double slow : {1.0, 1.5}) {
    const LinkLoad links =
        load_of(tiny, cluster_of(6, 2),
                {.unfold = true, .launch = 0, .slowdown = [slow](int gpu) { return gpu == 3 ? slow : 1.0; }});
    ASSERT_EQ(links.classes.size(), 2u);
    EXPECT_NEAR(links.classes[0].bytes.value, 48, 1e-9);
    EXPECT_NEAR(links.classes[1].bytes.value, 36 + 128, 1e-9);
    for (std::size_t c = 0; c < 2; ++c) {
      EXPECT_NEAR(integral(links.load, c) * links.classes[c].capacity.value, links.classes[c].bytes.value, 1e-9);
    }
  }
}

TEST(LinkLoad, IsEmptyWhereNothingTravels) {
  Tiny tiny(1);
  tiny.compute(0, 1);
  EXPECT_TRUE(load_of(tiny, cluster_of(1, 1)).classes.empty());
}

}  // namespace
}  // namespace braid
