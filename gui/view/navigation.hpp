// SPDX-License-Identifier: Apache-2.0
// Ways to move: what keys, menus and panels have in common. Each changes the view state and nothing else; without a
// document, a selection or an area, whichever it needs, it does nothing.
#pragma once

#include "gui/view/view_state.hpp"

namespace braid {

/// Of the range, a notch of the wheel.
inline constexpr double kZoomStep = 0.8;
inline constexpr double kPanStep = 0.1;

enum class Direction { back, forward };

/// The whole of all runs.
void fit_all(ViewState& state);
/// The selected span with half its length at either side; again, when that is in view: the whole.
void fit_selection(ViewState& state);
/// Of the selected area.
void zoom_to_area(ViewState& state);
/// A range `factor` times as long in which `anchor` keeps its place.
void zoom(ViewState& state, double factor, std::int64_t anchor, bool gesture = false);
/// By a share of the range; positive: later.
void pan(ViewState& state, double share, bool gesture = false);

/// Next or previous span of the row. Without a selection: the first span in view of the first row that has one.
void step_selection(ViewState& state, Direction direction);
/// To what the selected span waited for last (back), or to the first that waits for it.
void follow_dependence(ViewState& state, Direction direction);
/// Nothing selected, no area.
void clear_selection(ViewState& state);

/// Position in Document::rows of the row that shows the span, or rows.size() if none does.
std::size_t layout_row_of(const ViewState::Document& document, std::uint32_t span);

}  // namespace braid
