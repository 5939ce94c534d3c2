// SPDX-License-Identifier: Apache-2.0
// The tables of a store's page, and its bars of where the time of the best goes.
#pragma once

#include <cstddef>
#include <string>

#include "sim/sweep/report/survey.hpp"

namespace braid {

/// The first `most` of the ranking, with what was chosen and what came of it.
std::string best_table(const Survey& survey, std::size_t most);
/// The same as bars: computing, waiting for tensor-parallel communication, for the pipeline, for all else.
std::string best_bars(const Survey& survey, std::size_t most);
/// The best of each run, fastest first; "" where all rows are of one run.
std::string best_of_runs_bars(const Survey& survey);
/// Why configurations were not played, with how many; "" if all were.
std::string reasons_table(const Survey& survey);

/// Runs by the screened or played speed of their best that fits, fastest first; such without one behind them.
std::vector<std::size_t> runs_by_best(const Survey& survey);

}  // namespace braid
