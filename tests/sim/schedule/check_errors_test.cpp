// SPDX-License-Identifier: Apache-2.0
// For every rule of check(): the smallest schedule that breaks it, and what the user reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/schedule/schedule.hpp"

namespace braid {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Action f(int stage, int mb) { return {.type = ActionType::F, .stage = stage, .microbatch = mb}; }
Action i(int stage, int mb) { return {.type = ActionType::I, .stage = stage, .microbatch = mb}; }
Action w(int stage, int mb) { return {.type = ActionType::W, .stage = stage, .microbatch = mb}; }
Action b(int stage, int mb) { return {.type = ActionType::B, .stage = stage, .microbatch = mb}; }

/// One rank a stage, one cell an action.
Schedule schedule_of(int microbatches, const std::vector<std::vector<Action>>& rows) {
  Schedule schedule;
  schedule.name = "test";
  schedule.microbatches = microbatches;
  for (const auto& actions : rows) {
    schedule.rank_of_stage.push_back(schedule.ranks());
    auto& row = schedule.rows.emplace_back();
    for (const Action& action : actions) row.push_back({{action}});
  }
  return schedule;
}

std::vector<std::string> said(const Schedule& schedule) {
  std::vector<std::string> lines;
  for (const Issue& issue : check(schedule)) lines.push_back(issue.where + ": " + issue.what);
  return lines;
}

TEST(Check, AcceptsTheSmallestSchedules) {
  EXPECT_THAT(said(schedule_of(1, {{f(0, 0), b(0, 0)}})), IsEmpty());
  EXPECT_THAT(said(schedule_of(1, {{f(0, 0), i(0, 0), w(0, 0)}})), IsEmpty());
  EXPECT_THAT(said(schedule_of(1, {{f(0, 0), b(0, 0)}, {f(1, 0), b(1, 0)}})), IsEmpty());
}

TEST(Check, RefusesAScheduleOfNothing) {
  EXPECT_THAT(said(Schedule{}),
              ElementsAre(HasSubstr("has no ranks"), HasSubstr("has no stages"), HasSubstr("has no microbatches")));
}

TEST(Check, RefusesAStageOnARankThatIsNotThere) {
  Schedule schedule = schedule_of(1, {{f(0, 0), b(0, 0)}});
  schedule.rank_of_stage[0] = 1;
  EXPECT_THAT(said(schedule), ElementsAre(HasSubstr("puts stage 0 on rank 1, but the ranks are 0 to 0")));
}

TEST(Check, RefusesTwoDirectionsOfDifferentLength) {
  Schedule schedule = schedule_of(2, {{f(0, 0), b(0, 0), f(0, 1), b(0, 1)}});
  schedule.reverse_rank_of_stage = {0, 0};
  EXPECT_THAT(said(schedule), ElementsAre(HasSubstr("another number of stages in the reverse direction")));
}

TEST(Check, NamesAMissingPass) {
  EXPECT_THAT(said(schedule_of(2, {{f(0, 0), b(0, 0), b(0, 1), f(0, 1), f(0, 1)}})),
              ElementsAre(HasSubstr("rank 0:turn 4: 0F1: runs twice"), HasSubstr("0B1: its F has not run before")));
  EXPECT_THAT(said(schedule_of(1, {{f(0, 0), i(0, 0)}})),
              ElementsAre(HasSubstr("rank 0: 0W0 is missing, though its I is there")));
  EXPECT_THAT(said(schedule_of(1, {{f(0, 0), b(0, 0)}, {f(1, 0), f(1, 0)}})),
              ElementsAre(HasSubstr("rank 1:turn 1: 1F0: runs twice"), HasSubstr("rank 1: 1B0 is missing")));
}

TEST(Check, NamesAMissingPassWithoutATableForAllThatCouldBe) {
  // A million microbatches promised, two actions there: the first gap, not a million lines and no gigabytes.
  EXPECT_THAT(said(schedule_of(1000000, {{f(0, 0), b(0, 0)}})),
              ElementsAre(HasSubstr("has 2 actions; 1000000 microbatches"), HasSubstr("0F1 is missing")));
}

TEST(Check, RefusesAWeightGradientThatABackwardHasDone) {
  EXPECT_THAT(said(schedule_of(1, {{f(0, 0), b(0, 0), w(0, 0)}})),
              ElementsAre(HasSubstr("turn 2: 0W0: its B has done this already")));
}

TEST(Check, RefusesABackwardBesideAnInputGradient) {
  EXPECT_THAT(said(schedule_of(1, {{f(0, 0), i(0, 0), w(0, 0), b(0, 0)}})),
              ElementsAre(HasSubstr("0B0: runs twice, once as a full B and once as an I")));
}

TEST(Check, RefusesAPassBeforeWhatItNeedsOnItsRank) {
  EXPECT_THAT(said(schedule_of(1, {{b(0, 0), f(0, 0)}})), ElementsAre(HasSubstr("turn 0: 0B0: its F has not run")));
  EXPECT_THAT(said(schedule_of(1, {{f(0, 0), w(0, 0), i(0, 0)}})),
              ElementsAre(HasSubstr("turn 1: 0W0: its I has not run")));
}

TEST(Check, RefusesABraidOfAForwardWithItsOwnBackward) {
  Schedule schedule = schedule_of(1, {{f(0, 0)}});
  schedule.rows[0] = {{{f(0, 0), b(0, 0)}}};
  EXPECT_THAT(said(schedule), ElementsAre(HasSubstr("turn 0: 0B0: its F has not run before this cell")));
}

TEST(Check, RefusesABraidThatNoForwardLeads) {
  Schedule schedule = schedule_of(2, {{f(0, 0), f(0, 1), b(0, 0), b(0, 1)}});
  schedule.rows[0] = {{{f(0, 0)}}, {{b(0, 0), f(0, 1)}}, {{b(0, 1)}}};
  EXPECT_THAT(said(schedule), ElementsAre(HasSubstr("turn 1: a braid is led by a forward")));
}

TEST(Check, RefusesABraidOfThree) {
  Schedule schedule = schedule_of(3, {{f(0, 0), f(0, 1), f(0, 2), b(0, 0), b(0, 1), b(0, 2)}});
  schedule.rows[0] = {{{f(0, 0), f(0, 1), f(0, 2)}}, {{b(0, 0)}}, {{b(0, 1)}}, {{b(0, 2)}}};
  EXPECT_THAT(said(schedule), ElementsAre(HasSubstr("turn 0: braids more than two actions")));
}

TEST(Check, RefusesWhatIsOutOfRange) {
  EXPECT_THAT(said(schedule_of(1, {{f(0, 0), b(0, 0), f(1, 0)}})),
              ElementsAre(HasSubstr("1F0: the stages are 0 to 0")));
  EXPECT_THAT(said(schedule_of(1, {{f(0, 0), b(0, 0), f(0, 1)}})),
              ElementsAre(HasSubstr("0F1: there are 1 microbatches, 0 to 0")));
  EXPECT_THAT(said(schedule_of(1, {{f(-1, 0)}})), ElementsAre(HasSubstr("the stages are 0 to 0")));
}

TEST(Check, RefusesAnActionOnAnotherRank) {
  EXPECT_THAT(said(schedule_of(1, {{f(0, 0), b(0, 0), f(1, 0)}, {b(1, 0)}})),
              ElementsAre(HasSubstr("rank 0:turn 2: 1F0: stage 1 lives on rank 1, not on rank 0")));
}

TEST(Check, ExplainsRanksThatWaitForOneAnother) {
  // Rank 0 wants B(mb 0) before F(mb 1), rank 1 wants F(mb 1) before B(mb 0).
  const Schedule schedule =
      schedule_of(2, {{f(0, 0), b(0, 0), f(0, 1), b(0, 1)}, {f(1, 0), f(1, 1), b(1, 0), b(1, 1)}});
  EXPECT_THAT(said(schedule),
              ElementsAre(HasSubstr("rank 0:turn 1: 0B0 waits forever for 1B0, which is later at schedule:test:rank "
                                    "1:turn 2: the order of the ranks is cyclic"),
                          HasSubstr("rank 1:turn 1: 1F1 waits forever for 0F1")));
}

TEST(Check, ExplainsABraidThatWaitsForItself) {
  // The two chunks of one rank in one braid: the second forward needs the first.
  Schedule schedule = schedule_of(1, {{f(0, 0)}});
  schedule.rank_of_stage = {0, 0};
  schedule.rows[0] = {{{f(0, 0), f(1, 0)}}, {{b(1, 0)}}, {{b(0, 0)}}};
  EXPECT_THAT(said(schedule), ElementsAre(HasSubstr("turn 0: 1F0 waits forever for 0F0, which is in the same cell")));
}

TEST(Check, CountsFaultsBeyondTwenty) {
  // 30 forwards of a microbatch that is not there.
  std::vector<Action> actions{f(0, 0), b(0, 0)};
  actions.insert(actions.end(), 30, f(0, 1));
  const auto lines = said(schedule_of(1, {actions}));
  ASSERT_EQ(lines.size(), 21U);
  EXPECT_THAT(lines.back(), HasSubstr("and 10 more faults of this kind"));
}

}  // namespace
}  // namespace braid
