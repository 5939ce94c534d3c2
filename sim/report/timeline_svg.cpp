// SPDX-License-Identifier: Apache-2.0
#include "sim/report/timeline_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/report/metrics.hpp"
#include "sim/report/strokes.hpp"
#include "sim/report/svg.hpp"

namespace braid {
namespace {

constexpr double kWidth = 1200;
constexpr double kRow = 40;        ///< a rank, with the space below it
constexpr double kPasses = 19;     ///< height of passes and bubbles
constexpr double kIdle = 8;        ///< height of the idle shares
constexpr double kLaneHeight = 3;  ///< height of a communication lane
constexpr std::size_t kSlices = 1200;

/// From seconds to the x axis.
struct Axis {
  double scale = 1;
  double x(double time) const { return scale > 0 ? time / scale * kWidth : 0; }
};

std::string interval(double start, double end) {
  return fmt::format("{} .. {} ({})", to_text(Seconds(start)), to_text(Seconds(end)), to_text(Seconds(end - start)));
}

/// One <path> of a class for many rectangles.
class Paths {
 public:
  void add(const std::string& css_class, const Box& box) { paths_[css_class] += svg_subpath(box); }
  std::string text() const {
    std::string all;
    for (const auto& [css_class, path] : paths_) all += fmt::format("<path class=\"{}\" d=\"{}\"/>", css_class, path);
    return all;
  }

 private:
  std::map<std::string, std::string> paths_;
};

/// Time filled in each slice of the step.
class Slices {
 public:
  explicit Slices(double scale) : width_(scale / static_cast<double>(kSlices)), filled_(kSlices, 0.0) {}
  void add(double from, double to) {
    if (!(width_ > 0)) return;
    for (auto i = std::min(static_cast<std::size_t>(from / width_), kSlices - 1); i < kSlices; ++i) {
      const double begin = static_cast<double>(i) * width_;
      if (begin >= to) break;
      filled_[i] += std::max(0.0, std::min(to, begin + width_) - std::max(from, begin));
    }
  }
  /// In steps of a sixteenth: finer is not seen, and equal neighbours become one rectangle.
  double share(std::size_t i) const { return std::round(16 * std::min(1.0, filled_[i] / width_)) / 16; }

