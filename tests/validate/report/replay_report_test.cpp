// SPDX-License-Identifier: Apache-2.0
// The replay of one rank tells the same story as that rank in the whole plan.
#include <gtest/gtest.h>

#include "sim/engine/core/simulate.hpp"
#include "sim/report/metrics.hpp"
#include "tests/validate/fabricated.hpp"
#include "validate/runner/replay.hpp"

namespace braid {
namespace {

TEST(ReplayReport, BlamesBubblesAsThePlanDoes) {
  // Two ways to the same figures: the rank in the plan, where its peers run, and the rank alone, where fixed ops stand
  // for them. Only the end differs: the replay's step is over when the rank is, so it drains less.
  const Scenario scenario = parse_scenario(kFabricatedScenario, "f.toml");
  for (std::size_t i = 0; i < scenario.runs.size(); ++i) {
    const Priced p = priced(scenario, i);
    const Timeline plan = simulate_ideal(p.program, p.costs, scenario.cluster);
    const RunReport of_plan = report_run(p.program, plan, {});
    for (int rank = 0; rank < 2; ++rank) {
      const Replay replay = replay_of(p.program, p.costs, scenario.cluster, plan, rank);
      const Timeline alone = simulate_ideal(replay.program, replay.costs, scenario.cluster);
      const RankTime a = of_plan.ranks[static_cast<std::size_t>(rank)];
      const RankTime b = report_run(replay.program, alone, {}).ranks[0];
      const std::string where = scenario.runs[i].schedule + " rank " + std::to_string(rank) + " ";
      EXPECT_NEAR(a.busy.value, b.busy.value, 1e-9) << where;
      EXPECT_NEAR(a.stretch.value, b.stretch.value, 1e-9) << where;
      for (std::size_t c = 0; c < kCauses; ++c) {
        if (static_cast<Cause>(c) == Cause::drain) continue;
        EXPECT_NEAR(a.idle[c].value, b.idle[c].value, 1e-9) << where << to_text(static_cast<Cause>(c));
      }
      EXPECT_NEAR(exposed_communication(plan.ranks[static_cast<std::size_t>(rank)]).value,
                  exposed_communication(alone.ranks[0]).value, 1e-9)
          << where;
    }
  }
}

}  // namespace
}  // namespace braid
