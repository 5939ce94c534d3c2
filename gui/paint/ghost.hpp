// SPDX-License-Identifier: Apache-2.0
// An older result under the one that is shown: what its rows did, as a strip at the foot of each, and where it ended.
#pragma once

#include <QPainter>
#include <vector>

#include "gui/paint/scene.hpp"

namespace braid {

inline constexpr double kGhostHeight = 4;  ///< pixels; rows of less than twice that have none

/// For each of the scene's rows the row of `ghost` that it is to be held against: the same lane of the rank at the same
/// place; kNoIndex for headings, and where the older run has none.
std::vector<std::uint32_t> ghost_rows(const std::vector<LayoutRow>& rows, const RunView& run, const RunView& ghost);

/// Onto a painter whose origin is that of the body: in every strip the share of time in which the older run worked, and
/// a broken line at its end.
void paint_ghost(QPainter& painter, const Scene& scene, const Trace& ghost, const std::vector<std::uint32_t>& rows);

}  // namespace braid
