// SPDX-License-Identifier: Apache-2.0
// What one action issues on its rank, in segments between which another action may be braided in.
#pragma once

#include <vector>

#include "sim/program/unit_works.hpp"
#include "sim/schedule/schedule.hpp"

namespace braid {

/// What an item waits for besides the order of its lane.
enum class Waits : std::uint8_t {
  nothing,
  chain,     ///< what this stream computed or communicated last; at its begin its input, of a lone W what its I left
  regather,  ///< the all-gather that brings back the input of a weight gradient
};

struct Item {
  Lane lane = Lane::compute;
  OpKind kind = OpKind::forward;
  Unit unit = Unit::none;
  int layer = -1;
  int index = 0;
  std::uint16_t work = 0;
  Waits waits = Waits::chain;
  bool extends_chain = true;  ///< later items of the chain wait for this one
};

/// Issued without interruption; ends in a collective, if there is one, and the W that hides it.
using Segment = std::vector<Item>;

/// The layers of a stage and which ends of the model it holds.
struct StageLayers {
  int first = 0;
  int count = 0;
  bool has_embedding = false;
  bool has_head = false;
};

/// The segments of an action. `async` says what a full B (not braided) hides its all-reduces behind.
std::vector<Segment> segments_of(ActionType type, const StageLayers& layers, const Plan& plan, AsyncAllReduce async,
                                 UnitWorks& works);

}  // namespace braid
