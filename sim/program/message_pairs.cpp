// SPDX-License-Identifier: Apache-2.0
#include "sim/program/message_pairs.hpp"

#include <map>

namespace braid {

std::vector<MessagePair> message_pairs(const Program& program) {
  std::map<std::pair<int, int>, int> counts;
  for (const Message& message : program.messages) ++counts[{message.from, message.to}];
  std::vector<MessagePair> pairs;
  pairs.reserve(counts.size());
  for (const auto& [ends, messages] : counts) {
    pairs.push_back({.from = ends.first, .to = ends.second, .messages = messages});
  }
  return pairs;
}

}  // namespace braid
