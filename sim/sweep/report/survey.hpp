// SPDX-License-Identifier: Apache-2.0
// What tables and pictures of a store ask of its rows: which are candidates, how fast they are like with like, which is
// best.
//
// Screened rows (blocks, ideal network) promise more than the same rows played by units on a network. So where a store
// has both, pictures that hold many rows against one another show every row as it was screened, and the order of the
// best is that of the rows played by units, with the others behind them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "sim/sweep/report/chosen.hpp"
#include "sim/sweep/store/reasons.hpp"
#include "sim/sweep/store/store.hpp"

namespace braid {

struct Survey {
  std::vector<Configuration> rows;  ///< slim
  std::string currency;
  std::vector<ChosenField> fields;
  std::vector<std::string> runs;    ///< labels in order of their first row
  std::vector<std::size_t> run_of;  ///< by row: into `runs`
  /// By row: tokens a second that may be held against another row's; 0 for a row without, which is in no picture.
  std::vector<double> speed;
  bool as_screened = false;          ///< `speed` is that of the screening
  std::size_t unscreened = 0;        ///< rows with speed 0 though they were played, for they were never screened
  std::vector<std::size_t> ranking;  ///< played rows that fit: by units first, then by tokens a second, then by row
  std::size_t refined = 0;           ///< rows that were screened and then played by units
  std::vector<std::size_t>
      screened_place;  ///< by row: place of a refined row among them by screened time, from 1; or 0
  /// Rows that were only screened and fit, with a screened speed above that of the best row played by units.
  std::size_t promising = 0;
  std::size_t left_behind = 0;  ///< rows of the store that are no longer in the sweep; they are not in `rows`
  std::size_t fitting = 0, not_fitting = 0, pruned = 0, failed = 0;
  std::vector<ReasonCount> pruned_because, failed_because;  ///< most frequent first

  bool candidate(std::size_t row) const { return rows[row].ok() && rows[row].fits; }
};

/// Throws Error(where, ...) if there is no row of the sweep, or a choice is no JSON object.
Survey survey(std::vector<Configuration> rows, std::string currency, const std::string& where);

/// "stp 8x4": run, TP x PP. For bars and tables.
std::string short_name(const Configuration& row);
/// What was chosen and what came of it, a line each: for tooltips.
std::string long_name(const Survey& survey, std::size_t row);

/// "1.23 M", "45.6 k": for people, three digits.
std::string short_number(double value);
/// "80.9 GB", of 10^9 bytes as everywhere in Braid.
std::string gb_text(double bytes);
inline constexpr double kGigabyte = 1e9;
/// Of a million tokens, in the store's currency; 0 where it is not known.
double cost_of_million_tokens(const Configuration& row);

}  // namespace braid
