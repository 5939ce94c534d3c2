// SPDX-License-Identifier: Apache-2.0
// Every schedule Braid can generate: one function and one file each, all rules for any admissible (p, m, v).
//
// Each throws Error("schedule:<name>", ...) outside its precondition, with a message that says the rule.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "sim/schedule/schedule.hpp"

namespace braid {

/// What a generator may be asked for. A generator refuses a field that it does not know how to honour.
struct ScheduleRequest {
  int stages = 0;                   ///< p: pipeline ranks
  int microbatches = 0;             ///< m
  std::optional<int> chunks;        ///< v: stages a rank, where the schedule lets one choose
  std::optional<int> group;         ///< Megatron's microbatch group size of a virtual stage
  std::optional<int> memory_limit;  ///< `zb`: most activations alive on a rank, in activations of one stage
  /// Costs that the searched schedules plan with; unit costs unless given.
  double f = 1, i = 1, w = 1, comm = 0;
  /// `zb`: share of an activation that is kept from I to W. Unless given, the zero-bubble paper's own for heads of 128
  /// and a sequence of 1024: of the 34 + 5 a s / h = 74 bytes per token and hidden unit of a layer, W needs 32
  /// (arXiv 2401.10241, table 1).
  double kept_for_w = 32.0 / 74.0;
};

Schedule gpipe(const ScheduleRequest& request);
Schedule one_f_one_b(const ScheduleRequest& request);
Schedule interleaved_one_f_one_b(const ScheduleRequest& request);
Schedule looped_bfs(const ScheduleRequest& request);
Schedule zb_h1(const ScheduleRequest& request);
Schedule zb_h2(const ScheduleRequest& request);
Schedule zero_bubble_with_memory_limit(const ScheduleRequest& request);
Schedule interleaved_zero_bubble(const ScheduleRequest& request);
Schedule zb_v(const ScheduleRequest& request);
Schedule v_half(const ScheduleRequest& request);
Schedule v_min(const ScheduleRequest& request);
Schedule one_f_one_b_v(const ScheduleRequest& request);
Schedule dualpipe(const ScheduleRequest& request);
Schedule dualpipe_v(const ScheduleRequest& request);
Schedule combined_one_f_one_b(const ScheduleRequest& request);
Schedule stp(const ScheduleRequest& request);

/// A schedule as the command line names it.
struct GeneratorEntry {
  std::string name;          ///< "1f1b-i"
  std::string what;          ///< one line: what it is, from which paper or code
  std::string precondition;  ///< "m >= 3p-1"
  Schedule (*generate)(const ScheduleRequest&);
  bool v_shaped = false;  ///< stage s and 2p-1-s share a rank
};
std::span<const GeneratorEntry> generators();

/// Why no generator has that name, with the nearest; "" if one has.
std::string fault_of_schedule_name(const std::string& name);

/// Generates by name. An unknown name is an Error that suggests the nearest.
Schedule generate_schedule(const std::string& name, const ScheduleRequest& request);

}  // namespace braid
