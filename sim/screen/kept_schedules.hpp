// SPDX-License-Identifier: Apache-2.0
// Schedules with their blocks and messages, which do not depend on the model or the cluster: made once for many runs.
#pragma once

#include <map>
#include <string>

#include "sim/program/blocks.hpp"
#include "sim/scenario/scenario.hpp"

namespace braid {

struct BlockSchedule {
  Schedule schedule;
  std::vector<std::vector<Block>> blocks;
  Transfers transfers;
};

class KeptSchedules {
 public:
  /// Valid until the next call. Throws Error as schedule_of() does.
  const BlockSchedule& of(const Scenario& scenario, const Run& run);

 private:
  std::map<std::string, BlockSchedule> made_;
  BlockSchedule last_read_;  ///< from a file, which may be another one the next time
  std::size_t held_ = 0;     ///< blocks of all that are kept
};

}  // namespace braid
