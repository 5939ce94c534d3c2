// SPDX-License-Identifier: Apache-2.0
// Facts of runs of a shipped scenario, as a run file has them.
#pragma once

#include <string>

#include "gui/model/run_facts.hpp"
#include "sim/base/csv.hpp"
#include "sim/base/gpus.hpp"
#include "sim/cost/profile.hpp"
#include "sim/scenario/scenario.hpp"

namespace braid::test {

inline const std::string kScenarios = BRAID_SOURCE_DIR "/scenarios/";

/// TP 8, PP 2 on 2 x 8 A800; runs 1f1b-i (2 chunks), zb-v, stp.
inline RunFacts facts_of_12b(const std::string& run = "stp") {
  const Gpu& gpu = gpu_by_name("A800-80G", "test");
  RunFacts facts{.title = run, .kind = "simulated", .run = run};
  facts.scenario = scenario_as_one_text(kScenarios + "papers/stp-12b-a800-tp8pp2-6144.toml");
  facts.profile = read_file(kScenarios + "profiles/a800-80g-stp12b.csv");
  facts.provenance["profile"] = profile_id(parse_profile(facts.profile, "profile", gpu));
  return facts;
}

}  // namespace braid::test
