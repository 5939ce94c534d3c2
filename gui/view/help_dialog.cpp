// SPDX-License-Identifier: Apache-2.0
#include "gui/view/help_dialog.hpp"

#include <QAction>
#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QKeySequence>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include "gui/view/gestures.hpp"

namespace braid {
namespace {

QString place_text(Place place) {
  switch (place) {
    case Place::body:
      return HelpDialog::tr("Mouse over the rows");
    case Place::labels:
      return HelpDialog::tr("Mouse over the names of rows");
    case Place::ruler:
      return HelpDialog::tr("Mouse over the ruler");
    case Place::minimap:
      return HelpDialog::tr("Mouse over the whole run in small");
  }
  return {};
}

QWidget* group_box(const QString& title, const QList<HelpLine>& lines, QWidget* parent) {
  auto* box = new QWidget(parent);
  auto* grid = new QGridLayout(box);
  grid->setContentsMargins(0, 0, 18, 10);
  grid->setHorizontalSpacing(14);
  grid->setVerticalSpacing(3);
  auto* heading = new QLabel(title, box);
  QFont bold = heading->font();
  bold.setBold(true);
  heading->setFont(bold);
  grid->addWidget(heading, 0, 0, 1, 2);
  int row = 1;
  for (const HelpLine& line : lines) {
    auto* keys = new QLabel(line.keys, box);
    keys->setFont(bold);
    keys->setTextFormat(Qt::PlainText);
    keys->setMinimumWidth(120);
    auto* what = new QLabel(line.what, box);
    what->setTextFormat(Qt::PlainText);
    what->setWordWrap(true);
    grid->addWidget(keys, row, 0, Qt::AlignTop);
    grid->addWidget(what, row++, 1, Qt::AlignTop);
  }
  grid->setColumnStretch(1, 1);
  return box;
}

}  // namespace

QList<HelpLine> help_lines(const QList<QAction*>& actions) {
  QList<HelpLine> lines;
  for (const QAction* action : actions) {
    if (action->shortcuts().isEmpty()) continue;
    QStringList keys;
    for (const QKeySequence& key : action->shortcuts()) keys += key.toString(QKeySequence::NativeText);
    QString what = action->toolTip();
    lines.append({action->property("group").toString(), keys.join(QStringLiteral(", ")), what.remove(u'&')});
  }
  for (const Gesture& gesture : gestures()) {
    if (gesture.what == nullptr) continue;
    lines.append(
        {place_text(gesture.place), gesture_text(gesture), QCoreApplication::translate("Gestures", gesture.what)});
  }
  return lines;
}

HelpDialog::HelpDialog(const QList<HelpLine>& lines, QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("Keys and mouse"));
  setAttribute(Qt::WA_DeleteOnClose);
  QStringList order;
  QMap<QString, QList<HelpLine>> groups;
  for (const HelpLine& line : lines) {
    if (!groups.contains(line.group)) order += line.group;
    groups[line.group] += line;
  }
  auto* page = new QWidget(this);
  auto* columns = new QHBoxLayout(page);
  QVBoxLayout* column[2] = {new QVBoxLayout, new QVBoxLayout};
  qsizetype height[2] = {0, 0};
  for (const QString& group : order) {
    const int shorter = height[1] < height[0] ? 1 : 0;
    column[shorter]->addWidget(group_box(group, groups[group], page));
    height[shorter] += groups[group].size() + 2;
  }
  for (QVBoxLayout* one : column) {
    one->addStretch(1);
    columns->addLayout(one, 1);
  }
  auto* scroll = new QScrollArea(this);
  scroll->setWidget(page);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* all = new QVBoxLayout(this);
  all->addWidget(scroll);
  all->addWidget(buttons);
  resize(900, 620);
}

}  // namespace braid
