// SPDX-License-Identifier: Apache-2.0
#include "gui/model/zoom_stack.hpp"

namespace braid {

void ZoomStack::push(TimeRange range, bool gesture) {
  if (gesture && !ranges_.empty()) {
    ranges_.resize(at_ + 1);
    ranges_.back() = range;
    return;
  }
  if (!ranges_.empty()) {
    if (ranges_[at_] == range) return;
    ranges_.resize(at_ + 1);
  }
  ranges_.push_back(range);
  at_ = ranges_.size() - 1;
}

TimeRange ZoomStack::undo() { return ranges_[at_ > 0 ? --at_ : 0]; }
TimeRange ZoomStack::redo() { return ranges_[at_ + 1 < ranges_.size() ? ++at_ : at_]; }

}  // namespace braid
