// SPDX-License-Identifier: Apache-2.0
#include "gui/view/details_panel.hpp"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QVBoxLayout>

#include "gui/view/go_to_span.hpp"

namespace braid {

DetailsPanel::DetailsPanel(ViewState* state, QWidget* parent)
    : QWidget(parent), state_(state), table_(new QTableWidget(0, 2, this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(table_);
  table_->setObjectName(QStringLiteral("details"));
  table_->setAccessibleName(tr("Details of the selected span"));
  table_->horizontalHeader()->hide();
  table_->horizontalHeader()->setStretchLastSection(true);
  table_->verticalHeader()->hide();
  table_->setShowGrid(false);
  table_->setWordWrap(true);
  table_->setTextElideMode(Qt::ElideNone);
  connect(table_->horizontalHeader(), &QHeaderView::sectionResized, table_, &QTableWidget::resizeRowsToContents);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->installEventFilter(this);

  connect(table_, &QTableWidget::cellClicked, this, [this](int row) { follow(row); });
  connect(state_, &ViewState::selection_changed, this, &DetailsPanel::fill);
  connect(state_, &ViewState::documents_changed, this, &DetailsPanel::fill);
  fill();
}

void DetailsPanel::fill() {
  const ViewState::Selected selected = state_->selected();
  document_ = selected.document;
  lines_.clear();
  if (document_ < state_->documents().size()) lines_ = details_of(*state_->documents()[document_].trace, selected.span);
  if (lines_.empty())
    lines_.push_back({.name = tr("Nothing is selected: click a block.").toStdString(), .heading = true});
  table_->clearSpans();
  table_->setRowCount(static_cast<int>(lines_.size()));
  for (int row = 0; row < table_->rowCount(); ++row) show_line(row, lines_[static_cast<std::size_t>(row)]);
  table_->resizeColumnToContents(0);
  table_->resizeRowsToContents();
  table_->scrollToTop();
}

void DetailsPanel::show_line(int row, const DetailLine& line) {
  const Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
  auto* name = new QTableWidgetItem(QString::fromStdString(line.name));
  auto* value = new QTableWidgetItem(QString::fromStdString(line.value));
  name->setFlags(flags);
  value->setFlags(flags);
  name->setTextAlignment(Qt::AlignLeft | Qt::AlignTop);
  value->setTextAlignment(Qt::AlignLeft | Qt::AlignTop);
  if (line.heading) {
    QFont font = table_->font();
    font.setBold(true);
    name->setFont(font);
  }
  if (line.span != kNoIndex) {
    QFont font = table_->font();
    font.setUnderline(true);
    for (QTableWidgetItem* item : {name, value}) {
      item->setForeground(table_->palette().brush(QPalette::Link));
      item->setToolTip(tr("Go to it"));
    }
    name->setFont(font);
  }
  table_->setItem(row, 0, name);
  table_->setItem(row, 1, value);
  if (line.heading) table_->setSpan(row, 0, 1, 2);
}

void DetailsPanel::follow(int row) {
  if (row < 0 || row >= static_cast<int>(lines_.size())) return;
  const std::uint32_t span = lines_[static_cast<std::size_t>(row)].span;
  if (span != kNoIndex) go_to_span(*state_, document_, span);
}

QString DetailsPanel::text() const {
  QString all;
  for (const DetailLine& line : lines_) {
    all += QString::fromStdString(line.name);
    if (!line.heading) all += u'\t' + QString::fromStdString(line.value);
    all += u'\n';
  }
  return all;
}

bool DetailsPanel::eventFilter(QObject* watched, QEvent* event) {
  if (watched == table_ && event->type() == QEvent::KeyPress) {
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->matches(QKeySequence::Copy)) {
      QGuiApplication::clipboard()->setText(text());
      return true;
    }
    if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter || key->key() == Qt::Key_Space) {
      follow(table_->currentRow());
      return true;
    }
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace braid
