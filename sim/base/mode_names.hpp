// SPDX-License-Identifier: Apache-2.0
// Modes in the words that scenarios have for them.
#pragma once

#include "sim/base/modes.hpp"

namespace braid {

/// "eager", "batched", "blocking".
const char* to_text(P2pMode mode);

}  // namespace braid
