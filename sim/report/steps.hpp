// SPDX-License-Identifier: Apache-2.0
// Step functions of time, several at common instants, so that their sum is theirs at every one of them.
#pragma once

#include <cstddef>
#include <vector>

namespace braid {

struct Steps {
  std::vector<double> time;                ///< seconds, not descending; two of one time: a peak without duration
  std::vector<std::vector<double>> value;  ///< [column][instant], from that time to the next
};

/// `value` in a column from start to end.
struct Piece {
  double start = 0;
  double end = 0;
  std::size_t column = 0;
  double value = 0;
};

/// The sum of the pieces in each column, from 0 s on; exactly 0 where none of a column lies. A piece without duration
/// is left out.
Steps sum_of(const std::vector<Piece>& pieces, std::size_t columns);

/// At most `most` instants (at least 8): the first, the last, and of each run between them those where a column or the
/// sum of all is lowest or highest. So no peak is lost, and at every instant that is kept all columns are true.
Steps thinned(const Steps& steps, std::size_t most);

}  // namespace braid
