// SPDX-License-Identifier: Apache-2.0
// Configurations as points over two figures, with the front of those that no other one beats in both.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "sim/sweep/report/plot.hpp"
#include "sim/sweep/report/survey.hpp"

namespace braid {

struct ScatterInput {
  std::string x_title, y_title;          ///< with units; of x less is better, of y more
  std::function<double(std::size_t)> x;  ///< of a row; a row is drawn if it is above 0 there and its speed is
  std::size_t most_marks = 2500;         ///< besides the front and the first of the ranking
  double x_limit = 0;                    ///< a line is drawn there if a point lies near or behind it; 0: none
  std::string limit_title = {};
};

struct Scatter {
  std::string svg;
  std::size_t points = 0;          ///< rows that have both figures
  std::size_t drawn = 0;           ///< marks
  double apart = 0;                ///< side of the squares of which one mark is drawn; 0: all are
  std::vector<std::size_t> front;  ///< rows, by x; only such that fit
};

/// y is Survey::speed. The front and the first ten of the ranking are always drawn.
Scatter scatter_svg(const Survey& survey, const ScatterInput& input);

}  // namespace braid
