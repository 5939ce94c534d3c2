// SPDX-License-Identifier: Apache-2.0
// Rows that were screened and then played by units: how the order of the best changed.
#pragma once

#include <vector>

#include "sim/sweep/store/store.hpp"

namespace braid {

/// Tokens a second by the screened step time, which orders what is to be refined; 0: was not screened.
double screened_tokens_per_s(const Configuration& row);

/// Played by units on the scenario's network after it was screened. (With noise screening goes by units too.)
bool is_refined(const Configuration& row);

/// How the order of the best changed from screening to the network: of the refined rows.
struct OrderChange {
  int refined = 0;
  int moved = 0;             ///< whose place differs
  int best_was = 0;          ///< place that screening gave the best one, from 1; 0: nothing was refined
  double largest_error = 0;  ///< of the screened step time, relative to the played one
  double median_error = 0;
};
OrderChange order_change(const std::vector<Configuration>& rows);

}  // namespace braid
