// SPDX-License-Identifier: Apache-2.0
// Mouse events as a window system sends them, also to widgets that were never shown.
#pragma once

#include <QApplication>
#include <QMouseEvent>
#include <QWheelEvent>
#include <QWidget>

namespace braid {

inline void send_mouse(QWidget& to, QEvent::Type type, QPointF at, Qt::MouseButton button, Qt::MouseButtons held,
                       Qt::KeyboardModifiers keys = Qt::NoModifier) {
  QMouseEvent event(type, at, to.mapToGlobal(at), button, held, keys);
  QApplication::sendEvent(&to, &event);
}

inline void move(QWidget& to, QPointF at) { send_mouse(to, QEvent::MouseMove, at, Qt::NoButton, Qt::NoButton); }

inline void click(QWidget& to, QPointF at, Qt::MouseButton button = Qt::LeftButton) {
  send_mouse(to, QEvent::MouseButtonPress, at, button, button);
  send_mouse(to, QEvent::MouseButtonRelease, at, button, Qt::NoButton);
}

inline void double_click(QWidget& to, QPointF at) {
  click(to, at);
  send_mouse(to, QEvent::MouseButtonDblClick, at, Qt::LeftButton, Qt::LeftButton);
  send_mouse(to, QEvent::MouseButtonRelease, at, Qt::LeftButton, Qt::NoButton);
}

inline void drag(QWidget& to, QPointF from, QPointF until, Qt::MouseButton button = Qt::LeftButton,
                 Qt::KeyboardModifiers keys = Qt::NoModifier) {
  send_mouse(to, QEvent::MouseButtonPress, from, button, button, keys);
  for (int step = 1; step <= 4; ++step)
    send_mouse(to, QEvent::MouseMove, from + (until - from) * step / 4.0, Qt::NoButton, button, keys);
  send_mouse(to, QEvent::MouseButtonRelease, until, button, Qt::NoButton, keys);
}

/// `eighths` of a degree: 120 a notch, positive away from the user.
inline void wheel(QWidget& to, QPointF at, QPoint eighths, Qt::KeyboardModifiers keys = Qt::NoModifier, ulong ms = 0) {
  QWheelEvent event(at, to.mapToGlobal(at), {}, eighths, Qt::NoButton, keys, Qt::NoScrollPhase, false);
  event.setTimestamp(ms);
  QApplication::sendEvent(&to, &event);
}

}  // namespace braid
