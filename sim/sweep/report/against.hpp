// SPDX-License-Identifier: Apache-2.0
// Two stores of the same choices held against each other: two versions of Braid, two clusters, ideal and SimGrid.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/sweep/report/survey.hpp"

namespace braid {

struct StorePair {
  std::size_t here = 0, there = 0;  ///< rows
  double ratio = 0;                 ///< tokens a second, here over there
};

struct StoreComparison {
  std::string name, other;  ///< of the stores
  bool by_choice = true;    ///< rows were joined by what was chosen; else by hash
  std::size_t common = 0;   ///< rows that both have
  std::size_t only_here = 0, only_there = 0;
  std::vector<StorePair> pairs;                               ///< played in both, by ratio, smallest first
  std::size_t played_here_alone = 0, played_there_alone = 0;  ///< of the common ones: pruned or failed in the other
  std::size_t fits_here_alone = 0, fits_there_alone = 0;      ///< of the pairs
  std::size_t other_ways = 0;          ///< pairs played on another network or grain, which says something of its own
  double median = 0, p5 = 0, p95 = 0;  ///< of the ratios
  bool has_bests = false;              ///< both have a row that fits and that the other has as well
  std::size_t best_here = 0, best_there = 0;  ///< rows, of the common ones
  bool same_best = false;
  std::size_t place_of_best_there = 0;  ///< in the order here, from 1; 0 if it does not fit here or was not played
};

/// By choice where choices are told and any agree, else by hash. Throws Error(name, ...) if no row is in both.
StoreComparison compare_stores(const Survey& here, const Survey& there, const std::string& name,
                               const std::string& other);

/// The part of the page: how the ratios are distributed, old over new, what changed most, whether the best did.
std::string against_html(const StoreComparison& comparison, const Survey& here, const Survey& there);

}  // namespace braid
