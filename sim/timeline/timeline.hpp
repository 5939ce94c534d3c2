// SPDX-License-Identifier: Apache-2.0
// What happened when: spans on the lanes of ranks, simulated or measured.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/base/op_key.hpp"
#include "sim/base/units.hpp"

namespace braid {

struct Span {
  OpKey key;
  Seconds start;  ///< from the start of the step
  Seconds end;
  Seconds stretch;  ///< the part of end - start that is owed to contention (simulated runs only)
};

/// A series of (time, value), such as bytes of memory in use.
struct Counter {
  std::string name;
  std::vector<std::pair<Seconds, double>> points;
};

struct RankTimeline {
  int rank = 0;                                 ///< global rank
  std::array<std::vector<Span>, kLanes> lanes;  ///< by Lane, in order of start
  std::vector<Counter> counters;
  std::vector<int> peers{};  ///< runs folded in part: the other global ranks that it stands for, ascending
};

/// Where a timeline comes from. Wall-clock figures have no place here: same input, same bytes.
struct Provenance {
  std::string kind;                          ///< "simulated" or "measured"
  std::map<std::string, std::string> facts;  ///< scenario, scenario_hash, profile, gpu, driver, seed, version, ...
};

struct Timeline {
  Provenance provenance;
  std::vector<RankTimeline> ranks;
  int multiplicity = 1;     ///< GPUs that each rank here stands for, itself among them (folded runs)
  std::uint64_t flows = 0;  ///< transfers that a network simulator played
  std::uint64_t lost = 0;   ///< records that an importer did not understand
  Seconds step_time;        ///< from 0 to the last end
};

}  // namespace braid
