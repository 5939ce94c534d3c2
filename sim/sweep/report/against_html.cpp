// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/report/html_parts.hpp"
#include "sim/sweep/report/against.hpp"
#include "sim/sweep/report/plot.hpp"
#include "sim/sweep/report/thinned_marks.hpp"

namespace braid {
namespace {

constexpr double kWidth = 600, kHeight = 400;
constexpr Box kInner{.x = 76, .y = 32, .width = 504, .height = 310};
constexpr std::size_t kBins = 31;
constexpr std::size_t kMostMarks = 700;
constexpr std::size_t kMostChanged = 5;

double percent(double ratio) { return 100 * (ratio - 1); }

/// How many pairs lie in each of kBins slices of the change.
std::string histogram(const StoreComparison& comparison) {
  double low = percent(comparison.pairs.front().ratio), high = percent(comparison.pairs.back().ratio);
  if (high - low < 0.2) {
    low -= 0.1;
    high += 0.1;
  }
  std::vector<double> counts(kBins, 0);
  for (const StorePair& pair : comparison.pairs) {
    const double at = (percent(pair.ratio) - low) / (high - low) * static_cast<double>(kBins);
    ++counts[std::min(kBins - 1, static_cast<std::size_t>(std::max(0.0, at)))];
  }
  std::vector<double> heights{0};
  heights.insert(heights.end(), counts.begin(), counts.end());
  Plot plot{.inner = kInner,
            .x = axis_of(fmt::format("change of tokens/s over {}, %", comparison.other), {low, high}, 7),
            .y = axis_of("configurations", heights, 6)};
  std::string text = plot_begin(plot, kWidth, kHeight, "How many configurations changed by how much");
  const double width = (high - low) / static_cast<double>(kBins);
  for (std::size_t i = 0; i < kBins; ++i) {
    if (counts[i] == 0) continue;
    const double from = low + width * static_cast<double>(i);
    const double x = plot.px(from), y = plot.py(counts[i]);
    text += svg_rect({.x = x, .y = y, .width = std::max(1.0, plot.px(from + width) - x - 1), .height = plot.py(0) - y},
                     "bin", fmt::format("{:+.2f} % to {:+.2f} %: {} configurations", from, from + width, counts[i]));
  }
  return text + "</svg>\n";
}

struct DrawnPairs {
  std::string svg;
  std::size_t drawn = 0;
};

DrawnPairs old_over_new(const StoreComparison& comparison, const Survey& here, const Survey& there) {
  std::vector<double> speeds;
  for (const StorePair& pair : comparison.pairs) {
    speeds.push_back(here.rows[pair.here].tokens_per_s);
    speeds.push_back(there.rows[pair.there].tokens_per_s);
  }
  const Plot plot{.inner = kInner,
                  .x = axis_of("tokens/s in " + comparison.other, speeds, 6),
                  .y = axis_of("tokens/s in " + comparison.name, speeds, 6)};
  std::vector<MarkPlace> places;
  for (const StorePair& pair : comparison.pairs) {
    places.push_back(
        {.x = plot.px(there.rows[pair.there].tokens_per_s),
         .y = plot.py(here.rows[pair.here].tokens_per_s),
         .group = here.run_of[pair.here],
         .always = comparison.has_bests && (pair.here == comparison.best_here || pair.there == comparison.best_there)});
  }
  const ThinnedMarks thinned = thinned_marks(places, kMostMarks);
  DrawnPairs drawn{.svg = plot_begin(plot, kWidth, kHeight, "Tokens a second in both stores"),
                   .drawn = thinned.drawn.size()};
  drawn.svg += fmt::format("<path class=\"front\" d=\"M{} {}L{} {}\"/>\n", shortest(plot.px(plot.x.low), 1),
                           shortest(plot.py(plot.x.low), 1), shortest(plot.px(plot.x.high), 1),
                           shortest(plot.py(plot.x.high), 1));
  for (const std::size_t at : thinned.drawn) {
    const StorePair& pair = comparison.pairs[at];
    drawn.svg +=
        mark(here.run_of[pair.here], places[at].x, places[at].y, 3.5, !here.rows[pair.here].fits,
             fmt::format("{}\nin {}: {} tokens/s ({:+.2f} % here)", long_name(here, pair.here), comparison.other,
                         short_number(there.rows[pair.there].tokens_per_s), percent(pair.ratio))) +
        "\n";
  }
  drawn.svg += "</svg>\n";
  return drawn;
}

std::string changed_table(const StoreComparison& comparison, const Survey& here, const Survey& there) {
  std::vector<StorePair> most = comparison.pairs;
  std::stable_sort(most.begin(), most.end(), [](const StorePair& a, const StorePair& b) {
    return std::abs(std::log(a.ratio)) > std::abs(std::log(b.ratio));
  });
  if (most.size() > 2 * kMostChanged) most.resize(2 * kMostChanged);
  std::string text = "<div class=\"table\"><table>" + table_head({{"schedule, TP x PP", ""},
                                                                  {"tokens/s in " + comparison.other, ""},
                                                                  {"tokens/s in " + comparison.name, ""},
                                                                  {"change", ""},
                                                                  {"choice", ""}});
  for (const StorePair& pair : most) {
    const Configuration &a = here.rows[pair.here], &b = there.rows[pair.there];
    text += "<tr>" + table_cell(short_name(a)) + table_cell(short_number(b.tokens_per_s)) +
            table_cell(short_number(a.tokens_per_s)) + table_cell(fmt::format("{:+.2f} %", percent(pair.ratio))) +
            table_cell(a.choice, "choice") + "</tr>";
  }
  return text + "</table></div>\n";
}

}  // namespace

std::string against_html(const StoreComparison& comparison, const Survey& here, const Survey& there) {
  std::string text = fmt::format("<h2>Against {}</h2>", escaped(comparison.other));
  text += fmt::format(
      "<p class=\"note\">{} configurations are in both (joined by {}), {} only in {}, {} only in {}. {} were played in "
      "both.",
      comparison.common, comparison.by_choice ? "choice" : "hash", comparison.only_here, escaped(comparison.name),
      comparison.only_there, escaped(comparison.other), comparison.pairs.size());
  if (comparison.played_here_alone + comparison.played_there_alone > 0) {
    text += fmt::format(" {} were played only in {}, {} only in {}.", comparison.played_here_alone,
                        escaped(comparison.name), comparison.played_there_alone, escaped(comparison.other));
  }
  if (comparison.fits_here_alone + comparison.fits_there_alone > 0) {
    text += fmt::format(" {} fit only in {}, {} only in {}.", comparison.fits_here_alone, escaped(comparison.name),
                        comparison.fits_there_alone, escaped(comparison.other));
  }
  if (comparison.other_ways > 0) {
    text +=
        fmt::format(" {} were played on another network or grain, which is part of the change.", comparison.other_ways);
  }
  text += "</p>\n";
  if (comparison.pairs.empty()) return text;
  text += "<div class=\"cards\">" +
          card(fmt::format("{:+.2f} %", percent(comparison.median)),
               fmt::format("tokens/s of {} over those of {}, median", comparison.name, comparison.other)) +
          card(fmt::format("{:+.2f} .. {:+.2f} %", percent(comparison.p5), percent(comparison.p95)),
               "5th to 95th percentile");
  if (comparison.has_bests) {
    text += card(
        comparison.same_best ? "the same best" : "another best",
        comparison.same_best
            ? short_name(here.rows[comparison.best_here])
            : fmt::format("{}; the best there, {}, is {} here", short_name(here.rows[comparison.best_here]),
                          short_name(there.rows[comparison.best_there]),
                          comparison.place_of_best_there > 0 ? fmt::format("number {}", comparison.place_of_best_there)
                                                             : "no candidate"));
  }
  const DrawnPairs pairs = old_over_new(comparison, here, there);
  text += "</div>\n" + series_legend(here.runs) + "<div class=\"pair\"><figure>" + histogram(comparison) +
          "</figure><figure>" + pairs.svg + "</figure></div>\n";
  if (pairs.drawn < comparison.pairs.size()) {
    text += fmt::format("<p class=\"note\">{} of {} points drawn: of those that lie on one another, one.</p>",
                        pairs.drawn, comparison.pairs.size());
  }
  return text + "<h3>What changed most</h3>" + changed_table(comparison, here, there);
}

}  // namespace braid
