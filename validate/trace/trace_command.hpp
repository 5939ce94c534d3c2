// SPDX-License-Identifier: Apache-2.0
// `braid validate --trace`: traces of somebody else's run held against the prediction of the same scenario.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "sim/program/program.hpp"
#include "sim/timeline/timeline.hpp"
#include "validate/trace/read_trace.hpp"

namespace braid {

struct TraceOptions {
  std::vector<std::string> files;         ///< one for each rank: FILE or RANK=FILE
  std::string step_name = kProfilerStep;  ///< ranges whose name begins so are the steps
  int steps = 1;                          ///< in a file whose steps are not marked
  std::string out_dir;                    ///< comparison.json and measured.json, the run as Braid's own trace
  bool json = false;
};

/// `predicted` is the simulated timeline of `program`, folded or not. Throws Error.
void trace_command(const TraceOptions& options, const Program& program, const Timeline& predicted, std::ostream& out);

}  // namespace braid
