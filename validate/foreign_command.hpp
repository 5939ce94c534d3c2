// SPDX-License-Identifier: Apache-2.0
// `braid validate SCENARIO --trace FILE`: the prediction of one run of the scenario against somebody else's trace.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace braid {

struct ForeignOptions {
  std::string scenario;
  std::vector<Override> overrides;
  std::string run;                 ///< label or schedule; "": the only one
  std::vector<std::string> files;  ///< one a rank: FILE or RANK=FILE
  std::string step_name;           ///< "": what torch.profiler writes
  int steps = 1;                   ///< in a file whose steps are not marked
  std::string out_dir;
  bool json = false;
};
void foreign_command(const ForeignOptions& options, std::ostream& out);

}  // namespace braid
