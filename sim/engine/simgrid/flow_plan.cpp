// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/simgrid/flow_plan.hpp"

#include <algorithm>
#include <set>

namespace braid {
namespace {

class Planner {
 public:
  Planner(const NetworkLoad& load, const Fabric& fabric, const Replicas& replicas, const Symmetry& symmetry)
      : load_(load), replicas_(replicas), symmetry_(symmetry), even_(carries_as_many_of_each(symmetry)) {
    const auto pairs =
        static_cast<std::size_t>(std::ranges::count_if(load.classes, [](const auto& one) { return one.message; }));
    const auto instances = static_cast<std::size_t>(replicas.instances());
    plan_.flow_of = {.message = std::vector<std::int32_t>(pairs * replicas.played.size(), kClosedForm),
                     .collective = std::vector<std::int32_t>(2 * instances, kClosedForm)};
    find_capacities(fabric);
  }

  FlowPlan plan(const std::vector<bool>& played) {
    for (const NetworkLoad::Class& one : load_.classes) {
      const std::vector<std::vector<std::size_t>> asked = asked_for(one);
      for (std::size_t column = 0; column < asked.size(); ++column) {
        if (asked[column].empty() || !played[asked[column].front()]) continue;
        const std::int32_t number = even_ ? add_representative(asked[column].front()) : add_all(asked[column]);
        if (one.message) {
          plan_.flow_of.message[static_cast<std::size_t>(one.pair) * asked.size() + column] = number;
        } else {
          const auto instance = static_cast<std::size_t>(replicas_.instance(one.pp, static_cast<int>(column)));
          const auto instances = static_cast<std::size_t>(replicas_.instances());
          plan_.flow_of.collective[static_cast<std::size_t>(one.scope) * instances + instance] = number;
        }
      }
    }
    if (!even_) plan_.routes = load_.flows;
    return std::move(plan_);
  }

 private:
  static bool carries_as_many_of_each(const Symmetry& symmetry) {
    return std::ranges::all_of(symmetry.carried, [](const auto& link) {
      return std::ranges::all_of(link, [&](const auto& flow) { return flow.second == link.front().second; });
    });
  }

  void find_capacities(const Fabric& fabric) {
    plan_.capacity.assign(even_ ? symmetry_.carried.size() : load_.links.size(), 0);
    for (std::size_t link = 0; link < load_.links.size(); ++link) {
      const double whole = fabric.capacity(load_.links[link]).value;
      if (!even_) {
        plan_.capacity[link] = whole;
      } else if (symmetry_.link[link] >= 0) {
        const auto colour = static_cast<std::size_t>(symmetry_.link[link]);
        plan_.capacity[colour] = whole / symmetry_.carried[colour].front().second;
      }
    }
  }

  /// By column that is played: the transfers of the class that the core means when it asks for that column's. A
  /// collective goes by the first column that is played of its group.
  std::vector<std::vector<std::size_t>> asked_for(const NetworkLoad::Class& one) const {
    const auto none = static_cast<int>(replicas_.played.size());
    std::vector<int> by(one.transfers, none);
    for (std::size_t placed = 0; placed < replicas_.stands_in.size(); ++placed) {
      const int column = static_cast<int>(placed);
      const int copy = one.message ? column : replicas_.group_of(one.scope, column);
      int& first = by[static_cast<std::size_t>(copy)];
      first = std::min(first, replicas_.stands_in[placed]);
    }
    std::vector<std::vector<std::size_t>> asked(replicas_.played.size());
    for (std::size_t copy = 0; copy < by.size(); ++copy) {
      asked[static_cast<std::size_t>(by[copy])].push_back(one.first_transfer + copy);
    }
    return asked;
  }

  /// One flow of each colour in the transfer, over links that stand for their colours.
  std::int32_t add_representative(std::size_t t) {
    const NetworkLoad::Transfer& transfer = load_.transfers[t];
    FlowPlan::Transfer made{.routes = {}, .rate = transfer.rate};
    std::set<int> seen;
    for (std::size_t flow = transfer.first_flow; flow < transfer.first_flow + transfer.flows; ++flow) {
      if (!seen.insert(symmetry_.flow[flow]).second) continue;
      std::vector<int> links;
      for (int link : load_.flows[flow]) links.push_back(symmetry_.link[static_cast<std::size_t>(link)]);
      std::ranges::sort(links);
      links.erase(std::unique(links.begin(), links.end()), links.end());
      made.routes.push_back(plan_.routes.size());
      plan_.routes.push_back(std::move(links));
    }
    return add(std::move(made));
  }

  std::int32_t add_all(const std::vector<std::size_t>& transfers) {
    FlowPlan::Transfer made{.routes = {}, .rate = load_.transfers[transfers.front()].rate};
    for (std::size_t t : transfers) {
      const NetworkLoad::Transfer& transfer = load_.transfers[t];
      for (std::size_t n = 0; n < transfer.flows; ++n) made.routes.push_back(transfer.first_flow + n);
    }
    return add(std::move(made));
  }

  std::int32_t add(FlowPlan::Transfer transfer) {
    plan_.transfers.push_back(std::move(transfer));
    return static_cast<std::int32_t>(plan_.transfers.size() - 1);
  }

  const NetworkLoad& load_;
  const Replicas& replicas_;
  const Symmetry& symmetry_;
  bool even_;
  FlowPlan plan_;
};

}  // namespace

std::vector<bool> played_transfers(const NetworkLoad& load, bool closed_form, bool may_fold) {
  std::vector<bool> played;
  for (const NetworkLoad::Transfer& one : load.transfers) {
    played.push_back(one.flows > 0 && (one.can_meet || !closed_form));
  }
  for (const NetworkLoad::Class& one : load.classes) {
    const auto first = played.begin() + static_cast<std::ptrdiff_t>(one.first_transfer);
    const auto last = first + static_cast<std::ptrdiff_t>(one.transfers);
    if (!may_fold || std::find(first, last, true) == last) continue;
    for (std::size_t t = one.first_transfer; t < one.first_transfer + one.transfers; ++t) {
      played[t] = load.transfers[t].flows > 0;
    }
  }
  return played;
}

FlowPlan plan_flows(const NetworkLoad& load, const Fabric& fabric, const Replicas& replicas, const Symmetry& symmetry,
                    const std::vector<bool>& played) {
  return Planner(load, fabric, replicas, symmetry).plan(played);
}

}  // namespace braid
