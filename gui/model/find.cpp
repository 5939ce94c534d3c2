// SPDX-License-Identifier: Apache-2.0
#include "gui/model/find.hpp"

#include <algorithm>

namespace braid {
namespace {

/// The last span of the row that starts at or before the time, or kNoIndex.
std::uint32_t last_started(const RunView& run, std::size_t row, std::int64_t time) {
  const RunRow& r = run.rows[row];
  if (r.kind == RowKind::counter) return kNoIndex;
  const auto begin = run.start.begin() + static_cast<std::ptrdiff_t>(r.begin);
  const auto end = run.start.begin() + static_cast<std::ptrdiff_t>(r.end);
  const auto after = std::upper_bound(begin, end, time);
  return after == begin ? kNoIndex : static_cast<std::uint32_t>(after - run.start.begin() - 1);
}

/// Calls `found` with every span among whose dependences `span` is, and with the place in deps, until it answers false.
template <typename Found>
void each_mention(const RunView& run, std::uint32_t span, Found found) {
  // Whole blocks are compared without a branch, which compilers turn into vector instructions.
  constexpr std::size_t kBlock = 1024;
  const std::uint32_t* deps = run.deps.data();
  for (std::size_t begin = 0; begin < run.deps.size(); begin += kBlock) {
    const std::size_t end = std::min(begin + kBlock, run.deps.size());
    std::uint32_t any = 0;
    for (std::size_t i = begin; i < end; ++i) any |= deps[i] == span ? 1u : 0u;
    for (std::size_t i = begin; any != 0 && i < end; ++i) {
      if (deps[i] != span) continue;
      const auto after = std::upper_bound(run.dep_begin.begin(), run.dep_begin.end(), i);
      if (!found(static_cast<std::uint32_t>(after - run.dep_begin.begin() - 1), i)) return;
    }
  }
}

}  // namespace

std::uint32_t span_at(const RunView& run, std::size_t row, std::int64_t time) {
  const std::uint32_t i = last_started(run, row, time);
  if (i == kNoIndex) return kNoIndex;
  const bool covers = time < run.end[i] || (run.start[i] == time && run.end[i] == time);
  return covers ? i : kNoIndex;
}

std::uint32_t span_near(const RunView& run, std::size_t row, const TimeMap& map, double x, double reach) {
  const std::int64_t time = map.time(x);
  const std::uint32_t covering = span_at(run, row, time);
  if (covering != kNoIndex || run.rows[row].kind == RowKind::counter) return covering;
  const std::uint32_t before = last_started(run, row, time);
  const std::uint64_t after = before == kNoIndex ? run.rows[row].begin : std::uint64_t{before} + 1;
  std::uint32_t nearest = kNoIndex;
  double distance = reach;
  if (before != kNoIndex && x - map.x(run.end[before]) <= distance) {
    nearest = before;
    distance = x - map.x(run.end[before]);
  }
  if (after < run.rows[row].end) {
    const double ahead = map.x(run.start[after]) - x;
    if (ahead <= reach && (nearest == kNoIndex || ahead < distance)) nearest = static_cast<std::uint32_t>(after);
  }
  return nearest;
}

std::uint32_t next_span(const RunView& run, std::uint32_t span) {
  const std::uint32_t row = run.row_of(span);
  for (std::uint64_t i = std::uint64_t{span} + 1; row != kNoIndex && i < run.rows[row].end; ++i) {
    if (!is_idle(run.category[i])) return static_cast<std::uint32_t>(i);
  }
  return kNoIndex;
}

std::uint32_t previous_span(const RunView& run, std::uint32_t span) {
  const std::uint32_t row = run.row_of(span);
  for (std::uint64_t i = span; row != kNoIndex && i > run.rows[row].begin; --i) {
    if (!is_idle(run.category[i - 1])) return static_cast<std::uint32_t>(i - 1);
  }
  return kNoIndex;
}

std::vector<std::uint32_t> dependents_of(const RunView& run, std::uint32_t span, std::size_t most) {
  std::vector<std::uint32_t> found;
  each_mention(run, span, [&](std::uint32_t who, std::size_t) {
    if (!is_idle(run.category[who]) && found.size() < most && (found.empty() || found.back() != who))
      found.push_back(who);
    return found.size() < most;
  });
  return found;
}

std::vector<std::uint32_t> idle_blamed_on(const RunView& run, std::uint32_t span, std::size_t most) {
  std::vector<std::uint32_t> found;
  each_mention(run, span, [&](std::uint32_t who, std::size_t place) {
    const std::uint32_t first = run.dep_begin[who];
    // The first of its two is what could not start; both the same: nothing is known.
    if (is_idle(run.category[who]) && place == first + 1 && run.deps[first] != span) found.push_back(who);
    return found.size() < most;
  });
  return found;
}

}  // namespace braid
