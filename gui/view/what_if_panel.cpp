// SPDX-License-Identifier: Apache-2.0
#include "gui/view/what_if_panel.hpp"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QScrollArea>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "sim/base/csv.hpp"
#include "sim/scenario/scenario.hpp"

namespace braid {
namespace {

constexpr std::size_t kMostOlder = 4;

QLabel* wrapped(const char* name) {
  auto* label = new QLabel;
  label->setObjectName(QString::fromLatin1(name));
  label->setWordWrap(true);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  label->hide();
  return label;
}

QToolButton* button_of(QAction* action) {
  auto* button = new QToolButton;
  button->setDefaultAction(action);
  button->setToolButtonStyle(Qt::ToolButtonTextOnly);
  return button;
}

}  // namespace

WhatIfPanel::WhatIfPanel(ViewState* state, QWidget* parent, const QString& program)
    : QWidget(parent),
      state_(state),
      play_(nullptr, program),
      form_(new WhatIfForm),
      which_(new QComboBox),
      title_(new QLabel),
      issues_(wrapped("issues")),
      message_(wrapped("message")),
      notes_(wrapped("notes")),
      doing_(wrapped("doing")),
      progress_(new QProgressBar) {
  make_actions();
  title_->setWordWrap(true);
  which_->setObjectName(QStringLiteral("which"));
  which_->setAccessibleName(tr("Run to change"));
  auto* scroll = new QScrollArea;
  scroll->setWidget(form_);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(6, 6, 6, 6);
  layout->addWidget(title_);
  layout->addWidget(which_);
  layout->addWidget(scroll, 1);
  layout->addWidget(make_below());

  connect(form_, &WhatIfForm::changed, this, &WhatIfPanel::check_form);
  connect(which_, &QComboBox::activated, this, [this](int index) {
    document_ = static_cast<std::size_t>(index);
    take_form();
  });
  connect(state_, &ViewState::documents_changed, this, &WhatIfPanel::follow_documents);
  connect(&play_, &PlayProcess::played, this, &WhatIfPanel::take_result);
  connect(&play_, &PlayProcess::failed, this, [this](const QString& message) {
    tell(message);
    show_running();
    emit finished();
  });
  connect(&play_, &PlayProcess::cancelled, this, [this] {
    tell(tr("Cancelled; nothing has changed."));
    show_running();
    emit finished();
  });
  connect(&play_, &PlayProcess::progressed, this, [this](double share, const QString& what) {
    // 0 of a single run says nothing for as long as it takes, and 1 that it is being read: busy, with the time beside.
    const bool known = share > 0 && share < 1;
    progress_->setRange(0, known ? 1000 : 0);
    if (known) progress_->setValue(qRound(share * 1000));
    doing_->setProperty("what", what);
  });
  connect(&tick_, &QTimer::timeout, this, &WhatIfPanel::show_running);
  tick_.setInterval(100);
  follow_documents();
}

void WhatIfPanel::make_actions() {
  const auto make = [this](const QString& text, const QKeySequence& keys, const QString& what, auto slot) {
    auto* action = new QAction(text, this);
    action->setShortcut(keys);
    action->setToolTip(what);
    action->setProperty("group", tr("What if"));
    addAction(action);
    connect(action, &QAction::triggered, this, slot);
    return action;
  };
  run_ = make(tr("Run"), QKeySequence(Qt::CTRL | Qt::Key_R), tr("Play the run with these values (Ctrl+R)"),
              &WhatIfPanel::run);
  cancel_ = make(tr("Cancel"), {}, tr("End the simulation; nothing changes"), &WhatIfPanel::cancel);
  back_ = make(tr("Back to the old one"), {}, tr("Show the run that was there before, with its values"),
               &WhatIfPanel::back);
  reset_ = make(tr("Reset"), {}, tr("The values of the run that was opened"), &WhatIfPanel::reset);
  save_ = make(tr("Save scenario as\u2026"), {}, tr("Write the scenario with these values"),
               &WhatIfPanel::save_scenario_dialog);
}

namespace {

std::string changes_of(const WhatIfPlay& play) {
  std::string text;
  for (const Override& o : play.overrides) text += (text.empty() ? "" : ", ") + o.path + '=' + o.value;
  return text.empty() ? "nothing changed" : text;
}

}  // namespace

QWidget* WhatIfPanel::make_below() {
  auto* below = new QWidget;
  auto* layout = new QVBoxLayout(below);
  layout->setContentsMargins(0, 0, 0, 0);
  for (QLabel* label : {issues_, notes_, message_}) layout->addWidget(label);
  auto* buttons = new QHBoxLayout;
  for (QAction* action : {run_, cancel_, reset_, save_}) buttons->addWidget(button_of(action));
  buttons->addStretch();
  layout->addLayout(buttons);
  layout->addWidget(progress_);
  layout->addWidget(doing_);
  auto* table = new QTableView;
  table->setObjectName(QStringLiteral("numbers"));
  table->setAccessibleName(tr("Numbers before and after"));
  table->setModel(&numbers_);
  table->setSelectionMode(QAbstractItemView::NoSelection);
  table->setShowGrid(false);
  table->setAlternatingRowColors(true);
  table->verticalHeader()->hide();
  table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 4);
  table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  numbers_view_ = new QWidget;
  auto* of_numbers = new QVBoxLayout(numbers_view_);
  of_numbers->setContentsMargins(0, 0, 0, 0);
  of_numbers->addWidget(table);
  of_numbers->addWidget(button_of(back_), 0, Qt::AlignLeft);
  layout->addWidget(numbers_view_);
  return below;
}

