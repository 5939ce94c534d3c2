// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/simgrid/flow_plan.hpp"

#include <algorithm>
#include <set>
#include <span>

#include "sim/engine/simgrid/symmetry.hpp"

namespace braid {
namespace {

/// Transfers of the classes that SimGrid plays: of all that can meet another, or of all that leave a GPU.
std::vector<bool> played_classes(const NetworkLoad& load, bool closed_form) {
  std::vector<bool> played;
  for (const NetworkLoad::Class& one : load.classes) {
    const std::span copies(&load.transfers[one.first_transfer], one.transfers);
    played.push_back(std::ranges::any_of(copies, [&](const NetworkLoad::Transfer& transfer) {
      return transfer.flows > 0 && (transfer.can_meet || !closed_form);
    }));
  }
  return played;
}

FlowOf nothing(std::size_t pairs, std::size_t columns, std::size_t instances) {
  return {.message = std::vector<std::int32_t>(pairs * columns, kClosedForm),
          .collective = std::vector<std::int32_t>(2 * instances, kClosedForm)};
}

std::size_t pair_count(const NetworkLoad& load) {
  return static_cast<std::size_t>(std::ranges::count_if(load.classes, [](const auto& one) { return one.message; }));
}

std::vector<double> capacities(const NetworkLoad& load, const Fabric& fabric) {
  std::vector<double> all;
  for (int link : load.links) all.push_back(fabric.capacity(link).value);
  return all;
}

/// All flows of `transfers` transfers of the load from `first` on, as one transfer of the plan.
FlowPlan::Transfer whole(const NetworkLoad& load, std::size_t first, std::size_t transfers) {
  FlowPlan::Transfer made{.routes = {}, .rate = load.transfers[first].rate};
  for (std::size_t t = first; t < first + transfers; ++t) {
    const auto& transfer = load.transfers[t];
    for (std::size_t n = 0; n < transfer.flows; ++n) made.routes.push_back(transfer.first_flow + n);
  }
  return made;
}

/// One flow of each colour in the first transfer of the class, over links that stand for their colours.
FlowPlan::Transfer representative(const NetworkLoad& load, const Symmetry& symmetry, std::size_t first,
                                  FlowPlan& plan) {
  const auto& transfer = load.transfers[first];
  FlowPlan::Transfer made{.routes = {}, .rate = transfer.rate};
  std::set<int> seen;
  for (std::size_t flow = transfer.first_flow; flow < transfer.first_flow + transfer.flows; ++flow) {
    if (!seen.insert(symmetry.flow[flow]).second) continue;
    std::vector<int> links;
    for (int link : load.flows[flow]) links.push_back(symmetry.link[static_cast<std::size_t>(link)]);
    std::ranges::sort(links);
    links.erase(std::unique(links.begin(), links.end()), links.end());
    made.routes.push_back(plan.routes.size());
    plan.routes.push_back(std::move(links));
  }
  return made;
}

}  // namespace

FlowPlan unfolded_flows(const Program& program, const Fabric& fabric, const Replicas& replicas, bool closed_form) {
  NetworkLoad load = network_load(program, fabric);
  const auto columns = static_cast<std::size_t>(replicas.columns());
  const auto instances = static_cast<std::size_t>(replicas.instances());
  FlowPlan plan{.capacity = capacities(load, fabric),
                .routes = {},
                .transfers = {},
                .flow_of = nothing(pair_count(load), columns, instances)};
  for (const NetworkLoad::Class& one : load.classes) {
    for (std::size_t t = 0; t < one.transfers; ++t) {
      const auto& transfer = load.transfers[one.first_transfer + t];
      if (transfer.flows == 0 || (closed_form && !transfer.can_meet)) continue;
      const auto number = static_cast<std::int32_t>(plan.transfers.size());
      plan.transfers.push_back(whole(load, one.first_transfer + t, 1));
      if (one.message) {
        plan.flow_of.message[static_cast<std::size_t>(one.pair) * columns + t] = number;
      } else {
        const int group = static_cast<int>(t);
        const int first_column = one.scope == Scope::tp ? group * replicas.tp() : group;
        const auto member = static_cast<std::size_t>(replicas.instance(one.pp, first_column));
        plan.flow_of.collective[static_cast<std::size_t>(one.scope) * instances + member] = number;
      }
    }
  }
  plan.routes = std::move(load.flows);
  return plan;
}

std::optional<FlowPlan> folded_flows(const Program& program, const Fabric& fabric, bool closed_form) {
  NetworkLoad load = network_load(program, fabric);
  const std::vector<bool> played = played_classes(load, closed_form);
  const Symmetry symmetry = find_symmetry(load, fabric, played);
  if (!symmetry.columns_alike) return std::nullopt;

  const auto ranks = static_cast<std::size_t>(program.placement.pp);
  FlowPlan plan{.capacity = capacities(load, fabric),
                .routes = {},
                .transfers = {},
                .flow_of = nothing(pair_count(load), 1, ranks)};
  if (symmetry.copies_alike) {
    plan.capacity.assign(symmetry.copies.size(), 0);
    for (std::size_t link = 0; link < load.links.size(); ++link) {
      if (symmetry.link[link] < 0) continue;
      const auto colour = static_cast<std::size_t>(symmetry.link[link]);
      plan.capacity[colour] = fabric.capacity(load.links[link]).value / symmetry.copies[colour];
    }
  }
  for (std::size_t c = 0; c < load.classes.size(); ++c) {
    if (!played[c]) continue;
    const NetworkLoad::Class& one = load.classes[c];
    const auto number = static_cast<std::int32_t>(plan.transfers.size());
    plan.transfers.push_back(symmetry.copies_alike ? representative(load, symmetry, one.first_transfer, plan)
                                                   : whole(load, one.first_transfer, one.transfers));
    if (one.message) {
      plan.flow_of.message[static_cast<std::size_t>(one.pair)] = number;
    } else {
      plan.flow_of.collective[static_cast<std::size_t>(one.scope) * ranks + static_cast<std::size_t>(one.pp)] = number;
    }
  }
  if (!symmetry.copies_alike) plan.routes = std::move(load.flows);
  return plan;
}

}  // namespace braid
