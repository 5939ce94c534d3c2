// SPDX-License-Identifier: Apache-2.0
// What panels call the runs that are open, and the spans of them.
#pragma once

#include <QString>

#include "gui/view/view_state.hpp"

namespace braid {

/// Its title, or the name of its file; two runs with one title are told apart by "(1)", "(2)".
QString run_name(const ViewState& state, std::size_t document);

/// Selects the span and makes it seen: the range moves there if the span is not in it, and is zoomed in if the span
/// would be too short to see.
void go_to_span(ViewState& state, std::size_t document, std::uint32_t span);

}  // namespace braid
