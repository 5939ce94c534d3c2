// SPDX-License-Identifier: Apache-2.0
// A sweep store as one HTML page to send around: no other file, no network.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/sweep/report/against.hpp"
#include "sim/sweep/report/survey.hpp"
#include "sim/sweep/report/tornado_svg.hpp"
#include "sim/sweep/store/order_change.hpp"

namespace braid {

/// A timeline drawn beforehand (timeline_svg()) with the row that it is of.
struct DrawnRow {
  std::size_t row = 0;  ///< of the survey
  std::string svg;
  std::string note;  ///< what it was played on, or why there is none
};

struct StoreAgainst {
  const Survey& there;
  const StoreComparison& comparison;
};

struct SweepPageInput {
  std::string title;
  const Survey& survey;
  std::vector<DrawnRow> timelines;
  std::string sensitivity_of;  ///< what the tornado is about, in words
  std::vector<Sensitivity> sensitivities;
  std::optional<OrderChange> screening;  ///< of the refined rows
  std::optional<StoreAgainst> against;
  std::vector<std::pair<std::string, std::string>> facts;  ///< for the end: "sweep" and its text
  std::string setting;                                     ///< model, GPUs, cluster, in words; for the head
  std::vector<std::string> derived;  ///< fields that follow from others, so that they are no choice
  double gpu_memory_bytes = 0;       ///< if one for all configurations; 0: none is drawn
};

/// The same input gives the same bytes.
std::string sweep_page(const SweepPageInput& input);

/// "2,400 configurations: 1,800 fit, 100 of them played by units, 300 do not fit, 290 pruned, 10 failed".
std::string counts_line(const Survey& survey);
/// One line that says why nothing can be recommended; "" if something fits.
std::string nothing_fits_line(const Survey& survey);

}  // namespace braid
