// SPDX-License-Identifier: Apache-2.0
// The window's menus and keys. The help is made from these actions.
#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QStatusBar>
#include <QToolBar>
#include <algorithm>

#include "gui/model/headline.hpp"
#include "gui/paint/picture_export.hpp"
#include "gui/view/help_dialog.hpp"
#include "gui/view/look.hpp"
#include "gui/view/main_window.hpp"
#include "gui/view/navigation.hpp"
#include "gui/view/run_names.hpp"
#include "gui/view/search_bar.hpp"
#include "gui/view/start_page.hpp"
#include "gui/view/timeline_view.hpp"

namespace braid {
namespace {

constexpr double kKeyZoom = 0.8, kKeyPan = 0.1;

}  // namespace

void MainWindow::add_view_keys(QAction* action, const ActionText& text) {
  actions_ += action;
  if (text.view_keys.isEmpty()) return;
  auto* also = new QAction(action->text(), timelines_page_);
  also->setToolTip(action->toolTip());
  also->setProperty("group", action->property("group"));
  also->setShortcuts(text.view_keys);
  also->setShortcutContext(Qt::WidgetWithChildrenShortcut);
  timelines_page_->addAction(also);
  connect(also, &QAction::triggered, action, &QAction::trigger);
  actions_ += also;
}

QAction* MainWindow::add(QMenu* menu, const ActionText& text, const std::function<void()>& act) {
  auto* action = new QAction(text.text, this);
  action->setToolTip(text.what.isEmpty() ? text.text : text.what);
  action->setProperty("group", menu->title().remove(u'&'));
  action->setShortcuts(text.keys);
  connect(action, &QAction::triggered, this, [act] { act(); });
  menu->addAction(action);
  add_view_keys(action, text);
  return action;
}

QAction* MainWindow::add_switch(QMenu* menu, const ActionText& text, bool on, const std::function<void(bool)>& act) {
  QAction* action = add(menu, text, [] {});
  action->setCheckable(true);
  action->setChecked(on);
  connect(action, &QAction::toggled, this, act);
  return action;
}

void MainWindow::make_actions() {
  make_file_actions();
  make_view_actions();
  make_go_actions();
  QMenu* help = menuBar()->addMenu(tr("&Help"));
  add(help, {.text = tr("&Keys and mouse"), .keys = {QKeySequence(Qt::Key_Question), QKeySequence(Qt::Key_F1)}},
      [this] { show_help(); });
  add(help, {.text = tr("Open the &example")}, [this] {
    open({places_.example});
  })->setEnabled(QFileInfo::exists(places_.example));
  add(help, {.text = tr("&About Braid")}, [this] { about(); });

  auto* bar = addToolBar(tr("Tools"));
  bar->setObjectName(QStringLiteral("tools"));
  bar->setMovable(false);
  filter_ = new QLineEdit(bar);
  filter_->setObjectName(QStringLiteral("row_filter"));
  filter_->setPlaceholderText(tr("show rows with these words: stage 1 tp"));
  filter_->setClearButtonEnabled(true);
  filter_->setMaximumWidth(280);
  connect(filter_, &QLineEdit::textChanged, this, [this] { take_layout_options(); });
  bar->addWidget(filter_);
}

void MainWindow::make_file_actions() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  const auto ask = [this](const QString& title) {
    return QFileDialog::getOpenFileNames(
        this, title, files_.isEmpty() ? QString() : QFileInfo(files_.front()).absolutePath(),
        tr("Runs, traces, sweeps, views (*.braid *.json *.json.gz *.sqlite *.db *.braidview);;All files (*)"));
  };
  add(file, {.text = tr("&Open\u2026"), .keys = {QKeySequence::Open}}, [this, ask] { open(ask(tr("Open"))); });
  add(file,
      {.text = tr("Open &beside\u2026"),
       .keys = {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O)},
       .what = tr("Open below what is shown, to compare")},
      [this, ask] { open_beside(ask(tr("Compare with"))); });
  connect(start_, &StartPage::open_wanted, actions_.front(), &QAction::trigger);
  add(file, {.text = tr("Open &folder\u2026")}, [this] {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("All runs of a folder"));
    if (!folder.isEmpty()) open({folder});
  });
  recent_menu_ = file->addMenu(tr("Open &recent"));
  connect(recent_menu_, &QMenu::aboutToShow, this, [this] {
    recent_menu_->clear();
    for (const QString& path : recent()) {
      // An ampersand in a name would be taken for a mark of a key.
      recent_menu_->addAction(QString(path).replace(u'&', QStringLiteral("&&")), this, [this, path] { open({path}); });
    }
  });
  add(file, {.text = tr("Re&load"), .keys = {QKeySequence(Qt::Key_F5)}}, [this] { reload(); });
  file->addSeparator();
  add(file,
      {.text = tr("&Save view\u2026"),
       .keys = {QKeySequence::Save},
       .what = tr("Save files, range, rows and look as *.braidview")},
      [this] {
        QString path = QFileDialog::getSaveFileName(this, tr("Save view"), QString(), tr("Views (*.braidview)"));
        if (!path.isEmpty() && !path.endsWith(QStringLiteral(".braidview"))) path += QStringLiteral(".braidview");
        if (!path.isEmpty()) save_session(path);
      });
  add(file, {.text = tr("&Export picture\u2026"), .keys = {QKeySequence(Qt::CTRL | Qt::Key_E)}},
      [this] { export_dialog(); });
  file->addSeparator();
  add(file, {.text = tr("&Quit"), .keys = {QKeySequence(Qt::CTRL | Qt::Key_Q)}}, [this] { close(); });
}

