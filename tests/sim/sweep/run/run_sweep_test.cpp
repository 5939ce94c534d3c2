// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/run/run_sweep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sim/sweep/run/configuration.hpp"
#include "tests/sim/sweep/run/swept.hpp"

namespace braid {
namespace {

using test::contents;
using test::Folder;
using test::sweep_into;
using test::swept;
using testing::HasSubstr;

std::vector<Configuration> rows_of(const std::string& path) {
  return SweepStore(path, SweepStore::Mode::read).all(false);
}

TEST(RunSweep, EveryPointThatTheConstraintsLeaveIsARowInOrder) {
  const Folder folder;
  const SweepOutcome outcome = sweep_into(folder / "a.db", swept());
  // 3 x 2 x 2 plans; tp 4, pp 2, dp 2 needs 16 GPUs. The other 11 with 3 numbers of microbatches.
  EXPECT_EQ(outcome.screened.points, test::kSmallPoints);
  EXPECT_EQ(outcome.screened.done, test::kSmallPoints);
  EXPECT_EQ(outcome.screened.known, 0);
  EXPECT_FALSE(outcome.stopped);
  const std::vector<Configuration> rows = rows_of(folder / "a.db");
  ASSERT_EQ(rows.size(), static_cast<std::size_t>(test::kSmallPoints));
  for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_LT(rows[i - 1].point, rows[i].point);
}

TEST(RunSweep, ARowSaysWhatItIsAndItsTimesSumToTheStep) {
  const Folder folder;
  sweep_into(folder / "a.db", swept());
  int played = 0;
  for (const Configuration& row : rows_of(folder / "a.db")) {
    const Scenario scenario = parse_scenario(row.scenario, "row.toml");
    EXPECT_EQ(scenario.plan.tp, row.tp);
    EXPECT_EQ(scenario.plan.pp, row.pp);
    EXPECT_EQ(scenario.plan.microbatches, row.microbatches);
    EXPECT_EQ(row.gpus, row.tp * row.pp * row.dp);
    EXPECT_EQ(row.version, BRAID_VERSION);
    if (!row.ok()) continue;
    ++played;
    EXPECT_NEAR(row.busy_s + row.tp_s + row.pp_s + row.other_s, row.step_time_s, 1e-9 * row.step_time_s);
    EXPECT_NEAR(row.tokens_per_s, double(row.microbatches) * row.dp * 128 / row.step_time_s, 1e-6 * row.tokens_per_s);
  }
  EXPECT_GT(played, 20);
}

TEST(RunSweep, TheBestByScreeningArePlayedOnTheNetwork) {
  const Folder folder;
  const SweepOutcome outcome = sweep_into(folder / "a.db", swept());
  EXPECT_EQ(outcome.refined.points, 4);
  EXPECT_EQ(outcome.refined.done, 4);
  double worst_refined = 1e300, best_other = 0;
  int refined = 0;
  for (const Configuration& row : rows_of(folder / "a.db")) {
    const double screened = screened_tokens_per_s(row);
    if (is_refined(row)) {
      ++refined;
      EXPECT_EQ(row.network, "simgrid");
      worst_refined = std::min(worst_refined, screened);
      const Scenario scenario = parse_scenario(row.scenario, "row.toml");
      const braid::Run& run = scenario.runs.front();
      EXPECT_EQ(row.step_time_s, play(scenario, run, default_profile(scenario.cluster.gpu)).report.step_time.value);
    } else {
      EXPECT_NE(row.network, "simgrid");
      best_other = std::max(best_other, screened);
    }
  }
  EXPECT_EQ(refined, 4);
  EXPECT_GE(worst_refined, best_other);
}

TEST(RunSweep, RowsAreTheSameWhateverTheNumberOfWorkers) {
  const Folder folder;
  for (const int jobs : {1, 2, 7}) {
    const std::string path = folder / std::to_string(jobs);
    sweep_into(path, swept(), {.limits = {.jobs = jobs}});
    EXPECT_EQ(contents(path), contents(folder / "1")) << jobs;
  }
}

TEST(RunSweep, WhatIsThereIsNotPlayedAgain) {
  const Folder folder;
  sweep_into(folder / "a.db", swept());
  const std::vector<std::string> before = contents(folder / "a.db");
  const SweepOutcome again = sweep_into(folder / "a.db", swept());
  EXPECT_EQ(again.screened.known, test::kSmallPoints);
  EXPECT_EQ(again.refined.known, 4);
  EXPECT_EQ(contents(folder / "a.db"), before);
}

TEST(RunSweep, GoesOnWhereItWasStopped) {
  const Folder folder;
  sweep_into(folder / "whole.db", swept());
  int asked = 0;
  const SweepOutcome first =
      sweep_into(folder / "a.db", swept(), {.limits = {.jobs = 1}, .progress = [&](const SweepProgress& p) {
                                              ++asked;
                                              return p.done == 0;
                                            }});
  EXPECT_TRUE(first.stopped || first.screened.done == first.screened.points);
  sweep_into(folder / "a.db", swept());
  EXPECT_EQ(contents(folder / "a.db"), contents(folder / "whole.db"));
  EXPECT_GT(asked, 0);
}

TEST(RunSweep, AStoppedOneSaysSoAndKeepsWhatIsDone) {
  const Folder folder;
  const SweepOutcome outcome =
      sweep_into(folder / "a.db", swept(), {.progress = [](const SweepProgress&) { return false; }});
  EXPECT_TRUE(outcome.stopped);
  EXPECT_EQ(outcome.refined.points, 0);
}

TEST(RunSweep, AGrownSweepPlaysOnlyWhatIsNew) {
  const Folder folder;
  sweep_into(folder / "a.db", swept("", "[fields]\n\"plan.tp\" = [2]\n\"plan.microbatches\" = [8, 12]"));
  const Sweep grown = swept("", "[fields]\n\"plan.tp\" = [2, 4]\n\"plan.microbatches\" = [4, 8]");
  const SweepOutcome outcome = sweep_into(folder / "a.db", grown);
  EXPECT_EQ(outcome.screened.points, 4);
  EXPECT_EQ(outcome.screened.known, 1);
  std::map<std::int64_t, std::pair<int, int>> plans;
  for (const Configuration& row : rows_of(folder / "a.db")) plans[row.point] = {row.tp, row.microbatches};
  // The first varies slowest; (2, 12) is no point any more.
  const std::map<std::int64_t, std::pair<int, int>> expected{
      {-1, {2, 12}}, {0, {2, 4}}, {1, {2, 8}}, {2, {4, 4}}, {3, {4, 8}}};
  EXPECT_EQ(plans, expected);
}

TEST(RunSweep, ConfigurationsThatAreEqualAreOneRowAndAreNotPlayedForEver) {
  const Folder folder;
  // A megabyte by two names.
  const Sweep twice =
      swept("", "[fields]\n\"step_end.bucket\" = [\"1 MB\", \"1000 kB\"]\n\"plan.microbatches\" = [4, 8]");
  EXPECT_EQ(sweep_into(folder / "a.db", twice).screened.done, 4);
  const std::vector<Configuration> rows = rows_of(folder / "a.db");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].point, 0);
  EXPECT_EQ(rows[1].point, 1);
  EXPECT_EQ(sweep_into(folder / "a.db", twice).screened.known, 4);
}

