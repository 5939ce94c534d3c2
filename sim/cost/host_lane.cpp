// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/host_lane.hpp"

#include <algorithm>

namespace braid {

Launches launches_of(const Program& program, const std::vector<Seconds>& duration, Seconds a_launch) {
  Launches launches;
  for (std::size_t i = 0; i < program.works.size(); ++i) {
    const WorkItem& item = program.works[i];
    const int kernels = item.kind == WorkKind::compute ? std::max(1, item.compute.kernels) : 1;
    const Seconds time = double(kernels) * a_launch;
    launches.time.push_back(time);
    launches.lead.push_back(std::min(time - a_launch, duration[i] * (1 - 1.0 / kernels)));
  }
  return launches;
}

std::size_t HostPlan::waits_up_to(std::uint32_t op) const {
  return static_cast<std::size_t>(std::upper_bound(waits.begin(), waits.end(), op) - waits.begin());
}

HostPlan host_plan(const Program& program, int pp_rank, const Launches& launches) {
  HostPlan plan;
  if (launches.empty()) return plan;
  const std::vector<Op>& ops = program.ranks.at(static_cast<std::size_t>(pp_rank)).ops;
  plan.issued.reserve(ops.size());
  double sum = 0;
  for (std::uint32_t k = 0; k < ops.size(); ++k) {
    sum += launches.time.at(ops[k].work).value;
    plan.issued.push_back(sum);
    const bool message = ops[k].message != kNoMessage;
    const bool message_before = k > 0 && ops[k - 1].message != kNoMessage;
    if (!program.host_waits || message || !message_before) continue;
    std::uint32_t first = k - 1;
    while (first > 0 && ops[first - 1].message != kNoMessage) --first;
    plan.waits.push_back(k);
    plan.begins.push_back(first);
  }
  for (const Seconds lead : launches.lead) plan.lead.push_back(lead.value);
  return plan;
}

HostLane::HostLane(const HostPlan& plan) : plan_(plan.issued.empty() ? nullptr : &plan) {
  for (std::size_t w = 0; w < plan.waits.size(); ++w) open_.push_back(plan.waits[w] - plan.begins[w]);
  last_end_.assign(open_.size(), 0);
}

bool HostLane::message_ended(std::uint32_t op, double time) {
  if (plan_ == nullptr || plan_->waits.empty()) return false;
  const std::size_t wait = plan_->waits_up_to(op);
  if (wait == open_.size()) return false;
  last_end_[wait] = std::max(last_end_[wait], time);
  --open_[wait];
  const std::size_t before = delay_.size();
  for (std::size_t w = before - 1; w < open_.size() && open_[w] == 0; ++w) {
    const double issued = plan_->issued[plan_->waits[w] - 1];
    delay_.push_back(std::max(delay_.back(), last_end_[w] - issued));
  }
  return delay_.size() > before;
}

}  // namespace braid
