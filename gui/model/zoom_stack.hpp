// SPDX-License-Identifier: Apache-2.0
// Zooms that can be undone and done again.
#pragma once

#include <vector>

#include "gui/model/time_map.hpp"

namespace braid {

class ZoomStack {
 public:
  /// Steps of one gesture (a wheel's turns, a drag) are one entry: pass `gesture` true for all but its first.
  void push(TimeRange range, bool gesture = false);
  bool can_undo() const { return at_ > 0; }
  bool can_redo() const { return at_ + 1 < ranges_.size(); }
  TimeRange undo();
  TimeRange redo();
  TimeRange now() const { return ranges_[at_]; }
  bool empty() const { return ranges_.empty(); }
  void clear() { ranges_.clear(), at_ = 0; }

 private:
  std::vector<TimeRange> ranges_;
  std::size_t at_ = 0;
};

}  // namespace braid
