// SPDX-License-Identifier: Apache-2.0
#include "gui/view/search_bar.hpp"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QToolButton>
#include <algorithm>

#include "gui/model/details.hpp"
#include "gui/view/go_to_span.hpp"
#include "sim/base/error.hpp"

namespace braid {

/// All that a search needs, so that it can go on when the window has moved on.
struct SearchBar::Job {
  std::vector<std::shared_ptr<const Trace>> traces;
  std::vector<std::int64_t> shifts;
  Query query;
  std::atomic<bool> stop = false;

  // What it found.
  std::vector<std::vector<std::uint32_t>> hits;  ///< by document
  std::vector<ViewState::Selected> by_time;
  std::uint64_t count = 0;
  std::int64_t time = 0;

  void run() {
    for (std::size_t d = 0; d < traces.size() && !stop; ++d) {
      Hits found = search(traces[d]->run(), query, &stop);
      count += found.count;
      time += found.time;
      hits.push_back(std::move(found.spans));
    }
    for (std::size_t d = 0; d < hits.size() && !stop; ++d) {
      const auto middle = static_cast<std::ptrdiff_t>(by_time.size());
      for (const std::uint32_t span : hits[d]) by_time.push_back({.document = d, .span = span});
      const auto start = [&](const ViewState::Selected& s) {
        return traces[s.document]->run().start[s.span] + shifts[s.document];
      };
      std::inplace_merge(by_time.begin(), by_time.begin() + middle, by_time.end(),
                         [&](const auto& a, const auto& b) { return start(a) < start(b); });
    }
  }
};

SearchBar::SearchBar(ViewState* state, QWidget* parent)
    : QWidget(parent), state_(state), edit_(new QLineEdit(this)), summary_(new QLabel(this)) {
  edit_->setObjectName(QStringLiteral("search"));
  edit_->setPlaceholderText(tr("Search: attn mb:3 lane:tp idle:pp_wait >1ms"));
  edit_->setToolTip(
      tr("Words that a name has, all of them; mb:3 chunk:1 layer:7 rank:2 lane:tp idle:pp_wait, and >1ms or <20us for "
         "durations. Enter: next, Shift+Enter: previous."));
  edit_->setAccessibleName(tr("Search"));
  edit_->setClearButtonEnabled(true);
  edit_->setMinimumWidth(260);
  edit_->installEventFilter(this);
  summary_->setTextFormat(Qt::PlainText);
  summary_->setObjectName(QStringLiteral("search_summary"));
  pool_.setMaxThreadCount(1);

  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(4, 2, 4, 2);
  layout->addWidget(edit_, 1);
  for (const bool forward : {false, true}) {
    auto* button = new QToolButton(this);
    button->setArrowType(forward ? Qt::DownArrow : Qt::UpArrow);
    button->setToolTip(forward ? tr("Next hit (Enter)") : tr("Previous hit (Shift+Enter)"));
    button->setAutoRaise(true);
    connect(button, &QToolButton::clicked, this, [this, forward] { step(forward); });
    layout->addWidget(button);
  }
  layout->addWidget(summary_);

  connect(edit_, &QLineEdit::textChanged, this, &SearchBar::start);
  connect(state_, &ViewState::documents_changed, this, &SearchBar::start);
}

SearchBar::~SearchBar() {
  if (job_) job_->stop = true;
  pool_.clear();
  pool_.waitForDone();
}

void SearchBar::begin() {
  edit_->setFocus(Qt::ShortcutFocusReason);
  edit_->selectAll();
}

void SearchBar::next() { step(true); }
void SearchBar::previous() { step(false); }

void SearchBar::start() {
  if (job_) job_->stop = true;
  job_.reset();
  clear_hits();
  Query query;
  try {
    query = parse_query(edit_->text().toStdString());
  } catch (const Error& error) {
    summary_->setText(QString::fromUtf8(error.what()));
    return;
  }
  if (query == Query{} || state_->documents().empty()) {
    summary_->clear();
    emit searched();
    return;
  }
  job_ = std::make_shared<Job>();
  job_->query = std::move(query);
  for (const ViewState::Document& document : state_->documents()) {
    job_->traces.push_back(document.trace);
    job_->shifts.push_back(document.shift);
  }
  summary_->setText(tr("..."));
  pool_.start([this, job = job_] {
    job->run();
    QMetaObject::invokeMethod(
        this, [this, job] { finish(job); }, Qt::QueuedConnection);
  });
}

void SearchBar::finish(const std::shared_ptr<Job>& job) {
  if (job != job_) return;  // the text has changed since
  job_.reset();
  hits_ = std::move(job->by_time);
  count_ = job->count;
  time_ = job->time;
  for (std::size_t d = 0; d < job->hits.size(); ++d) state_->find(d, std::move(job->hits[d]));
  show_summary();
  emit searched();
}

void SearchBar::clear_hits() {
  hits_.clear();
  at_ = SIZE_MAX;
  count_ = 0;
  time_ = 0;
  for (std::size_t d = 0; d < state_->documents().size(); ++d) {
    if (!state_->hits(d).empty()) state_->find(d, {});
  }
}

void SearchBar::step(bool forward) {
  if (hits_.empty()) return;
  const auto start = [&](const ViewState::Selected& hit) {
    const ViewState::Document& document = state_->documents()[hit.document];
    return document.trace->run().start[hit.span] + document.shift;
  };
  if (at_ == SIZE_MAX) {
    // From what one looks at.
    const std::int64_t from = state_->range().begin;
    at_ = static_cast<std::size_t>(
        std::partition_point(hits_.begin(), hits_.end(), [&](const auto& hit) { return start(hit) < from; }) -
        hits_.begin());
    if (!forward) at_ += hits_.size() - 1;
  } else {
    at_ += forward ? 1 : hits_.size() - 1;
  }
  at_ %= hits_.size();
  go_to_span(*state_, hits_[at_].document, hits_[at_].span);
  show_summary();
}

void SearchBar::show_summary() {
  if (count_ == 0) {
    summary_->setText(tr("no hits"));
    return;
  }
  const QString time = QString::fromStdString(time_text(state_->documents().front().trace->facts(), time_));
  const QString count = QString::number(count_);
  const std::size_t runs = state_->documents().size();
  const QString over = runs > 1 ? tr(" over %1 runs").arg(runs) : QString();
  summary_->setText(at_ == SIZE_MAX
                        ? (count_ == 1 ? tr("%1 hit%3, %2") : tr("%1 hits%3, %2 in all")).arg(count, time, over)
                        : tr("%1 of %2%4, %3 in all").arg(QString::number(at_ + 1), count, time, over));
}

bool SearchBar::eventFilter(QObject* watched, QEvent* event) {
  if (watched == edit_ && event->type() == QEvent::ShortcutOverride) {
    // Keys of the window around it; letters the field takes by itself.
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Escape) {
      event->accept();
      return true;
    }
  }
  if (watched == edit_ && event->type() == QEvent::KeyPress) {
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
      step(!(key->modifiers() & Qt::ShiftModifier));
      return true;
    }
    if (key->key() == Qt::Key_Escape) {
      edit_->clear();
      emit closed();
      return true;
    }
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace braid
