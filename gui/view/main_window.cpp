// SPDX-License-Identifier: Apache-2.0
// What the window is made of. Its actions are in window_actions.cpp, files in window_files.cpp.
#include "gui/view/main_window.hpp"

#include <QApplication>
#include <QDockWidget>
#include <QFileInfo>
#include <QFileSystemWatcher>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QResizeEvent>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "gui/model/details.hpp"
#include "gui/model/headline.hpp"
#include "gui/view/bubble_panel.hpp"
#include "gui/view/charts_panel.hpp"
#include "gui/view/compare_band.hpp"
#include "gui/view/details_panel.hpp"
#include "gui/view/help_dialog.hpp"
#include "gui/view/loader.hpp"
#include "gui/view/message_bar.hpp"
#include "gui/view/residual_panel.hpp"
#include "gui/view/run_names.hpp"
#include "gui/view/search_bar.hpp"
#include "gui/view/selection_panel.hpp"
#include "gui/view/start_page.hpp"
#include "gui/view/strips.hpp"
#include "gui/view/sweep_view.hpp"
#include "gui/view/timeline_view.hpp"
#include "gui/view/what_if_panel.hpp"

namespace braid {
namespace {

constexpr int kLowDock = 10;  ///< what the bottom docks get of a low window

}  // namespace

MainWindow::MainWindow(Places places, QWidget* parent)
    : QMainWindow(parent),
      state_(new ViewState(this)),
      loader_(new Loader(this)),
      settings_(places.settings.isEmpty() ? std::make_unique<QSettings>()
                                          : std::make_unique<QSettings>(places.settings, QSettings::IniFormat)),
      places_(std::move(places)),
      watcher_(new QFileSystemWatcher(this)) {
  setObjectName(QStringLiteral("braid"));
  setAcceptDrops(true);
  setDockNestingEnabled(true);
  setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
  make_centre();
  make_status();
  make_actions();
  make_docks();
  connect(state_, &ViewState::documents_changed, this, [this] {
    rebuild_timelines();
    make_room();
    show_title();
    show_status();
  });
  resize(1440, 900);
  show_title();
  read_settings();
}

MainWindow::~MainWindow() = default;

void MainWindow::make_centre() {
  messages_ = new MessageBar(this);
  load_bar_ = new LoadBar(this);
  start_ = new StartPage(this);
  timelines_page_ = new QWidget(this);
  column_ = new QSplitter(Qt::Vertical, timelines_page_);
  column_->setObjectName(QStringLiteral("column"));
  column_->setChildrenCollapsible(false);
  splitter_ = new QSplitter(Qt::Vertical, column_);
  splitter_->setChildrenCollapsible(false);
  // On the time axis of the timelines, so in their column; all other panels are docks.
  auto* charts = new ChartsPanel(state_, column_);
  charts->setObjectName(QStringLiteral("charts"));
  charts->setMinimumSize(160, 60);
  column_->setStretchFactor(0, 1);
  column_->setStretchFactor(1, 0);
  column_->setSizes({1000, 130});
  auto* page = new QVBoxLayout(timelines_page_);
  page->setContentsMargins(0, 0, 0, 0);
  page->setSpacing(0);
  page->addWidget(new MinimapView(state_, timelines_page_));
  page->addWidget(column_, 1);
  search_ = new SearchBar(state_, timelines_page_);
  search_->hide();
  connect(search_, &SearchBar::closed, this, [this] {
    search_->hide();
    if (TimelineView* on = timeline()) on->setFocus();
  });
  page->addWidget(search_);
  page->addWidget(new LegendView(state_, timelines_page_));
  pages_ = new QStackedWidget(this);
  pages_->addWidget(start_);
  pages_->addWidget(timelines_page_);
  auto* centre = new QWidget(this);
  auto* all = new QVBoxLayout(centre);
  all->setContentsMargins(0, 0, 0, 0);
  all->setSpacing(0);
  all->addWidget(messages_);
  all->addWidget(load_bar_);
  all->addWidget(pages_, 1);
  setCentralWidget(centre);

  connect(start_, &StartPage::file_wanted, this, [this](const QString& path) { open({path}); });
  connect(start_, &StartPage::example_wanted, this, [this] { open({places_.example}); });
  connect(load_bar_, &LoadBar::cancel_wanted, loader_, &Loader::cancel);
  connect(loader_, &Loader::progressed, load_bar_, &LoadBar::progress);
  connect(loader_, &Loader::loaded, this,
          [this](const QString&, const std::vector<std::shared_ptr<const Trace>>& traces) { take_traces(traces); });
  connect(loader_, &Loader::failed, this, [this](const QString&, const QString& message) {
    load_bar_->hide();
    say(passed_over_.isEmpty() ? message : passed_over_ + u'\n' + message);
  });
  connect(loader_, &Loader::passed_over, this, [this](const QStringList& paths, const QString& message) {
    for (const QString& path : paths) wanted_files_.removeAll(path);
    passed_over_ += (passed_over_.isEmpty() ? QString() : QStringLiteral("\n")) + message;
  });
  connect(loader_, &Loader::cancelled, load_bar_, &QWidget::hide);
  connect(messages_, &MessageBar::accepted, this, &MainWindow::reload);
  connect(watcher_, &QFileSystemWatcher::fileChanged, this, [this](const QString& path) {
    if (!QFile::exists(path)) return;
    messages_->offer(tr("%1 has changed on disk.").arg(path), tr("Reload"));
    watch();
  });

  follow_range_ = new QTimer(this);
  follow_range_->setSingleShot(true);
  follow_range_->setInterval(150);
  connect(follow_range_, &QTimer::timeout, this, [this] { take_layout_options(); });
  connect(state_, &ViewState::range_changed, this, [this] {
    if (only_active_->isChecked()) follow_range_->start();
    show_status();
  });
  connect(state_, &ViewState::cursor_changed, this, &MainWindow::show_status);
  connect(state_, &ViewState::hover_changed, this, &MainWindow::show_status);
}

void MainWindow::add_dock(const char* id, const QString& title, QWidget* panel, Qt::DockWidgetArea area, bool shown) {
  auto* dock = new QDockWidget(title, this);
  dock->setObjectName(QString::fromLatin1(id));
  // What a panel would like to have at least is more than a small screen has for all of them.
  panel->setMinimumSize(160, area == Qt::BottomDockWidgetArea ? 10 : 60);
  dock->setWidget(panel);
  // Panels of one area are tabs of it, the first on top.
  QDockWidget* under = nullptr;
  for (QDockWidget* other : findChildren<QDockWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
    if (other != dock && dockWidgetArea(other) == area) under = other;
  }
  addDockWidget(area, dock);
  if (under != nullptr) tabifyDockWidget(under, dock);
  dock->setVisible(shown);
  docks_menu_->addAction(dock->toggleViewAction());
}

void MainWindow::showEvent(QShowEvent* event) {
  QMainWindow::showEvent(event);
  if (std::exchange(arranged_, true)) return;
  // Sizes of docks count from the first show on; those of an earlier window came with its settings.
  const auto dock = [this](const char* id) { return findChild<QDockWidget*>(QString::fromLatin1(id)); };
  resizeDocks({dock("details")}, {std::min(330, width() / 4)}, Qt::Horizontal);
  resizeDocks({dock("selection")}, {height() < kLowWindow ? kLowDock : 200}, Qt::Vertical);
}

void MainWindow::adopt(QMenu* menu, QAction* action) {
  action->setProperty("group", menu->title().remove(u'&'));
  menu->addAction(action);
  actions_ += action;
}

void MainWindow::make_docks() {
  setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
  auto* charts = timelines_page_->findChild<ChartsPanel*>();
  auto* show_charts = show_charts_ = new QAction(tr("Memory, links, SMs"), this);
  show_charts->setCheckable(true);
  show_charts->setChecked(true);
  show_charts->setObjectName(QStringLiteral("show_charts"));
  connect(show_charts, &QAction::toggled, charts, &QWidget::setVisible);
  connect(show_charts, &QAction::triggered, this,
          [this](bool on) { settings_->setValue(QStringLiteral("charts"), on); });
  docks_menu_->addAction(show_charts);

  add_dock("details", tr("Details"), new DetailsPanel(state_), Qt::RightDockWidgetArea, true);
  add_dock("selection", tr("Selection"), new SelectionPanel(state_), Qt::BottomDockWidgetArea, true);
  add_dock("bubbles", tr("Bubbles"), new BubblePanel(state_), Qt::BottomDockWidgetArea, true);
  add_dock("residuals", tr("Residuals"), new ResidualPanel(state_), Qt::BottomDockWidgetArea, true);
  sweep_ = new SweepView(state_);
  add_dock("sweep", tr("Sweep"), sweep_, Qt::BottomDockWidgetArea, false);
  connect(sweep_, &SweepView::failed, this, &MainWindow::say);
  connect(sweep_, &SweepView::opened, this, [this](const QString& path) {
    auto* dock = findChild<QDockWidget*>(QStringLiteral("sweep"));
    sweep_alone_ = state_->documents().empty() && (sweep_alone_ || dock->isHidden());
    dock->show();
    dock->raise();
    if (sweep_alone_) {
      pages_->hide();
      resizeDocks({dock}, {height()}, Qt::Vertical);
    }
    messages_->hide();
    remember(path);
    emit opened();
  });
  connect(sweep_, &SweepView::trace_ready, this, [this](const std::shared_ptr<const Trace>& trace) {
    runs_.push_back(trace);
    files_.clear();  // it is in no file that a kept view could name
    show_runs({trace});
  });
  auto* what_if = new WhatIfPanel(state_);
  add_dock("what_if", tr("What if"), what_if, Qt::RightDockWidgetArea, true);
  // Room for the timelines first; what was kept of an earlier window replaces this.
  const auto dock = [this](const char* id) { return findChild<QDockWidget*>(QString::fromLatin1(id)); };
  dock("details")->raise();
  dock("selection")->raise();
  QMenu* menu = menuBar()->addMenu(tr("&What if"));
  for (QAction* action : {what_if->run_action(), what_if->cancel_action(), what_if->back_action()}) adopt(menu, action);
}

void MainWindow::make_status() {
  status_time_ = new QLabel(this);
  status_range_ = new QLabel(this);
  status_hover_ = new QLabel(this);
  status_hover_->setTextFormat(Qt::PlainText);
  status_hover_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  status_time_->setMinimumWidth(110);
  statusBar()->addWidget(status_time_);
  statusBar()->addWidget(status_hover_, 1);
  statusBar()->addPermanentWidget(status_range_);
}

void MainWindow::make_room() {
  // Rows first: what the user chose stays, else charts are open where there is room.
  const QVariant chosen = settings_->value(QStringLiteral("charts"));
  constexpr int kRoomy = 900;
  show_charts_->setChecked(chosen.isValid() ? chosen.toBool() : state_->documents().size() < 3 && height() >= kRoomy);
}

void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  const auto low = [](int height) { return height < kLowWindow; };
  timelines_page_->findChild<LegendView*>()->updateGeometry();
  if (low(event->size().height()) && isVisible() && !low(event->oldSize().height()))
    resizeDocks({findChild<QDockWidget*>(QStringLiteral("selection"))}, {kLowDock}, Qt::Vertical);
}

