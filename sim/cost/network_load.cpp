// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/network_load.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "sim/program/message_pairs.hpp"

namespace braid {
namespace {

/// Scopes of the collectives of a pipeline rank, and the lanes they are on.
std::array<std::set<Lane>, 2> collective_lanes(const Program& program, int pp) {
  std::array<std::set<Lane>, 2> lanes;
  for (const Op& op : program.ranks[static_cast<std::size_t>(pp)].ops) {
    const WorkItem& work = program.works[op.work];
    if (work.kind == WorkKind::collective) lanes[static_cast<std::size_t>(work.scope)].insert(op.lane);
  }
  return lanes;
}

class Loader {
 public:
  Loader(const Program& program, const Fabric& fabric) : program_(program), fabric_(fabric) {}

  void messages() {
    const Placement& place = program_.placement;
    int number = 0;
    for (const MessagePair& pair : message_pairs(program_)) {
      open({.message = true, .pair = number++});
      for (int dp = 0; dp < place.dp; ++dp) {
        for (int tp = 0; tp < place.tp; ++tp) {
          add({place.gpu(tp, pair.from, dp), place.gpu(tp, pair.to, dp)}, pair.messages > 1);
        }
      }
    }
  }

  void collectives(int pp) {
    const Placement& place = program_.placement;
    const auto lanes = collective_lanes(program_, pp);
    for (Scope scope : {Scope::tp, Scope::dp}) {
      const auto& used = lanes[static_cast<std::size_t>(scope)];
      const bool tp = scope == Scope::tp;
      const int members = tp ? place.tp : place.dp, groups = tp ? place.dp : place.tp;
      if (used.empty() || members == 1) continue;
      open({.message = false, .scope = scope, .pp = pp});
      for (int group = 0; group < groups; ++group) {
        std::vector<int> ring;
        ring.reserve(static_cast<std::size_t>(members) + 1);
        for (int member = 0; member < members; ++member) {
          ring.push_back(tp ? place.gpu(member, pp, group) : place.gpu(group, pp, member));
        }
        ring.push_back(ring.front());
        add(ring, used.size() > 1);
      }
    }
  }

  NetworkLoad finish() {
    find_rates();
    find_meetings();
    return std::move(load_);
  }

 private:
  void open(NetworkLoad::Class one) {
    one.first_transfer = load_.transfers.size();
    load_.classes.push_back(one);
  }

  /// A transfer with a flow from each GPU of the path to the next.
  void add(const std::vector<int>& path, bool overlaps) {
    NetworkLoad::Transfer transfer{.first_flow = load_.flows.size(), .overlaps = overlaps};
    for (std::size_t n = 0; n + 1 < path.size(); ++n) {
      std::vector<int> route = fabric_.route(path[n], path[n + 1]);
      if (!route.empty()) load_.flows.push_back(std::move(route));
    }
    transfer.flows = load_.flows.size() - transfer.first_flow;
    load_.transfers.push_back(transfer);
    ++load_.classes.back().transfers;
  }

  void find_rates() {
    for (auto& flow : load_.flows) load_.links.insert(load_.links.end(), flow.begin(), flow.end());
    std::ranges::sort(load_.links);
    load_.links.erase(std::unique(load_.links.begin(), load_.links.end()), load_.links.end());
    for (auto& flow : load_.flows) {
      for (int& link : flow) {
        link = static_cast<int>(std::ranges::lower_bound(load_.links, link) - load_.links.begin());
      }
    }
    // Flows of equal volume that start together end together with the slowest: where most of them share a link.
    std::vector<int> sharers(load_.links.size(), 0);
    for (NetworkLoad::Transfer& transfer : load_.transfers) {
      transfer.rate = std::numeric_limits<double>::infinity();
      each_link(transfer, [&](std::size_t link) { ++sharers[link]; });
      each_link(transfer, [&](std::size_t link) {
        transfer.rate = std::min(transfer.rate, fabric_.capacity(load_.links[link]).value / sharers[link]);
      });
      each_link(transfer, [&](std::size_t link) { sharers[link] = 0; });
    }
  }

  void find_meetings() {
    constexpr int kNobody = -1, kSeveral = -2;
    std::vector<int> user(load_.links.size(), kNobody);
    for (int t = 0; t < static_cast<int>(load_.transfers.size()); ++t) {
      const NetworkLoad::Transfer& transfer = load_.transfers[static_cast<std::size_t>(t)];
      each_link(transfer, [&](std::size_t link) {
        const bool first = user[link] == kNobody || user[link] == t;
        user[link] = first && !transfer.overlaps ? t : kSeveral;
      });
    }
    for (NetworkLoad::Transfer& transfer : load_.transfers) {
      each_link(transfer, [&](std::size_t link) { transfer.can_meet |= user[link] == kSeveral; });
    }
  }

  template <class Visit>
  void each_link(const NetworkLoad::Transfer& transfer, Visit visit) {
    for (std::size_t n = transfer.first_flow; n < transfer.first_flow + transfer.flows; ++n) {
      for (int link : load_.flows[n]) { visit(static_cast<std::size_t>(link)); }
    }
  }

  const Program& program_;
  const Fabric& fabric_;
  NetworkLoad load_;
};

}  // namespace

NetworkLoad network_load(const Program& program, const Fabric& fabric) {
  Loader loader(program, fabric);
  loader.messages();
  for (int pp = 0; pp < program.placement.pp; ++pp) loader.collectives(pp);
  return loader.finish();
}

}  // namespace braid