void MainWindow::make_view_actions() {
  QMenu* view = menuBar()->addMenu(tr("&View"));
  docks_menu_ = view->addMenu(tr("&Panels"));
  runs_menu_ = view->addMenu(tr("&Runs"));
  connect(runs_menu_, &QMenu::aboutToShow, this, &MainWindow::show_runs_menu);
  view->addSeparator();
  const auto repaint = [this](bool) {
    look(papers_->isChecked() ? PaletteKind::papers : PaletteKind::colour_blind_safe,
         night_->isChecked() ? Light::night : Light::day, blend_->isChecked() ? PixelMode::blend : PixelMode::share);
  };
  night_ = add_switch(view, {.text = tr("&Night"), .keys = {QKeySequence(Qt::Key_N)}, .what = tr("Dark or light")},
                      false, repaint);
  papers_ = add_switch(view,
                       {.text = tr("Colours of the &papers"),
                        .keys = {QKeySequence(Qt::Key_C)},
                        .what = tr("Colours of the papers, or those that all eyes tell apart")},
                       false, repaint);
  blend_ = add_switch(view,
                      {.text = tr("&Blend narrow spans"),
                       .keys = {QKeySequence(Qt::Key_B)},
                       .what = tr("Zoomed out: mix colours by their shares instead of stacking them")},
                      false, repaint);
  view->addSeparator();
  flows_ = add_switch(
      view, {.text = tr("&Flows"), .keys = {QKeySequence(Qt::Key_L)}, .what = tr("Arrows of the selected block")}, true,
      [this](bool on) { state_->show_flows(on); });
  critical_ = add_switch(view, {.text = tr("&Critical path"), .keys = {QKeySequence(Qt::Key_M)}}, false,
                         [this](bool on) { state_->show_critical_path(on); });
  view->addSeparator();
  const auto relayout = [this](bool) { take_layout_options(); };
  fold_tp_ =
      add_switch(view, {.text = tr("Fold &tensor-parallel peers"), .keys = {QKeySequence(Qt::Key_T)}}, true, relayout);
  fold_dp_ =
      add_switch(view, {.text = tr("Fold &data-parallel replicas"), .keys = {QKeySequence(Qt::Key_R)}}, true, relayout);
  only_active_ = add_switch(view, {.text = tr("&Only rows with work in view"), .keys = {QKeySequence(Qt::Key_O)}},
                            false, relayout);
  add(view,
      {.text = tr("Pin row"), .keys = {QKeySequence(Qt::Key_P)}, .what = tr("Pin the row to the top, or let it go")},
      [this] {
        if (TimelineView* on = timeline()) on->toggle_pin(on->row_of_interest());
      });
  add(view, {.text = tr("Hide rows like this"), .keys = {QKeySequence(Qt::Key_H)}}, [this] {
    if (TimelineView* on = timeline()) on->hide_lane(on->row_of_interest());
  });
  add(view, {.text = tr("Show all rows"), .keys = {QKeySequence(Qt::SHIFT | Qt::Key_H)}}, [this] {
    filter_->clear();
    only_active_->setChecked(false);
    change_layouts([](LayoutOptions& options) {
      options.hidden_lanes.clear();
      options.show_passes = true;
      options.folded.clear();
    });
  });
  add(view, {.text = tr("Filter rows"), .keys = {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F)}},
      [this] { filter_->setFocus(); });
}

