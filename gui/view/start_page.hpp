// SPDX-License-Identifier: Apache-2.0
// What the window shows before a run is open.
#pragma once

#include <QStringList>
#include <QWidget>

class QVBoxLayout;

namespace braid {

class StartPage : public QWidget {
  Q_OBJECT
 public:
  explicit StartPage(QWidget* parent = nullptr);

 public slots:
  /// Newest first; files that are gone are left out.
  void show_recent(const QStringList& files, bool has_example);

 signals:
  void open_wanted();
  void example_wanted();
  void file_wanted(QString path);

 private:
  QVBoxLayout* recent_;
};

}  // namespace braid
