// SPDX-License-Identifier: Apache-2.0
// From a path that a user gave to what is in it: one run, several, or something that another view shows.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gui/model/trace.hpp"

namespace braid {

/// What a file is, told by its first bytes, not by its name.
enum class FileKind {
  run,          ///< *.braid
  json_trace,   ///< Chrome or Kineto JSON, also gzip
  report,       ///< report.json or validation.json of braid: the runs beside it
  folder,       ///< all *.braid in it
  perfetto,     ///< *.pftrace: shown by Perfetto, not here; the *.braid beside it is
  sweep_store,  ///< SQLite
  session,      ///< *.braidview
  scenario,     ///< TOML: to be played first
  unknown,
};
/// Throws Error(path, ...) if there is nothing to read.
FileKind kind_of_file(const std::string& path);

/// Everything that has runs: run files, JSON traces, folders and reports (all runs in them, by name). JSON traces are
/// parsed once and kept as run files in `cache_folder` ("" = never), by path, size and time of the file.
/// Throws Error(path, ...) in words for a user, Cancelled if `progress` says so.
std::vector<std::shared_ptr<const Trace>> open_traces(const std::string& path, const std::string& cache_folder,
                                                      const Progress& progress = {});

}  // namespace braid
