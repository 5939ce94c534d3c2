// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/alpha_beta.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/base/error.hpp"
#include "sim/numeric/least_squares.hpp"
#include "sim/numeric/nnls.hpp"

namespace braid {
namespace {

constexpr std::size_t kLeastSizes = 3;  ///< in a segment
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Line {
  Segment segment;
  double squares = 0;  ///< sum of squared relative errors
};

/// The best line through points [first, last).
Line line_through(std::span<const SizeTime> points) {
  std::vector<std::vector<double>> rows;
  const std::vector<double> ones(points.size(), 1);
  const double scale = points.back().bytes;  // keeps both columns near 1
  for (const SizeTime& p : points) rows.push_back({1 / p.seconds, p.bytes / scale / p.seconds});
  const std::vector<double> x = nonnegative_least_squares(rows, ones);
  Line line{.segment = {.from = points.front().bytes, .alpha = x[0], .beta = x[1] > 0 ? scale / x[1] : kInfinity}};
  for (const auto& row : rows) line.squares += std::pow(row[0] * x[0] + row[1] * x[1] - 1, 2);
  return line;
}

/// Schwarz's criterion; a perfect fit is held to one in 10^4, finer than any clock.
double criterion(double squares, std::size_t points, std::size_t segments) {
  const auto n = static_cast<double>(points);
  return n * std::log(std::max(squares / n, 1e-8)) + 3 * static_cast<double>(segments) * std::log(n);
}

}  // namespace

std::vector<Segment> fit_alpha_beta(std::vector<SizeTime> points, int most) {
  for (const SizeTime& p : points) {
    if (!(p.bytes > 0 && p.seconds > 0)) throw Error("fit", "sizes and times must be greater than 0");
  }
  std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
  // first[i]: where the i-th different size begins, so that no cut falls between two runs of one size.
  std::vector<std::size_t> first;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i == 0 || points[i].bytes > points[i - 1].bytes) first.push_back(i);
  }
  const std::size_t sizes = first.size();
  if (sizes < kLeastSizes) throw Error("fit", "a line over size needs three sizes or more");
  first.push_back(points.size());

  struct Best {
    double squares = kInfinity;
    std::size_t cut = 0;
    Line last{};
  };
  // best[s][j]: the first j sizes in s + 1 segments.
  std::vector<std::vector<Best>> best(static_cast<std::size_t>(std::max(1, most)), std::vector<Best>(sizes + 1));
  for (std::size_t s = 0; s < best.size(); ++s) {
    for (std::size_t j = kLeastSizes * (s + 1); j <= sizes; ++j) {
      const std::size_t least = kLeastSizes * s;
      for (std::size_t i = s == 0 ? 0 : least; i + kLeastSizes <= j && (s > 0 || i == 0); ++i) {
        const double before = s == 0 ? 0 : best[s - 1][i].squares;
        if (before == kInfinity) continue;
        const Line line = line_through(std::span(points).subspan(first[i], first[j] - first[i]));
        if (before + line.squares < best[s][j].squares)
          best[s][j] = {.squares = before + line.squares, .cut = i, .last = line};
      }
    }
  }
  std::size_t chosen = 0;
  for (std::size_t s = 1; s < best.size(); ++s) {
    if (best[s][sizes].squares == kInfinity) continue;
    if (criterion(best[s][sizes].squares, points.size(), s + 1) <
        criterion(best[chosen][sizes].squares, points.size(), chosen + 1))
      chosen = s;
  }
  std::vector<Segment> segments;
  for (std::size_t s = chosen + 1, j = sizes; s-- > 0; j = best[s][j].cut)
    segments.insert(segments.begin(), best[s][j].last.segment);
  return segments;
}

double seconds_of(std::span<const Segment> segments, double bytes) {
  BRAID_CHECK(!segments.empty(), "a fitted line has a segment");
  std::size_t i = 0;
  while (i + 1 < segments.size() && bytes >= segments[i + 1].from) ++i;
  return segments[i].alpha + bytes / segments[i].beta;
}

double rate_of(const CtaLaw& law, double ctas) {
  return std::pow(std::pow(ctas * law.each, -law.sharpness) + std::pow(law.all, -law.sharpness), -1 / law.sharpness);
}

CtaLaw fit_cta_law(std::span<const CtaRate> rates) {
  if (rates.size() < 3) throw Error("fit", "the law over CTAs needs three rates or more");
  double each = 0, all = 0;
  for (const CtaRate& r : rates) {
    if (!(r.ctas > 0 && r.bytes_per_second > 0)) throw Error("fit", "CTAs and rates must be greater than 0");
    each = std::max(each, r.bytes_per_second / r.ctas);
    all = std::max(all, r.bytes_per_second);
  }
  const auto residuals = [&](std::span<const double> v) {
    std::vector<double> e;
    for (const CtaRate& r : rates)
      e.push_back(std::log(rate_of({.each = v[0], .all = v[1], .sharpness = v[2]}, r.ctas) / r.bytes_per_second));
    return e;
  };
  const std::vector<Unknown> unknowns = {{.start = each, .least = each / 10, .most = each * 10},
                                         {.start = all * 1.1, .least = all / 10, .most = all * 100},
                                         {.start = 3, .least = 0.5, .most = 20}};
  const std::vector<double> v = least_squares(residuals, unknowns).values;
  return {.each = v[0], .all = v[1], .sharpness = v[2]};
}

}  // namespace braid
