// SPDX-License-Identifier: Apache-2.0
// Stacked bars, one a run, as inline SVG: where the step goes, and what the fullest GPU holds.
#pragma once

#include <string>
#include <vector>

#include "sim/report/report.hpp"

namespace braid {

struct BarPart {
  std::string css_class;
  double value = 0;
  std::string title;
  std::string label;  ///< inside the bar where it fits
};

struct Bar {
  std::string name;
  std::string total;
  std::vector<BarPart> parts;
  double limit = 0;  ///< a line is drawn there; 0 for none
};

/// One below the other; `scale` is the value of the full width.
std::string stacked_bars(const std::vector<Bar>& all, double scale, const char* label);

/// Mean over ranks of busy, stretch and each cause of idleness, to the scale of the longest step.
std::string time_bars(const Comparison& comparison);

/// Bytes of the fullest rank at its peak by class, with a line at what the GPU has.
std::string memory_bars(const Comparison& comparison);

}  // namespace braid
