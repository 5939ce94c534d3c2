// SPDX-License-Identifier: Apache-2.0
#include "gui/model/op_join.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "gui/model/class_numbers.hpp"

namespace braid {
namespace {

bool has_places(const RunView& run) {
  return std::ranges::all_of(run.ranks, [](const RunRank& rank) { return rank.pp >= 0; });
}

/// The rank of `run` that plays the part of `wanted`, or ranks.size().
std::size_t counterpart(const RunView& run, const RunRank& wanted) {
  const auto at = [&](auto wanted_one) {
    return static_cast<std::size_t>(std::ranges::find_if(run.ranks, wanted_one) - run.ranks.begin());
  };
  const std::size_t same =
      at([&](const RunRank& rank) { return rank.pp == wanted.pp && rank.tp == wanted.tp && rank.dp == wanted.dp; });
  if (same < run.ranks.size()) return same;
  return at([&](const RunRank& rank) { return rank.pp == wanted.pp; });
}

std::vector<std::pair<std::size_t, std::size_t>> pairs_by_number(const RunView& first, const RunView& second) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t a = 0; a < first.ranks.size(); ++a) {
    const auto b = std::ranges::find(second.ranks, first.ranks[a].rank, &RunRank::rank) - second.ranks.begin();
    if (static_cast<std::size_t>(b) < second.ranks.size()) pairs.emplace_back(a, b);
  }
  if (pairs.empty()) {
    for (std::size_t i = 0; i < std::min(first.ranks.size(), second.ranks.size()); ++i) pairs.emplace_back(i, i);
  }
  return pairs;
}

}  // namespace

std::vector<std::pair<std::size_t, std::size_t>> rank_pairs(const RunView& first, const RunView& second) {
  if (!has_places(first) || !has_places(second)) return pairs_by_number(first, second);
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  std::set<std::pair<std::size_t, std::size_t>> known;
  const auto add = [&](std::size_t a, std::size_t b) {
    if (a < first.ranks.size() && b < second.ranks.size() && known.emplace(a, b).second) pairs.emplace_back(a, b);
  };
  for (std::size_t a = 0; a < first.ranks.size(); ++a) add(a, counterpart(second, first.ranks[a]));
  for (std::size_t b = 0; b < second.ranks.size(); ++b) add(counterpart(first, second.ranks[b]), b);
  return pairs;
}

OpJoin::OpJoin(const RunView& first, const RunView& second) : first_{.run = first}, second_{.run = second} {
  std::unordered_map<std::string_view, std::uint32_t> ids;
  intern(first_, ids);
  intern(second_, ids);
}

void OpJoin::intern(Side& side, std::unordered_map<std::string_view, std::uint32_t>& ids) {
  side.name_ids.resize(side.run.names());
  for (std::uint32_t i = 0; i < side.name_ids.size(); ++i) {
    side.name_ids[i] = ids.try_emplace(side.run.name_at(i), static_cast<std::uint32_t>(ids.size())).first->second;
  }
}

OpJoin::Entry OpJoin::entry(const Side& side, std::uint32_t span, bool passes) {
  // Low bits above the three bytes of a key tell what kind of name it is, so that no two kinds are ever equal.
  constexpr std::uint64_t kNamed = 1ull << 32, kCategory = 2ull << 32;
  const RunView& run = side.run;
  const bool named = !run.name.empty() && run.name[span] != kNoIndex;
  const bool keyed = is_keyed(run, span);
  // Passes may share the key of their first op; what they are called tells them apart.
  if (named && (passes || !keyed)) return {side.name_ids[run.name[span]], kNamed, span};
  if (!keyed) return {static_cast<std::uint64_t>(run.category[span]), kCategory, span};
  const OpKey& key = run.key[span];
  return {(std::uint64_t{static_cast<std::uint32_t>(key.index)} << 32) |
              (std::uint64_t{static_cast<std::uint16_t>(key.microbatch)} << 16) | static_cast<std::uint16_t>(key.layer),
          (std::uint64_t{static_cast<std::uint8_t>(key.chunk)} << 16) | (static_cast<std::uint64_t>(key.kind) << 8) |
              static_cast<std::uint64_t>(key.unit),
          span};
}

void OpJoin::collect(Side& side, const std::vector<std::uint32_t>& rows) {
  side.entries.clear();
  side.left.clear();
  for (const std::uint32_t row : rows) {
    const RunRow& one = side.run.rows[row];
    for (auto span = static_cast<std::uint32_t>(one.begin); span < one.end; ++span) {
      if (!is_idle(side.run.category[span])) side.entries.push_back(entry(side, span, one.kind == RowKind::passes));
    }
  }
}

void OpJoin::join(const std::vector<std::uint32_t>& first, const std::vector<std::uint32_t>& second) {
  pairs_.clear();
  collect(first_, first);
  collect(second_, second);
  const std::vector<Entry>&a = first_.entries, &b = second_.entries;
  const std::size_t both = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < both; ++i) {
    if (a[i].same_op(b[i])) {
      pairs_.emplace_back(a[i].span, b[i].span);
    } else {
      first_.left.push_back(a[i]);
      second_.left.push_back(b[i]);
    }
  }
  first_.left.insert(first_.left.end(), a.begin() + static_cast<std::ptrdiff_t>(both), a.end());
  second_.left.insert(second_.left.end(), b.begin() + static_cast<std::ptrdiff_t>(both), b.end());
  if (first_.left.empty() || second_.left.empty()) return;

  const auto in_order = [](const Entry& x, const Entry& y) {
    return std::tie(x.high, x.low, x.span) < std::tie(y.high, y.low, y.span);
  };
  std::ranges::sort(first_.left, in_order);
  std::ranges::sort(second_.left, in_order);
  for (std::size_t i = 0, j = 0; i < first_.left.size() && j < second_.left.size();) {
    const Entry &x = first_.left[i], &y = second_.left[j];
    if (x.same_op(y)) {
      pairs_.emplace_back(x.span, y.span);
      ++i, ++j;
    } else {
      std::tie(x.high, x.low) < std::tie(y.high, y.low) ? ++i : ++j;
    }
  }
}

}  // namespace braid