void MainWindow::make_go_actions() {
  QMenu* go = menuBar()->addMenu(tr("&Go"));
  const auto key = [](auto... keys) { return QList<QKeySequence>{QKeySequence(keys)...}; };
  const auto centre = [this] {
    TimelineView* on = timeline();
    return on != nullptr ? on->anchor() : std::int64_t{0};
  };
  add(go, {.text = tr("Zoom in"), .keys = key(Qt::Key_W), .view_keys = key(Qt::Key_Up, Qt::Key_Plus)},
      [this, centre] { zoom(*state_, kKeyZoom, centre()); });
  add(go, {.text = tr("Zoom out"), .keys = key(Qt::Key_S), .view_keys = key(Qt::Key_Down, Qt::Key_Minus)},
      [this, centre] { zoom(*state_, 1 / kKeyZoom, centre()); });
  add(go, {.text = tr("Earlier"), .keys = key(Qt::Key_A), .view_keys = key(Qt::Key_Left)},
      [this] { pan(*state_, -kKeyPan); });
  add(go, {.text = tr("Later"), .keys = key(Qt::Key_D), .view_keys = key(Qt::Key_Right)},
      [this] { pan(*state_, kKeyPan); });
  add(go, {.text = tr("Rows above"), .view_keys = key(Qt::Key_PageUp)}, [this] {
    if (TimelineView* on = timeline()) on->scroll_to(on->scroll() - on->body().height() * 0.8);
  });
  add(go, {.text = tr("Rows below"), .view_keys = key(Qt::Key_PageDown)}, [this] {
    if (TimelineView* on = timeline()) on->scroll_to(on->scroll() + on->body().height() * 0.8);
  });
  go->addSeparator();
  add(go,
      {.text = tr("Fit selection"), .keys = key(Qt::Key_F), .what = tr("Fit the selected block; again: everything")},
      [this] { fit_selection(*state_); });
  add(go, {.text = tr("Fit everything"), .keys = key(Qt::CTRL | Qt::Key_0), .view_keys = key(Qt::Key_Home)},
      [this] { fit_all(*state_); });
  add(go,
      {.text = tr("Zoom to area"),
       .keys = key(Qt::Key_Z),
       .view_keys = key(Qt::Key_Return, Qt::Key_Enter),
       .what = tr("Zoom to the selected area")},
      [this] { zoom_to_area(*state_); });
  add(go,
      {.text = tr("Undo zoom"),
       .keys = key(Qt::ALT | Qt::Key_Left, Qt::CTRL | Qt::Key_Z),
       .view_keys = key(Qt::Key_Backspace)},
      [this] { state_->undo_zoom(); });
  add(go, {.text = tr("Redo zoom"), .keys = key(Qt::ALT | Qt::Key_Right, Qt::CTRL | Qt::SHIFT | Qt::Key_Z)},
      [this] { state_->redo_zoom(); });
  add(go, {.text = tr("Select nothing"), .view_keys = key(Qt::Key_Escape)}, [this] { clear_selection(*state_); });
  go->addSeparator();
  add(go, {.text = tr("Search"), .keys = key(Qt::Key_Slash, Qt::CTRL | Qt::Key_F), .what = tr("Search blocks by name")},
      [this] {
        search_->show();
        search_->begin();
      });
  add(go, {.text = tr("Next hit"), .keys = key(Qt::Key_F3)}, [this] { search_->next(); });
  add(go, {.text = tr("Previous hit"), .keys = key(Qt::SHIFT | Qt::Key_F3)}, [this] { search_->previous(); });
  go->addSeparator();
  add(go, {.text = tr("Next block"), .keys = key(Qt::Key_Period), .what = tr("Next block of the row")},
      [this] { step_selection(*state_, Direction::forward); });
  add(go, {.text = tr("Previous block"), .keys = key(Qt::Key_Comma), .what = tr("Previous block of the row")},
      [this] { step_selection(*state_, Direction::back); });
  add(go, {.text = tr("What it waited for"), .keys = key(Qt::Key_BracketLeft)},
      [this] { follow_dependence(*state_, Direction::back); });
  add(go, {.text = tr("What waits for it"), .keys = key(Qt::Key_BracketRight)},
      [this] { follow_dependence(*state_, Direction::forward); });
}

