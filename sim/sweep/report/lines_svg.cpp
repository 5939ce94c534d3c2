// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/lines_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "sim/sweep/report/plot.hpp"
#include "sim/sweep/report/thinned_marks.hpp"

namespace braid {
namespace {

constexpr double kWidth = 600, kHeight = 340;
constexpr Box kInner{.x = 70, .y = 32, .width = 510, .height = 250};
constexpr double kLogarithmicFrom = 8;  ///< ratio of the largest to the smallest value
constexpr double kLetter = 6.6;         ///< width of one of a tick's label
constexpr std::size_t kLongestLabel = 16;
constexpr std::size_t kMostMarks = 300;
constexpr std::size_t kLongestLine = 1000;  ///< more points are a cloud

/// Where each value stands on the axis; numbers by themselves, texts one apart.
struct Places {
  bool numbers = true;
  std::vector<double> at;  ///< by value
};

Places places_of(const ChosenField& field) {
  Places places;
  for (const std::string& value : field.values) {
    const std::optional<double> number = number_in(value);
    if (!number) {
      places.numbers = false;
      break;
    }
    places.at.push_back(*number);
  }
  if (!places.numbers) {
    places.at.resize(field.values.size());
    std::iota(places.at.begin(), places.at.end(), 0.0);
  }
  return places;
}

/// The end of a long text tells more than its begin: paths end with the file.
std::string shortened(const std::string& text, std::size_t most) {
  return text.size() <= most ? text : ".." + text.substr(text.size() - most + 2);
}

PlotAxis value_axis(const ChosenField& field, const Places& places) {
  const auto [least, most] = std::minmax_element(places.at.begin(), places.at.end());
  PlotAxis axis = axis_of(field.name, places.at, 2, places.numbers && *least > 0 && *most / *least >= kLogarithmicFrom);
  if (!axis.logarithmic) {
    const double margin = (*most - *least) * 0.06;
    axis.low = *least - margin;
    axis.high = *most + margin;
  }
  axis.ticks.clear();
  std::vector<std::size_t> order(field.values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return places.at[a] < places.at[b]; });
  const std::size_t room =
      places.numbers
          ? kLongestLabel
          : std::max<std::size_t>(
                6, std::min<std::size_t>(
                       40, static_cast<std::size_t>(kInner.width / kLetter / static_cast<double>(order.size()))));
  double taken = -1e9;  // pixels: a label that would touch the one before it is left out
  for (const std::size_t value : order) {
    const std::string label = shortened(field.values[value], room);
    const double half = static_cast<double>(label.size()) * kLetter / 2,
                 at = axis.share(places.at[value]) * kInner.width;
    if (at - half < taken) continue;
    axis.ticks.push_back({.value = places.at[value], .label = label});
    taken = at + half + 4;
  }
  if (axis.logarithmic) axis.title += " (logarithmic)";
  return axis;
}

}  // namespace

std::vector<LinePoint> best_over(const Survey& survey, const ChosenField& field, std::size_t run) {
  std::vector<std::optional<std::size_t>> best(field.values.size());
  for (std::size_t row = 0; row < survey.rows.size(); ++row) {
    if (survey.run_of[row] != run || !survey.candidate(row) || field.at[row] == kNotChosen) continue;
    if (!(survey.speed[row] > 0)) continue;
    std::optional<std::size_t>& at = best[field.at[row]];
    if (!at || survey.speed[row] > survey.speed[*at]) at = row;
  }
  std::vector<LinePoint> line;
  for (std::size_t value = 0; value < best.size(); ++value) {
    if (best[value]) line.push_back({.value = static_cast<std::uint32_t>(value), .row = *best[value]});
  }
  const Places places = places_of(field);
  std::stable_sort(line.begin(), line.end(),
                   [&](const auto& a, const auto& b) { return places.at[a.value] < places.at[b.value]; });
  return line;
}

std::vector<std::size_t> fields_to_draw(const Survey& survey, const std::vector<std::string>& derived) {
  std::vector<std::size_t> fields;
  for (std::size_t i = 0; i < survey.fields.size(); ++i) {
    const ChosenField& field = survey.fields[i];
    if (field.name == "plan.tp" || field.name == "plan.pp") continue;
    if (std::find(derived.begin(), derived.end(), field.name) != derived.end()) continue;
    std::set<std::uint32_t> values;
    std::map<std::size_t, std::set<std::uint32_t>> of_run;
    for (std::size_t row = 0; row < survey.rows.size(); ++row) {
      if (!survey.candidate(row) || !(survey.speed[row] > 0) || field.at[row] == kNotChosen) continue;
      values.insert(field.at[row]);
      of_run[survey.run_of[row]].insert(field.at[row]);
    }
    const auto varying =
        std::count_if(of_run.begin(), of_run.end(), [](const auto& each) { return each.second.size() > 1; });
    // A field of one run makes no line of the others; a swept schedule is the run itself.
    const bool of_one = field.name.starts_with("run.") && survey.runs.size() > 1 && varying < 2;
    if (values.size() > 1 && !of_one) fields.push_back(i);
  }
  return fields;
}

std::string lines_svg(const Survey& survey, const ChosenField& field, const std::vector<std::size_t>& runs) {
  const Places places = places_of(field);
  std::vector<double> speeds;
  std::vector<std::vector<LinePoint>> lines;
  for (const std::size_t run : runs) {
    lines.push_back(best_over(survey, field, run));
    for (const LinePoint& point : lines.back()) speeds.push_back(survey.speed[point.row]);
  }
  const Plot plot{.inner = kInner, .x = value_axis(field, places), .y = axis_of("tokens/s", speeds, 6)};
  std::string text = plot_begin(plot, kWidth, kHeight, "Best tokens a second over " + field.name);
  std::vector<MarkPlace> places_of_marks;
  std::vector<std::pair<std::size_t, LinePoint>> points;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::string path;
    for (const LinePoint& point : lines[i]) {
      const double x = plot.px(places.at[point.value]), y = plot.py(survey.speed[point.row]);
      path += fmt::format("{}{} {}", path.empty() ? "M" : "L", shortest(x, 1), shortest(y, 1));
      places_of_marks.push_back({.x = x, .y = y, .group = i});
      points.emplace_back(runs[i], point);
    }
    // Between texts there is nothing that a line could mean.
    if (places.numbers && lines[i].size() <= kLongestLine) {
      text += fmt::format("<path class=\"line {}\" d=\"{}\"/>", series_class(runs[i]), path);
    }
  }
  for (const std::size_t at : thinned_marks(places_of_marks, kMostMarks).drawn) {
    const auto& [run, point] = points[at];
    text += mark(run, places_of_marks[at].x, places_of_marks[at].y, 4.5, false,
                 field.name + " = " + field.values[point.value] + ", the best:\n" + long_name(survey, point.row));
  }
  return text + "</svg>\n";
}

}  // namespace braid
