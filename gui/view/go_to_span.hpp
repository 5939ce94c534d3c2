// SPDX-License-Identifier: Apache-2.0
// What a link to a span does in every panel.
#pragma once

#include "gui/view/view_state.hpp"

namespace braid {

/// Selects the span and brings it into view: headings above its row are unfolded, and the range is moved to it if it
/// lies outside, or widened if it is longer. The zoom is kept otherwise, but for a table
/// of spans that may be too short to see it is zoomed in where that is so (`legible`). Nothing for a span that is not
/// there.
void go_to_span(ViewState& state, std::size_t document, std::uint32_t span, bool legible = false);

}  // namespace braid
