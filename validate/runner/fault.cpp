// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/fault.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr std::array<std::pair<const char*, FaultKind>, 7> kNames{{{"dies", FaultKind::rank_dies},
                                                                   {"lost", FaultKind::message_lost},
                                                                   {"stuck", FaultKind::collective_stuck},
                                                                   {"hangs", FaultKind::op_hangs},
                                                                   {"drops", FaultKind::op_dropped},
                                                                   {"swaps", FaultKind::ops_swapped},
                                                                   {"early", FaultKind::waits_ignored}}};

std::optional<int> whole(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

}  // namespace

RankIssue with_faults(RankIssue issue, const std::vector<Fault>& faults, int rank) {
  std::vector<IssueStep>& steps = issue.steps;
  for (const Fault& fault : faults) {
    const auto step = std::ranges::find(steps, fault.op, &IssueStep::op);
    if (fault.rank != rank || step == steps.end()) continue;
    if (fault.kind == FaultKind::waits_ignored) step->waits.clear();
    if (fault.kind == FaultKind::op_dropped) steps.erase(step);
    if (fault.kind == FaultKind::ops_swapped) {
      const auto next =
          std::find_if(step + 1, steps.end(), [&](const IssueStep& s) { return s.stream == step->stream; });
      if (next != steps.end()) std::swap(*step, *next);
    }
  }
  return issue;
}

Fault parse_fault(const std::string& text) {
  const auto refuse = [&](const std::string& why) -> Error {
    return {"--fault", fmt::format("'{}': {}; write KIND:rank=N,at=OP, KIND one of dies, lost, stuck, hangs, drops, "
                                   "swaps, early, OP the number or the key of an op",
                                   text, why)};
  };
  const std::size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  const auto known = std::ranges::find_if(kNames, [&](const auto& entry) { return name == entry.first; });
  if (known == kNames.end()) throw refuse("no such kind of fault");
  const std::string rest = colon == std::string::npos ? "" : text.substr(colon + 1);
  const std::size_t comma = rest.find(',');
  if (!rest.starts_with("rank=") || comma == std::string::npos || rest.substr(comma + 1, 3) != "at=") {
    throw refuse("rank= and at= are missing");
  }
  const auto rank = whole(rest.substr(5, comma - 5));
  if (!rank) throw refuse("the rank is not a whole number from 0");
  const std::string at = rest.substr(comma + 4);
  if (at.empty()) throw refuse("at= names no op");
  Fault fault{.kind = known->second, .rank = *rank, .op = 0, .key = {}};
  if (const auto number = whole(at)) {
    fault.op = static_cast<std::uint32_t>(*number);
  } else {
    fault.key = at;
  }
  return fault;
}

}  // namespace braid
