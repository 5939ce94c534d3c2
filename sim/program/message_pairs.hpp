// SPDX-License-Identifier: Apache-2.0
// Which pipeline ranks send to which.
#pragma once

#include <vector>

#include "sim/program/program.hpp"

namespace braid {

/// An ordered pair of pipeline ranks that exchange messages.
struct MessagePair {
  int from = 0;
  int to = 0;
  int messages = 0;  ///< of one column (one tp and dp) in a step
};

/// By (from, to).
std::vector<MessagePair> message_pairs(const Program& program);

}  // namespace braid
