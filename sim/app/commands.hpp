// SPDX-License-Identifier: Apache-2.0
// The commands of `braid`, one function each. They print to `out`, write files only where told, and throw Error.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace braid {

/// What every command that plays a scenario takes.
struct PlayOptions {
  std::string scenario;
  std::vector<Override> overrides;
  std::string schedule;  ///< simulate: which run, by schedule or label; "" = the first
  std::string out_dir;   ///< where files go; "" = the default folder of the command
  std::string why;       ///< "RANK@TIME": explain the gap there
  bool json = false;
  bool quiet = false;
  bool progress = false;  ///< lines on stderr for the program that started this one (progress.hpp)
  bool files = true;
};

/// One schedule of the scenario.
void simulate_command(const PlayOptions& options, std::ostream& out);
/// All schedules of the scenario, side by side.
void compare_command(const PlayOptions& options, std::ostream& out);

struct ScheduleOptions {
  std::string name;
  std::string from;  ///< read this file in place of generating
  int stages = 0;
  int microbatches = 0;
  std::optional<int> chunks, group, memory_limit;
  std::string csv;  ///< compute_only, compute_comms or braided
  bool grid = false;
  bool play = false;
  bool json = false;
  std::string out;  ///< with play: a run file of this path
  std::string costs = "f=1,i=1,w=1";
  std::string p2p = "eager";
};
void schedule_command(const ScheduleOptions& options, std::ostream& out);

/// Reads and checks a scenario, a sweep or a schedule CSV and says what it is; throws with every fault.
void check_command(const std::string& file, const std::vector<Override>& overrides, std::ostream& out);
/// Writes a commented scenario; "-" prints it. Refuses to overwrite.
void init_command(const std::string& path, std::ostream& out);
struct ListOptions {
  std::string what;
  bool json = false;      ///< of fields
  bool markdown = false;  ///< of fields
};
/// schedules, models, clusters, or the fields of a scenario.
void list_command(const ListOptions& options, std::ostream& out);
/// bash or zsh; source what it prints.
void completion_command(const std::string& shell, std::ostream& out);

}  // namespace braid
