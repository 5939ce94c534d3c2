// SPDX-License-Identifier: Apache-2.0
#include "gui/view/look.hpp"

namespace braid {

QPalette palette_of(const Theme& theme) {
  const bool day = theme.light == Light::day;
  const QColor window = day ? QColor(0xee, 0xf0, 0xf3) : QColor(0x25, 0x29, 0x2e);
  const QColor button = day ? QColor(0xf6, 0xf7, 0xf9) : QColor(0x31, 0x36, 0x3c);
  const QColor accent = day ? QColor(0x00, 0x5f, 0x9e) : QColor(0x3d, 0x8f, 0xd1);
  QPalette palette(window);
  palette.setColor(QPalette::Window, window);
  palette.setColor(QPalette::WindowText, theme.text);
  palette.setColor(QPalette::Base, theme.background);
  palette.setColor(QPalette::AlternateBase, theme.row_even);
  palette.setColor(QPalette::Text, theme.text);
  palette.setColor(QPalette::PlaceholderText, theme.faint_text);
  palette.setColor(QPalette::Button, button);
  palette.setColor(QPalette::ButtonText, theme.text);
  palette.setColor(QPalette::BrightText, theme.critical);
  palette.setColor(QPalette::ToolTipBase, theme.row_even);
  palette.setColor(QPalette::ToolTipText, theme.text);
  palette.setColor(QPalette::Highlight, accent);
  palette.setColor(QPalette::HighlightedText, Qt::white);
  palette.setColor(QPalette::Link, accent);
  palette.setColor(QPalette::LinkVisited, accent);
  palette.setColor(QPalette::Mid, theme.grid);
  for (const QPalette::ColorRole role :
       {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText}) {
    palette.setColor(QPalette::Disabled, role, theme.faint_text);
  }
  return palette;
}

QString style_sheet(const Theme& theme) {
  return QStringLiteral(
             "QToolTip { color: %1; background: %2; border: 1px solid %3; padding: 3px; }"
             "QToolBar { border: 0; padding: 3px; spacing: 4px; }"
             "QMainWindow::separator { background: %3; width: 4px; height: 4px; }"
             "QSplitter::handle { background: %3; }")
      .arg(theme.text.name(), theme.row_even.name(), theme.grid.name());
}

}  // namespace braid
