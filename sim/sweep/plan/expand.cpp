// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/plan/expand.hpp"

namespace braid {

Choice choice_of(const Sweep&, std::int64_t) { return {}; }
std::string to_text(const Choice&) { return {}; }
std::vector<std::pair<std::string, std::string>> parse_choice(std::string_view, const std::string&) { return {}; }
Expansion expand(const Sweep&) { return {}; }
std::map<std::string, double> facts_of(const Scenario&) { return {}; }
Scenario scenario_at(const Sweep&, const Choice&) { return {}; }

}  // namespace braid
