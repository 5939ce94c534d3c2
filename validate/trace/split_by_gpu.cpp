// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/split_by_gpu.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace braid {
namespace {

constexpr double kStray = 0.01;  // a device with less of the busiest one's time is no rank of its own

}  // namespace

std::vector<ForeignTrace> split_by_gpu(ForeignTrace trace) {
  std::map<int, double> busy;
  for (const GpuOp& op : trace.ops) busy[trace.streams[op.stream].device] += static_cast<double>(op.end - op.start) + 1;
  double most = 0;
  for (const auto& [device, time] : busy) most = std::max(most, time);
  const auto strays = static_cast<std::size_t>(
      std::count_if(busy.begin(), busy.end(), [&](const auto& b) { return b.second < kStray * most; }));

  std::vector<ForeignTrace> parts;
  if (busy.size() - strays <= 1 && strays == 0) {
    attribute(trace);
    parts.push_back(std::move(trace));
    return parts;
  }
  std::vector<GpuOp> ops = std::exchange(trace.ops, {});
  std::uint64_t stray_ops = 0;
  for (const auto& [device, time] : busy) {
    const auto here = [&, d = device](const GpuOp& op) { return trace.streams[op.stream].device == d; };
    if (time < kStray * most) {
      stray_ops += static_cast<std::uint64_t>(std::count_if(ops.begin(), ops.end(), here));
      continue;
    }
    ForeignTrace part = trace;
    std::copy_if(ops.begin(), ops.end(), std::back_inserter(part.ops), here);
    attribute(part);
    parts.push_back(std::move(part));
  }
  if (stray_ops > 0) {
    parts.front().lost += stray_ops;
    parts.front().notes.push_back(std::to_string(stray_ops) + " ops on other GPUs are left out: too few for a rank");
  }
  return parts;
}

}  // namespace braid