void WhatIfPanel::follow_documents() {
  if (putting_in_) return;
  const auto& documents = state_->documents();
  which_->clear();
  for (const ViewState::Document& document : documents)
    which_->addItem(QString::fromStdString(document.trace->facts().title));
  which_->setVisible(documents.size() > 1);
  const bool same = shown_.trace && document_ < documents.size() && documents[document_].trace == shown_.trace;
  if (!same) {
    const auto moved = std::find_if(documents.begin(), documents.end(), [this](const ViewState::Document& document) {
      return shown_.trace && document.trace == shown_.trace;
    });
    document_ = moved == documents.end() ? 0 : static_cast<std::size_t>(moved - documents.begin());
  }
  which_->setCurrentIndex(static_cast<int>(document_));
  const bool here = document_ < documents.size() && shown_.trace && documents[document_].trace == shown_.trace;
  if (!here) take_form();
}

void WhatIfPanel::take_form() {
  if (play_.running()) play_.cancel();  // its run is no longer there
  older_.clear();
  shown_ = {};
  tell({});
  if (document_ < state_->documents().size()) {
    shown_.trace = state_->documents()[document_].trace;
    const RunFacts& facts = shown_.trace->facts();
    what_if_ = what_if(facts, scenarios_folder() + "/profiles");
    title_->setText(what_if_.why_not.empty()
                        ? tr("<b>%1</b>, planned otherwise:").arg(QString::fromStdString(facts.title).toHtmlEscaped())
                        : QString::fromStdString(what_if_.why_not).toHtmlEscaped());
  } else {
    what_if_ = {.why_not = "no run"};
    title_->setText(tr("Open a run to change its plan and play it again."));
  }
  form_->show_form(what_if_);
  shown_.values = form_->values();
  show_numbers();
}

void WhatIfPanel::check_form() {
  const bool usable = what_if_.why_not.empty();
  const std::vector<WhatIfIssue> issues = usable ? check(what_if_, form_->values()) : std::vector<WhatIfIssue>{};
  QStringList homeless;
  for (const WhatIfIssue& issue : form_->show_issues(issues))
    homeless << QStringLiteral("\u26a0 ") + QString::fromStdString(issue.what);
  issues_->setText(homeless.join(QLatin1Char('\n')));
  issues_->setVisible(!homeless.isEmpty());
  QStringList notes;
  if (usable && issues.empty()) {
    for (const std::string& note : play_of(what_if_, form_->values()).notes) notes << QString::fromStdString(note);
  }
  notes_->setText(notes.join(QLatin1Char('\n')));
  notes_->setVisible(!notes.isEmpty());
  save_->setEnabled(usable && issues.empty());
  reset_->setEnabled(usable && form_->changes() > 0);
  run_->setEnabled(usable && issues.empty() && !play_.running());
  show_running();
}

