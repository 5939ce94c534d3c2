// SPDX-License-Identifier: Apache-2.0
#include "gui/view/selection_panel.hpp"

#include <QLabel>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/model/details.hpp"
#include "gui/view/run_names.hpp"

namespace braid {
namespace {

using namespace std::chrono_literals;

/// All that a run of today has: 9.5 million spans are summed by unit in 0.15 s of a worker (measured).
constexpr std::size_t kMostSpans = 50'000'000;

struct Tables {
  std::vector<FigureColumn> rank_columns, unit_columns;
  std::vector<FigureRow> ranks, units;
};

struct Found {
  std::shared_ptr<const Trace> trace;
  Aggregates sums;
};

QString time_of(const Trace& trace, double ns) {
  return QString::fromStdString(time_text(trace.facts(), std::llround(ns)));
}

QString percent(double share) { return QStringLiteral("%1 %").arg(100 * share, 0, 'f', share < 0.0995 ? 2 : 1); }

/// The part of the range in which the run is: shares of it add up to one. The range where that is none.
TimeRange within(TimeRange extent, TimeRange range) {
  const TimeRange both{std::max(extent.begin, range.begin), std::min(extent.end, range.end)};
  return both.length() > 0 ? both : range;
}

/// "12.3 ms  41.2 %", with a bar.
FigureCell share_cell(const Trace& trace, double ns, double whole, std::optional<Category> colour) {
  const double share = whole > 0 ? ns / whole : 0;
  return {.text = ns > 0 ? QStringLiteral("%1  %2").arg(time_of(trace, ns), percent(share)) : QStringLiteral("–"),
          .value = ns,
          .bar = std::min(share, 1.0),
          .colour = colour};
}

FigureRow rank_row(const Trace& trace, const RankAggregate& of, const QString& name, double whole,
                   const std::vector<Category>& causes) {
  FigureRow row{.cells = {{.text = name, .value = static_cast<double>(of.rank)}}};
  row.cells.push_back(share_cell(trace, of.compute, whole, Category::forward));
  row.cells.push_back(share_cell(trace, of.exposed, whole, Category::tp));
  row.cells.push_back(share_cell(trace, of.overlapped, whole, Category::compute));
  const double idle = causes.empty() ? std::max(0.0, whole - of.compute - of.exposed) : of.idle();
  row.cells.push_back(share_cell(trace, idle, whole, Category::idle_warm_up));
  for (const Category cause : causes) {
    row.cells.push_back(share_cell(trace, of.time[static_cast<std::size_t>(cause)], whole, cause));
  }
  return row;
}

void fill_ranks(const Found& found, Tables& tables) {
  const Trace& trace = *found.trace;
  const std::vector<Category> causes = idle_causes(trace);  // wherever: columns do not come and go with the range
  const QString ns = QStringLiteral("ns");
  tables.rank_columns = {
      {.title = SelectionPanel::tr("rank"), .number = false},
      {.title = SelectionPanel::tr("compute"), .tip = SelectionPanel::tr("Something computes."), .unit = ns},
      {.title = SelectionPanel::tr("comm. exposed"),
       .tip = SelectionPanel::tr("Collectives or messages are in flight and nothing computes. It is a part of the "
                                 "idle time, seen from the other side."),
       .unit = ns},
      {.title = SelectionPanel::tr("comm. overlapped"),
       .tip = SelectionPanel::tr("Collectives or messages are in flight beside compute."),
       .unit = ns},
      {.title = SelectionPanel::tr("idle"),
       .tip = SelectionPanel::tr("The compute lane waits, all causes."),
       .unit = ns}};
  if (causes.empty()) {
    tables.rank_columns.back().title = SelectionPanel::tr("not busy");
    tables.rank_columns.back().tip =
        SelectionPanel::tr("The rest: nothing computes and no communication is in flight.");
  }
  for (const Category cause : causes) {
    tables.rank_columns.push_back({.title = QString::fromUtf8(to_text(cause)), .unit = ns});
  }
  const auto length = static_cast<double>(found.sums.range.length());
  if (found.sums.ranks.size() > 1) {
    const auto ranks = static_cast<double>(found.sums.ranks.size());
    tables.ranks.push_back(rank_row(trace, found.sums.all, SelectionPanel::tr("all"), length * ranks, causes));
    tables.ranks.back().on_top = true;
  }
  for (const RankAggregate& one : found.sums.ranks) {
    const QString name = one.rank < 0
                             ? SelectionPanel::tr("cluster")
                             : QString::fromStdString(rank_name(trace.run(), static_cast<std::size_t>(one.rank)));
    tables.ranks.push_back(rank_row(trace, one, name, length, causes));
  }
}

void fill_units(const Found& found, Tables& tables) {
  const Trace& trace = *found.trace;
  const QString ns = QStringLiteral("ns");
  const QString clipped = SelectionPanel::tr("Of the parts inside the range.");
  tables.unit_columns = {{.title = SelectionPanel::tr("unit"), .number = false},
                         {.title = SelectionPanel::tr("count")},
                         {.title = SelectionPanel::tr("time"), .tip = clipped, .unit = ns},
                         {.title = SelectionPanel::tr("min"), .tip = clipped, .unit = ns},
                         {.title = SelectionPanel::tr("mean"), .tip = clipped, .unit = ns},
                         {.title = SelectionPanel::tr("max"), .tip = clipped, .unit = ns}};
  const double most = found.sums.units.empty() ? 0 : found.sums.units.front().time;
  for (const UnitAggregate& unit : found.sums.units) {
    const double mean = unit.time / static_cast<double>(std::max<std::uint64_t>(unit.count, 1));
    const auto plain = [&](double value) { return FigureCell{.text = time_of(trace, value), .value = value}; };
    FigureRow row{.cells = {{.text = QString::fromStdString(unit.name)},
                            {.text = QString::number(unit.count), .value = static_cast<double>(unit.count)},
                            plain(unit.time),
                            plain(unit.shortest),
                            plain(mean),
                            plain(unit.longest)}};
    row.cells[2].bar = most > 0 ? unit.time / most : 0;
    row.cells[2].colour = unit.category;
    tables.units.push_back(std::move(row));
  }
}

}  // namespace

std::vector<std::uint32_t> rows_in(const std::vector<LayoutRow>& rows, const Area& area) {
  std::vector<std::uint32_t> all;
  for (std::size_t i = area.first_row; i <= area.last_row && i < rows.size(); ++i) {
    if (rows[i].kind == LayoutRow::Kind::heading && !rows[i].folded) continue;
    all.insert(all.end(), rows[i].members.begin(), rows[i].members.end());
  }
  return all;
}

SelectionPanel::SelectionPanel(ViewState* state, QWidget* parent)
    : QWidget(parent),
      state_(state),
      work_(new LatestWork(60ms, this)),
      heading_(new QLabel(this)),
      ranks_(new FigureTable(this)),
      units_(new FigureTable(this)),
      rank_view_(new FigureView(state, ranks_, this)),
      unit_view_(new FigureView(state, units_, this)) {
  setObjectName(QStringLiteral("SelectionPanel"));
  heading_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  heading_->setWordWrap(true);
  heading_->setMargin(4);
  auto* tables = new QSplitter(Qt::Vertical, this);
  tables->addWidget(rank_view_);
  tables->addWidget(unit_view_);
  tables->setChildrenCollapsible(false);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(heading_);
  layout->addWidget(tables, 1);

  connect(state_, &ViewState::documents_changed, this, &SelectionPanel::ask);
  connect(state_, &ViewState::area_changed, this, &SelectionPanel::ask);
  connect(state_, &ViewState::selection_changed, this, [this] {
    if (state_->documents().size() > 1) ask();
  });
  connect(state_, &ViewState::range_changed, this, [this] {
    if (!state_->area()) ask();
  });
  connect(work_, &LatestWork::failed, heading_, &QLabel::setText);
  show_nothing();
}

QString SelectionPanel::heading() const { return heading_->text(); }

void SelectionPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  ask();
}

