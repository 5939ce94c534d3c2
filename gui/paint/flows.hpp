// SPDX-License-Identifier: Apache-2.0
// What a span waits for and what waits for it, as pairs that arrows join.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "gui/model/trace.hpp"

namespace braid {

inline constexpr std::size_t kMostFlows = 64;

/// (what is waited for, what waits): the span's dependences first, then its dependents, at most kMostFlows. Of an idle
/// piece the one pair of what it waited for and what could not start.
std::vector<std::pair<std::uint32_t, std::uint32_t>> flows_of(const Trace& trace, std::uint32_t span);

/// The same, kept: dependents are looked for in the whole run, and the arrows are painted with every move of the mouse.
class KeptFlows {
 public:
  const std::vector<std::pair<std::uint32_t, std::uint32_t>>& of(const std::shared_ptr<const Trace>& trace,
                                                                 std::uint32_t span);

 private:
  std::weak_ptr<const Trace> trace_;
  std::uint32_t span_ = kNoIndex;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> flows_;
};

}  // namespace braid
