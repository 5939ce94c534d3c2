// SPDX-License-Identifier: Apache-2.0
#include "validate/validation_files.hpp"

#include <fmt/format.h>

#include "sim/base/output_folder.hpp"
#include "sim/report/message_arrows.hpp"
#include "sim/timeline/trace.hpp"
#include "validate/report/validation_html.hpp"
#include "validate/report/validation_json.hpp"

namespace braid {
namespace {

std::string trace_of(const ValidationRun& run, const Timeline& timeline) {
  return perfetto_trace(timeline, message_arrows(join_complete(run.program, timeline)));
}

}  // namespace

std::string written(const std::string& folder, const ValidationReport& report) {
  OutputFolder files(folder);
  files.write("report.html", to_html(report));
  files.write("report.json", to_json(report));
  for (const ValidationRun& run : report.runs) {
    files.write(file_name(run.schedule) + ".predicted.pftrace", trace_of(run, run.predicted));
    files.write(file_name(run.schedule) + ".measured.pftrace", trace_of(run, run.measured.timeline));
  }
  return fmt::format("braid-validate: {} files in {}\n", files.written().size(), folder);
}

}  // namespace braid
