// SPDX-License-Identifier: Apache-2.0
// A measured run as files, so that predictions of later versions are held against it without a GPU.
//
// A folder with
//   scenario.toml  the scenario, model and cluster within
//   profile.csv    the profile that the run was predicted with; absent: the data-sheet rules
//   run.json       schedule, placement, step times, memory, facts (schema braid.recording/1)
//   ops.csv.gz     every op of one repeat, and the spread of its duration over the repeats (ops_csv.hpp)
// and what else was attached. Runs of the host backend are no recordings, since they measure nothing; nor are runs that
// do not say which GPU and driver they are of, and which trace.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "validate/runner/measured_run.hpp"

namespace braid {

inline constexpr const char* kRecordingSchema = "braid.recording/1";

struct Recording {
  std::string scenario_toml;                    ///< text; needs no other file
  std::optional<std::string> profile_csv;       ///< text
  std::string schedule;                         ///< label of the scenario's run (label_of())
  int rank = -1;                                ///< placement replay: the pipeline rank that was run; else -1
  MeasuredRun run;                              ///< `placement` and facts of its timeline within
  std::map<std::string, std::string> attached;  ///< further files by name (letters, digits and . _ -), as text
};

/// Makes the folder. Throws Error(folder, ...) if it is there already and not empty, if the run must not be recorded,
/// or if it cannot be written; what was written of it then is removed.
void write_recording(const std::string& folder, const Recording& recording);

/// Everything that was written, times to the nanosecond. Throws Error naming file, line and column, or file and key: a
/// missing file, another schema, a cut or damaged ops.csv.gz, a field that is missing or of another kind, a run that
/// must not be recorded.
Recording read_recording(const std::string& folder);

}  // namespace braid
