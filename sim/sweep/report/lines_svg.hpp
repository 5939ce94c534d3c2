// SPDX-License-Identifier: Apache-2.0
// The best over one swept field, whatever else is chosen: one line a schedule.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/report/survey.hpp"

namespace braid {

struct LinePoint {
  std::uint32_t value = 0;  ///< into ChosenField::values
  std::size_t row = 0;      ///< the fastest that fits
};

/// By ascending value if all are numbers, else in order of the store; values where nothing fits are left out.
std::vector<LinePoint> best_over(const Survey& survey, const ChosenField& field, std::size_t run);

/// Fields that a line can be drawn over: with two values at least, of which something fits; without those of TP and PP,
/// which the maps show, without `derived` ones, and without those of one run where there are several.
std::vector<std::size_t> fields_to_draw(const Survey& survey, const std::vector<std::string>& derived = {});

/// The lines of these runs. Numbers that span a factor of 8 are on a logarithmic axis; texts are side by side. Of marks
/// that lie on one another one is drawn.
std::string lines_svg(const Survey& survey, const ChosenField& field, const std::vector<std::size_t>& runs);

}  // namespace braid
