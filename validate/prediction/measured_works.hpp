// SPDX-License-Identifier: Apache-2.0
// What each class of work of a program took by itself on the placement that the program then runs on.
//
// With these in place of a profile a prediction of the step is a fair test of schedule, dependences and contention: the
// units measured in isolation must predict the whole.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/cost/costs.hpp"
#include "sim/program/program.hpp"

namespace braid {

/// By work of the program; 0 where nothing was measured.
struct MeasuredWorks {
  /// compute: median time of one op while the other ranks run their own compute; collective, message: alone.
  std::vector<Seconds> duration;
  /// [compute work][communication work] as Costs::stretch has it: with the communication running all the time.
  std::vector<std::vector<double>> stretch;
  std::vector<std::string> notes{};  ///< for the report
};

/// `predicted` with the durations and stretches that were measured in place of its own. A message costs the same on
/// every path: all ranks of such a placement are joined alike. A note says what was replaced.
Costs measured_costs(const Program& program, Costs predicted, const MeasuredWorks& works);

/// A table: work, what it is, the duration in microseconds, and a column of stretch for each communication.
std::string works_csv(const Program& program, const MeasuredWorks& works);
/// Reads it back. Throws Error naming file and line if it is no such table or not of this program.
MeasuredWorks parse_works(std::string_view text, const std::string& name, const Program& program);

/// "F attn", "I mlp", "W mlp (row)", "all_reduce 50331648 B": how a table calls a work.
std::string work_name(const Program& program, std::size_t work);

}  // namespace braid