void SelectionPanel::show_nothing() {
  work_->forget();
  heading_->setText(tr("No run is open."));
  ranks_->show({}, {});
  units_->show({}, {});
}

void SelectionPanel::ask() {
  if (state_->documents().empty()) return show_nothing();
  if (!isVisible()) return;
  const bool of_area = state_->area().has_value();
  const std::size_t document = of_area                               ? state_->area_document()
                               : state_->selected().span != kNoIndex ? state_->selected().document
                                                                     : 0;
  if (document >= state_->documents().size()) return;
  const ViewState::Document& shown = state_->documents()[document];
  const TimeRange axis = of_area ? state_->area()->range : state_->range();
  const TimeRange range = within(shown.trace->extent(), {axis.begin - shown.shift, axis.end - shown.shift});
  const std::vector<std::uint32_t> rows = of_area ? rows_in(shown.rows, *state_->area()) : std::vector<std::uint32_t>{};
  if (of_area && rows.empty()) return;  // between rows, or over headings alone
  const QString what = of_area ? tr("Selected area") : tr("In view, all ranks");
  const QString run = state_->documents().size() > 1 ? tr(" of %1").arg(run_name(*state_, document)) : QString();
  work_->ask([this, trace = shown.trace, range, rows, what, run](const std::atomic<bool>& stop) -> LatestWork::Show {
    const Found found{.trace = trace, .sums = aggregate(*trace, range, rows, kMostSpans)};
    if (stop) return nullptr;
    auto tables = std::make_shared<Tables>();
    fill_ranks(found, *tables);
    fill_units(found, *tables);
    const std::size_t count = found.sums.ranks.size();
    const QString text = tr("%1%2: %3 from %4, %5, %L6 spans")
                             .arg(what, run, time_of(*trace, static_cast<double>(range.length())),
                                  time_of(*trace, static_cast<double>(range.begin)),
                                  count == 1 ? tr("1 rank") : tr("%1 ranks").arg(count))
                             .arg(found.sums.spans) +
                         (idle_causes(*trace).empty() ? tr("; this trace carries no causes of idleness") : QString());
    return [this, tables, text] {
      const bool new_columns = ranks_->columns() != tables->rank_columns;
      heading_->setText(text);
      ranks_->show(std::move(tables->rank_columns), std::move(tables->ranks));
      units_->show(std::move(tables->unit_columns), std::move(tables->units));
      if (!new_columns) return;
      rank_view_->fit_columns();
      unit_view_->fit_columns();
    };
  });
}

}  // namespace braid
