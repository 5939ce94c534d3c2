// SPDX-License-Identifier: Apache-2.0
#include "validate/foreign_command.hpp"

#include "sim/base/output_folder.hpp"
#include "sim/cost/scenario_profile.hpp"
#include "sim/program/scheduled.hpp"
#include "validate/prediction/prediction.hpp"
#include "validate/trace/trace_command.hpp"

namespace braid {

void foreign_command(const ForeignOptions& options, std::ostream& out) {
  if (!options.out_dir.empty()) check_output_folder(options.out_dir);
  const Scenario scenario = read_scenario(options.scenario, options.overrides);
  throw_if_any(check(scenario));
  if (scenario.runs.empty()) throw Error(options.scenario, "has no [[run]]: nothing to predict");
  if (options.run.empty() && scenario.runs.size() > 1) {
    std::string labels;
    for (const Run& run : scenario.runs) labels += (labels.empty() ? "" : ", ") + label_of(run);
    throw Error("--run", "says which run the trace is of: " + labels);
  }
  const Run& run = options.run.empty() ? scenario.runs.front() : run_called(scenario, options.run, "--run");
  const Prediction prediction = predict(scenario, run, profile_of(scenario));
  TraceOptions trace{.files = options.files, .steps = options.steps, .out_dir = options.out_dir, .json = options.json};
  if (!options.step_name.empty()) trace.step_name = options.step_name;
  trace_command(trace, prediction.program, prediction.timeline, out);
}

}  // namespace braid
