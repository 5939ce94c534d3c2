// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/compute.hpp"

#include <algorithm>
#include <utility>

#include "sim/cost/attention.hpp"
#include "sim/cost/gemm.hpp"
#include "sim/cost/memory_bound.hpp"
#include "sim/cost/point.hpp"

namespace braid {
namespace {

const Point* point_of(const Profile& profile, const std::string& key) {
  const auto found = profile.points.find(key);
  return found == profile.points.end() ? nullptr : &found->second;
}

/// What was measured for a kernel takes the place of the rule.
KernelCost with_measured(KernelCost cost, const Profile& profile, const std::string& key) {
  if (const Point* point = point_of(profile, key)) cost.time = point->duration;
  if (const auto found = profile.held.find(key); found != profile.held.end()) cost.held = found->second;
  return cost;
}

bool has_measured(const Profile& profile) { return !profile.points.empty() || !profile.held.empty(); }

KernelCost gemm_cost(const Gemm& gemm, Pass pass, const Gpu& gpu, const Profile& profile) {
  const GemmPlan plan = plan_gemm(gemm, pass, gpu, profile.parameters);
  KernelCost cost{.kind = KernelKind::gemm,
                  .time = plan.time,
                  .traffic = gemm_bytes(gemm, pass, profile.parameters),
                  .tiles = plan.tiles};
  return has_measured(profile) ? with_measured(std::move(cost), profile, gemm_key(gemm, pass)) : cost;
}

KernelCost attention_cost(const AttentionShape& shape, const Gpu& gpu, const Profile& profile) {
  KernelCost cost{.kind = KernelKind::attention,
                  .time = attention_time(shape, gpu, profile.parameters),
                  .traffic = attention_bytes(shape)};
  return has_measured(profile) ? with_measured(std::move(cost), profile, attention_key(shape)) : cost;
}

/// A W that is done in two parts pays the fixed cost of its unit once.
double overhead_share(const Work& work) {
  const bool unit = work.unit == Unit::attn || work.unit == Unit::mlp;
  if (!unit) return 0;
  return work.pass == Pass::W && work.part != WPart::whole ? 0.5 : 1.0;
}

}  // namespace

ComputeCost compute_cost(const WorkItem& item, const Gpu& gpu, const Profile& profile) {
  const Work& work = item.compute;
  const Parameters& p = profile.parameters;
  ComputeCost cost;
  for (const Gemm& gemm : work.gemms) cost.kernels.push_back(gemm_cost(gemm, work.pass, gpu, profile));
  if (work.attention) cost.kernels.push_back(attention_cost(*work.attention, gpu, profile));
  // Matrix products and attention bring their own launch cost.
  const int named = static_cast<int>(work.gemms.size()) + (work.attention ? attention_kernels(*work.attention) : 0);
  const int small = std::max(0, work.kernels - named);
  const Bytes bytes = work.elementwise + item.optimizer_traffic;
  if (bytes.value > 0 || small > 0) {
    cost.kernels.push_back(
        {.kind = KernelKind::memory, .time = elementwise_time(bytes, small, gpu, p), .traffic = bytes});
  }
  if (const double share = overhead_share(work); share > 0 && p.unit_overhead_s > 0) {
    cost.kernels.push_back({.kind = KernelKind::fixed, .time = Seconds(share * p.unit_overhead_s)});
  }
  for (const KernelCost& kernel : cost.kernels) cost.duration += kernel.time;
  const Point* whole = profile.points.empty() ? nullptr : point_of(profile, work_key(work));
  if (whole && cost.duration.value > 0) {
    const double scale = whole->duration / cost.duration;
    for (KernelCost& kernel : cost.kernels) kernel.time *= scale;
    cost.duration = whole->duration;
  }
  return cost;
}

}  // namespace braid
