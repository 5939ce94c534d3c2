// SPDX-License-Identifier: Apache-2.0
// All keys and all gestures, made from the actions of the window and the table that drives the mouse.
#pragma once

#include <QDialog>
#include <QList>
#include <QString>

class QAction;

namespace braid {

struct HelpLine {
  QString group;  ///< "Navigate", "Mouse over the rows"
  QString keys;   ///< "W, Up"
  QString what;
};

/// Of every action with a shortcut its line, grouped by the action's property "group"; then of every gesture.
QList<HelpLine> help_lines(const QList<QAction*>& actions);

class HelpDialog : public QDialog {
  Q_OBJECT
 public:
  HelpDialog(const QList<HelpLine>& lines, QWidget* parent);
};

}  // namespace braid
