// SPDX-License-Identifier: Apache-2.0
// What panels call the runs that are open.
#pragma once

#include <QString>

#include "gui/view/view_state.hpp"

namespace braid {

/// As run_names() of all that are shown.
QString run_name(const ViewState& state, std::size_t document);

}  // namespace braid
