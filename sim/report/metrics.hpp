// SPDX-License-Identifier: Apache-2.0
// From a played Program to the numbers of its report.
#pragma once

#include <string>
#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"
#include "sim/report/report.hpp"

namespace braid {

/// What a report says that neither the program nor the timeline knows.
struct ReportFacts {
  std::string label;               ///< "" = the name of the program's schedule
  Gpu gpu;                         ///< peak and memory; a default one where there is no model
  Launches launches;               ///< of the Costs
  std::vector<std::string> notes;  ///< Costs::notes
  double wall_s = 0;
};

/// Everything that a report says of one run. Throws Error if ops are missing from the timeline; needs one that passes
/// verify().
RunReport report_run(const Program& program, const Timeline& timeline, const ReportFacts& facts);
/// The same of a join that is there already.
RunReport report_run(const Played& played, const ReportFacts& facts);

/// Fills in what follows from a report's step time, ranks and peaks, from the exposed communication of each rank, and
/// from the program's totals.
void sum_up(RunReport& report, const std::vector<Seconds>& exposed, const Program& program, const ReportFacts& facts);

/// A cell on lane pp: in the replay of one rank of a plan, the time until an absent peer has posted. No communication.
bool stands_for_peer(const OpKey& key, Lane lane);

/// Time in which a tp, pp or dp op is in flight on the rank and no compute op.
Seconds exposed_communication(const RankTimeline& rank);
/// Time in which a tp, pp or dp op is in flight on the rank.
Seconds communication_time(const RankTimeline& rank);

}  // namespace braid
