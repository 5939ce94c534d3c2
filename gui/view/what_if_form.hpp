// SPDX-License-Identifier: Apache-2.0
// The fields of a what-if, one editor each, with what is wrong beside them.
#pragma once

#include <QFormLayout>
#include <QLabel>
#include <QWidget>
#include <map>
#include <string>
#include <vector>

#include "gui/model/what_if.hpp"

namespace braid {

class WhatIfForm : public QWidget {
  Q_OBJECT
 public:
  explicit WhatIfForm(QWidget* parent = nullptr);

  /// Editors for its fields, with their values. Borrows nothing.
  void show_form(const WhatIf& form);
  WhatIfValues values() const;
  /// Values of fields that are there; the others keep theirs.
  void set_values(const WhatIfValues& values);
  /// Shows each at its field, the others nowhere: those that no field has come back.
  std::vector<WhatIfIssue> show_issues(const std::vector<WhatIfIssue>& issues);
  /// Which values differ from those of the run; their labels are bold.
  int changes() const;

 signals:
  void changed();

 protected:
  /// Turning the wheel scrolls the form; a field takes it only with the focus.
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  struct Editor {
    WhatIfField field;
    QWidget* widget = nullptr;
    QLabel* label = nullptr;
    QLabel* issue = nullptr;
  };
  QWidget* editor_of(const WhatIfField& field);
  void add(const WhatIfField& field);
  void edited(const std::string& path);
  void mark_changes();
  static std::string value_of(const Editor& editor);
  static void set_value(const Editor& editor, const std::string& value);

  WhatIf form_;
  std::vector<Editor> editors_;
  QFormLayout* layout_;
  bool filling_ = false;
};

}  // namespace braid