void MainWindow::rebuild_timelines() {
  const std::size_t wanted = state_->documents().size();
  if (wanted > 0) pages_->show();
  pages_->setCurrentWidget(wanted == 0 ? static_cast<QWidget*>(start_) : timelines_page_);
  if (timelines_.size() == wanted) return;
  const bool focused = timelines_page_->isAncestorOf(QApplication::focusWidget()) || timelines_.empty();
  timelines_.clear();
  while (splitter_->count() > 0) delete splitter_->widget(0);
  for (std::size_t i = 0; i < wanted; ++i) {
    auto* block = new QWidget(splitter_);
    if (i > 0) {
      auto* band = new CompareBand(state_, splitter_, i);
      splitter_->insertWidget(splitter_->count() - 1, band);
    }
    auto* column = new QVBoxLayout(block);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    timelines_.push_back(new TimelineView(state_, i, block));
    column->addWidget(new HeadlineView(state_, i, block));
    column->addWidget(timelines_.back(), 1);
    splitter_->addWidget(block);
  }
  if (focused && !timelines_.empty()) timelines_.front()->setFocus();
}

TimelineView* MainWindow::timeline() const {
  for (TimelineView* view : timelines_) {
    if (view->underMouse()) return view;
  }
  for (TimelineView* view : timelines_) {
    if (view->hasFocus()) return view;
  }
  return timelines_.empty() ? nullptr : timelines_.front();
}

