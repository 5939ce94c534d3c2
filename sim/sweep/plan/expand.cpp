// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/plan/expand.hpp"

#include <fmt/format.h>

#include "sim/sweep/plan/point_facts.hpp"
#include "sim/sweep/plan/point_math.hpp"

namespace braid {
namespace {

/// The next point's positions: the last axis varies fastest.
void advance(const Sweep& sweep, std::vector<std::size_t>& positions) {
  if (++positions.back() < sweep.runs.size()) return;
  positions.back() = 0;
  for (std::size_t axis = sweep.axes.size(); axis-- > 0;) {
    if (++positions[axis] < sweep.axes[axis].values.size()) return;
    positions[axis] = 0;
  }
}

std::string words(const Sweep& sweep, const std::vector<std::size_t>& positions) {
  std::vector<std::string> chosen;
  for (const Override& o : chosen_at(sweep, positions)) chosen.push_back(o.path + " = " + o.value);
  chosen.push_back("run = " + sweep.runs[positions.back()]);
  return fmt::format("{}", fmt::join(chosen, ", "));
}

}  // namespace

Expansion expand(const Sweep& sweep) {
  const std::int64_t product = sweep.product();
  if (product > kMostPoints) throw Error(sweep.path, fmt::format("more than {} points", grouped(kMostPoints)));
  if (product == 0) throw Error(sweep.path, "is empty: a field has no values, or no run is to be played");
  const PointFacts facts(sweep);
  PointMath math(sweep, facts.run_indices());
  Expansion expansion;
  for (const Expression& constraint : sweep.constraints) expansion.dropped_by.emplace_back(constraint.text, 0);
  std::vector<std::size_t> positions(sweep.axes.size() + 1);
  Facts given;
  for (std::int64_t point = 0; point < product; ++point, advance(sweep, positions)) {
    facts.put(positions, given);
    try {
      if (const auto unsatisfied = math.first_unsatisfied(given, positions.back())) {
        ++expansion.dropped_by[*unsatisfied].second;
      } else {
        expansion.points.push_back(point);
      }
    } catch (const Error& error) { throw Error("", fmt::format("{} (at {})", error.what(), words(sweep, positions))); }
  }
  if (!expansion.points.empty()) return expansion;
  std::vector<std::string> droppers;
  for (const auto& [constraint, dropped] : expansion.dropped_by) {
    if (dropped == 0) continue;
    droppers.push_back(fmt::format("'{}' drops {}{}", constraint, grouped(dropped), droppers.empty() ? "" : " more"));
  }
  throw Error(sweep.path, fmt::format("no point is left of {}: {}", grouped(product), fmt::join(droppers, ", ")));
}

}  // namespace braid
