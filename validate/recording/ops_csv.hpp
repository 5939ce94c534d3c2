// SPDX-License-Identifier: Apache-2.0
// The ops of a measured run as a table: one line an op, in nanoseconds.
//
//   rank,lane,kind,unit,microbatch,chunk,layer,index,start_ns,end_ns,median_ns,p25_ns,p75_ns
//
// rank is the timeline's; lane, kind and unit as op_key.hpp writes them, "" for no unit; start and end from the start
// of the step in the repeat that was kept; the last three are the op's duration over the repeats. Lines of a rank are
// together, those of a lane in order of start.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sim/timeline/timeline.hpp"
#include "validate/runner/measured_run.hpp"

namespace braid {

struct OpsTable {
  std::vector<RankTimeline> ranks;
  std::vector<std::array<std::vector<OpSpread>, kLanes>> spread;  ///< as MeasuredRun::spread
};

/// Times are rounded to the nanosecond. A run without spreads has durations of its one repeat there.
std::string ops_csv(const MeasuredRun& run);

/// Throws Error("name:line:column", ...) for columns that are others, a number that is none or out of range, a lane,
/// kind or unit that is none, an end before its start, a start before that of the op before it on its lane, a rank
/// whose lines are not together.
OpsTable parse_ops_csv(std::string_view text, const std::string& name);

}  // namespace braid