void MainWindow::show_title() {
  QString title;
  for (std::size_t i = 0; i < state_->documents().size(); ++i) {
    const RunFacts& facts = state_->documents()[i].trace->facts();
    if (!title.isEmpty()) title += tr(" against ");
    title += run_name(*state_, i);
    if (facts.step_time_ns > 0) title += u' ' + QString::fromStdString(time_text(facts, facts.step_time_ns));
    if (const auto share = bubble_share(facts)) title += tr(", bubble %1 %").arg(QString::number(100 * *share, 'f', 1));
  }
  if (!title.isEmpty() && !files_.isEmpty())
    title = QFileInfo(files_.front()).fileName() + QStringLiteral(": ") + title;
  setWindowTitle(title.isEmpty() ? tr("Braid") : title + tr(" - Braid"));
}

void MainWindow::show_status() {
  if (state_->documents().empty()) {
    for (QLabel* label : {status_time_, status_range_, status_hover_}) label->clear();
    return;
  }
  const RunFacts& facts = state_->documents().front().trace->facts();
  const auto text = [&](std::int64_t ns) { return QString::fromStdString(time_text(facts, ns)); };
  status_time_->setText(state_->cursor() ? text(*state_->cursor()) : QString());
  const TimeRange range = state_->range();
  status_range_->setText(tr("%1 in view, from %2").arg(text(range.length()), text(range.begin)));
  const ViewState::Selected hover = state_->hover();
  QString label;
  if (hover.span != kNoIndex && hover.document < state_->documents().size()) {
    const RunView& run = state_->documents()[hover.document].trace->run();
    label = tr("%1 on %2, %3")
                .arg(QString::fromStdString(label_of(run, hover.span)),
                     QString::fromStdString(row_name(run, run.row_of(hover.span))),
                     text(run.end[hover.span] - run.start[hover.span]));
    const std::int32_t rank = run.rows[run.row_of(hover.span)].rank;
    if (rank >= 0) label += tr(" (%1)").arg(QString::fromStdString(rank_name(run, static_cast<std::size_t>(rank))));
  }
  status_hover_->setText(label);
}

void MainWindow::say(const QString& message) {
  messages_->show_message(message);
  emit refused(message);
}

bool MainWindow::loading() const { return loader_->busy(); }

}  // namespace braid
