// SPDX-License-Identifier: Apache-2.0
// Random traffic against the textbook: rates by progressive filling, recomputed whenever a message starts or ends.
// Shares no code with the engine but the routes.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "sim/cost/fabric.hpp"
#include "tests/sim/engine/simgrid/verified_simgrid.hpp"
#include "tests/sim/engine/tiny_program.hpp"

namespace braid {
namespace {

struct Flow {
  std::vector<int> links;
  double start = 0, left = 0, rate = 0, end = -1;
  bool under_way(double now) const { return start <= now && end < 0; }
};

/// Raises all rates together; flows on a link that is full stop; until all have stopped [Bertsekas, Gallager 6.5.2].
void share(std::vector<Flow*> flows, const Fabric& fabric) {
  std::vector<double> free(static_cast<std::size_t>(fabric.links()));
  for (int link = 0; link < fabric.links(); ++link) free[static_cast<std::size_t>(link)] = fabric.capacity(link).value;
  while (!flows.empty()) {
    std::vector<int> users(free.size(), 0);
    for (const Flow* flow : flows) {
      for (int link : flow->links) ++users[static_cast<std::size_t>(link)];
    }
    double rate = std::numeric_limits<double>::infinity();
    for (std::size_t link = 0; link < free.size(); ++link) {
      if (users[link] > 0) rate = std::min(rate, free[link] / users[link]);
    }
    const auto stops = [&](const Flow* flow) {
      return std::ranges::any_of(flow->links, [&](int link) {
        const auto l = static_cast<std::size_t>(link);
        return users[l] > 0 && free[l] / users[l] <= rate * (1 + 1e-12);
      });
    };
    std::vector<Flow*> stopped, going;
    for (Flow* flow : flows) (stops(flow) ? stopped : going).push_back(flow);
    for (Flow* flow : stopped) {
      flow->rate = rate;
      for (int link : flow->links) free[static_cast<std::size_t>(link)] -= rate;
    }
    flows = going;
  }
}

void play(std::vector<Flow>& flows, const Fabric& fabric) {
  for (double now = 0;;) {
    std::vector<Flow*> live;
    for (Flow& flow : flows) {
      if (flow.under_way(now)) live.push_back(&flow);
    }
    share(live, fabric);
    double next = std::numeric_limits<double>::infinity();
    for (const Flow& flow : flows) {
      if (flow.start > now) next = std::min(next, flow.start);
      if (flow.under_way(now)) next = std::min(next, now + flow.left / flow.rate);
    }
    if (next == std::numeric_limits<double>::infinity()) return;
    for (Flow* flow : live) {
      if (now + flow->left / flow->rate <= next * (1 + 1e-14)) flow->end = next;
      flow->left -= flow->rate * (next - now);
    }
    now = next;
  }
}

TEST(Simgrid, SharesAsProgressiveFillingDoes) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto uniform = [&] { return static_cast<double>(random()) / 4294967296.0; };
    const int gpus = 16;
    Cluster cluster = tiny_cluster(8, 2);
    cluster.intra_bandwidth = 3_Bps;
    cluster.nics_per_node = 1 + static_cast<int>(seed % 2);
    cluster.inter = seed % 3 == 0 ? InterNode::rail_optimized : InterNode::fat_tree;
    cluster.nodes_per_leaf = 2;
    cluster.oversubscription = 1 + static_cast<double>(seed % 4);
    const Fabric fabric(cluster);

    TinyProgram tiny({.tp = 1, .pp = gpus});
    std::vector<Flow> flows;
    std::vector<TinyProgram::Ends> ends;
    std::vector<int> receivers;
    for (int from = 0; from < gpus; ++from) {
      double at = 0;
      for (int n = 0; n < 6; ++n) {
        const int to = (from + 1 + static_cast<int>(random() % (gpus - 1))) % gpus;
        const double wait = 2 * uniform(), alone = 0.2 + uniform();
        const auto delay = tiny.op(from, Lane::h2d, tiny.compute(wait));
        ends.push_back(tiny.send(from, to, tiny.message(0, alone), {delay}));
        receivers.push_back(to);
        Flow flow{.links = fabric.route(from, to), .start = at += wait};
        double bottleneck = std::numeric_limits<double>::infinity();
        for (int link : flow.links) bottleneck = std::min(bottleneck, fabric.capacity(link).value);
        flow.left = alone * bottleneck;
        flows.push_back(flow);
      }
    }
    play(flows, fabric);
    const Timeline t = play_simgrid(tiny.program, tiny.costs, cluster, {.closed_form = false});
    EXPECT_EQ(t.flows, flows.size());
    for (std::size_t n = 0; n < flows.size(); ++n) {
      EXPECT_NEAR(span_of(t, receivers[n], Lane::pp, ends[n].recv).end.value, flows[n].end, 1e-9);
    }
  }
}

}  // namespace
}  // namespace braid
