// SPDX-License-Identifier: Apache-2.0
// Linear least squares with unknowns that cannot be negative.
#pragma once

#include <vector>

namespace braid {

/// x >= 0 that minimises |A x - b|, by the active-set method of Lawson and Hanson ("Solving Least Squares Problems",
/// 1974, chapter 23); the optimum is unique if the columns of A are independent. `rows` are the rows of A, all of one
/// length. Throws Error("fit", ...) if there are none or lengths differ.
std::vector<double> nonnegative_least_squares(const std::vector<std::vector<double>>& rows,
                                              const std::vector<double>& b);

}  // namespace braid
