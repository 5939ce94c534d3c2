// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/cost_program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "sim/base/error.hpp"
#include "sim/cost/clock.hpp"
#include "sim/cost/collective.hpp"
#include "sim/cost/compute.hpp"
#include "sim/cost/host_lane.hpp"
#include "sim/cost/memory_bound.hpp"
#include "sim/cost/message.hpp"
#include "sim/cost/stretch.hpp"

namespace braid {
namespace {

/// Largest and smallest demand of each quantity that a calibration may cover.
class Demands {
 public:
  void add(const std::string& quantity, double value) {
    if (!(value > 0)) return;
    auto [at, fresh] = seen_.try_emplace(quantity, value, value);
    if (fresh) return;
    at->second.first = std::min(at->second.first, value);
    at->second.second = std::max(at->second.second, value);
  }

  void add(const WorkItem& item) {
    for (const Gemm& gemm : item.compute.gemms) {
      add("gemm_m", gemm.m);
      add("gemm_n", gemm.n);
      add("gemm_k", gemm.k);
    }
    if (item.compute.attention) add("attention_sequence", item.compute.attention->sequence);
    add("elementwise_bytes", item.compute.elementwise.value);
    if (item.kind == WorkKind::collective) add("collective_bytes", item.bytes.value);
  }

  /// One line for each quantity whose demands leave the calibrated range, or which was never calibrated.
  std::vector<std::string> outside(const Profile& profile) const {
    std::vector<std::string> notes;
    for (const auto& [quantity, range] : seen_) {
      const auto found = profile.calibrated.find(quantity);
      if (found == profile.calibrated.end()) {
        notes.push_back(fmt::format("{}: not calibrated on {}, the rule's default applies", quantity, profile.gpu));
      } else if (range.first < found->second.least || range.second > found->second.most) {
        notes.push_back(fmt::format("{}: {:g} to {:g} here, calibrated for {:g} to {:g}: extrapolated", quantity,
                                    range.first, range.second, found->second.least, found->second.most));
      }
    }
    return notes;
  }

