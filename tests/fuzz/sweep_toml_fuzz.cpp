// SPDX-License-Identifier: Apache-2.0
// Any text for a sweep ends in points or an Error; those that are small enough are expanded, and their first and last
// points chosen, put into words and read.
#include <cstdint>
#include <string>

#include "sim/sweep/plan/expand.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::int64_t most = 20'000;
  try {
    const std::string input(reinterpret_cast<const char*>(data), size);
    const braid::Sweep sweep = braid::parse_sweep(input, "fuzz.sweep.toml");
    if (sweep.product() > most) return 0;
    const braid::Expansion expansion = braid::expand(sweep);
    for (const std::int64_t point : {expansion.points.front(), expansion.points.back()}) {
      const braid::Choice choice = braid::choice_of(sweep, point);
      const std::string text = braid::to_text(choice);
      const auto fields = braid::parse_choice(text, "fuzz");
      if (fields.size() != choice.chosen.size() + 1) __builtin_trap();
      braid::as_one_text(sweep.scenario, sweep.scenario_path, choice.overrides);
    }
  } catch (const braid::Error&) {  // the only way out that a user's text may cause
  }
  return 0;
}
