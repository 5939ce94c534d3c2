// SPDX-License-Identifier: Apache-2.0
// The window: menus, docks, the timelines one above the other, and what is between files and them.
#pragma once

#include <QMainWindow>
#include <QPointer>
#include <QStringList>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "gui/model/session.hpp"
#include "gui/view/view_state.hpp"

class QFileSystemWatcher;
class QLabel;
class QLineEdit;
class QMenu;
class QSettings;
class QSplitter;
class QStackedWidget;
class QTimer;

namespace braid {

class HelpDialog;
class LoadBar;
class Loader;
class MessageBar;
class SearchBar;
class StartPage;
class SweepView;
class TimelineView;

class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  struct Places {
    QString settings;      ///< file; "": where the platform keeps them
    QString cache_folder;  ///< of parsed traces; "": none
    QString example;       ///< file or folder; "" or not there: no example
  };
  explicit MainWindow(Places places, QWidget* parent = nullptr);
  ~MainWindow() override;

  ViewState* state() { return state_; }
  const std::vector<TimelineView*>& timelines() const { return timelines_; }
  /// The one that keys act on: under the mouse, else with the focus, else the first; null before a run is open.
  TimelineView* timeline() const;
  MessageBar* messages() { return messages_; }
  bool loading() const;
  /// Paths of what is shown, as they were asked for.
  const QStringList& files() const { return files_; }
  QList<QAction*> all_actions() const { return actions_; }
  Session session() const;
  void keep_settings();

 public slots:
  /// In a thread; what is shown stays until it is read, and when it cannot be. Sessions and sweep stores as well.
  void open(const QStringList& paths);
  /// Below what is shown, to be compared with it.
  void open_beside(const QStringList& paths);
  void open_session(const QString& path);
  void save_session(const QString& path);
  /// The first time that Braid is started the example, else the start page.
  void greet();
  void reload();
  void show_help();
  void look(PaletteKind palette, Light light, PixelMode mode);

 signals:
  void opened();  ///< what open() asked for is shown
  void refused(QString message);

 protected:
  void showEvent(QShowEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  struct ActionText {
    QString text;                        ///< with &, for the menu
    QList<QKeySequence> keys = {};       ///< heard in the whole window
    QList<QKeySequence> view_keys = {};  ///< heard by timelines alone: tables and fields have their own use for them
    QString what = {};                   ///< for help and tooltip; "": the text
  };

  // main_window.cpp
  void make_centre();
  void make_docks();
  void add_dock(const char* id, const QString& title, QWidget* panel, Qt::DockWidgetArea area, bool shown);
  void adopt(QMenu* menu, QAction* action);
  void make_status();
  void rebuild_timelines();
  void make_room();
  void show_title();
  void show_status();
  // window_actions.cpp
  void make_actions();
  void make_file_actions();
  void make_view_actions();
  void make_go_actions();
  QAction* add(QMenu* menu, const ActionText& text, const std::function<void()>& act);
  QAction* add_switch(QMenu* menu, const ActionText& text, bool on, const std::function<void(bool)>& act);
  void add_view_keys(QAction* action, const ActionText& text);
  void change_layouts(const std::function<void(LayoutOptions&)>& change);
  void take_layout_options();
  void show_runs_menu();
  void export_dialog();
  void about();
  // window_files.cpp
  void take_traces(std::vector<std::shared_ptr<const Trace>> traces);
  void show_runs(std::vector<std::shared_ptr<const Trace>> runs);
  void apply(const Session& session);
  /// Results that are in no file of their own, with `files` then one for each document; names of what was written.
  QStringList write_results_beside(const QString& view, std::vector<std::string>& files) const;
  void remember(const QString& path);
  void watch();
  void read_settings();
  QStringList recent() const;
  void begin_load(const QStringList& paths);
  void say(const QString& message);

  ViewState* state_;
  Loader* loader_;
  std::unique_ptr<QSettings> settings_;
  Places places_;

  QStackedWidget* pages_ = nullptr;
  StartPage* start_ = nullptr;
  QWidget* timelines_page_ = nullptr;
  QSplitter* column_ = nullptr;    ///< the timelines, the charts
  QSplitter* splitter_ = nullptr;  ///< one timeline below the other
  std::vector<TimelineView*> timelines_;
  MessageBar* messages_ = nullptr;
  LoadBar* load_bar_ = nullptr;
  SearchBar* search_ = nullptr;
  SweepView* sweep_ = nullptr;
  QLineEdit* filter_ = nullptr;
  QLabel* status_time_ = nullptr;
  QLabel* status_range_ = nullptr;
  QLabel* status_hover_ = nullptr;
  QTimer* follow_range_ = nullptr;  ///< for "only rows with work in view"
  QFileSystemWatcher* watcher_;
  QPointer<HelpDialog> help_;

  QList<QAction*> actions_;
  QMenu* recent_menu_ = nullptr;
  QMenu* runs_menu_ = nullptr;
  QMenu* docks_menu_ = nullptr;
  QAction* only_active_ = nullptr;
  QAction* fold_tp_ = nullptr;
  QAction* fold_dp_ = nullptr;
  QAction* flows_ = nullptr;
  QAction* critical_ = nullptr;
  QAction* night_ = nullptr;
  QAction* papers_ = nullptr;
  QAction* blend_ = nullptr;

  QStringList files_, wanted_files_;
  QString passed_over_;                             ///< which of the wanted files cannot be shown, and why, a line each
  std::vector<std::shared_ptr<const Trace>> runs_;  ///< all that were read; the first three are shown at first
  bool beside_ = false;
  QAction* show_charts_ = nullptr;
  bool sweep_alone_ = false;  ///< the sweep has the room of the timelines
  bool arranged_ = false;     ///< docks have their sizes, kept ones or the first
  std::optional<Session> wanted_session_;
};

}  // namespace braid
