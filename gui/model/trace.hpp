// SPDX-License-Identifier: Apache-2.0
// A run as the window holds it: the columns, the facts, the pyramid. Made once, in any thread; then read by all.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "gui/model/coverage.hpp"
#include "gui/model/run_facts.hpp"
#include "gui/model/time_map.hpp"
#include "sim/timeline/run_file.hpp"

namespace braid {

/// What was asked for is no longer wanted.
struct Cancelled : std::runtime_error {
  Cancelled() : std::runtime_error("cancelled") {}
};

/// Told a share from 0 to 1 of the work and what is being done; answers whether to go on.
using Progress = std::function<bool(double share, const char* what)>;

class Trace {
 public:
  /// Of a run file.
  explicit Trace(RunFile file, std::string path);
  /// Of columns in memory: imported traces, tests. They pass check().
  explicit Trace(RunColumns columns, std::string path);
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  const RunView& run() const { return view_; }
  const RunFacts& facts() const { return facts_; }
  const Coverage& coverage() const { return *coverage_; }
  /// From the first start to the last end, and at least 1 ns long.
  TimeRange extent() const { return extent_; }
  const std::string& path() const { return path_; }

 private:
  void finish();

  std::string path_;
  std::optional<RunFile> file_;
  RunColumns columns_;
  RunView view_;
  RunFacts facts_;
  std::unique_ptr<Coverage> coverage_;
  TimeRange extent_;
};

}  // namespace braid
