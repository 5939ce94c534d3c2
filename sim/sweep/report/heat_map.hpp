// SPDX-License-Identifier: Apache-2.0
// The best of each TP x PP, one map a schedule, as inline SVG.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/report/survey.hpp"

namespace braid {

enum class CellState : std::uint8_t {
  none,         ///< no configuration: not in the sweep, or a constraint says no
  best,         ///< has one that fits
  not_fitting,  ///< played, but none fits
  pruned,       ///< none was played
  failed,       ///< at least one failed, none was played to the end
};

struct HeatCell {
  CellState state = CellState::none;
  std::size_t row = 0;    ///< the fastest that fits; the one that needs least memory; the first that was not played
  std::size_t count = 0;  ///< configurations of the cell
};

struct HeatMap {
  std::vector<int> tp, pp;                   ///< ascending, of all rows, so that maps of one store are alike
  std::vector<std::vector<HeatCell>> cells;  ///< [tp][pp]
};

/// Over all else than TP, PP and the run, by Survey::speed.
HeatMap heat_map(const Survey& survey, std::size_t run);

/// The maps of these runs, all to one scale of colours, with the scale.
std::string heat_maps_svg(const Survey& survey, const std::vector<std::size_t>& runs);

}  // namespace braid