void MainWindow::change_layouts(const std::function<void(LayoutOptions&)>& change) {
  for (std::size_t i = 0; i < state_->documents().size(); ++i) {
    LayoutOptions options = state_->documents()[i].layout;
    change(options);
    state_->lay_out(i, options);
  }
}

void MainWindow::take_layout_options() {
  for (std::size_t i = 0; i < state_->documents().size(); ++i) {
    const ViewState::Document& document = state_->documents()[i];
    LayoutOptions options = document.layout;
    options.fold_tp_peers = fold_tp_->isChecked();
    options.fold_dp_replicas = fold_dp_->isChecked();
    options.only_active = only_active_->isChecked();
    options.active = {state_->range().begin - document.shift, state_->range().end - document.shift};
    options.filter = filter_->text().toStdString();
    state_->lay_out(i, options);
  }
}

void MainWindow::show_runs_menu() {
  runs_menu_->clear();
  const std::vector<std::string> names = run_names(runs_);
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    const std::shared_ptr<const Trace>& run = runs_[i];
    QString name = QString::fromStdString(names[i]);
    QAction* entry = runs_menu_->addAction(name.replace(u'&', QStringLiteral("&&")));
    entry->setToolTip(QString::fromStdString(run->path()));
    entry->setCheckable(true);
    const auto shown = [this, run] {
      return std::any_of(state_->documents().begin(), state_->documents().end(),
                         [&](const ViewState::Document& document) { return document.trace == run; });
    };
    entry->setChecked(shown());
    connect(entry, &QAction::triggered, this, [this, run](bool on) {
      std::vector<std::shared_ptr<const Trace>> wanted;
      for (const std::shared_ptr<const Trace>& one : runs_) {
        const bool was = std::any_of(state_->documents().begin(), state_->documents().end(),
                                     [&](const ViewState::Document& document) { return document.trace == one; });
        if (one == run ? on : was) wanted.push_back(one);
      }
      if (!wanted.empty()) show_runs(std::move(wanted));
    });
  }
  if (runs_.empty()) runs_menu_->addAction(tr("nothing is open"))->setEnabled(false);
}

void MainWindow::look(PaletteKind palette, Light light, PixelMode mode) {
  // The switches, should the wish come from elsewhere; each calls this again with all three set.
  papers_->setChecked(palette == PaletteKind::papers);
  night_->setChecked(light == Light::night);
  blend_->setChecked(mode == PixelMode::blend);
  const Theme theme = braid::theme(palette, light);
  QApplication::setPalette(palette_of(theme));
  setStyleSheet(style_sheet(theme));
  state_->paint_with(theme, mode);
}

void MainWindow::export_dialog() {
  TimelineView* on = timeline();
  if (on == nullptr) return say(tr("There is no timeline to export: open a run first."));
  const QString path = QFileDialog::getSaveFileName(this, tr("Export picture"), QStringLiteral("timeline.svg"),
                                                    tr("Pictures (*.svg *.pdf *.png)"));
  if (path.isEmpty()) return;
  try {
    Scene scene = on->scene();
    scene.hover = kNoIndex;
    scene.cursor_x = -1;
    export_picture(scene, path);
    const bool only = state_->documents().size() == 1;
    statusBar()->showMessage(only ? tr("written: %1").arg(path)
                                  : tr("written: %1, of the run %2 alone").arg(path, run_name(*state_, on->document())),
                             10'000);
  } catch (const std::exception& e) { say(QString::fromUtf8(e.what())); }
}

void MainWindow::show_help() {
  if (help_) return help_->raise();
  help_ = new HelpDialog(help_lines(actions_), this);
  help_->show();
}

void MainWindow::about() {
  auto* box = new QMessageBox(QMessageBox::NoIcon, tr("About Braid"),
                              tr("<h3>Braid %1</h3><p>Predicts how a GPU cluster behaves while it trains a large model "
                                 "with tensor and pipeline "
                                 "parallelism.</p><p>Apache License 2.0. Built with Qt %2 (LGPL 3).</p>")
                                  .arg(QStringLiteral(BRAID_VERSION), QString::fromLatin1(qVersion())),
                              QMessageBox::Close, this);
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->open();
}

}  // namespace braid
