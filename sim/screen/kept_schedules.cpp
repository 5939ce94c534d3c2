// SPDX-License-Identifier: Apache-2.0
#include "sim/screen/kept_schedules.hpp"

#include <fmt/format.h>

#include "sim/program/scheduled.hpp"

namespace braid {
namespace {

/// Blocks take some 100 bytes with their messages: 100 MB for a worker. A sweep has far fewer schedules.
constexpr std::size_t kMostBlocks = 1'000'000;

BlockSchedule make(const Scenario& scenario, const Run& run) {
  BlockSchedule made{.schedule = schedule_of(scenario, run)};
  made.blocks = blocks_of(made.schedule, run.join_adjacent_w);
  made.transfers = transfers_of(made.schedule, made.blocks, run.p2p);
  return made;
}

/// All that make() looks at.
std::string key_of(const Scenario& scenario, const Run& run) {
  return fmt::format("{} {} {} {} {} {} {} {}", run.schedule, scenario.plan.pp, scenario.plan.microbatches,
                     run.chunks.value_or(-1), run.group.value_or(-1), run.memory_limit.value_or(-1),
                     run.join_adjacent_w, static_cast<int>(run.p2p));
}

}  // namespace

const BlockSchedule& KeptSchedules::of(const Scenario& scenario, const Run& run) {
  if (run.schedule.starts_with("file:")) return last_read_ = make(scenario, run);
  const std::string key = key_of(scenario, run);
  if (const auto found = made_.find(key); found != made_.end()) return found->second;
  BlockSchedule made = make(scenario, run);
  std::size_t blocks = 0;
  for (const auto& row : made.blocks) blocks += row.size();
  if (held_ + blocks > kMostBlocks) {
    made_.clear();
    held_ = 0;
  }
  held_ += blocks;
  return made_.emplace(key, std::move(made)).first->second;
}

}  // namespace braid
