// SPDX-License-Identifier: Apache-2.0
// Which span sends to which: the arrows of a trace, which the timeline alone cannot tell.
#pragma once

#include <vector>

#include "sim/memory/played.hpp"
#include "sim/timeline/trace.hpp"

namespace braid {

/// One arrow a message, and in an unfolded timeline one for each of its copies. Throws Error if ops are missing.
std::vector<Arrow> message_arrows(const Played& played);

}  // namespace braid
