// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/scatter_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "sim/sweep/report/thinned_marks.hpp"
#include "sim/sweep/store/front.hpp"

namespace braid {
namespace {

constexpr double kWidth = 1200, kHeight = 520;
constexpr Box kInner{.x = 84, .y = 34, .width = 1096, .height = 430};
constexpr std::size_t kBestDrawn = 10;
constexpr double kRadius = 4;

}  // namespace

Scatter scatter_svg(const Survey& survey, const ScatterInput& input) {
  std::vector<std::size_t> rows;
  std::vector<double> xs, ys;
  for (std::size_t i = 0; i < survey.rows.size(); ++i) {
    if (!survey.rows[i].ok() || !(survey.speed[i] > 0) || !(input.x(i) > 0)) continue;
    rows.push_back(i);
    xs.push_back(input.x(i));
    ys.push_back(survey.speed[i]);
  }
  Scatter scatter{.points = rows.size()};
  if (rows.empty()) return scatter;
  const Plot plot{.inner = kInner, .x = axis_of(input.x_title, xs, 12), .y = axis_of(input.y_title, ys, 8)};

  std::vector<std::size_t> candidates;
  std::vector<std::pair<double, double>> costs;
  for (const std::size_t row : rows) {
    if (!survey.candidate(row)) continue;
    candidates.push_back(row);
    costs.emplace_back(input.x(row), -survey.speed[row]);
  }
  std::vector<bool> always(survey.rows.size(), false);
  for (const std::size_t at : pareto_front(costs)) {
    scatter.front.push_back(candidates[at]);
    always[candidates[at]] = true;
  }
  for (std::size_t i = 0; i < survey.ranking.size() && i < kBestDrawn; ++i) always[survey.ranking[i]] = true;

  std::stable_sort(rows.begin(), rows.end(),
                   [&](std::size_t a, std::size_t b) { return survey.speed[a] > survey.speed[b]; });
  std::vector<MarkPlace> marks;
  for (const std::size_t row : rows) {
    marks.push_back({.x = plot.px(input.x(row)),
                     .y = plot.py(survey.speed[row]),
                     .group = 2 * survey.run_of[row] + (survey.rows[row].fits ? 1 : 0),
                     .always = always[row]});
  }
  const ThinnedMarks thinned = thinned_marks(marks, input.most_marks);
  std::vector<std::size_t> drawn;
  for (const std::size_t at : thinned.drawn) drawn.push_back(rows[at]);
  scatter.apart = thinned.apart;
  scatter.drawn = drawn.size();
  // What matters most is painted last, on top.
  std::stable_sort(drawn.begin(), drawn.end(), [&](std::size_t a, std::size_t b) {
    return std::tuple(survey.rows[a].fits, static_cast<bool>(always[a])) <
           std::tuple(survey.rows[b].fits, static_cast<bool>(always[b]));
  });

  std::string text = plot_begin(plot, kWidth, kHeight, input.y_title + " over " + input.x_title);
  std::string line;
  for (const std::size_t row : scatter.front) {
    line += fmt::format("{}{} {}", line.empty() ? "M" : "L", shortest(plot.px(input.x(row)), 1),
                        shortest(plot.py(survey.speed[row]), 1));
  }
  if (input.x_limit > plot.x.low && input.x_limit < plot.x.high) {
    const double x = plot.px(input.x_limit);
    text += fmt::format("<path class=\"limit\" d=\"M{} {}v{}\"><title>{}</title></path>", shortest(x, 1),
                        shortest(kInner.y), shortest(kInner.height), escaped(input.limit_title)) +
            svg_text(x + 5, kInner.y + kInner.height - 6, "tick limit", input.limit_title);
  }
  text += fmt::format("<path class=\"front\" d=\"{}\"/>\n", line);
  for (const std::size_t row : drawn) {
    const double x = plot.px(input.x(row)), y = plot.py(survey.speed[row]);
    if (survey.screened_place[row] > 0) {
      text += fmt::format("<circle class=\"ring\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>", shortest(x, 1), shortest(y, 1),
                          shortest(kRadius * 1.9, 1));
    }
    text += mark(survey.run_of[row], x, y, kRadius, !survey.rows[row].fits, long_name(survey, row)) + "\n";
  }
  scatter.svg = text + "</svg>\n";
  return scatter;
}

}  // namespace braid
