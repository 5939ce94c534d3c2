// SPDX-License-Identifier: Apache-2.0
// The facts of a run file, as JSON: the format is documented where it is read, in gui/model/run_facts.hpp.
#pragma once

#include <string>

#include "sim/cost/costs.hpp"
#include "sim/memory/played.hpp"
#include "sim/report/report.hpp"
#include "sim/report/run_columns.hpp"

namespace braid {

/// Deterministic: no wall clock, no paths. Its works are those of the program and, behind them, those of
/// Costs::path_prices.
std::string run_facts_json(const Played& played, const Costs& costs, const RunReport& report, const RunTold& told);

/// The demand of a work in words: "products 6144 x 4736 x 5120; attention of 1 x 6144 tokens, ...".
std::string shape_text(const WorkItem& work, const Placement& placement);

}  // namespace braid
