// SPDX-License-Identifier: Apache-2.0
// A sweep around the small scenario of tests/sim/scenario, with lines that tests know by number.
#pragma once

#include <string>

#include "sim/sweep/plan/expand.hpp"
#include "tests/sim/scenario/small_scenario.hpp"

namespace braid::test {

/// The small scenario as tables of a sweep file: [model] becomes [scenario.model], [[run]] [[scenario.run]].
inline std::string small_scenario_tables() {
  std::string text = kSmallScenario;
  for (const char* part : {"model", "cluster", "plan", "run"}) {
    text.replace(text.find(std::string("[") + part + "]") + 1, 0, "scenario.");
  }
  return "[scenario]\n" + text;
}

/// A sweep of the small scenario. The lines of `head` (constraints, runs) are the file's from line 3, those of `tables`
/// ([fields], [derived]) stand at its end.
inline std::string sweep_text(const std::string& head, const std::string& tables) {
  return "schema = 1\nname = \"s\"\n" + head + "\n" + small_scenario_tables() + tables + "\n";
}

inline Sweep small_sweep(const std::string& head, const std::string& tables, const std::vector<Override>& fixed = {}) {
  return parse_sweep(sweep_text(head, tables), "s.sweep.toml", fixed);
}

/// What reading and expanding the sweep complains of, or "without a fault".
inline std::string sweep_fault(const std::string& text, const std::vector<Override>& fixed = {}) {
  try {
    expand(parse_sweep(text, "s.sweep.toml", fixed));
  } catch (const Error& error) { return error.what(); }
  return "without a fault";
}

}  // namespace braid::test
