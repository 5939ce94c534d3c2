// SPDX-License-Identifier: Apache-2.0
// What panels call the runs that are open.
#pragma once

#include <QString>

#include "gui/view/view_state.hpp"

namespace braid {

/// run_title(); two runs with one title are told apart by "(1)", "(2)".
QString run_name(const ViewState& state, std::size_t document);

}  // namespace braid
