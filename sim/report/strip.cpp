// SPDX-License-Identifier: Apache-2.0
#include "sim/report/strip.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/report/strokes.hpp"

namespace braid {
namespace {

constexpr std::size_t kLetters = kPaints + kCauses;

char letter_of(Cause cause) {
  constexpr std::array letters{'t', 'p', 'p', 'd', 'o', 'h', ' ', ' '};
  static_assert(letters.size() == kCauses);
  return letters[static_cast<std::size_t>(cause)];
}

const char* meaning_of(char letter) {
  switch (letter) {
    case 'F':
      return "forward";
    case 'B':
      return "backward";
    case 'I':
      return "input gradient";
    case 'W':
      return "weight gradient";
    case '#':
      return "braid of two";
    case 'R':
      return "recomputed forward";
    case 'O':
      return "optimizer";
    case 'c':
      return "cell";
    case 't':
      return "idle: tp";
    case 'p':
      return "idle: pp";
    case 'd':
      return "idle: dp";
    case 'o':
      return "idle: offload";
    case 'h':
      return "idle: host";
    default:
      return "";
  }
}

/// A part of the step, drawn with some columns.
struct Window {
  double from = 0;
  double to = 0;
  int columns = 0;
};

/// How much of each column each letter fills.
class Columns {
 public:
  explicit Columns(const Window& window)
      : window_(window),
        width_((window.to - window.from) / window.columns),
        shares_(static_cast<std::size_t>(window.columns)) {}

  void add(double from, double to, std::size_t letter) {
    from = std::max(from, window_.from) - window_.from;
    to = std::min(to, window_.to) - window_.from;
    if (!(width_ > 0) || to <= from) return;
    for (auto c = std::min(static_cast<std::size_t>(from / width_), shares_.size() - 1); c < shares_.size(); ++c) {
      const double begin = static_cast<double>(c) * width_;
      if (begin >= to) break;
      shares_[c][letter] += std::max(0.0, std::min(to, begin + width_) - std::max(from, begin));
    }
  }
  std::string letters() const {
    std::string text;
    for (const auto& share : shares_) {
      const auto most = static_cast<std::size_t>(std::max_element(share.begin(), share.end()) - share.begin());
      text += most < kPaints ? letter_of(static_cast<Paint>(most)) : letter_of(static_cast<Cause>(most - kPaints));
    }
    return text;
  }

 private:
  Window window_;
  double width_;
  std::vector<std::array<double, kLetters>> shares_;
};

constexpr const char* kLeftOut = " ~ ";
/// Fewer columns a stroke than this and strokes cannot be told apart.
constexpr double kColumnsOfAStroke = 3;
/// "rank 1234 " before a line.
constexpr int kMargin = 10;

/// What is shown of a step at `width` seconds a column: all of it, or its begin and its end.
std::vector<Window> windows_of(double step, double width, int columns) {
  const int needed = std::max(1, static_cast<int>(std::ceil(step / width - 1e-9)));
  if (needed <= columns) return {{0, width * needed, needed}};
  const int used = columns - static_cast<int>(std::char_traits<char>::length(kLeftOut));
  const int head = used * 2 / 3, tail = used - head;
  return {{0, width * head, head}, {step - width * tail, step, tail}};
}

std::string line_of(const RunReport& report, const Played& played, std::size_t rank,
                    const std::vector<Window>& windows) {
  const RankTimeline& timeline = played.timeline->ranks[rank];
  const std::vector<Span>& lane = timeline.lanes[static_cast<std::size_t>(Lane::compute)];
  const std::vector<Stroke> strokes = strokes_of(timeline, report.step_time);
  const std::vector<Gap> gaps = gaps_of(played, rank, report.launches);
  std::string line;
  for (const Window& window : windows) {
    Columns columns(window);
    for (const Stroke& stroke : strokes) {
      for (std::uint32_t i = stroke.first; i <= stroke.last; ++i) {
        columns.add(lane[i].start.value, lane[i].end.value, static_cast<std::size_t>(stroke.paint));
      }
    }
    for (const Gap& gap : gaps) {
      columns.add(gap.start.value, gap.end.value, kPaints + static_cast<std::size_t>(gap.cause));
    }
    line += (line.empty() ? "" : kLeftOut) + columns.letters();
  }
  return line;
}

double mean_stroke(const Played& played, const std::vector<std::size_t>& ranks) {
  double sum = 0, count = 0;
  for (const std::size_t rank : ranks) {
    for (const Stroke& stroke : strokes_of(played.timeline->ranks[rank], played.timeline->step_time)) {
      sum += stroke.end - stroke.start;
      count += 1;
    }
  }
  return count > 0 ? sum / count : 0;
}

/// Seconds a column, one for all runs so that they can be compared by eye: the longest step fills the width, unless
/// strokes would be too narrow.
double column_width(const Comparison& comparison, std::span<const Played> plays, const StripOptions& options,
                    int columns) {
  double longest = 0, stroke = 0;
  for (std::size_t i = 0; i < plays.size(); ++i) {
    longest = std::max(longest, comparison.runs[i].step_time.value);
    const double mean = mean_stroke(plays[i], ranks_to_show(plays[i], options.most_ranks));
    stroke = stroke > 0 && mean > 0 ? std::min(stroke, mean) : std::max(stroke, mean);
  }
  const double whole = longest / columns;
  return stroke > 0 ? std::min(whole, stroke / kColumnsOfAStroke) : whole;
}

/// The times at both ends of each window, above it.
std::string ruler(const std::vector<Window>& windows) {
  std::string line;
  for (const Window& window : windows) {
    const std::string from = window.from > 0 ? to_text(Seconds(window.from)) : "0";
    const int rest = std::max(1, window.columns - static_cast<int>(from.size()));
    line += (line.empty() ? "" : kLeftOut) + from + fmt::format("{:>{}}", to_text(Seconds(window.to)), rest);
  }
  return line;
}

}  // namespace

std::string strips(const Comparison& comparison, std::span<const Played> plays, const StripOptions& options) {
  BRAID_CHECK(plays.size() == comparison.runs.size(), "every run of the comparison has its play");
  const int columns = std::max(options.width, 40) - kMargin;
  const double width = column_width(comparison, plays, options, columns);
  if (!(width > 0)) return "";
  std::string text;
  std::set<char> seen;
  for (std::size_t i = 0; i < plays.size(); ++i) {
    const RunReport& report = comparison.runs[i];
    const std::vector<std::size_t> shown = ranks_to_show(plays[i], options.most_ranks);
    const std::vector<Window> windows = windows_of(report.step_time.value, width, columns);
    text += fmt::format("{:<9} {}\n", report.schedule.substr(0, kMargin - 1), ruler(windows));
    for (const std::size_t rank : shown) {
      const std::string line = line_of(report, plays[i], rank, windows);
      seen.insert(line.begin(), line.end());
      text += fmt::format("rank {:>4} {}\n", plays[i].timeline->ranks[rank].rank, line);
    }
    const auto pipeline_ranks = plays[i].program->ranks.size();
    if (shown.size() < pipeline_ranks) {
      text += fmt::format("{:>{}}{} of {} pipeline ranks\n", "", kMargin, shown.size(), pipeline_ranks);
    }
  }
  std::string legend;
  for (const char letter : std::string("FBIW#ROctpdoh")) {
    if (seen.contains(letter)) legend += fmt::format("{}{} {}", legend.empty() ? "" : ", ", letter, meaning_of(letter));
  }
  return text + fmt::format("{:>{}}{}\n", "", kMargin, legend);
}

}  // namespace braid
