// SPDX-License-Identifier: Apache-2.0
// What the mouse does over a timeline: one table, which the views look up and the help shows, so that neither can lie.
#pragma once

#include <QPoint>
#include <QString>
#include <span>

namespace braid {

enum class Place { body, labels, ruler, minimap };
enum class Input { wheel, drag, click, double_click };

enum class Effect {
  none,
  zoom_at_cursor,
  pan_time,
  scroll_rows,
  row_height,
  select_area,  ///< of the ruler: over all rows
  zoom_to_box,
  grab,  ///< the picture follows the mouse
  select_span,
  fit_span,
  fit_all,
  fold,  ///< or unfold the heading under the mouse
  menu,
  set_range,
  centre,
};

struct Gesture {
  Place place = Place::body;
  Input input = Input::wheel;
  Qt::MouseButton button = Qt::NoButton;  ///< of drags and clicks
  Qt::KeyboardModifiers modifiers = Qt::NoModifier;
  Effect effect = Effect::none;
  const char* what = nullptr;  ///< for the help; null: a second way, not listed
};

std::span<const Gesture> gestures();

/// Effect::none if the table has no such gesture.
Effect effect_of(Place place, Input input, Qt::MouseButton button, Qt::KeyboardModifiers modifiers);

/// "Ctrl+wheel", "right drag", "double click": as the help calls it.
QString gesture_text(const Gesture& gesture);

/// Turns of a wheel by 1/8 degree, 120 a notch, of whichever axis moved: platforms swap the axes while Alt or Shift is
/// held. Zooms and scrolls go by this amount, never by the number of events, which Qt merges.
double notches(QPoint angle_delta);

}  // namespace braid