void WhatIfPanel::run() {
  if (!run_->isEnabled()) return;
  tell({});
  playing_ = form_->values();
  progress_->setRange(0, 0);
  doing_->setProperty("what", QString());
  try {
    play_.start(play_of(what_if_, playing_));
  } catch (const Error& error) { tell(QString::fromUtf8(error.what())); }
  show_running();
}

void WhatIfPanel::cancel() {
  play_.cancel();
  show_running();
}

void WhatIfPanel::take_result(std::shared_ptr<const Trace> trace) {
  older_.push_back(std::move(shown_));
  // What was opened, and the last few.
  if (older_.size() > kMostOlder) older_.erase(older_.begin() + 1);
  shown_ = {.trace = std::move(trace), .values = playing_, .changes = changes_of(play_of(what_if_, playing_))};
  putting_in_ = true;
  state_->replace(document_, shown_.trace, true, shown_.changes);
  putting_in_ = false;
  follow_documents();
  show_numbers();
  show_running();
  emit finished();
}

void WhatIfPanel::back() {
  if (older_.empty() || play_.running()) return;
  shown_ = std::move(older_.back());
  older_.pop_back();
  putting_in_ = true;
  state_->replace(document_, shown_.trace, false, shown_.changes);
  putting_in_ = false;
  follow_documents();
  form_->set_values(shown_.values);
  show_numbers();
}

void WhatIfPanel::reset() {
  WhatIfValues own;
  for (const WhatIfField& field : what_if_.fields) own[field.path] = field.value;
  form_->set_values(own);
}

void WhatIfPanel::show_numbers() {
  numbers_.show(older_.empty() ? std::vector<NumberChange>{}
                               : number_changes(older_.back().trace->facts(), shown_.trace->facts()));
  numbers_view_->setVisible(!older_.empty());
  back_->setEnabled(!older_.empty() && !play_.running());
}

void WhatIfPanel::tell(const QString& message) {
  message_->setText(message);
  message_->setVisible(!message.isEmpty());
}

void WhatIfPanel::show_running() {
  const bool running = play_.running();
  progress_->setVisible(running);
  doing_->setVisible(running);
  cancel_->setEnabled(running);
  numbers_view_->setEnabled(!running);  // of a result that is about to be replaced
  back_->setEnabled(!older_.empty() && !running);
  if (!running) {
    if (tick_.isActive()) {
      tick_.stop();
      check_form();  // what was refused while it ran may be run now
    }
    return;
  }
  run_->setEnabled(false);
  if (!tick_.isActive()) tick_.start();
  const QString what = doing_->property("what").toString();
  const QString elapsed = QString::number(static_cast<double>(play_.elapsed_ms()) / 1000, 'f', 1);
  doing_->setText(what.isEmpty() ? tr("%1 s").arg(elapsed) : tr("%1, %2 s").arg(what, elapsed));
}

void WhatIfPanel::save_scenario_dialog() {
  const QString path =
      QFileDialog::getSaveFileName(this, tr("Save scenario"), QStringLiteral("what-if.toml"), tr("Scenarios (*.toml)"));
  if (!path.isEmpty()) save_scenario(path);
}

void WhatIfPanel::save_scenario(const QString& path) {
  try {
    const WhatIfValues values = form_->values();
    const std::string profile = play_of(what_if_, values).profile;
    const QFileInfo file(path);
    const QString beside = file.completeBaseName() + QStringLiteral(".profile.csv");
    if (!profile.empty()) write_file((file.path() + QLatin1Char('/') + beside).toStdString(), profile);
    write_file(path.toStdString(), scenario_to_save(what_if_, values, profile.empty() ? "" : beside.toStdString()));
    tell(tr("Saved: braid simulate %1 --schedule %2").arg(path, QString::fromStdString(play_of(what_if_, values).run)));
  } catch (const Error& error) { tell(QString::fromUtf8(error.what())); }
}

}  // namespace braid
