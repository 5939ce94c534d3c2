// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/price.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <utility>

#include "sim/cost/clock.hpp"
#include "sim/cost/collective.hpp"
#include "sim/cost/compute.hpp"
#include "sim/cost/gemm.hpp"
#include "sim/cost/group.hpp"
#include "sim/cost/path.hpp"
#include "sim/cost/point.hpp"

namespace braid {
namespace {

/// "measured point (source)", or nothing if the profile has none of that key.
std::string measured(const Profile& profile, const std::string& key) {
  const auto found = profile.points.find(key);
  if (found == profile.points.end()) return "";
  return "measured point" + (found->second.source.empty() ? "" : " (" + found->second.source + ")");
}

std::string gemm_rule(const Gemm& gemm, Pass pass, const Gpu& gpu, const Profile& profile) {
  const GemmPlan plan = plan_gemm(gemm, pass, gpu, profile.parameters);
  if (plan.tiles == 0) return "nothing to do";
  const std::string split = plan.split_k > 1 ? fmt::format(", k in {} parts", plan.split_k) : "";
  return fmt::format("rule of products, {:g} tiles of {} x {}{} in {:g} waves, {}", plan.tiles, plan.tile_m,
                     plan.tile_n, split, waves(plan.tiles, gpu.sms),
                     plan.compute < plan.memory ? "memory decides" : "compute decides");
}

/// ", gemm_efficiency 0.91 of the peak (whence)".
std::string parameter_text(const Profile& profile, const char* name) {
  const auto source = profile.sources.find(name);
  return fmt::format("; {} {:.4g}{}", name, parameter(profile, name),
                     source == profile.sources.end() ? "" : " (" + source->second + ")");
}

const char* words(CollectiveAlgorithm algorithm) {
  constexpr std::array names{"ring", "tree", "reduction in the switch (NVLS)", "hierarchical"};
  return names[static_cast<std::size_t>(algorithm)];
}
const char* words(CollectiveProtocol protocol) {
  constexpr std::array names{"LL", "LL128", "Simple"};
  return names[static_cast<std::size_t>(protocol)];
}
const char* words(PathKind path) {
  constexpr std::array names{"on the same GPU", "inside a node", "through one leaf switch", "through the spine"};
  static_assert(names.size() == kPathKinds);
  return names[static_cast<std::size_t>(path)];
}

std::string alpha_beta(const CommCost& cost, Bytes sent) {
  std::string text = to_text(cost.latency);
  if (cost.transfer.value > 0) {
    text += fmt::format(" + {} at {:.4g} GB/s", to_text(sent), (sent / cost.transfer).value / 1e9);
  }
  return text;
}

/// One part a kernel, behind them where the efficiency of the profile comes from.
Price compute_price(const WorkItem& work, const Gpu& gpu, const Profile& profile) {
  const ComputeCost cost = compute_cost(work, gpu, profile);
  Price price{.time = cost.duration, .traffic = {}, .source = {}};
  for (const KernelCost& kernel : cost.kernels) price.traffic += kernel.traffic;
  const Work& demand = work.compute;
  if (const std::string whole = measured(profile, work_key(demand)); !whole.empty()) {
    price.source = "whole op: " + whole;
    return price;
  }
  std::size_t next = 0;
  bool by_rule_of_products = false, by_rule_of_attention = false;
  const auto part = [&](const std::string& what, const std::string& how) {
    if (next > 0) price.source += "; ";
    price.source += fmt::format("{} {}: {}", what, to_text(cost.kernels[next++].time), how);
  };
  for (const Gemm& gemm : demand.gemms) {
    const std::string key = gemm_key(gemm, demand.pass);
    const std::string point = measured(profile, key);
    by_rule_of_products = by_rule_of_products || point.empty();
    part(key, point.empty() ? gemm_rule(gemm, demand.pass, gpu, profile) : point);
  }
  if (demand.attention) {
    const std::string key = attention_key(*demand.attention);
    const std::string point = measured(profile, key);
    by_rule_of_attention = point.empty() && demand.attention->flash;
    part(key, point.empty() ? "rule of attention" : point);
  }
  while (next < cost.kernels.size()) {
    const bool memory = cost.kernels[next].kind == KernelKind::memory;
    part(memory ? "other kernels, " + to_text(cost.kernels[next].traffic) : "fixed part of a unit",
         memory ? "rule, bytes over memory bandwidth and launches" : "parameter unit_overhead_s");
  }
  if (by_rule_of_products) price.source += parameter_text(profile, "gemm_efficiency");
  if (by_rule_of_attention) {
    price.source += parameter_text(
        profile, demand.attention->backward ? "attention_backward_efficiency" : "attention_forward_efficiency");
  }
  return price;
}

Price collective_price(const WorkItem& work, const CollectivePlan& plan, const GroupShape& group) {
  Price price{.time = plan.cost.latency + plan.cost.transfer, .traffic = plan.sent, .source = {}};
  if (group.members < 2) {
    price.source = "a group of one: nothing to do";
    return price;
  }
  price.source = fmt::format("alpha-beta rule, {} over {} GPUs on {} node{}: {}, protocol {}, {} sent by each GPU",
                             to_text(work.collective), group.members, group.nodes, group.nodes == 1 ? "" : "s",
                             words(plan.algorithm), words(plan.protocol), alpha_beta(plan.cost, plan.sent));
  return price;
}

Price message_price(Bytes bytes, PathKind path, const CommCost& cost) {
  return {.time = cost.latency + cost.transfer,
          .traffic = bytes,
          .source = fmt::format("alpha-beta rule, {}: {}", words(path), alpha_beta(cost, bytes))};
}

Price copy_price(Bytes bytes, Seconds time) {
  return {.time = time,
          .traffic = bytes,
          .source = fmt::format("rule of host copies: {} over the host link and an overhead", to_text(bytes))};
}

std::uint16_t work_of(const Program& program, const Message& m) {
  return program.ranks[static_cast<std::size_t>(m.from)].ops[m.send_op].work;
}

/// In the first replica.
PathKind path_of(const Program& program, const Message& m, const Cluster& cluster) {
  return path_kind(cluster, program.placement.gpu(0, m.from, 0), program.placement.gpu(0, m.to, 0));
}

Price price_on(const Program& program, const Message& m, PathKind path, const Costs& costs) {
  const std::uint16_t work = work_of(program, m);
  return message_price(program.works[work].bytes, path, costs.message[work][static_cast<std::size_t>(path)]);
}

}  // namespace

std::vector<Price> prices_of(const Program& program, const Cluster& cluster, const Profile& given, const Costs& costs) {
  const Profile profile = at_clock_of(program, cluster.gpu, given);
  const GroupShape tp = groups_of(program.placement, Scope::tp, cluster).worst;
  const GroupShape dp = groups_of(program.placement, Scope::dp, cluster).worst;
  std::vector<Price> prices(program.works.size());
  for (std::size_t i = 0; i < prices.size(); ++i) {
    const WorkItem& work = program.works[i];
    switch (work.kind) {
      case WorkKind::compute:
        prices[i] = compute_price(work, cluster.gpu, profile);
        break;
      case WorkKind::collective: {
        const GroupShape& group = work.scope == Scope::tp ? tp : dp;
        prices[i] = collective_price(
            work, plan_collective(work.collective, work.bytes, group, cluster, profile.parameters), group);
        break;
      }
      case WorkKind::message:
        break;
      case WorkKind::copy:
        prices[i] = copy_price(work.bytes, costs.duration[i]);
        break;
      case WorkKind::fixed:
        prices[i] = {.time = work.fixed, .traffic = {}, .source = "given"};
        break;
    }
  }
  for (const Message& m : program.messages) {
    const std::uint16_t work = work_of(program, m);
    if (program.works[work].kind != WorkKind::message) continue;
    Price price = price_on(program, m, path_of(program, m, cluster), costs);
    if (prices[work].source.empty() || prices[work].time < price.time) prices[work] = std::move(price);
  }
  return prices;
}

PathPrices path_prices_of(const Program& program, const Cluster& cluster, const Costs& costs,
                          const std::vector<Price>& prices) {
  PathPrices all;
  std::map<std::pair<std::uint16_t, PathKind>, std::int32_t> known;
  for (const Message& m : program.messages) {
    all.of_message.push_back(-1);
    const std::uint16_t work = work_of(program, m);
    if (program.works[work].kind != WorkKind::message) continue;
    const PathKind path = path_of(program, m, cluster);
    const auto [at, fresh] = known.try_emplace({work, path}, -1);
    if (fresh) {
      Price price = price_on(program, m, path, costs);
      if (price.source != prices[work].source) {
        at->second = static_cast<std::int32_t>(all.prices.size());
        all.prices.push_back(std::move(price));
        all.work.push_back(work);
      }
    }
    all.of_message.back() = at->second;
  }
  return all;
}

}  // namespace braid
