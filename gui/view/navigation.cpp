// SPDX-License-Identifier: Apache-2.0
#include "gui/view/navigation.hpp"

#include <algorithm>
#include <cmath>

#include "gui/model/find.hpp"
#include "gui/view/go_to_span.hpp"

namespace braid {
namespace {

/// The selected span's document, or null.
const ViewState::Document* chosen(const ViewState& state) {
  const ViewState::Selected selected = state.selected();
  if (selected.span == kNoIndex || selected.document >= state.documents().size()) return nullptr;
  return &state.documents()[selected.document];
}

TimeRange times_of(const ViewState::Document& document, std::uint32_t span) {
  const RunView& run = document.trace->run();
  return {run.start[span] + document.shift, run.end[span] + document.shift};
}

std::uint32_t first_in_view(const ViewState& state, const ViewState::Document& document) {
  const RunView& run = document.trace->run();
  for (const LayoutRow& row : document.rows) {
    if (row.kind != LayoutRow::Kind::spans) continue;
    const RunRow& of = run.rows[row.members.front()];
    const auto begin = run.start.begin() + static_cast<std::ptrdiff_t>(of.begin);
    const auto end = run.start.begin() + static_cast<std::ptrdiff_t>(of.end);
    const auto found = std::lower_bound(begin, end, state.range().begin - document.shift);
    if (found != end && *found + document.shift < state.range().end)
      return static_cast<std::uint32_t>(found - run.start.begin());
  }
  return kNoIndex;
}

}  // namespace

void fit_all(ViewState& state) {
  if (!state.documents().empty()) state.go_to(state.extent());
}

void fit_selection(ViewState& state) {
  const ViewState::Document* document = chosen(state);
  if (document == nullptr) return fit_all(state);
  const TimeRange span = times_of(*document, state.selected().span);
  const std::int64_t margin = std::max<std::int64_t>(span.length() / 2, 5);
  const TimeRange before = state.range();
  state.go_to({span.begin - margin, span.end + margin});
  if (state.range() == before) fit_all(state);
}

void zoom_to_area(ViewState& state) {
  if (state.area() && state.area()->range.length() > 0) state.go_to(state.area()->range);
}

void zoom(ViewState& state, double factor, std::int64_t anchor, bool gesture) {
  if (state.documents().empty()) return;
  state.go_to(zoomed(state.range(), factor, anchor), gesture);
}

void pan(ViewState& state, double share, bool gesture) {
  if (state.documents().empty()) return;
  const TimeRange range = state.range();
  const std::int64_t by = std::llround(share * static_cast<double>(range.length()));
  state.go_to({range.begin + by, range.end + by}, gesture);
}

void step_selection(ViewState& state, Direction direction) {
  const ViewState::Document* document = chosen(state);
  if (document == nullptr) {
    for (std::size_t d = 0; d < state.documents().size(); ++d) {
      const std::uint32_t first = first_in_view(state, state.documents()[d]);
      if (first != kNoIndex) return state.select(d, first);
    }
    return;
  }
  const ViewState::Selected now = state.selected();
  const RunView& run = document->trace->run();
  const std::uint32_t to = direction == Direction::forward ? next_span(run, now.span) : previous_span(run, now.span);
  if (to != kNoIndex) go_to_span(state, now.document, to);
}

void follow_dependence(ViewState& state, Direction direction) {
  const ViewState::Document* document = chosen(state);
  if (document == nullptr) return;
  const ViewState::Selected now = state.selected();
  const RunView& run = document->trace->run();
  std::uint32_t to = kNoIndex;
  if (direction == Direction::back) {
    for (const std::uint32_t dep : run.deps_of(now.span)) {
      if (dep != now.span && (to == kNoIndex || run.end[dep] > run.end[to])) to = dep;
    }
  } else {
    for (const std::uint32_t dependent : dependents_of(run, now.span)) {
      if (to == kNoIndex || run.start[dependent] < run.start[to]) to = dependent;
    }
  }
  if (to != kNoIndex) go_to_span(state, now.document, to);
}

void clear_selection(ViewState& state) {
  state.select_area(state.area_document(), std::nullopt);
  state.select(0, kNoIndex);
}

std::size_t layout_row_of(const ViewState::Document& document, std::uint32_t span) {
  if (span == kNoIndex) return document.rows.size();
  const std::uint32_t row = document.trace->run().row_of(span);
  const auto found = std::find_if(document.rows.begin(), document.rows.end(), [&](const LayoutRow& shown) {
    return (shown.kind == LayoutRow::Kind::spans || shown.folded) &&
           std::find(shown.members.begin(), shown.members.end(), row) != shown.members.end();
  });
  return static_cast<std::size_t>(found - document.rows.begin());
}

}  // namespace braid
