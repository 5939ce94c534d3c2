// SPDX-License-Identifier: Apache-2.0
#include "gui/view/gestures.hpp"

#include <QCoreApplication>
#include <QStringList>
#include <cstdlib>

namespace braid {
namespace {

constexpr Qt::KeyboardModifiers kCtrl = Qt::ControlModifier, kShift = Qt::ShiftModifier, kAlt = Qt::AltModifier;

const Gesture kGestures[] = {
    {.input = Input::wheel, .effect = Effect::zoom_at_cursor, .what = QT_TR_NOOP("zoom about the cursor")},
    {.input = Input::wheel, .modifiers = kCtrl, .effect = Effect::zoom_at_cursor},
    {.input = Input::wheel, .modifiers = kShift, .effect = Effect::pan_time, .what = QT_TR_NOOP("earlier, later")},
    {.input = Input::wheel, .modifiers = kAlt, .effect = Effect::scroll_rows, .what = QT_TR_NOOP("scroll the rows")},
    {.input = Input::wheel,
     .modifiers = kCtrl | kShift,
     .effect = Effect::row_height,
     .what = QT_TR_NOOP("higher, lower rows")},
    {.input = Input::drag,
     .button = Qt::LeftButton,
     .effect = Effect::select_area,
     .what = QT_TR_NOOP("select an area: its sums are in the Selection panel")},
    {.input = Input::drag,
     .button = Qt::LeftButton,
     .modifiers = kCtrl,
     .effect = Effect::zoom_to_box,
     .what = QT_TR_NOOP("zoom to a box")},
    {.input = Input::drag, .button = Qt::RightButton, .effect = Effect::zoom_to_box, .what = QT_TR_NOOP("the same")},
    {.input = Input::drag, .button = Qt::MiddleButton, .effect = Effect::grab, .what = QT_TR_NOOP("move the picture")},
    {.input = Input::drag,
     .button = Qt::LeftButton,
     .modifiers = kShift,
     .effect = Effect::grab,
     .what = QT_TR_NOOP("the same")},
    {.input = Input::click,
     .button = Qt::LeftButton,
     .effect = Effect::select_span,
     .what = QT_TR_NOOP("select the block")},
    {.input = Input::click, .button = Qt::RightButton, .effect = Effect::menu, .what = QT_TR_NOOP("menu of the row")},
    {.input = Input::double_click,
     .button = Qt::LeftButton,
     .effect = Effect::fit_span,
     .what = QT_TR_NOOP("zoom to the block; beside all blocks: to everything")},
    {.place = Place::ruler, .input = Input::wheel, .effect = Effect::zoom_at_cursor},
    {.place = Place::ruler, .input = Input::wheel, .modifiers = kShift, .effect = Effect::pan_time},
    {.place = Place::ruler, .input = Input::wheel, .modifiers = kCtrl, .effect = Effect::zoom_at_cursor},
    {.place = Place::ruler,
     .input = Input::drag,
     .button = Qt::LeftButton,
     .effect = Effect::select_area,
     .what = QT_TR_NOOP("select a time over all rows")},
    {.place = Place::ruler,
     .input = Input::drag,
     .button = Qt::LeftButton,
     .modifiers = kCtrl,
     .effect = Effect::zoom_to_box},
    {.place = Place::ruler,
     .input = Input::drag,
     .button = Qt::RightButton,
     .effect = Effect::zoom_to_box,
     .what = QT_TR_NOOP("zoom to a time")},
    {.place = Place::ruler, .input = Input::drag, .button = Qt::MiddleButton, .effect = Effect::grab},
    {.place = Place::ruler,
     .input = Input::double_click,
     .button = Qt::LeftButton,
     .effect = Effect::fit_all,
     .what = QT_TR_NOOP("everything")},
    {.place = Place::labels,
     .input = Input::wheel,
     .effect = Effect::scroll_rows,
     .what = QT_TR_NOOP("scroll the rows")},
    {.place = Place::labels, .input = Input::wheel, .modifiers = kAlt, .effect = Effect::scroll_rows},
    {.place = Place::labels, .input = Input::wheel, .modifiers = kCtrl | kShift, .effect = Effect::row_height},
    {.place = Place::labels,
     .input = Input::click,
     .button = Qt::LeftButton,
     .effect = Effect::fold,
     .what = QT_TR_NOOP("fold or unfold a heading")},
    {.place = Place::labels,
     .input = Input::click,
     .button = Qt::RightButton,
     .effect = Effect::menu,
     .what = QT_TR_NOOP("menu of the row: pin, hide, fold")},
    {.place = Place::minimap,
     .input = Input::drag,
     .button = Qt::LeftButton,
     .effect = Effect::set_range,
     .what = QT_TR_NOOP("set the range in view")},
    {.place = Place::minimap,
     .input = Input::drag,
     .button = Qt::MiddleButton,
     .effect = Effect::grab,
     .what = QT_TR_NOOP("move the range")},
    {.place = Place::minimap,
     .input = Input::drag,
     .button = Qt::LeftButton,
     .modifiers = kShift,
     .effect = Effect::grab,
     .what = QT_TR_NOOP("the same")},
    {.place = Place::minimap,
     .input = Input::click,
     .button = Qt::LeftButton,
     .effect = Effect::centre,
     .what = QT_TR_NOOP("centre the range there")},
    {.place = Place::minimap,
     .input = Input::wheel,
     .effect = Effect::zoom_at_cursor,
     .what = QT_TR_NOOP("zoom about the cursor")},
    {.place = Place::minimap,
     .input = Input::double_click,
     .button = Qt::LeftButton,
     .effect = Effect::fit_all,
     .what = QT_TR_NOOP("everything")},
};

}  // namespace

std::span<const Gesture> gestures() { return kGestures; }

Effect effect_of(Place place, Input input, Qt::MouseButton button, Qt::KeyboardModifiers modifiers) {
  modifiers &= Qt::ShiftModifier | Qt::ControlModifier | Qt::AltModifier;  // not the keypad's
  for (const Gesture& gesture : kGestures) {
    if (gesture.place == place && gesture.input == input && gesture.button == button && gesture.modifiers == modifiers)
      return gesture.effect;
  }
  return Effect::none;
}

QString gesture_text(const Gesture& gesture) {
  const auto tr = [](const char* text) { return QCoreApplication::translate("Gestures", text); };
  QString text;
  if (gesture.modifiers & kCtrl) text += QStringLiteral("Ctrl+");
  if (gesture.modifiers & kShift) text += QStringLiteral("Shift+");
  if (gesture.modifiers & kAlt) text += QStringLiteral("Alt+");
  if (gesture.button == Qt::RightButton) text += tr("right ");
  if (gesture.button == Qt::MiddleButton) text += tr("middle ");
  switch (gesture.input) {
    case Input::wheel:
      return text + tr("wheel");
    case Input::drag:
      return text + tr("drag");
    case Input::click:
      return text + tr("click");
    case Input::double_click:
      return text + tr("double click");
  }
  return text;
}

double notches(QPoint angle_delta) {
  const int delta = std::abs(angle_delta.y()) >= std::abs(angle_delta.x()) ? angle_delta.y() : angle_delta.x();
  return delta / 120.0;
}

}  // namespace braid
