// SPDX-License-Identifier: Apache-2.0
// Programs that behave as a child process may, and runs that can be played again.
#pragma once

#include <QTemporaryDir>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "gui/model/trace.hpp"
#include "tests/gui/made_run.hpp"

namespace braid::test {

/// A run of the 12.1B on 2 x 8 A800 (TP 8, PP 2, runs 1f1b-i, zb-v, stp) as far as its facts go; its spans are made up.
/// `step_s` is its step time.
RunColumns playable_run(double step_s, const MadeRun& spans = {.pp = 2});
std::shared_ptr<const Trace> playable_trace(double step_s, const MadeRun& spans = {.pp = 2});

/// A shell script in a folder of its own that is started in place of braid; in it $OUT is the folder for its files.
class FakeBraid {
 public:
  explicit FakeBraid(const std::string& body);
  QString path() const { return folder_.filePath(QStringLiteral("braid")); }
  /// A file beside it, $HERE/NAME in the script.
  std::string beside(const std::string& name) const {
    return (folder_.path() + QStringLiteral("/")).toStdString() + name;
  }

 private:
  QTemporaryDir folder_;
};

/// Runs the event loop until it is so, for at most 20 s.
bool wait_until(const std::function<bool()>& so);

}  // namespace braid::test
