// SPDX-License-Identifier: Apache-2.0
#include "gui/view/sweep_view.hpp"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>

namespace braid {

SweepView::SweepView(ViewState* state, QWidget* parent, const QString& program)
    : QWidget(parent),
      state_(state),
      play_(nullptr, program),
      work_(std::chrono::milliseconds(0)),
      title_(new QLabel),
      x_(new QComboBox),
      y_(new QComboBox),
      colour_(new QComboBox),
      plot_(new ScatterPlot),
      table_(new QTableView),
      message_(new QLabel),
      progress_(new QProgressBar),
      cancel_(new QToolButton) {
  for (QComboBox* box : {x_, y_}) {
    for (const SweepAxis axis : kSweepAxes) box->addItem(QString::fromLatin1(to_text(axis)), static_cast<int>(axis));
  }
  x_->setObjectName(QStringLiteral("x"));
  y_->setObjectName(QStringLiteral("y"));
  x_->setCurrentIndex(x_->findData(static_cast<int>(SweepAxis::peak_memory)));
  colour_->setObjectName(QStringLiteral("colour"));
  colour_->addItems({tr("schedule"), tr("TP")});
  message_->setObjectName(QStringLiteral("message"));
  message_->setWordWrap(true);
  message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  cancel_->setText(tr("Cancel"));
  sorted_.setSourceModel(&model_);
  table_->setModel(&sorted_);
  table_->setObjectName(QStringLiteral("configurations"));
  table_->setSortingEnabled(true);
  table_->sortByColumn(-1, Qt::AscendingOrder);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setAlternatingRowColors(true);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(table_->fontMetrics().height() + 4);
  table_->horizontalHeader()->setStretchLastSection(true);

  auto* choices = new QHBoxLayout;
  choices->addWidget(title_, 1);
  const std::initializer_list<std::pair<QString, QComboBox*>> boxes{
      {tr("across"), x_}, {tr("up"), y_}, {tr("colour"), colour_}};
  for (const auto& [text, box] : boxes) {
    auto* label = new QLabel(text);
    label->setBuddy(box);
    choices->addWidget(label);
    choices->addWidget(box);
  }
  auto* doing = new QHBoxLayout;
  doing->addWidget(message_, 1);
  doing->addWidget(progress_);
  doing->addWidget(cancel_);
  auto* splitter = new QSplitter(Qt::Vertical);
  splitter->addWidget(plot_);
  splitter->addWidget(table_);
  splitter->setStretchFactor(0, 3);
  splitter->setStretchFactor(1, 2);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(6, 6, 6, 6);
  layout->addLayout(choices);
  layout->addWidget(splitter, 1);
  layout->addLayout(doing);

  for (QComboBox* box : {x_, y_, colour_}) connect(box, &QComboBox::currentIndexChanged, this, &SweepView::choose_axes);
  for (QComboBox* box : {x_, y_}) connect(box, &QComboBox::activated, this, [this] { axes_chosen_ = true; });
  connect(cancel_, &QToolButton::clicked, this, &SweepView::cancel);
  connect(plot_, &ScatterPlot::clicked, this, [this](std::size_t configuration) {
    select(configuration);
    play(configuration);
  });
  connect(table_, &QTableView::activated, this,
          [this](const QModelIndex& index) { play(static_cast<std::size_t>(sorted_.mapToSource(index).row())); });
  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& index) {
    if (!index.isValid()) return plot_->select(std::nullopt);
    plot_->select(static_cast<std::size_t>(sorted_.mapToSource(index).row()));
  });
  connect(&work_, &LatestWork::finished, this, &SweepView::show_running);
  connect(&play_, &PlayProcess::played, this, [this](const std::shared_ptr<const Trace>& trace) {
    tell({});
    show_running();
    emit trace_ready(trace);
  });
  connect(&play_, &PlayProcess::failed, this, &SweepView::tell);
  connect(&play_, &PlayProcess::cancelled, this, [this] { tell(tr("Cancelled.")); });
  connect(&play_, &PlayProcess::progressed, this, [this](double share, const QString&) {
    const bool known = share > 0 && share < 1;
    progress_->setRange(0, known ? 1000 : 0);
    if (known) progress_->setValue(qRound(share * 1000));
  });
  connect(state_, &ViewState::look_changed, this, [this] { plot_->paint_with(state_->theme()); });
  plot_->paint_with(state_->theme());
  choose_axes();
  show_configurations();
  show_running();
}

