// SPDX-License-Identifier: Apache-2.0
#include "gui/view/view_state.hpp"

#include <algorithm>
#include <utility>

namespace braid {

ViewState::ViewState(QObject* parent)
    : QObject(parent), range_{0, 1}, theme_(braid::theme(PaletteKind::colour_blind_safe, Light::day)) {}

TimeRange ViewState::extent() const {
  if (documents_.empty()) return {0, 1};
  TimeRange all{INT64_MAX, INT64_MIN};
  for (const Document& document : documents_) {
    const TimeRange one = document.trace->extent();
    all.begin = std::min(all.begin, one.begin + document.shift);
    all.end = std::max(all.end, one.end + document.shift);
  }
  return all;
}

const std::vector<std::uint32_t>& ViewState::hits(std::size_t document) const {
  static const std::vector<std::uint32_t> kNone;
  return document < hits_.size() ? hits_[document] : kNone;
}

void ViewState::show(std::vector<std::shared_ptr<const Trace>> traces) {
  documents_.clear();
  for (std::shared_ptr<const Trace>& trace : traces) {
    Document document{.trace = std::move(trace)};
    document.rows = layout_rows(document.trace->run(), document.layout);
    documents_.push_back(std::move(document));
  }
  for (Document& document : documents_) {
    document.shift = documents_.front().trace->extent().begin - document.trace->extent().begin;
  }
  hits_.assign(documents_.size(), {});
  selected_ = hover_ = {};
  also_.clear();
  area_.reset();
  zooms_.clear();
  range_ = extent();
  zooms_.push(range_);
  emit documents_changed();
  emit range_changed(range_);
  emit selection_changed();
  emit area_changed();
}

void ViewState::replace(std::size_t document, std::shared_ptr<const Trace> trace, bool keep_ghost,
                        std::string what_if) {
  Document& d = documents_[document];
  d.ghost = keep_ghost ? d.trace : nullptr;
  d.trace = std::move(trace);
  d.what_if = std::move(what_if);
  d.rows = layout_rows(d.trace->run(), d.layout);
  hits_[document].clear();
  selected_ = hover_ = {};
  also_.clear();
  area_.reset();
  emit documents_changed();
  emit selection_changed();
  emit area_changed();
}

void ViewState::go_to(TimeRange range, bool gesture) {
  const TimeRange all = extent();
  // A tenth of it may be empty at either side, so that the ends can be looked at.
  const std::int64_t margin = std::max<std::int64_t>(all.length() / 10, 1);
  range = clamped(range, {all.begin - margin, all.end + margin});
  if (range.length() <= 0 || range == range_) return;
  range_ = range;
  zooms_.push(range, gesture);
  emit range_changed(range_);
}

void ViewState::undo_zoom() {
  if (!zooms_.can_undo()) return;
  range_ = zooms_.undo();
  emit range_changed(range_);
}

void ViewState::redo_zoom() {
  if (!zooms_.can_redo()) return;
  range_ = zooms_.redo();
  emit range_changed(range_);
}

void ViewState::select(std::size_t document, std::uint32_t span) {
  const Selected wanted{.document = document, .span = span};
  if (wanted == selected_) return;
  selected_ = wanted;
  also_.clear();
  emit selection_changed();
}

std::uint32_t ViewState::selected_in(std::size_t document) const {
  if (selected_.document == document) return selected_.span;
  const auto same = std::find_if(also_.begin(), also_.end(), [&](Selected one) { return one.document == document; });
  return same == also_.end() ? kNoIndex : same->span;
}

void ViewState::select_also(std::vector<Selected> same) {
  if (same == also_) return;
  also_ = std::move(same);
  emit selection_changed();
}

void ViewState::hover_over(std::size_t document, std::uint32_t span) {
  const Selected wanted{.document = document, .span = span};
  if (wanted == hover_) return;
  hover_ = wanted;
  emit hover_changed();
}

void ViewState::point_at(std::optional<std::int64_t> time) {
  if (time == cursor_) return;
  cursor_ = time;
  emit cursor_changed();
}

void ViewState::select_area(std::size_t document, std::optional<Area> area) {
  if (area == area_ && document == area_document_) return;
  area_ = area;
  area_document_ = document;
  emit area_changed();
}

void ViewState::lay_out(std::size_t document, LayoutOptions options) {
  Document& d = documents_[document];
  d.layout = std::move(options);
  const std::vector<LayoutRow> before = std::exchange(d.rows, layout_rows(d.trace->run(), d.layout));
  emit layout_changed(document);
  const bool same = std::equal(before.begin(), before.end(), d.rows.begin(), d.rows.end(),
                               [](const LayoutRow& a, const LayoutRow& b) { return a.id == b.id; });
  if (!same && area_document_ == document) select_area(document, std::nullopt);
}

void ViewState::find(std::size_t document, std::vector<std::uint32_t> hits) {
  hits_[document] = std::move(hits);
  emit hits_changed(document);
}

void ViewState::paint_with(const Theme& theme, PixelMode mode) {
  theme_ = theme;
  mode_ = mode;
  emit look_changed();
}

void ViewState::show_flows(bool on) {
  flows_ = on;
  emit look_changed();
}

void ViewState::show_critical_path(bool on) {
  critical_path_ = on;
  emit look_changed();
}

void ViewState::shift(std::size_t document, std::int64_t ns) {
  documents_[document].shift = ns;
  emit documents_changed();
}

}  // namespace braid
