// SPDX-License-Identifier: Apache-2.0
// What if the run had been planned otherwise: a form over the scenario in a run's facts, and what a filled one plays.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gui/model/run_facts.hpp"
#include "sim/base/error.hpp"
#include "sim/scenario/scenario.hpp"

namespace braid {

struct WhatIfField {
  enum class Kind { choice, whole_number, bandwidth };
  std::string path;   ///< of the override: "plan.tp"; of the run's own "run.p2p"; "schedule", "profile.comm_ctas"
  std::string label;  ///< for people
  Kind kind = Kind::whole_number;
  std::string value;  ///< as the run had it; "" of a whole number: as the schedule wants it
  std::vector<std::string> choices{};
  int least = 1, most = 1;
  std::string help{};
};

/// The form of one run.
struct WhatIf {
  std::string why_not;   ///< why it cannot be played again; then there are no fields
  std::string title;     ///< of the run, for messages and comments
  std::string scenario;  ///< TOML with everything in it
  std::string run;       ///< label of the run in it
  std::string profile;   ///< CSV; "" = the rules of the GPU
  std::string gpu;       ///< that the profile is for
  std::vector<WhatIfField> fields;
  std::vector<std::string> notes;  ///< what makes a result differ besides the form
};

/// Throws nothing. The profile is the one in the facts; else the rules of the GPU or a file of `profile_folder` if its
/// id is that of the run; else the rules, and a note says so.
WhatIf what_if(const RunFacts& facts, const std::string& profile_folder);

/// The fields whose values belong to one of the runs, as they are under this schedule: "chunks", "p2p", ...
std::vector<WhatIfField> fields_of_schedule(const WhatIf& form, const std::string& schedule);

/// Values of fields by path; a path that is not there, or a value equal to the field's, changes nothing.
using WhatIfValues = std::map<std::string, std::string>;

/// All that a child process needs.
struct WhatIfPlay {
  std::string scenario;  ///< TOML, the form's own
  std::string profile;   ///< CSV; "" = none
  std::string run;
  std::vector<Override> overrides;
  std::vector<std::string> notes;  ///< "the profile is of A800-80G: H100-80G is played by its rules"
};
/// Throws Error if a value cannot be used: a GPU or parameter that is none.
WhatIfPlay play_of(const WhatIf& form, const WhatIfValues& values);

/// A fault of a filled form, to be shown beside its field.
struct WhatIfIssue {
  std::string path;  ///< of the field; "" = of the whole
  std::string what;
};
/// What check() of the scenario finds, and what cannot be read; throws nothing. A schedule's own precondition is not
/// among it: the child refuses with it.
std::vector<WhatIfIssue> check(const WhatIf& form, const WhatIfValues& values);

/// The scenario with the values in it as one TOML text. `profile_name` is what it calls its profile ("" if it has
/// none): a file beside it with WhatIfPlay::profile in it. Throws Error as play_of() and the reader do.
std::string scenario_to_save(const WhatIf& form, const WhatIfValues& values, const std::string& profile_name);

/// One number of two runs.
struct NumberChange {
  std::string name;
  std::string before, after;  ///< "1.234 s", of idle times "8.2 % (102 ms)"; "" where it is not known
  std::string change;         ///< "-12.3 %"; "" where it rounds to nothing
  int better = 0;             ///< 1: the change is for the better, -1: for the worse, 0: neither
};
/// Step time, throughput, MFU, bubbles by cause, exposed communication, stretch, peak memory, whether it fits, GPUs.
/// Idle times are compared as shares of their steps, in points. A step time is neither better nor worse where the
/// tokens of a step are others.
std::vector<NumberChange> number_changes(const RunFacts& before, const RunFacts& after);

}  // namespace braid
