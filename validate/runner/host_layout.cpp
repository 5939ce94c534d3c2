// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/host_layout.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/error.hpp"
#include "sim/cost/path.hpp"

namespace braid {

HostLayout::HostLayout(const Program& program, const Costs& costs, const Cluster& cluster, bool unfolded)
    : program_(program), costs_(costs), cluster_(cluster) {
  const Placement& place = program.placement;
  if (place.ranks() > cluster.gpus()) {
    throw Error("plan", fmt::format("tp * pp * dp = {} ranks do not fit on the {} GPUs of the cluster", place.ranks(),
                                    cluster.gpus()));
  }
  const bool alike = std::ranges::all_of(program.messages, [&](const Message& m) {
    for (int tp = 0; tp < place.tp; ++tp) {
      for (int dp = 0; dp < place.dp; ++dp) {
        if (path(m, tp, dp) != path(m, 0, 0)) return false;
      }
    }
    return true;
  });
  if (unfolded || !alike) {
    tp_ = place.tp;
    dp_ = place.dp;
  }
  for (int pp = 0; pp < place.pp; ++pp) {
    for (int dp = 0; dp < dp_; ++dp) {
      for (int tp = 0; tp < tp_; ++tp) {
        instances_.push_back({.rank = unfolded || !alike ? place.gpu(tp, pp, dp) : pp, .pp = pp, .tp = tp, .dp = dp});
      }
    }
  }
}

std::size_t HostLayout::at(int pp, int tp, int dp) const {
  return static_cast<std::size_t>((pp * dp_ + dp) * tp_ + tp);
}

std::size_t HostLayout::pipeline_peer(std::size_t instance, int pp) const {
  return at(pp, instances_[instance].tp, instances_[instance].dp);
}

std::vector<std::size_t> HostLayout::group(std::size_t instance, Scope scope) const {
  const HostInstance& me = instances_[instance];
  std::vector<std::size_t> members;
  if (scope == Scope::tp) {
    for (int tp = 0; tp < tp_; ++tp) members.push_back(at(me.pp, tp, me.dp));
  } else {
    for (int dp = 0; dp < dp_; ++dp) members.push_back(at(me.pp, me.tp, dp));
  }
  return members;
}

PathKind HostLayout::path(const Message& message, int tp, int dp) const {
  const Placement& place = program_.placement;
  return path_kind(cluster_, place.gpu(tp, message.from, dp), place.gpu(tp, message.to, dp));
}

Seconds HostLayout::message_time(std::uint32_t message, std::size_t sender) const {
  const Message& m = program_.messages[message];
  const std::uint16_t work = program_.ranks[static_cast<std::size_t>(m.from)].ops[m.send_op].work;
  if (program_.works[work].kind != WorkKind::message) return costs_.duration[work];  // abstract cost: no bytes
  const HostInstance& me = instances_[sender];
  const CommCost& cost = costs_.message[work][static_cast<std::size_t>(path(m, me.tp, me.dp))];
  return cost.latency + cost.transfer;
}

}  // namespace braid
