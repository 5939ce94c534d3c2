// SPDX-License-Identifier: Apache-2.0
// A store for a command to write into.
#pragma once

#include <string>

#include "sim/sweep/store/store.hpp"

namespace braid {

/// Makes the file and its folder if they are not there, and claims it for this process; `fresh` empties it. Throws
/// Error(path, ...) where that cannot be.
SweepStore open_store(const std::string& path, bool fresh);

}  // namespace braid
