// SPDX-License-Identifier: Apache-2.0
#include "gui/view/residual_panel.hpp"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/view/go_to_span.hpp"
#include "gui/view/residual_tables.hpp"
#include "gui/view/run_names.hpp"

namespace braid {
namespace {

using namespace std::chrono_literals;

/// Of the box for the shift: slots where the run has slots, else microseconds.
double ns_per_unit(const Trace& trace) { return trace.facts().time_unit == "slot" ? 1e9 : 1e3; }

std::vector<std::uint32_t> reversed(const std::vector<std::uint32_t>& match, std::size_t spans) {
  std::vector<std::uint32_t> back(spans, kNoIndex);
  for (std::uint32_t span = 0; span < match.size(); ++span) {
    if (match[span] != kNoIndex && back[match[span]] == kNoIndex) back[match[span]] = span;
  }
  return back;
}

}  // namespace

ResidualPanel::ResidualPanel(ViewState* state, QWidget* parent)
    : QWidget(parent),
      state_(state),
      work_(new LatestWork(0ms, this)),
      second_(new QComboBox(this)),
      message_(new QLabel(this)),
      alignment_(new QLabel(this)),
      shift_(new QDoubleSpinBox(this)),
      align_starts_(new QPushButton(tr("Align starts"), this)),
      align_selection_(new QPushButton(tr("Align at selection"), this)),
      tabs_(new QTabWidget(this)),
      summary_(new FigureTable(this)),
      classes_(new FigureTable(this)),
      ops_(new FigureTable(this)),
      summary_view_(new FigureView(state, summary_, this)),
      class_view_(new FigureView(state, classes_, this)),
      op_view_(new FigureView(state, ops_, this)) {
  setObjectName(QStringLiteral("ResidualPanel"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(4, 4, 4, 0);
  message_->setWordWrap(true);
  head->addWidget(message_, 1);
  head->addWidget(second_);
  layout->addLayout(head);
  make_alignment(layout);
  tabs_->setDocumentMode(true);
  tabs_->addTab(summary_view_, tr("Step"));
  tabs_->addTab(class_view_, tr("Classes"));
  tabs_->addTab(op_view_, tr("Ops"));
  layout->addWidget(tabs_, 1);

  connect(second_, &QComboBox::currentIndexChanged, this, &ResidualPanel::show_second);
  connect(class_view_, &FigureView::picked, this, [this](int row) { pick(classes_, row); });
  connect(op_view_, &FigureView::picked, this, [this](int row) { pick(ops_, row); });
  connect(state_, &ViewState::documents_changed, this, &ResidualPanel::take_documents);
  connect(state_, &ViewState::selection_changed, this, &ResidualPanel::take_selection);
  connect(work_, &LatestWork::failed, message_, &QLabel::setText);
  take_documents();
}

void ResidualPanel::make_alignment(QVBoxLayout* layout) {
  shift_->setDecimals(3);
  shift_->setRange(-1e12, 1e12);
  shift_->setAccelerated(true);
  shift_->setKeyboardTracking(false);
  shift_->setToolTip(tr("Added to the times of the second run"));
  align_selection_->setToolTip(tr("Moves the second run so that the selected op starts at one time in both"));
  auto* line = new QHBoxLayout;
  line->setContentsMargins(4, 4, 4, 4);
  line->addWidget(alignment_, 1);
  for (QWidget* widget :
       {static_cast<QWidget*>(shift_), static_cast<QWidget*>(align_starts_), static_cast<QWidget*>(align_selection_)}) {
    line->addWidget(widget);
  }
  layout->addLayout(line);
  connect(shift_, &QDoubleSpinBox::valueChanged, this, [this](double value) {
    if (document() == 0) return;
    state_->shift(document(), std::llround(value * ns_per_unit(*state_->documents()[0].trace)));
  });
  connect(align_starts_, &QPushButton::clicked, this, [this] {
    if (document() != 0) state_->shift(document(), start_shift(document()));
  });
  connect(align_selection_, &QPushButton::clicked, this, [this] {
    const std::uint32_t first = state_->selected_in(0), second = state_->selected_in(document());
    if (document() == 0 || first == kNoIndex || second == kNoIndex) return;
    const auto& documents = state_->documents();
    state_->shift(document(), documents[0].trace->run().start[first] + documents[0].shift -
                                  documents[document()].trace->run().start[second]);
  });
}

QString ResidualPanel::message() const { return message_->text(); }
QString ResidualPanel::alignment() const { return alignment_->text(); }

std::size_t ResidualPanel::document() const { return static_cast<std::size_t>(second_->currentIndex() + 1); }

const ResidualPanel::Compared* ResidualPanel::compared(std::size_t document) const {
  return document == 0 || document > compared_.size() ? nullptr : compared_[document - 1].get();
}

std::int64_t ResidualPanel::start_shift(std::size_t document) const {
  const auto& documents = state_->documents();
  return documents[0].trace->extent().begin + documents[0].shift - documents[document].trace->extent().begin;
}

void ResidualPanel::take_documents() {
  std::vector<std::shared_ptr<const Trace>> traces;
  for (const auto& one : state_->documents()) traces.push_back(one.trace);
  if (traces != traces_) {
    const int before = traces.size() == traces_.size() ? second_->currentIndex() : 0;
    traces_ = std::move(traces);
    compared_.clear();
    const QSignalBlocker quiet(second_);
    second_->clear();
    for (std::size_t i = 1; i < traces_.size(); ++i) second_->addItem(run_name(*state_, i));
    second_->setCurrentIndex(traces_.size() > 1 ? std::max(before, 0) : -1);
    second_->setVisible(traces_.size() > 2);
    ask();
    show_second();
  }
  show_alignment();
}

void ResidualPanel::ask() {
  if (traces_.size() < 2) return work_->forget();
  work_->ask([this, traces = traces_](const std::atomic<bool>& stop) -> LatestWork::Show {
    std::vector<std::shared_ptr<const Compared>> all;
    for (std::size_t i = 1; i < traces.size(); ++i) {
      if (stop) return nullptr;
      auto one = std::make_shared<Compared>();
      one->comparison = compare_runs(*traces[0], *traces[i]);
      one->back = reversed(one->comparison.match, traces[i]->run().spans());
      all.push_back(std::move(one));
    }
    return [this, all] {
      compared_ = all;
      show_second();
      take_selection();
    };
  });
}

void ResidualPanel::show_second() {
  const Compared* now = compared(document());
  show_alignment();
  if (now == nullptr) {
    message_->setText(traces_.size() < 2 ? tr("Open a second run beside the first to compare them.")
                                         : tr("Comparing ..."));
    for (FigureTable* table : {summary_, classes_, ops_}) table->show({}, {});
    return;
  }
  const RunComparison& c = now->comparison;
  const QString first = run_name(*state_, 0), second = run_name(*state_, document());
  message_->setText(tr("%1 against %2: %L3 ops in both, %L4 only in the first, %L5 only in the second. Positive: the "
                       "first is slower.")
                        .arg(first, second)
                        .arg(c.joined)
                        .arg(c.only_first)
                        .arg(c.only_second));
  const ResidualNames names{.first = first, .second = second};
  const RunFacts& facts = traces_[0]->facts();
  summary_->show(summary_columns(names), summary_rows(c, facts));
  classes_->show(class_columns(names), class_rows(c, facts));
  ops_->show(op_columns(names), op_rows(c, facts));
  for (FigureView* view : {summary_view_, class_view_, op_view_}) view->fit_columns();
}

void ResidualPanel::show_alignment() {
  const bool two = traces_.size() > 1 && document() != 0;
  const std::uint32_t first = two ? state_->selected_in(0) : kNoIndex;
  shift_->setEnabled(two);
  align_starts_->setEnabled(two && state_->documents()[document()].shift != start_shift(document()));
  align_selection_->setEnabled(first != kNoIndex && state_->selected_in(document()) != kNoIndex);
  if (!two) {
    alignment_->clear();
    return;
  }
  const bool by_slots = ns_per_unit(*traces_[0]) > 1e3;
  const std::int64_t shift = state_->documents()[document()].shift;
  const double value = static_cast<double>(shift) / ns_per_unit(*traces_[0]);
  const QString unit = by_slots ? tr(" slots") : tr(" us");
  alignment_->setText(shift == start_shift(document())
                          ? tr("Starts aligned")
                          : tr("%1 moved by %2%3").arg(run_name(*state_, document())).arg(value, 0, 'f', 3).arg(unit));
  const QSignalBlocker quiet(shift_);
  shift_->setSuffix(unit);
  shift_->setValue(value);
}

void ResidualPanel::take_selection() {
  const ViewState::Selected selected = state_->selected();
  std::vector<ViewState::Selected> also;
  std::uint32_t in_first = kNoIndex;
  if (selected.span != kNoIndex && !compared_.empty()) {
    const Compared* own = compared(selected.document);
    in_first = own == nullptr ? selected.span : own->back[selected.span];
    if (own != nullptr && in_first != kNoIndex) also.push_back({0, in_first});
    for (std::size_t i = 1; i < traces_.size() && in_first != kNoIndex; ++i) {
      const std::uint32_t match = compared(i)->comparison.match[in_first];
      if (i != selected.document && match != kNoIndex) also.push_back({i, match});
    }
  }
  state_->select_also(std::move(also));
  op_view_->show_row(ops_->row_of(in_first));
  show_alignment();
}

void ResidualPanel::pick(const FigureTable* table, int row) {
  const std::uint32_t span = table->figures(row).span;
  if (span != kNoIndex) go_to_span(*state_, 0, span, true);
}

}  // namespace braid
