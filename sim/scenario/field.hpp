// SPDX-License-Identifier: Apache-2.0
// What a scenario file may say: every key, as the code that reads it knows it.
#pragma once

#include <string>
#include <vector>

namespace braid {

/// One key. Its facts are those that reading uses: there is no second list that could differ.
struct Field {
  std::string section;   ///< "plan", "run.0"; "" for the file itself
  std::string key;       ///< "tp"
  std::string type;      ///< "whole number", "bandwidth", "table", ...
  std::string range;     ///< "1 to 4096", or empty where any value of the type will do
  std::string fallback;  ///< what an absent key means; empty where there is nothing to say
  std::string what;      ///< one line of meaning
  bool required = false;
  std::vector<std::string> choices;  ///< of a word

  std::string path() const { return section.empty() ? key : section + "." + key; }
};

/// Every key of a scenario with the files that it names, in the order in which they are read; of the arrays
/// (run, noise.slow_ranks) the first element, "run.0.schedule" as --set writes it.
std::vector<Field> scenario_fields();

}  // namespace braid
