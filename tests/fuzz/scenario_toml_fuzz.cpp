// SPDX-License-Identifier: Apache-2.0
// Any text for a scenario ends in a Scenario or an Error; one that reads also checks, splits and hashes.
//
// Text behind a zero byte is an override, as behind --set.
#include <cstdint>
#include <string>

#include "sim/base/error.hpp"
#include "sim/scenario/scenario.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string input(reinterpret_cast<const char*>(data), size);
    const std::size_t zero = input.find('\0');
    std::vector<braid::Override> overrides;
    if (zero != std::string::npos) overrides.push_back(braid::parse_override(input.substr(zero + 1)));
    const braid::Scenario scenario = braid::parse_scenario(input.substr(0, zero), "fuzz.toml", overrides);
    braid::scenario_hash(scenario);
    if (!braid::check(scenario).empty()) return 0;
    for (const braid::Run& run : scenario.runs) {
      braid::layers_of_stages(scenario, scenario.plan.pp * run.chunks.value_or(1));
    }
  } catch (const braid::Error&) {  // the only way out that a user's text may cause
  }
  return 0;
}