 private:
  double width_;
  std::vector<double> filled_;
};

/// Draws shares as heights above `base`, each on top of what is in `heights` already.
void add_heights(const Slices& slices, const std::string& css_class, double base, double height,
                 std::vector<double>& heights, Paths& paths) {
  const double width = kWidth / static_cast<double>(kSlices);
  for (std::size_t i = 0; i < kSlices;) {
    std::size_t end = i + 1;
    while (end < kSlices && slices.share(end) == slices.share(i) && heights[end] == heights[i]) ++end;
    const double share = std::min(slices.share(i), 1 - heights[i]);
    if (share > 0) {
      paths.add(css_class, {.x = static_cast<double>(i) * width,
                            .y = base - height * (heights[i] + share),
                            .width = static_cast<double>(end - i) * width,
                            .height = height * share});
      for (std::size_t j = i; j < end; ++j) heights[j] += share;
    }
    i = end;
  }
}

struct Merged {
  Stroke stroke;
  int passes = 1;
};

/// Joins strokes that are too narrow to be seen to what precedes them, until that is wide enough; the first of them
/// gives the colour.
std::vector<Merged> merged(const std::vector<Stroke>& strokes, double narrowest) {
  std::vector<Merged> all;
  for (const Stroke& stroke : strokes) {
    const bool narrow = stroke.end - stroke.start < narrowest;
    if (narrow && !all.empty() && all.back().stroke.end - all.back().stroke.start < narrowest &&
        stroke.start - all.back().stroke.end < narrowest) {
      all.back().stroke.end = stroke.end;
      all.back().stroke.last = stroke.last;
      ++all.back().passes;
    } else {
      all.push_back({stroke, 1});
    }
  }
  return all;
}

std::string passes_of(const RankTimeline& rank, const Axis& axis, double y, double narrowest) {
  // Idle shorter than this does not cut a pass in two.
  const double longest_gap = std::max(narrowest, axis.scale / 400);
  std::string text;
  for (const Merged& m : merged(strokes_of(rank, Seconds(longest_gap)), narrowest)) {
    const double x = axis.x(m.stroke.start), width = axis.x(m.stroke.end) - x;
    // A hairline between passes, as long as they are wide enough to afford one.
    const double hairline = width > 1.5 ? 0.4 : 0;
    const std::string label = m.passes == 1 ? label_of(rank, m.stroke) : fmt::format("{} passes", m.passes);
    text += svg_rect({.x = x, .y = y, .width = std::max(0.05, width - hairline), .height = kPasses},
                     to_text(m.stroke.paint), label + "\n" + interval(m.stroke.start, m.stroke.end));
  }
  return text;
}

std::string bubbles_of(const std::vector<Gap>& gaps, const Axis& axis, double y, double narrowest) {
  std::string text;
  for (const Gap& gap : gaps) {
    const double start = gap.start.value, end = gap.end.value;
    if (end - start < 2 * narrowest) continue;
    std::string title = fmt::format("idle: {}\n{}", to_text(gap.cause), interval(start, end));
    if (gap.cause != Cause::warm_up && gap.cause != Cause::drain) {
      title += fmt::format("\n{} waits for {} of rank {}", to_text(gap.waiting), to_text(gap.blamed), gap.blamed_rank);
    }
    text += svg_rect({.x = axis.x(start), .y = y, .width = axis.x(end) - axis.x(start), .height = kPasses},
                     fmt::format("gap {}", to_text(gap.cause)), title);
  }
  return text;
}

std::string shares_of(const RankTimeline& rank, const std::vector<Gap>& gaps, double scale, double y) {
  Paths paths;
  std::vector<double> heights(kSlices, 0.0);
  const double idle_base = y + kPasses + 1 + kIdle;
  for (std::size_t c = 0; c < kCauses; ++c) {
    Slices slices(scale);
    for (const Gap& gap : gaps) {
      if (static_cast<std::size_t>(gap.cause) == c) slices.add(gap.start.value, gap.end.value);
    }
    add_heights(slices, to_text(static_cast<Cause>(c)), idle_base, kIdle, heights, paths);
  }
  double base = idle_base + 1;
  for (const Lane lane : {Lane::tp, Lane::pp}) {
    base += kLaneHeight;
    Slices slices(scale);
    for (const Span& span : rank.lanes[static_cast<std::size_t>(lane)]) {
      if (!stands_for_peer(span.key, lane)) slices.add(span.start.value, span.end.value);
    }
    heights.assign(kSlices, 0.0);
    add_heights(slices, fmt::format("lane-{}", to_text(lane)), base, kLaneHeight, heights, paths);
  }
  return paths.text();
}

/// 1, 2 or 5 times a power of ten, so that there are about ten.
double tick_of(double scale) {
  const double power = std::pow(10, std::floor(std::log10(scale / 10)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (scale / (factor * power) <= 12) return factor * power;
  }
  return 10 * power;
}

std::string ticks(double scale) {
  std::string text = "<div class=\"ticks\">";
  if (scale > 0) {
    const double tick = tick_of(scale);
    for (int i = 0; i * tick < scale * 0.97; ++i) {
      text += fmt::format("<span style=\"left:{}%\">{}</span>", shortest(100 * i * tick / scale, 4),
                          i == 0 ? "0" : to_text(Seconds(i * tick)));
    }
  }
  return text + "</div>";
}

}  // namespace

std::string timeline_svg(const RunReport& report, const Played& played, const TimelineSvgOptions& options) {
  const std::vector<std::size_t> shown = ranks_to_show(played, options.most_ranks);
  const Axis axis{.scale = options.scale.value};
  const double height = kRow * static_cast<double>(shown.size());
  const double narrowest = axis.scale * static_cast<double>(shown.size()) /
                           static_cast<double>(std::max<std::size_t>(options.rectangles, 1));

  std::string names, rows;
  double y = 0;
  for (const std::size_t rank : shown) {
    const RankTimeline& timeline = played.timeline->ranks[rank];
    const std::vector<Gap> gaps = gaps_of(played, rank, report.launches);
    names += fmt::format("<div>rank {}</div>", timeline.rank);
    rows += svg_rect({.x = 0, .y = y, .width = axis.x(report.step_time.value), .height = kPasses}, "ground");
    rows += bubbles_of(gaps, axis, y, narrowest) + passes_of(timeline, axis, y, narrowest);
    rows += shares_of(timeline, gaps, axis.scale, y) + "\n";
    y += kRow;
  }
  std::string text = "<div class=\"timeline\"><div class=\"names\">" + names + "</div>";
  text += "<div class=\"scroll\"><div class=\"wide\">" + ticks(axis.scale);
  text += fmt::format(
      "<svg viewBox=\"0 0 {0} {1}\" style=\"height:{1}px\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"Timeline of {2}\">\n{3}</svg></div></div></div>\n",
      shortest(kWidth), shortest(height), escaped(report.schedule), rows);
  if (shown.size() < played.program->ranks.size()) {
    text += fmt::format("<p class=\"note\">{} of {} pipeline ranks are drawn.</p>\n", shown.size(),
                        played.program->ranks.size());
  }
  return text;
}

}  // namespace braid
