// SPDX-License-Identifier: Apache-2.0
#include "gui/model/span_class.hpp"

#include <algorithm>
#include <array>

#include "sim/schedule/action_label.hpp"
#include "sim/timeline/kernel_class.hpp"

namespace braid {
namespace {

SpanClass same(Category category, Lane lane) { return {.category = category, .half = category, .lane = lane}; }

Category category_of_lane(Lane lane) { return category_of(OpKind::cell, lane); }

SpanClass communication(KernelClass kind, std::string_view group) {
  Lane lane = lane_of_group(group);
  const bool known = lane != Lane::host;
  if (!known) { lane = kind == KernelClass::send_recv || kind == KernelClass::copy_peer ? Lane::pp : Lane::dp; }
  SpanClass found = same(category_of_lane(lane), lane);
  found.of_unknown_group = !known && lane == Lane::dp;
  return found;
}

SpanClass of_kernel(std::string_view name, CollectiveFacts facts) {
  KernelClass kind = kernel_class(name);
  if (kind == KernelClass::other_communication && !facts.collective.empty()) kind = collective_class(facts.collective);
  if (is_communication(kind)) return communication(kind, facts.group);
  if (kind == KernelClass::copy_in) return same(Category::copy, Lane::h2d);
  if (kind == KernelClass::copy_out) return same(Category::copy, Lane::d2h);
  return same(kind == KernelClass::optimizer ? Category::optimizer : Category::compute, Lane::compute);
}

Category category_of_action(ActionType type) {
  switch (type) {
    case ActionType::F:
      return Category::forward;
    case ActionType::I:
      return Category::input_grad;
    case ActionType::W:
      return Category::weight_grad;
    case ActionType::B:
      break;
  }
  return Category::backward;
}

std::optional<SpanClass> of_action(std::string_view name, Lane lane) {
  if (!may_be_action(name)) return std::nullopt;
  const std::optional<ActionLabel> label = parse_action_label(name);
  if (!label) return std::nullopt;
  if (label->compute.empty()) {
    return same(label->comm && is_message(label->comm->type) ? Category::pp : Category::dp, lane);
  }
  return SpanClass{.category = category_of_action(label->compute.actions.front().type),
                   .half = category_of_action(label->compute.actions.back().type),
                   .lane = lane};
}

bool is_one_of(std::string_view text, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<std::string_view, 6> kGpuWork{"kernel", "gpu_memcpy", "gpu_memset", "Kernel", "Memcpy", "Memset"};
constexpr std::array<std::string_view, 11> kHostWork{
    "cpu_op",   "cuda_runtime", "cuda_driver",       "python_function", "user_annotation",
    "Operator", "overhead",     "cpu_instant_event", "Runtime",         "privateuse1_runtime",
    "ac2g"};

}  // namespace

bool is_range_of_stream(std::string_view category) { return category == "gpu_user_annotation"; }

SpanClass foreign_class(std::string_view name, std::string_view category, CollectiveFacts facts) {
  if (is_one_of(category, kGpuWork)) return of_kernel(name, facts);
  const bool on_stream = is_range_of_stream(category);
  if (on_stream || category == "user_annotation") {
    const Lane lane = on_stream ? Lane::compute : Lane::host;
    if (const auto action = of_action(name, lane)) return *action;
    if (on_stream && name.starts_with("nccl:")) return communication(collective_class(name), facts.group);
    return same(on_stream ? Category::other : Category::host, lane);
  }
  if (is_one_of(category, kHostWork)) return same(Category::host, Lane::host);
  return same(Category::other, Lane::compute);
}

std::optional<SpanClass> own_class(std::string_view name, std::string_view category) {
  constexpr int kKinds = static_cast<int>(OpKind::copy_in) + 1;
  constexpr int kUnits = static_cast<int>(Unit::head) + 1;
  for (int k = 0; k < kKinds; ++k) {
    const auto kind = static_cast<OpKind>(k);
    const std::string_view word = to_text(kind);
    if (category != word || !name.starts_with(word)) continue;
    name.remove_prefix(word.size());
    name = name.substr(0, name.find(" mb"));
    SpanClass found{.kind = kind};
    if (name.empty()) return found;
    for (int u = 1; u < kUnits; ++u) {
      found.unit = static_cast<Unit>(u);
      if (name.front() == ' ' && name.substr(1) == to_text(found.unit)) return found;
    }
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace braid
