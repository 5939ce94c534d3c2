// SPDX-License-Identifier: Apache-2.0
// Which of many marks to draw: of those that would lie on one another, one.
#pragma once

#include <cstddef>
#include <vector>

namespace braid {

struct MarkPlace {
  double x = 0, y = 0;    ///< pixels
  std::size_t group = 0;  ///< marks of two groups look different, so neither stands for the other
  bool always = false;    ///< is drawn whatever lies there
};

struct ThinnedMarks {
  std::vector<std::size_t> drawn;  ///< positions, ascending
  double apart = 0;                ///< side in pixels of the squares of which one mark a group is drawn; 0: all are
};

/// The first mark of each square and group, squares as small as leaves at most `most` besides those that are always
/// drawn.
ThinnedMarks thinned_marks(const std::vector<MarkPlace>& marks, std::size_t most);

}  // namespace braid
