// SPDX-License-Identifier: Apache-2.0
// What all views of one window share: the runs that are open, the range in view, the selection. Views listen to it and
// change it; no view talks to another.
#pragma once

#include <QObject>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "gui/model/row_layout.hpp"
#include "gui/model/trace.hpp"
#include "gui/model/zoom_stack.hpp"
#include "gui/paint/scene.hpp"

namespace braid {

class ViewState : public QObject {
  Q_OBJECT
 public:
  /// A run in the window, with how its rows are laid out.
  struct Document {
    std::shared_ptr<const Trace> trace;
    LayoutOptions layout;
    std::vector<LayoutRow> rows;         ///< layout_rows() of both
    std::shared_ptr<const Trace> ghost;  ///< an older result, drawn behind
    std::string what_if;                 ///< what was planned otherwise: "plan.tp=8"; "": it is as it was opened
    std::int64_t shift = 0;              ///< ns added to its times where several are compared
  };
  /// A span of one of the documents.
  struct Selected {
    std::size_t document = 0;
    std::uint32_t span = kNoIndex;
    bool operator==(const Selected&) const = default;
  };

  explicit ViewState(QObject* parent = nullptr);

  const std::vector<Document>& documents() const { return documents_; }
  TimeRange range() const { return range_; }
  TimeRange extent() const;  ///< of all documents
  Selected selected() const { return selected_; }
  /// The selected span, or what is the same op in this document; kNoIndex if there is none.
  std::uint32_t selected_in(std::size_t document) const;
  Selected hover() const { return hover_; }
  std::optional<Area> area() const { return area_; }
  std::size_t area_document() const { return area_document_; }
  /// The time under the mouse, on the shared axis; none outside of all views.
  std::optional<std::int64_t> cursor() const { return cursor_; }
  const Theme& theme() const { return theme_; }
  PixelMode mode() const { return mode_; }
  bool flows() const { return flows_; }
  bool critical_path() const { return critical_path_; }
  const std::vector<std::uint32_t>& hits(std::size_t document) const;
  ZoomStack& zooms() { return zooms_; }

 public slots:
  void show(
      std::vector<std::shared_ptr<const Trace>> traces);  ///< replaces all documents, starts aligned; fits the range
  /// Keeps range and layout; `what_if` as in Document.
  void replace(std::size_t document, std::shared_ptr<const Trace> trace, bool keep_ghost, std::string what_if = {});
  void go_to(TimeRange range, bool gesture = false);  ///< clamped to the extent and a margin; an entry in zooms()
  void undo_zoom();
  void redo_zoom();
  void select(std::size_t document, std::uint32_t span);  ///< kNoIndex: nothing
  void select_also(std::vector<Selected> same);  ///< the same op in other documents, until something else is selected
  void hover_over(std::size_t document, std::uint32_t span);
  void point_at(std::optional<std::int64_t> time);
  void select_area(std::size_t document, std::optional<Area> area);
  void lay_out(std::size_t document, LayoutOptions options);  ///< an area over rows that are no longer there goes
  void find(std::size_t document, std::vector<std::uint32_t> hits);
  void paint_with(const Theme& theme, PixelMode mode);
  void show_flows(bool on);
  void show_critical_path(bool on);
  void shift(std::size_t document, std::int64_t ns);

 signals:
  void documents_changed();
  void range_changed(TimeRange range);
  void selection_changed();
  void hover_changed();
  void cursor_changed();
  void area_changed();
  void layout_changed(std::size_t document);
  void hits_changed(std::size_t document);
  void look_changed();  ///< theme, mode, flows, critical path

 private:
  std::vector<Document> documents_;
  TimeRange range_;
  ZoomStack zooms_;
  Selected selected_, hover_;
  std::vector<Selected> also_;
  std::optional<Area> area_;
  std::optional<std::int64_t> cursor_;
  std::size_t area_document_ = 0;
  std::vector<std::vector<std::uint32_t>> hits_;
  Theme theme_;
  PixelMode mode_ = PixelMode::share;
  bool flows_ = true, critical_path_ = false;
};

}  // namespace braid
