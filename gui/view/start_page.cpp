// SPDX-License-Identifier: Apache-2.0
#include "gui/view/start_page.hpp"

#include <QCommandLinkButton>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace braid {

StartPage::StartPage(QWidget* parent) : QWidget(parent), recent_(new QVBoxLayout) {
  auto* title = new QLabel(tr("Braid"), this);
  QFont large = font();
  large.setPointSizeF(large.pointSizeF() > 0 ? large.pointSizeF() * 2.4 : 28);
  large.setBold(true);
  title->setFont(large);
  auto* what =
      new QLabel(tr("Where the time of a training step goes: one row a GPU, every bubble with its cause."), this);
  auto* open = new QPushButton(tr("Open files\u2026"), this);
  open->setDefault(true);
  open->setMaximumWidth(220);
  auto* drop = new QLabel(tr("or drop them here: *.braid of braid simulate, compare and validate; Chrome and Kineto "
                             "traces (*.json, *.json.gz); folders of runs; sweep stores; kept views (*.braidview)"),
                          this);
  drop->setWordWrap(true);
  drop->setForegroundRole(QPalette::PlaceholderText);
  recent_->setSpacing(0);

  auto* column = new QVBoxLayout;
  column->setSpacing(10);
  column->addStretch(2);
  column->addWidget(title);
  column->addWidget(what);
  column->addSpacing(8);
  column->addWidget(open);
  column->addWidget(drop);
  column->addSpacing(8);
  column->addLayout(recent_);
  column->addStretch(3);
  auto* row = new QHBoxLayout(this);
  row->addStretch(1);
  row->addLayout(column, 4);
  row->addStretch(1);
  connect(open, &QPushButton::clicked, this, &StartPage::open_wanted);
}

void StartPage::show_recent(const QStringList& files, bool has_example) {
  while (QLayoutItem* item = recent_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  if (has_example) {
    auto* example = new QCommandLinkButton(tr("The example"), tr("a small model, two schedules"), this);
    recent_->addWidget(example);
    connect(example, &QCommandLinkButton::clicked, this, &StartPage::example_wanted);
  }
  for (const QString& file : files) {
    const QFileInfo info(file);
    if (!info.exists()) continue;
    auto* link = new QCommandLinkButton(info.fileName(), info.absolutePath(), this);
    recent_->addWidget(link);
    connect(link, &QCommandLinkButton::clicked, this, [this, file] { emit file_wanted(file); });
  }
}

}  // namespace braid
