// SPDX-License-Identifier: Apache-2.0
#include "validate/validation_files.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "sim/base/output_folder.hpp"
#include "sim/report/message_arrows.hpp"
#include "sim/report/run_columns.hpp"
#include "sim/report/run_counters.hpp"
#include "sim/timeline/run_file.hpp"
#include "sim/timeline/trace.hpp"
#include "validate/report/validation_html.hpp"
#include "validate/report/validation_json.hpp"

namespace braid {
namespace {

/// One timeline of a run, for Perfetto and for `braid gui`.
void write_timeline(OutputFolder& files, const ValidationRun& run, const char* which, const Timeline& timeline,
                    const RunReport& report) {
  const Played played = join_complete(run.program, timeline);
  const std::string name = file_name(run.schedule) + "." + which;
  files.write(name + ".pftrace", perfetto_trace(timeline, message_arrows(played)));
  const RunTold told{.title = run.schedule + ", " + which,
                     .kind = timeline.provenance.kind,
                     .scenario = run.scenario_toml,
                     .profile = run.profile_csv,
                     .run = run.schedule};
  RunColumns columns = run_columns(played, run.costs, report, told);
  // What a real run holds of its SMs, and which part of a transfer is latency, is not measured.
  const bool simulated = &timeline == &run.predicted;
  add_counters(columns, played, {.cluster = &run.cluster, .costs = simulated ? &run.costs : nullptr});
  write_run_file(columns.view(), files.place(name + ".braid"));
}

}  // namespace

std::string written(const std::string& folder, const ValidationReport& report) {
  OutputFolder files(folder);
  files.write("report.html", to_html(report));
  files.write("report.json", to_json(report));
  for (const ValidationRun& run : report.runs) {
    write_timeline(files, run, "predicted", run.predicted, run.predicted_report);
    write_timeline(files, run, "measured", run.measured.timeline, run.measured_report);
  }
  std::string runs;
  for (const std::string& file : files.written()) {
    const std::string name = std::filesystem::path(file).filename().string();
    if (name.ends_with(".braid")) runs += (runs.empty() ? "" : ", ") + name;
  }
  const std::string look = runs.empty() ? "" : fmt::format("; to look at {}: braid gui {}", runs, folder);
  return fmt::format("braid-validate: {} files in {}{}\n", files.written().size(), folder, look);
}

}  // namespace braid