void SweepView::in_thread(const std::function<void()>& work, const std::function<void(const QString&)>& done) {
  work_.ask([work, done](const std::atomic<bool>&) -> LatestWork::Show {
    QString fault;
    try {
      work();
    } catch (const std::exception& e) { fault = QString::fromUtf8(e.what()); }
    return [done, fault] { done(fault); };
  });
  show_running();
}

void SweepView::open(const QString& path) {
  struct Read {
    std::vector<Configuration> configurations;
    std::string currency;
  };
  auto read = std::make_shared<Read>();
  in_thread(
      [read, file = path.toStdString()] {
        const SweepStore store(file, SweepStore::Mode::read);
        *read = {.configurations = store.all(true), .currency = store.currency()};
      },
      [this, read, path](const QString& fault) {
        if (!fault.isEmpty()) {
          tell(fault);
          emit failed(fault);
          return;
        }
        tell({});
        path_ = path;
        currency_ = QString::fromStdString(read->currency);
        // Both borrow the old ones.
        plot_->show_points(nullptr, {});
        model_.show(nullptr, {});
        configurations_ = std::move(read->configurations);
        choose_default_axes();
        show_configurations();
        emit opened(path_);
      });
}

void SweepView::show_configurations() {
  if (path_.isEmpty()) {
    title_->setText(tr("Open a sweep store to see its configurations."));
    return;
  }
  model_.show(&configurations_, currency_);
  plot_->show_points(&configurations_, currency_);
  const auto failed = std::count_if(configurations_.begin(), configurations_.end(),
                                    [](const auto& c) { return c.status == ConfigurationStatus::failed; });
  title_->setText(tr("<b>%1</b>: %2 configurations, %3 on the Pareto front, %4 failed")
                      .arg(QFileInfo(path_).fileName().toHtmlEscaped())
                      .arg(configurations_.size())
                      .arg(plot_->front().size())
                      .arg(failed));
  table_->resizeColumnsToContents();
}

void SweepView::choose_default_axes() {
  if (axes_chosen_) return;
  const bool tokens = std::any_of(configurations_.begin(), configurations_.end(), [](const Configuration& one) {
    return value_of(one, SweepAxis::tokens_per_s).value_or(0) > 0;
  });
  y_->setCurrentIndex(y_->findData(static_cast<int>(tokens ? SweepAxis::tokens_per_s : SweepAxis::step_time)));
}

void SweepView::choose_axes() {
  plot_->show_axes(static_cast<SweepAxis>(x_->currentData().toInt()), static_cast<SweepAxis>(y_->currentData().toInt()),
                   colour_->currentIndex() == 0 ? SweepColour::schedule : SweepColour::tp);
  if (!path_.isEmpty()) show_configurations();
}

void SweepView::select(std::optional<std::size_t> configuration) {
  if (!configuration) return table_->clearSelection();
  const QModelIndex index = sorted_.mapFromSource(model_.index(static_cast<int>(*configuration), 0));
  table_->setCurrentIndex(index);
  table_->scrollTo(index);
}

void SweepView::play(std::size_t configuration) {
  if (busy() || configuration >= configurations_.size()) return;
  const Configuration& slim = configurations_[configuration];
  if (!slim.ok()) return tell(tr("There is no run of this configuration: %1").arg(QString::fromStdString(slim.reason)));
  tell(tr("Playing %1\u2026").arg(QString::fromStdString(slim.run)));
  progress_->setRange(0, 0);
  auto whole = std::make_shared<Configuration>();
  in_thread(
      [whole, file = path_.toStdString(), id = slim.id] { *whole = SweepStore(file, SweepStore::Mode::read).at(id); },
      [this, whole](const QString& fault) {
        if (!fault.isEmpty()) return tell(fault);
        play_.start({.scenario = whole->scenario, .profile = whole->profile, .run = whole->run});
      });
}

void SweepView::cancel() { play_.cancel(); }

void SweepView::tell(const QString& message) {
  message_->setText(message);
  show_running();
}

void SweepView::show_running() {
  progress_->setVisible(busy());
  cancel_->setVisible(play_.running());
}

}  // namespace braid
