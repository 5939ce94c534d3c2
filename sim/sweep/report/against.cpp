// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/against.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "sim/base/error.hpp"

namespace braid {
namespace {

using Join = std::vector<std::pair<std::size_t, std::size_t>>;

/// Rows of equal keys; a row without a key, and the second of a key, has no partner.
Join joined(const Survey& here, const Survey& there, std::string Configuration::*key) {
  std::unordered_map<std::string, std::size_t> by_key;
  for (std::size_t i = 0; i < there.rows.size(); ++i) {
    if (!(there.rows[i].*key).empty()) by_key.try_emplace(there.rows[i].*key, i);
  }
  Join join;
  for (std::size_t i = 0; i < here.rows.size(); ++i) {
    const auto found = by_key.find(here.rows[i].*key);
    if (found == by_key.end()) continue;
    join.emplace_back(i, found->second);
    by_key.erase(found);
  }
  return join;
}

/// Nearest rank of sorted pairs.
double quantile(const std::vector<StorePair>& pairs, double share) {
  return pairs[static_cast<std::size_t>(share * static_cast<double>(pairs.size() - 1) + 0.5)].ratio;
}

void find_bests(StoreComparison& found, const Survey& here, const Survey& there, const Join& join) {
  constexpr std::size_t kNoRow = static_cast<std::size_t>(-1);
  std::vector<std::size_t> here_of(there.rows.size(), kNoRow), there_of(here.rows.size(), kNoRow);
  for (const auto& [h, t] : join) {
    here_of[t] = h;
    there_of[h] = t;
  }
  const auto best_here =
      std::find_if(here.ranking.begin(), here.ranking.end(), [&](std::size_t row) { return there_of[row] != kNoRow; });
  const auto best_there =
      std::find_if(there.ranking.begin(), there.ranking.end(), [&](std::size_t row) { return here_of[row] != kNoRow; });
  if (best_here == here.ranking.end() || best_there == there.ranking.end()) return;
  found.has_bests = true;
  found.best_here = *best_here;
  found.best_there = *best_there;
  found.same_best = there_of[*best_here] == *best_there;
  std::size_t place = 0;
  for (const std::size_t row : here.ranking) {
    if (there_of[row] != kNoRow) ++place;
    if (row == here_of[*best_there]) found.place_of_best_there = place;
  }
}

}  // namespace

StoreComparison compare_stores(const Survey& here, const Survey& there, const std::string& name,
                               const std::string& other) {
  StoreComparison found{.name = name, .other = other};
  Join join = joined(here, there, &Configuration::choice);
  if (join.empty()) {
    found.by_choice = false;
    join = joined(here, there, &Configuration::hash);
  }
  if (join.empty()) {
    throw Error(name,
                fmt::format("has no configuration in common with {}, neither by choice nor by hash; sweep the same "
                            "fields in both",
                            other));
  }
  found.common = join.size();
  found.only_here = here.rows.size() - join.size();
  found.only_there = there.rows.size() - join.size();
  for (const auto& [h, t] : join) {
    const Configuration &a = here.rows[h], &b = there.rows[t];
    if (a.ok() != b.ok()) ++(a.ok() ? found.played_here_alone : found.played_there_alone);
    if (!a.ok() || !b.ok() || !(b.tokens_per_s > 0)) continue;
    found.pairs.push_back({.here = h, .there = t, .ratio = a.tokens_per_s / b.tokens_per_s});
    if (a.fits != b.fits) ++(a.fits ? found.fits_here_alone : found.fits_there_alone);
    if (a.network != b.network || a.grain != b.grain) ++found.other_ways;
  }
  std::stable_sort(found.pairs.begin(), found.pairs.end(),
                   [](const StorePair& a, const StorePair& b) { return a.ratio < b.ratio; });
  if (!found.pairs.empty()) {
    found.median = quantile(found.pairs, 0.5);
    found.p5 = quantile(found.pairs, 0.05);
    found.p95 = quantile(found.pairs, 0.95);
  }
  find_bests(found, here, there, join);
  return found;
}

}  // namespace braid
