// SPDX-License-Identifier: Apache-2.0
// Strips at the top of the window: what went wrong, and what is being opened. Neither covers what is shown.
#pragma once

#include <QFrame>

class QLabel;
class QProgressBar;
class QToolButton;

namespace braid {

/// A message that stays until it is closed; long ones are shown in one line with the rest behind "Details".
class MessageBar : public QFrame {
  Q_OBJECT
 public:
  explicit MessageBar(QWidget* parent = nullptr);
  QString text() const { return text_; }

 public slots:
  void show_message(const QString& text);
  /// With a button that calls for something: "Reload".
  void offer(const QString& text, const QString& button);

 signals:
  void accepted();  ///< the offer

 private:
  void put(const QString& text);
  QString text_;
  QLabel* line_;
  QLabel* rest_;
  QToolButton* details_;
  QToolButton* offer_;
};

class LoadBar : public QFrame {
  Q_OBJECT
 public:
  explicit LoadBar(QWidget* parent = nullptr);

 public slots:
  void start(const QString& path);
  void progress(double share, const QString& what);

 signals:
  void cancel_wanted();

 private:
  QLabel* label_;
  QProgressBar* bar_;
  QString path_;
};

}  // namespace braid