TEST(RunSweep, WhatCannotBeIsPrunedWithItsReason) {
  const Folder folder;
  const Sweep sweep = swept("", "[fields]\n\"plan.tp\" = [2, 3]\n\"plan.pp\" = [2, 3]");
  EXPECT_EQ(sweep_into(folder / "a.db", sweep).screened.pruned, 3);
  const std::vector<Configuration> rows = rows_of(folder / "a.db");
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_TRUE(rows[0].ok());
  // 8 layers over 3 ranks of 2 chunks; 8 heads over 3.
  EXPECT_THAT(rows[1].reason, HasSubstr("8 layers do not divide over 6 virtual stages"));
  EXPECT_THAT(rows[2].reason, HasSubstr("8 heads"));
  EXPECT_THAT(rows[2].reason, Not(HasSubstr("s.sweep.toml:")));
  EXPECT_THAT(rows[3].reason, Not(HasSubstr("\n")));
}

TEST(RunSweep, WhatTakesTooLongIsARowToo) {
  const Folder folder;
  const SweepOutcome outcome = sweep_into(folder / "a.db", swept("", "[fields]\n\"plan.microbatches\" = [4, 8]"),
                                          {.limits = {.time = Seconds(1e-9)}});
  // A worker is looked at every 50 ms at the latest, and may have ended its task by then: never more than both fail.
  EXPECT_LE(outcome.screened.failed, 2);
  for (const Configuration& row : rows_of(folder / "a.db")) {
    if (!row.ok()) { EXPECT_EQ(row.reason, "took longer than 1e-09 s"); }
  }
}

