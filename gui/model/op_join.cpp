// SPDX-License-Identifier: Apache-2.0
#include "gui/model/op_join.hpp"

#include <algorithm>
#include <bit>
#include <set>

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
  for (const std::uint32_t row : rows) {
    const RunRow& one = side.run.rows[row];
    for (auto span = static_cast<std::uint32_t>(one.begin); span < one.end; ++span) {
      if (!is_idle(side.run.category[span])) side.entries.push_back(entry(side, span, one.kind == RowKind::passes));
    }
  }
}

std::size_t OpJoin::slot_of(const Entry& wanted) const {
  // Multiplication mixes upwards: the upper half of the product is what all bits have had a part in.
  const std::uint64_t mixed = (wanted.high * 0x9e3779b97f4a7c15ull ^ wanted.low) * 0xff51afd7ed558ccdull;
  std::size_t slot = (mixed >> 32) & (slots_.size() - 1);
  while (slots_[slot].sample != kNoIndex && !second_.entries[slots_[slot].sample].same_op(wanted)) {
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return slot;
}

void OpJoin::index_second() {
  const std::size_t count = second_.entries.size();
  slots_.assign(std::bit_ceil(2 * count + 2), {});
  next_equal_.assign(count, kNoIndex);
  // From the back, so that the first of equal ones is found first.
  for (std::size_t j = count; j-- > 0;) {
    Slot& slot = slots_[slot_of(second_.entries[j])];
    next_equal_[j] = slot.first;
    slot.sample = slot.first = static_cast<std::uint32_t>(j);
  }
}

std::uint32_t OpJoin::first_free(const Entry& wanted) {
  if (slots_.empty()) index_second();
  std::uint32_t& first = slots_[slot_of(wanted)].first;
  while (first != kNoIndex && used_[first]) first = next_equal_[first];
  return first;
}

void OpJoin::join(const std::vector<std::uint32_t>& first, const std::vector<std::uint32_t>& second) {
  pairs_.clear();
  slots_.clear();
  collect(first_, first);
  collect(second_, second);
  const std::vector<Entry>& there = second_.entries;
  used_.assign(there.size(), false);
  std::size_t following = 0;  // place in the second run behind the last one found
  for (const Entry& one : first_.entries) {
    const bool follows = following < there.size() && !used_[following] && there[following].same_op(one);
    const std::uint32_t found = follows ? static_cast<std::uint32_t>(following) : first_free(one);
    if (found == kNoIndex) continue;
    used_[found] = true;
    pairs_.emplace_back(one.span, there[found].span);
    following = found + 1;
  }
}

}  // namespace braid