 private:
  std::map<std::string, std::pair<double, double>> seen_;
};

/// What each class of work takes from a GPU on which it runs; nothing if it is no communication.
std::vector<std::optional<CommLoad>> comm_loads(const Program& program, const Costs& costs,
                                                const std::vector<Bytes>& sent, const Parameters& p) {
  std::vector<std::optional<CommLoad>> loads(program.works.size());
  for (std::size_t i = 0; i < program.works.size(); ++i) {
    const WorkItem& item = program.works[i];
    if (item.kind == WorkKind::collective && costs.collective[i].transfer.value > 0) {
      const Seconds busy = costs.collective[i].latency + costs.collective[i].transfer;
      loads[i] = CommLoad{.ctas = p.comm_ctas, .memory_traffic = p.comm_memory_traffic * (sent[i] / busy)};
    } else if (item.kind == WorkKind::message) {
      // A send reads its buffer once and a recv writes it once: little beside a GPU's own memory traffic.
      loads[i] = CommLoad{.ctas = p.message_ctas, .memory_traffic = {}};
    }
  }
  return loads;
}

void add_notes(Costs& costs, const Program& program, const Cluster& cluster, const Profile& profile,
               const Demands& demands, bool collectives, bool between_nodes) {
  if (profile.calibrated.empty() && profile.points.empty()) {
    const bool defaults = profile.parameters == default_profile(cluster.gpu).parameters;
    costs.notes.push_back(
        defaults ? fmt::format("{}: no profile given; default efficiencies, published, measured elsewhere or assumed",
                               profile.gpu)
                 : fmt::format("{}: the profile sets parameters, its first lines say how; it names no range of shapes "
                               "that it was calibrated on",
                               profile.gpu));
  } else {
    for (std::string& note : demands.outside(profile)) costs.notes.push_back(std::move(note));
  }
  if (profile.gpu != cluster.gpu.name) {
    costs.notes.push_back(fmt::format("profile of {} used for {}", profile.gpu, cluster.gpu.name));
  }
  if (collectives) {
    costs.notes.push_back(
        "communication is not slowed by the compute beside it (an H100 slows it by a tenth to a quarter)");
  }
  between_nodes = between_nodes || (!program.messages.empty() && cluster.nodes > 1);
  if (between_nodes && cluster.nics_per_node < cluster.gpus_per_node) {
    costs.notes.push_back(fmt::format("{} GPUs share {} NICs of a node; each message and group is priced as if alone",
                                      cluster.gpus_per_node, cluster.nics_per_node));
  }
}

}  // namespace

Costs cost_program(const Program& program, const Cluster& cluster, const Profile& given) {
  return cost_program(program, ops_of_works(program), cluster, given);
}

Costs cost_program(const Program& program, const std::vector<double>& ops, const Cluster& cluster,
                   const Profile& given) {
  const std::size_t count = program.works.size();
  const Profile profile = at_clock_of(program, ops, cluster.gpu, given);
  const Parameters& p = profile.parameters;
  Costs costs{.duration = std::vector<Seconds>(count),
              .collective = std::vector<CommCost>(count),
              .message = std::vector<std::array<CommCost, kPathKinds>>(count),
              .stretch = std::vector<std::vector<double>>(count, std::vector<double>(count, 0.0)),
              .sms_held = std::vector<double>(count, 0.0),
              .launches = {},
              .notes = {}};
  const Groups tp = groups_of(program.placement, Scope::tp, cluster);
  const Groups dp = groups_of(program.placement, Scope::dp, cluster);
  std::vector<ComputeCost> compute(count);
  std::vector<Bytes> sent(count);
  Demands demands;
  bool collectives = false, between_nodes = false;
  for (std::size_t i = 0; i < count; ++i) {
    const WorkItem& item = program.works[i];
    demands.add(item);
    switch (item.kind) {
      case WorkKind::compute:
        compute[i] = compute_cost(item, cluster.gpu, profile);
        costs.duration[i] = compute[i].duration;
        break;
      case WorkKind::collective: {
        const Groups& groups = item.scope == Scope::tp ? tp : dp;
        const CollectivePlan plan = plan_collective(item.collective, item.bytes, groups.worst, cluster, p);
        costs.collective[i] = plan.cost;
        sent[i] = plan.sent;
        collectives = collectives || groups.worst.members > 1;
        between_nodes = between_nodes || groups.worst.nodes > 1;
        break;
      }
      case WorkKind::message:
        costs.message[i] = message_costs(item.bytes, cluster, p);
        break;
      case WorkKind::copy:
        costs.duration[i] = host_copy_time(item.bytes, cluster, p);
        break;
      case WorkKind::fixed:
        costs.duration[i] = item.fixed;
        break;
    }
  }
  const auto loads = comm_loads(program, costs, sent, p);
  for (std::size_t i = 0; i < count; ++i) {
    if (loads[i]) costs.sms_held[i] = std::min(loads[i]->ctas, double(cluster.gpu.sms));
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (compute[i].kernels.empty()) continue;
    for (std::size_t j = 0; j < count; ++j) {
      if (loads[j]) costs.stretch[i][j] = stretch_beside(compute[i], *loads[j], cluster.gpu, p);
    }
  }
  if (p.host_launch_s > 0) costs.launches = launches_of(program, costs.duration, Seconds(p.host_launch_s));
  add_notes(costs, program, cluster, given, demands, collectives, between_nodes);
  if (given.parameters.clock_memory_gain > 0) {
    costs.notes.push_back(fmt::format("clock of this mix of work: {:.0f} % of the data sheet's",
                                      100 * profile.parameters.sustained_clock));
  }
  if (!tp.alike) costs.notes.push_back("TP groups sit differently on the nodes; all are priced as the worst of them");
  if (!dp.alike) costs.notes.push_back("DP groups sit differently on the nodes; all are priced as the worst of them");
  return costs;
}

}  // namespace braid
