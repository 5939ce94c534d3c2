// SPDX-License-Identifier: Apache-2.0
#include "gui/view/what_if_form.hpp"

#include <QComboBox>
#include <QEvent>
#include <QLineEdit>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>

namespace braid {

WhatIfForm::WhatIfForm(QWidget* parent) : QWidget(parent), layout_(new QFormLayout(this)) {
  layout_->setContentsMargins(0, 0, 6, 0);
  layout_->setVerticalSpacing(4);
  layout_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
}

void WhatIfForm::show_form(const WhatIf& form) {
  form_ = form;
  filling_ = true;
  while (layout_->rowCount() > 0) layout_->removeRow(0);
  editors_.clear();
  for (const WhatIfField& field : form.fields) add(field);
  filling_ = false;
  emit changed();
}

void WhatIfForm::add(const WhatIfField& field) {
  Editor editor{.field = field, .widget = editor_of(field)};
  const QString help = QString::fromStdString(field.help);
  editor.label = new QLabel(QString::fromStdString(field.label));
  editor.label->setBuddy(editor.widget);
  editor.label->setToolTip(help);
  editor.widget->setToolTip(help);
  editor.widget->setObjectName(QString::fromStdString(field.path));
  editor.widget->setAccessibleName(editor.label->text());
  editor.widget->setFocusPolicy(Qt::StrongFocus);
  editor.widget->installEventFilter(this);
  editor.issue = new QLabel;
  editor.issue->setObjectName(QStringLiteral("issue:") + editor.widget->objectName());
  editor.issue->setWordWrap(true);
  editor.issue->hide();
  auto* both = new QVBoxLayout;
  both->setSpacing(1);
  both->addWidget(editor.widget);
  both->addWidget(editor.issue);
  layout_->addRow(editor.label, both);
  set_value(editor, field.value);
  editors_.push_back(editor);
}

QWidget* WhatIfForm::editor_of(const WhatIfField& field) {
  const auto tell = [this, path = field.path] { edited(path); };
  switch (field.kind) {
    case WhatIfField::Kind::choice: {
      auto* box = new QComboBox;
      for (const std::string& choice : field.choices) box->addItem(QString::fromStdString(choice));
      connect(box, &QComboBox::currentIndexChanged, this, tell);
      return box;
    }
    case WhatIfField::Kind::whole_number: {
      auto* box = new QSpinBox;
      box->setRange(field.least, field.most);
      if (field.path == "run.chunks" && field.least == 0) box->setSpecialValueText(tr("as the schedule wants"));
      connect(box, &QSpinBox::valueChanged, this, tell);
      return box;
    }
    case WhatIfField::Kind::bandwidth:
      break;
  }
  auto* line = new QLineEdit;
  connect(line, &QLineEdit::textChanged, this, tell);
  return line;
}

std::string WhatIfForm::value_of(const Editor& editor) {
  if (const auto* box = qobject_cast<const QComboBox*>(editor.widget)) return box->currentText().toStdString();
  if (const auto* box = qobject_cast<const QSpinBox*>(editor.widget)) return std::to_string(box->value());
  return qobject_cast<const QLineEdit*>(editor.widget)->text().toStdString();
}

void WhatIfForm::set_value(const Editor& editor, const std::string& value) {
  const QString text = QString::fromStdString(value);
  if (auto* box = qobject_cast<QComboBox*>(editor.widget)) {
    box->setCurrentIndex(box->findText(text));
  } else if (auto* number = qobject_cast<QSpinBox*>(editor.widget)) {
    number->setValue(text.toInt());
  } else {
    qobject_cast<QLineEdit*>(editor.widget)->setText(text);
  }
}

void WhatIfForm::edited(const std::string& path) {
  if (filling_) return;
  if (path == "schedule") {
    // Its options go with the run: what was set for another schedule may mean nothing here.
    filling_ = true;
    for (const WhatIfField& own : fields_of_schedule(form_, value_of(editors_.front()))) {
      for (Editor& editor : editors_) {
        if (editor.field.path != own.path) continue;
        editor.field = own;
        if (auto* number = qobject_cast<QSpinBox*>(editor.widget)) {
          number->setRange(own.least, own.most);
          number->setSpecialValueText(own.least == 0 ? tr("as the schedule wants") : QString());
        }
        set_value(editor, own.value);
      }
    }
    filling_ = false;
  }
  mark_changes();
  emit changed();
}

WhatIfValues WhatIfForm::values() const {
  WhatIfValues values;
  for (const Editor& editor : editors_) values[editor.field.path] = value_of(editor);
  return values;
}

void WhatIfForm::set_values(const WhatIfValues& values) {
  // The schedule is the first field: its options are there when the others get their values.
  for (const bool announced : {true, false}) {
    filling_ = !announced;
    for (const Editor& editor : editors_) {
      const auto found = values.find(editor.field.path);
      if (found != values.end() && (editor.field.path == "schedule") == announced) set_value(editor, found->second);
    }
  }
  filling_ = false;
  mark_changes();
  emit changed();
}

std::vector<WhatIfIssue> WhatIfForm::show_issues(const std::vector<WhatIfIssue>& issues) {
  std::vector<WhatIfIssue> homeless;
  std::map<std::string, QString> texts;
  for (const WhatIfIssue& issue : issues) {
    const bool known = std::any_of(editors_.begin(), editors_.end(),
                                   [&](const Editor& editor) { return editor.field.path == issue.path; });
    if (!known) {
      homeless.push_back(issue);
      continue;
    }
    QString& text = texts[issue.path];
    text += (text.isEmpty() ? QString() : QStringLiteral("\n")) + QString::fromStdString(issue.what);
  }
  for (const Editor& editor : editors_) {
    const auto found = texts.find(editor.field.path);
    editor.issue->setText(found == texts.end() ? QString() : QStringLiteral("\u26a0 ") + found->second);
    editor.issue->setVisible(found != texts.end());
  }
  return homeless;
}

int WhatIfForm::changes() const {
  return static_cast<int>(std::count_if(editors_.begin(), editors_.end(),
                                        [](const Editor& editor) { return value_of(editor) != editor.field.value; }));
}

void WhatIfForm::mark_changes() {
  for (const Editor& editor : editors_) {
    QFont font = this->font();
    const bool changed = value_of(editor) != editor.field.value;
    font.setBold(changed);
    editor.label->setFont(font);
    const QString help = QString::fromStdString(editor.field.help);
    editor.label->setToolTip(changed ? tr("was %1\n%2").arg(QString::fromStdString(editor.field.value), help) : help);
  }
}

bool WhatIfForm::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Wheel && !static_cast<QWidget*>(watched)->hasFocus()) {
    event->ignore();
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace braid
