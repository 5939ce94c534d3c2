// SPDX-License-Identifier: Apache-2.0
#include "gui/view/go_to_span.hpp"

#include <algorithm>

namespace braid {
namespace {

/// Index of the line that shows this row of the run itself, or the number of lines.
std::size_t line_of(const std::vector<LayoutRow>& rows, std::uint32_t row) {
  const auto shows = [&](const LayoutRow& line) {
    return line.kind == LayoutRow::Kind::spans && line.members.front() == row;
  };
  return static_cast<std::size_t>(std::find_if(rows.begin(), rows.end(), shows) - rows.begin());
}

void unfold(ViewState& state, std::size_t document, std::uint32_t row) {
  const ViewState::Document& d = state.documents()[document];
  if (d.layout.folded.empty() || line_of(d.rows, row) < d.rows.size()) return;
  LayoutOptions options = d.layout;
  options.folded.clear();
  const std::vector<LayoutRow> open = layout_rows(d.trace->run(), options);
  std::size_t line = line_of(open, row);
  if (line == open.size()) return;  // hidden for another reason
  options.folded = d.layout.folded;
  for (int depth = open[line].depth; depth > 0 && line > 0;) {
    if (open[--line].depth >= depth) continue;
    depth = open[line].depth;
    options.folded.erase(open[line].id);
  }
  state.lay_out(document, options);
}

}  // namespace

void go_to_span(ViewState& state, std::size_t document, std::uint32_t span, bool legible) {
  if (document >= state.documents().size()) return;
  const ViewState::Document& d = state.documents()[document];
  const RunView& run = d.trace->run();
  if (span >= run.spans()) return;
  unfold(state, document, run.row_of(span));
  const std::int64_t start = run.start[span] + d.shift, end = run.end[span] + d.shift;
  TimeRange range = state.range();
  // A hundredth of the width is some fifteen pixels; what is shorter is shown at a thirtieth.
  const bool too_short = legible && end - start < range.length() / 100;
  if (start < range.begin || end > range.end || too_short) {
    // Room at both sides, so that one sees what came before and after.
    const std::int64_t length =
        too_short ? std::max<std::int64_t>((end - start) * 30, 30) : std::max(range.length(), (end - start) * 3 / 2);
    range.begin = start + (end - start) / 2 - length / 2;
    range.end = range.begin + length;
    state.go_to(range);
  }
  state.select(document, span);
}

}  // namespace braid
