// SPDX-License-Identifier: Apache-2.0
// Everything that a viewer asks of a run that it has opened, with no window.
#pragma once

#include "gui/model/trace.hpp"

namespace braid {

/// Walks a run whose columns pass check(); any fault of ours ends the process.
void walk_run(const Trace& trace);

}  // namespace braid
