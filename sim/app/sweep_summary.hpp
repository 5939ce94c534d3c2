// SPDX-License-Identifier: Apache-2.0
// What a sweep found, in a screenful: how many of what, the best, and whether screening could be trusted.
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/run/run_sweep.hpp"

namespace braid {

struct SweepSummary {
  std::string name;
  std::string store;  ///< path
  SweepOutcome outcome;
  std::vector<Configuration> rows;  ///< slim, all of the store
  std::int64_t same = 0;            ///< same_as_others()
};

/// The best rows that fit, best first: refined ones by what was played, where there are any, else all by their
/// screened times.
std::vector<Configuration> best_of(const std::vector<Configuration>& rows, std::size_t most);

/// A line each: what was chosen where that is not the same in `all`, and what came of it.
std::string best_table_text(const std::vector<Configuration>& best, const std::vector<Configuration>& all,
                            const std::string& store);

std::string to_text(const SweepSummary& summary);
/// "braid.sweep-summary/1", one document.
std::string to_json(const SweepSummary& summary);

}  // namespace braid
