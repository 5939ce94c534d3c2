// SPDX-License-Identifier: Apache-2.0
#include "gui/view/bubble_panel.hpp"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/model/details.hpp"
#include "gui/view/go_to_span.hpp"
#include "gui/view/run_names.hpp"

namespace braid {
namespace {

using namespace std::chrono_literals;

/// Rows that the table holds; who looks for cheaper ones narrows the filter.
constexpr std::size_t kMostRows = 10'000;
constexpr int kAll = -1;

QString label_in(const Trace& trace, std::uint32_t span, std::int32_t but_rank) {
  if (span == kNoIndex) return {};
  const RunView& run = trace.run();
  const std::int32_t rank = run.rows[run.row_of(span)].rank;
  const std::string label = full_label_of(run, span);
  if (rank < 0 || rank == but_rank) return QString::fromStdString(label);
  return QString::fromStdString(label + ", " + rank_name(run, static_cast<std::size_t>(rank)));
}

std::vector<FigureColumn> columns() {
  const QString ns = QStringLiteral("ns");
  return {{.title = BubblePanel::tr("idle for"), .tip = BubblePanel::tr("The length of the piece."), .unit = ns},
          {.title = BubblePanel::tr("cause"), .number = false},
          {.title = BubblePanel::tr("rank")},
          {.title = BubblePanel::tr("from"), .unit = ns},
          {.title = BubblePanel::tr("could not start"), .number = false},
          {.title = BubblePanel::tr("because of"),
           .tip = BubblePanel::tr("What it waited for the longest."),
           .number = false}};
}

std::vector<FigureRow> rows_of(const Trace& trace, const Bubbles& bubbles) {
  std::vector<FigureRow> rows;
  rows.reserve(bubbles.rows.size());
  const double most = bubbles.rows.empty() ? 1 : static_cast<double>(bubbles.rows.front().length);
  const auto time = [&](std::int64_t ns) { return QString::fromStdString(time_text(trace.facts(), ns)); };
  for (const BubbleRow& one : bubbles.rows) {
    const std::string rank = one.rank < 0 ? "" : rank_name(trace.run(), static_cast<std::size_t>(one.rank));
    const auto length = static_cast<double>(one.length);
    QString cause = QString::fromUtf8(to_text(one.cause));
    rows.push_back({.cells = {{.text = time(one.length), .value = length, .bar = length / most, .colour = one.cause},
                              {.text = cause},
                              {.text = QString::fromStdString(rank), .value = static_cast<double>(one.rank)},
                              {.text = time(one.start), .value = static_cast<double>(one.start)},
                              {.text = label_in(trace, one.waiting, one.rank)},
                              {.text = label_in(trace, one.blamed, one.rank)}},
                    .span = one.span});
  }
  return rows;
}

}  // namespace

BubblePanel::BubblePanel(ViewState* state, QWidget* parent)
    : QWidget(parent),
      state_(state),
      work_(new LatestWork(60ms, this)),
      runs_(new QComboBox(this)),
      causes_(new QComboBox(this)),
      ranks_(new QComboBox(this)),
      in_view_(new QCheckBox(tr("In view only"), this)),
      total_(new QLabel(this)),
      table_(new FigureTable(this)),
      view_(new FigureView(state, table_, this)) {
  setObjectName(QStringLiteral("BubblePanel"));
  runs_->setToolTip(tr("Whose bubbles"));
  causes_->setToolTip(tr("Of which cause"));
  ranks_->setToolTip(tr("Of which rank"));
  auto* filters = new QHBoxLayout;
  filters->setContentsMargins(4, 4, 4, 4);
  for (QComboBox* box : {runs_, causes_, ranks_}) {
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    filters->addWidget(box);
  }
  filters->addWidget(in_view_);
  filters->addStretch(1);
  filters->addWidget(total_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addLayout(filters);
  layout->addWidget(view_, 1);

  connect(runs_, &QComboBox::currentIndexChanged, this, &BubblePanel::take_run);
  connect(causes_, &QComboBox::currentIndexChanged, this, &BubblePanel::ask);
  connect(ranks_, &QComboBox::currentIndexChanged, this, &BubblePanel::ask);
  connect(in_view_, &QCheckBox::toggled, this, &BubblePanel::ask);
  connect(view_, &FigureView::picked, this,
          [this](int row) { go_to_span(*state_, document(), table_->figures(row).span, true); });
  connect(state_, &ViewState::documents_changed, this, &BubblePanel::take_documents);
  connect(state_, &ViewState::range_changed, this, [this] {
    if (in_view_->isChecked()) ask();
  });
  connect(state_, &ViewState::selection_changed, this, &BubblePanel::take_selection);
  connect(work_, &LatestWork::failed, total_, &QLabel::setText);
  take_documents();
}

QString BubblePanel::total() const { return total_->text(); }

void BubblePanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  ask();
}

std::size_t BubblePanel::document() const { return static_cast<std::size_t>(std::max(runs_->currentIndex(), 0)); }

void BubblePanel::take_documents() {
  std::vector<std::shared_ptr<const Trace>> traces;
  for (const auto& one : state_->documents()) traces.push_back(one.trace);
  if (traces == traces_ && !traces.empty()) {  // moved in time
    if (in_view_->isChecked()) ask();
    return;
  }
  const int before = traces.size() == traces_.size() ? runs_->currentIndex() : 0;
  traces_ = std::move(traces);
  {
    const QSignalBlocker quiet(runs_);
    runs_->clear();
    for (std::size_t i = 0; i < traces_.size(); ++i) runs_->addItem(run_name(*state_, i));
    runs_->setCurrentIndex(traces_.empty() ? -1 : before);
    runs_->setVisible(traces_.size() > 1);
  }
  take_run();
}

void BubblePanel::take_run() {
  const QSignalBlocker quiet_causes(causes_), quiet_ranks(ranks_);
  causes_->clear();
  ranks_->clear();
  causes_->addItem(tr("All causes"), kAll);
  ranks_->addItem(tr("All ranks"), kAll);
  if (!traces_.empty()) {
    const Trace& trace = *traces_[document()];
    for (const Category cause : idle_causes(trace))
      causes_->addItem(QString::fromUtf8(to_text(cause)), static_cast<int>(cause));
    for (std::size_t rank = 0; rank < trace.run().ranks.size(); ++rank) {
      ranks_->addItem(QString::fromStdString(rank_name(trace.run(), rank)), static_cast<int>(rank));
    }
  }
  ask();
}

void BubblePanel::ask() {
  if (traces_.empty()) {
    work_->forget();
    table_->show({}, {});
    total_->setText(tr("No run is open."));
    return;
  }
  if (!isVisible()) return;
  const std::int64_t shift = state_->documents()[document()].shift;
  const std::shared_ptr<const Trace>& trace = traces_[document()];
  BubbleFilter filter{.rank = ranks_->currentData().toInt()};
  if (const int cause = causes_->currentData().toInt(); cause != kAll) filter.cause = static_cast<Category>(cause);
  const TimeRange axis = state_->range();
  const TimeRange range = in_view_->isChecked() ? TimeRange{axis.begin - shift, axis.end - shift} : trace->extent();
  work_->ask([this, trace, filter, range](const std::atomic<bool>& stop) -> LatestWork::Show {
    const Bubbles found = bubbles(trace->run(), range, filter, kMostRows);
    if (stop) return nullptr;
    auto rows = std::make_shared<std::vector<FigureRow>>(rows_of(*trace, found));
    const QString time = QString::fromStdString(time_text(trace->facts(), std::llround(found.time)));
    const auto count = static_cast<qulonglong>(found.count);
    const QString text = idle_causes(*trace).empty() ? tr("This trace carries no causes of idleness.")
                         : found.count > found.rows.size()
                             ? tr("%1 in %2 pieces, the costliest %3 of them here").arg(time).arg(count).arg(kMostRows)
                             : tr("%1 in %2 pieces").arg(time).arg(count);
    return [this, rows, text] {
      const bool new_columns = table_->columns().empty();
      total_->setText(text);
      table_->show(columns(), std::move(*rows));
      if (new_columns) view_->fit_columns();
      take_selection();
    };
  });
}

void BubblePanel::take_selection() {
  const ViewState::Selected selected = state_->selected();
  const bool of_this = selected.document == document() && !traces_.empty();
  view_->show_row(of_this ? table_->row_of(selected.span) : -1);
}

}  // namespace braid
