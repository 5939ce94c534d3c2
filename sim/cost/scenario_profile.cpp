// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/scenario_profile.hpp"

#include "sim/base/error.hpp"

namespace braid {

Profile profile_of(const Scenario& scenario) {
  return changed_by(scenario, profile_of(scenario.profile, scenario.cluster.gpu));
}

Profile changed_by(const Scenario& scenario, Profile profile) {
  for (const auto& [name, value] : scenario.parameters) {
    try {
      profile = with_parameter(std::move(profile), name, value, "the scenario");
    } catch (const Error& error) { throw Error(location(scenario, "parameters." + name), error.what()); }
  }
  return profile;
}

}  // namespace braid
