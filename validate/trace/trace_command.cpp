// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/trace_command.hpp"

#include <ostream>

#include "sim/base/error.hpp"
#include "sim/base/output_folder.hpp"
#include "sim/timeline/trace.hpp"
#include "validate/trace/foreign_compare.hpp"
#include "validate/trace/trace_report.hpp"

namespace braid {

void trace_command(const TraceOptions& options, const Program& program, const Timeline& predicted, std::ostream& out) {
  if (options.files.empty()) throw Error("--trace", "names no file");
  if (options.steps < 1) throw Error("--steps", "must be at least 1");
  std::vector<ForeignTrace> traces;
  for (const std::string& file : options.files) {
    for (ForeignTrace& trace : read_trace(file, options.step_name)) traces.push_back(std::move(trace));
  }
  if (traces.size() == 1 && traces.front().rank < 0 && program.placement.ranks() == 1) traces.front().rank = 0;
  const ForeignComparison comparison = compare_foreign(traces, options.steps, program, predicted);
  out << (options.json ? trace_json(comparison) : trace_text(comparison));
  if (options.out_dir.empty()) return;
  OutputFolder files(options.out_dir);
  files.write("comparison.json", trace_json(comparison));
  files.write("measured.json", chrome_trace(comparison.timeline));
}

}  // namespace braid
