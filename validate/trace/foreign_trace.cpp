// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/foreign_trace.hpp"

#include <algorithm>
#include <utility>

namespace braid {
namespace {

/// The range that `time` falls into; ranges are in order and do not nest.
std::uint32_t range_at(const std::vector<LabelRange>& labels, const std::vector<std::uint32_t>& some,
                       std::int64_t time) {
  const auto after = std::upper_bound(some.begin(), some.end(), time,
                                      [&](std::int64_t t, std::uint32_t i) { return t < labels[i].start; });
  if (after == some.begin()) return kNothing;
  const std::uint32_t last = *std::prev(after);
  return time < labels[last].end ? last : kNothing;
}

}  // namespace

const char* to_text(TraceKind kind) { return kind == TraceKind::kineto ? "torch.profiler" : "Nsight Systems"; }

std::uint32_t Names::of(std::string_view text) {
  const auto [found, fresh] = index_.try_emplace(std::string(text), static_cast<std::uint32_t>(texts_.size()));
  if (fresh) texts_.emplace_back(text);
  return found->second;
}

std::vector<std::string> Names::take() {
  index_.clear();
  return std::exchange(texts_, {});
}

void add_range(ForeignTrace& trace, std::string_view name, std::string_view step_prefix, LabelRange range) {
  if (!step_prefix.empty() && name.starts_with(step_prefix)) {
    trace.steps.push_back({.start = range.start, .end = range.end, .on_gpu = range.stream != kNothing});
    return;
  }
  if (!may_be_action(name)) return;
  if (const auto action = parse_action_label(name)) {
    range.action = *action;
    trace.labels.push_back(std::move(range));
  } else {
    ++trace.odd_labels;
  }
}

void attribute(ForeignTrace& trace) {
  const auto by_start = [](const auto& a, const auto& b) { return a.start < b.start; };
  std::stable_sort(trace.ops.begin(), trace.ops.end(), by_start);
  std::stable_sort(trace.labels.begin(), trace.labels.end(), by_start);
  std::stable_sort(trace.steps.begin(), trace.steps.end(), by_start);
  const bool host_steps = std::any_of(trace.steps.begin(), trace.steps.end(), [](auto& s) { return !s.on_gpu; });
  std::erase_if(trace.steps, [&](const StepMark& s) { return s.on_gpu == host_steps; });

  std::vector<std::uint32_t> on_host;
  std::vector<std::vector<std::uint32_t>> on_stream(trace.streams.size());
  for (std::uint32_t i = 0; i < trace.labels.size(); ++i) {
    const std::uint32_t stream = trace.labels[i].stream;
    (stream == kNothing ? on_host : on_stream[stream]).push_back(i);
  }
  for (GpuOp& op : trace.ops) {
    if (op.launch != kUnknownTime && !on_host.empty()) {
      op.label = range_at(trace.labels, on_host, op.launch);
    } else {
      op.label = range_at(trace.labels, on_stream[op.stream], op.start);
    }
  }
}

}  // namespace braid
