// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/flows.hpp"

#include "gui/model/find.hpp"

namespace braid {

std::vector<std::pair<std::uint32_t, std::uint32_t>> flows_of(const Trace& trace, std::uint32_t span) {
  const RunView& run = trace.run();
  std::vector<std::pair<std::uint32_t, std::uint32_t>> flows;
  if (span >= run.spans()) return flows;
  const std::span<const std::uint32_t> deps = run.deps_of(span);
  if (is_idle(run.category[span])) {
    if (deps.size() == 2 && deps[0] != deps[1]) flows.push_back({deps[1], deps[0]});
    return flows;
  }
  for (const std::uint32_t dep : deps.subspan(0, std::min(deps.size(), kMostFlows))) flows.push_back({dep, span});
  for (const std::uint32_t dependent : dependents_of(run, span, kMostFlows)) {
    if (flows.size() == kMostFlows) break;
    if (!is_idle(run.category[dependent])) flows.push_back({span, dependent});
  }
  return flows;
}

const std::vector<std::pair<std::uint32_t, std::uint32_t>>& KeptFlows::of(const std::shared_ptr<const Trace>& trace,
                                                                          std::uint32_t span) {
  if (trace_.lock() != trace || span_ != span) {
    trace_ = trace;
    span_ = span;
    flows_ = flows_of(*trace, span);
  }
  return flows_;
}

}  // namespace braid
