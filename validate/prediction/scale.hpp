// SPDX-License-Identifier: Apache-2.0
// Shrinking a scenario until a run of it fits the memory at hand, in ways that a report can name.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace braid {

/// "layers=8": that many layers. "hidden=0.5": hidden size, heads, KV heads and FFN times 0.5, the head dimension
/// stays. "fit": the most layers, up to the model's, with which every run stays below `memory`; `memory` is what a rank
/// has.
struct Scaled {
  std::vector<Override> overrides;  ///< to be read after the user's own
  std::string note;                 ///< "8 of 30 layers", for the report; "" if nothing changed
};

/// Throws Error("--scale", ...) for text that is none of these, sizes that do not divide, or if one layer a virtual
/// stage is already too much.
Scaled scale(const std::string& text, const Scenario& scenario, const std::vector<Override>& overrides, Bytes memory);

}  // namespace braid