TEST(RunSweep, ANoisyScenarioIsScreenedByUnits) {
  const Folder folder;
  const Sweep sweep = test::small_sweep("refine = 1", "[fields]\n\"plan.microbatches\" = [4, 8]",
                                        {{.path = "noise.jitter", .value = "0.01"}});
  EXPECT_EQ(sweep_into(folder / "a.db", sweep).refined.done, 1);
  const std::vector<Configuration> rows = rows_of(folder / "a.db");
  ASSERT_EQ(rows.size(), 2u);
  for (const Configuration& row : rows) {
    EXPECT_TRUE(row.ok()) << row.reason;
    EXPECT_EQ(row.grain, "unit");
  }
  EXPECT_EQ(is_refined(rows[0]) + is_refined(rows[1]), 1);
}

TEST(PruneReason, BytesThatAreResidentAllStep) {
  Scenario scenario = small_scenario();
  scenario.cluster.gpu.memory = Bytes(1e4);
  const braid::Run& run = scenario.runs.front();
  EXPECT_EQ(prune_reason(scenario, run, false), std::nullopt);
  // Four of the eight layers, TP 2: their MLPs alone are at least 4 x 2 x 64 x 96 / 2 = 24,576 parameters of 18 bytes
  // each, 442 kB. Rank 1 is named: it has the norm before the head on top.
  EXPECT_THAT(prune_reason(scenario, run, true).value_or(""),
              HasSubstr("parameters, gradients and optimizer need 0.0 GB of 0.0 GB on rank 1"));
}

Configuration refined(std::int64_t point, double screened, double played) {
  Configuration row{.point = point, .network = "simgrid", .grain = "unit", .step_time_s = played};
  row.screened_step_time_s = screened;
  row.sequence = 100;
  row.tokens_per_s = 100 / played;
  return row;
}

TEST(OrderChange, OfThreeTheLastTwoChangePlaces) {
  // Screened 1 2 3, played 1.1 4 3.3: places 1, 3, 2. Errors 0.1/1.1, 2/4, 0.3/3.3.
  const OrderChange change = order_change({refined(0, 1, 1.1), refined(1, 2, 4), refined(2, 3, 3.3)});
  EXPECT_EQ(change.refined, 3);
  EXPECT_EQ(change.moved, 2);
  EXPECT_EQ(change.best_was, 1);
  EXPECT_DOUBLE_EQ(change.largest_error, 0.5);
  EXPECT_NEAR(change.median_error, 0.1 / 1.1, 1e-12);
}

TEST(OrderChange, TheBestMayHaveBeenLast) {
  const OrderChange change = order_change({refined(0, 1, 9), refined(1, 2, 8), refined(2, 3, 7)});
  EXPECT_EQ(change.best_was, 3);
  EXPECT_EQ(change.moved, 2);  // the one in the middle stays
  Configuration screened = refined(0, 1, 1);
  screened.grain = "block";
  EXPECT_EQ(order_change({screened}).refined, 0);
}

}  // namespace
}  // namespace braid
