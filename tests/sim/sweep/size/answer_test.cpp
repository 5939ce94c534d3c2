// SPDX-License-Identifier: Apache-2.0
// What made-up rows say to the question.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/sim/sweep/size/small_request.hpp"

namespace braid {
namespace {

using testing::HasSubstr;

SizeAnswer answer_of(const SizeTask& task, std::vector<Configuration> rows, std::size_t top = 5) {
  return answer(task, {{.rows = std::move(rows), .whole = {}}}, top);
}

TEST(Training, FollowsFromTokensPriceAndPower) {
  // 1e12 tokens at 1e5 a second are 1e7 s = 115.74 d. 10 GPUs x 1e7 s / 3600 = 27777.8 GPU-hours, at 2 USD
  // 55555.6 USD, at 1000 W 27.7778 MWh. 1e12 tokens in steps of 1e5 are 1e7 steps.
  const Training t = training_of(made_up_task(), 0, made_up_row(0, "1f1b", 1, 10));
  EXPECT_DOUBLE_EQ(t.days, 1e7 / 86400);
  EXPECT_DOUBLE_EQ(t.gpu_hours, 1e8 / 3600);
  EXPECT_DOUBLE_EQ(t.cost.value(), 2e8 / 3600);
  EXPECT_DOUBLE_EQ(t.energy_mwh.value(), 1e8 / 3600 / 1000);
  EXPECT_DOUBLE_EQ(t.steps, 1e7);
}

TEST(Training, TakesLongerWhereTheClusterStandsStill) {
  SizeTask task = made_up_task();
  task.availability = 0.8;
  // What stands still is paid as well: 1 / 0.8 = 1.25 times everything.
  const Training t = training_of(task, 0, made_up_row(0, "1f1b", 1, 10));
  EXPECT_DOUBLE_EQ(t.days, 1.25 * 1e7 / 86400);
  EXPECT_DOUBLE_EQ(t.cost.value(), 1.25 * 2e8 / 3600);
}

TEST(Training, HasNoCostWithoutAPrice) {
  SizeTask task = made_up_task();
  task.offers[0].cluster.gpu_hour_price = task.offers[0].cluster.gpu_watts = 0;
  const Training t = training_of(task, 0, made_up_row(0, "1f1b", 1, 10));
  EXPECT_FALSE(t.cost);
  EXPECT_FALSE(t.energy_mwh);
}

TEST(Answer, FastestFitsAndLeanestNeedsLeast) {
  const SizeAnswer a = answer_of(made_up_task(), {made_up_row(0, "too large", 0.5, 81), made_up_row(1, "fast", 1, 70),
                                                  made_up_row(2, "lean", 3, 20), made_up_row(3, "neither", 2, 40)});
  EXPECT_EQ(a.fastest->row.run, "fast");
  EXPECT_EQ(a.cheapest->row.run, "fast");  // with one price and one number of GPUs time is money
  EXPECT_EQ(a.leanest->row.run, "lean");
  ASSERT_EQ(a.top.size(), 3U);
  EXPECT_EQ(a.top[1].row.run, "neither");
  EXPECT_EQ(a.counts[0].fitting, 3);
  EXPECT_EQ(a.counts[0].not_fitting, 1);
}

TEST(Answer, WhatWasPlayedByUnitsComesBeforeWhatWasOnlyScreened) {
  // Screening promised b 1.1 s and c 1.2 s; on the network they are swapped. d was never played there.
  const std::vector<Configuration> rows{refined(made_up_row(0, "b", 1.1, 10), 1.6),
                                        refined(made_up_row(1, "c", 1.2, 10), 1.4), made_up_row(2, "d", 1.3, 10)};
  const SizeAnswer a = answer(made_up_task(), {{.rows = rows, .whole = whole_small_row}}, 5);
  EXPECT_EQ(a.fastest->row.run, "c");
  EXPECT_EQ(a.top.back().row.run, "d");
  EXPECT_EQ(a.counts[0].order.moved, 2);
  EXPECT_EQ(a.counts[0].order.best_was, 2);
  EXPECT_TRUE(std::any_of(a.losers.begin(), a.losers.end(), [](const Loser& l) { return l.as_screened; }));
}

TEST(Answer, SaysThatScreenedPlansPromiseMoreThanTheBestReplayed) {
  // On the network a takes 1.4 s; b at 1.3 s and c at 1.2 s of the screening may beat it, d at 1.5 s may not.
  const SizeAnswer a = answer(made_up_task(),
                              {{.rows = {refined(made_up_row(0, "a", 1.1, 10), 1.4), made_up_row(1, "b", 1.3, 10),
                                         made_up_row(2, "c", 1.2, 10), made_up_row(3, "d", 1.5, 10)},
                                .whole = whole_small_row}},
                              5);
  EXPECT_EQ(a.counts[0].promising, 2);
  EXPECT_THAT(to_text(made_up_task(), a), HasSubstr("2 plans that were only screened promise more"));
}

TEST(Answer, WhereAllWasPrunedNamesWhatMissesLeast) {
  const auto pruned = [](std::int64_t point, double gb, const std::string& reason) {
    Configuration row = made_up_row(point, "stp", 0, gb);
    row.status = ConfigurationStatus::pruned;
    row.reason = reason;
    return row;
  };
  // Without an order of the rows: 913.5 GB are the least, 833.5 GB above 80. What was pruned for another reason is no
  // nearer because it has no bytes.
  const SizeAnswer a =
      answer_of(made_up_task(), {pruned(0, 3043.9, "needs 3043.9 GB"), pruned(1, 913.5, "needs 913.5 GB"),
                                 pruned(2, 0, "heads do not divide"), pruned(3, 2000, "needs 2000 GB")});
  EXPECT_THAT(a.closest, HasSubstr("needs 913.5 GB for parameters, gradients and optimizer alone of 80.0 GB: 833.5 GB "
                                   "too much"));
}

TEST(AnswerText, SaysLessThanADayInThreeDigits) {
  // 1e9 tokens at 1e5 a second are 1e4 s = 0.1157 d.
  SizeTask task = made_up_task();
  task.tokens = 1e9;
  EXPECT_THAT(to_text(task, answer_of(task, {made_up_row(0, "1f1b", 1, 10)})), HasSubstr("  0.116  "));
}

TEST(Answer, SaysWhatCouldNotBeReplayed) {
  Configuration row = made_up_row(0, "1f1b", 1, 10);
  row.reason = "not refined: needs more than 4 GB";
  const SizeAnswer a = answer_of(made_up_task(), {row, made_up_row(1, "stp", 2, 10)});
  EXPECT_EQ(a.fastest->row.run, "1f1b");
  EXPECT_THAT(to_text(made_up_task(), a), HasSubstr("1 of the best could not be replayed and stand as screened: needs "
                                                    "more than 4 GB"));
}

TEST(Answer, NamesWhatWouldBeFasterIfItFitted) {
  const SizeAnswer a = answer_of(made_up_task(), {made_up_row(0, "fits", 2, 70), made_up_row(1, "large", 1.5, 84),
                                                  made_up_row(2, "larger", 1.9, 81), made_up_row(3, "slow", 3, 90)});
  ASSERT_TRUE(a.too_large);
  EXPECT_EQ(a.too_large->run, "large");
  // 1.5 s of 2 s are 25 % less; 84 GB are 4 GB more than 80.
  EXPECT_THAT(to_text(made_up_task(), a), HasSubstr("would take 1.5 s (-25.0 %) if its 84.0 GB fitted: 4.0 GB"));
}

TEST(Answer, RowsOfAnotherSweepInTheStoreDoNotCount) {
  Configuration other = made_up_row(0, "other", 0.1, 10);
  other.point = -1;
  EXPECT_EQ(answer_of(made_up_task(), {other, made_up_row(1, "own", 1, 10)}).fastest->row.run, "own");
}

TEST(Answer, FrontIsWhatNoOtherBeatsInTimeAndMemory) {
  // (1, 70), (2, 40), (3, 20) each win one; (2.5, 50) loses both to (2, 40).
  const SizeAnswer a = answer_of(made_up_task(), {made_up_row(0, "a", 1, 70), made_up_row(1, "b", 2, 40),
                                                  made_up_row(2, "no", 2.5, 50), made_up_row(3, "c", 3, 20)});
  ASSERT_EQ(a.front.size(), 3U);
  EXPECT_EQ(a.front[1].row.run, "b");
  EXPECT_FALSE(a.front_of_cost);
}

TEST(Answer, SaysHowManyGpusADeadlineWouldTake) {
  SizeTask task = made_up_task();
  // 115.74 d on 10 GPUs; for 50 d 23.15 GPUs, in replicas of 2 x 5 GPUs: DP 3, which does not divide 1000 samples, so
  // DP 4: 40 GPUs. 2e8/3600 = 55556 USD over 27778 GPU-hours: for
  // 30000 USD an hour must cost 1.08 USD.
  task.deadline_s = 50 * 86400.0;
  task.budget = Money{30000, "USD"};
  const SizeAnswer a = answer_of(task, {made_up_row(0, "1f1b", 1, 10)});
  ASSERT_EQ(a.verdicts.size(), 2U);
  EXPECT_EQ(a.verdicts[0],
            "deadline of 50 d: none keeps it, the fastest needs 116 d; 40 X (TP2 PP5 DP4) would do if scaling held");
  EXPECT_EQ(a.verdicts[1],
            "budget of 30 k USD: none keeps it, the cheapest costs 55.6 k USD on 10 X; a GPU-hour would have to be "
            "1.08 USD");
  EXPECT_FALSE(a.recommended);
}

TEST(Answer, SaysWhereNoNumberOfGpusThatTheBatchDividesIsEnough) {
  SizeTask task = made_up_task();
  task.batch_samples = 7;  // 115.74 d x 1000 / 7 on 10 GPUs; for 1/8 of it DP 8, beyond one sample each
  const SizeAnswer first = answer_of(task, {made_up_row(0, "1f1b", 1, 10)});
  task.deadline_s = first.fastest->days * 86400 / 8;
  EXPECT_EQ(gpus_for(task, *first.fastest), 0);
  task.deadline_s = first.fastest->days * 86400 / 2;  // DP 2 does not divide 7: DP 7
  EXPECT_EQ(gpus_for(task, *first.fastest), 70);
}

TEST(Answer, WhatIsWithinTheMarginIsNoCandidate) {
  SizeTask task = made_up_task();
  task.memory_margin = 6e9;  // of 80 GB 74 are left
  const std::vector<Configuration> rows{made_up_row(0, "tight", 1, 74.1), made_up_row(1, "loose", 2, 74),
                                        made_up_row(2, "large", 0.5, 81)};
  const SizeAnswer a = answer_of(task, rows);
  EXPECT_EQ(a.fastest->row.run, "loose");
  EXPECT_EQ(a.counts[0].fitting, 1);
  EXPECT_EQ(a.counts[0].too_tight, 1);
  EXPECT_EQ(a.counts[0].not_fitting, 1);
  // 1 s of 2 s is half of it.
  std::string text = to_text(task, a);
  std::replace(text.begin(), text.end(), '\n', ' ');
  EXPECT_THAT(text, HasSubstr("would take 1 s (-50.0 %) but is too tight: 74.1 of 80.0 GB"));
  EXPECT_THAT(text, HasSubstr("tight: too tight; tight TP2 PP5"));
  task.memory_margin = 0;
  EXPECT_EQ(answer_of(task, rows).fastest->row.run, "tight");
}

TEST(Answer, WhereAllIsTooTightNamesWhatMissesLeast) {
  SizeTask task = made_up_task();
  task.memory_margin = 6e9;
  const SizeAnswer a = answer_of(task, {made_up_row(0, "1f1b", 1, 79), made_up_row(1, "stp", 1, 75.5)});
  // 75.5 - (80 - 6) = 1.5
  EXPECT_THAT(a.closest, HasSubstr("needs 75.5 GB of 80.0 GB less the margin of 6 GB: 1.5 GB too much"));
}

TEST(Answer, CountsWhatWasRuledOutByKind) {
  Configuration memory = made_up_row(0, "stp", 0, 100), other = made_up_row(1, "stp", 0, 0);
  memory.status = other.status = ConfigurationStatus::pruned;
  memory.reason = "parameters need 100 GB";
  other.reason = "needs m >= 3p-1";
  const SizeAnswer a = answer_of(made_up_task(), {memory, other, made_up_row(2, "1f1b", 1, 10)});
  EXPECT_EQ(a.counts[0].not_fitting, 1);
  EXPECT_EQ(a.counts[0].pruned, 1);
  EXPECT_EQ(a.counts[0].pruned_why, "needs m >= 3p-1");
}

TEST(AnswerText, BeginsWithWhatToTake) {
  SizeTask task = made_up_task();
  task.deadline_s = 200 * 86400.0;  // 115.74 d and 55556 USD: see FollowsFromTokensPriceAndPower
  const std::vector<Configuration> rows{made_up_row(0, "1f1b", 1, 10)};
  EXPECT_EQ(answer_of(task, rows).verdict,
            "Take 10 X with 1f1b at TP2 PP5 DP1: 116 d, 55.6 k USD; keeps the deadline of 200 d.");
  task.deadline_s = 100 * 86400.0;
  const SizeAnswer a = answer_of(task, rows);
  EXPECT_EQ(a.verdict,
            "No plan keeps the deadline of 100 d: the fastest is 10 X with 1f1b at TP2 PP5 DP1: 116 d, 55.6 k USD.");
  EXPECT_TRUE(to_text(task, a).starts_with("No plan keeps the deadline"));
}

TEST(AnswerText, HasAPlanForEveryOffer) {
  SizeTask task = made_up_task();
  task.offers.push_back(task.offers[0]);
  task.offers[1].cluster.nodes = 10;
  const SizeAnswer a = answer(
      task,
      {{.rows = {made_up_row(0, "1f1b", 1, 10)}, .whole = {}}, {.rows = {made_up_row(0, "stp", 1, 90)}, .whole = {}}},
      5);
  const std::string text = to_text(task, a);
  EXPECT_THAT(text, testing::ContainsRegex("10 X +2x5x1 +1f1b"));
  EXPECT_THAT(text, testing::ContainsRegex("20 X +none fits"));
}

TEST(Losers, OfAnotherTpSayWhyTheyAreNotAtTheWinners) {
  Configuration elsewhere = made_up_row(1, "stp", 2, 10);
  elsewhere.tp = 4;
  Configuration pruned = made_up_row(2, "stp", 0, 0);
  pruned.status = ConfigurationStatus::pruned;
  pruned.reason = "needs m >= 3p-1";
  const Configuration winner = made_up_row(0, "1f1b", 1, 10);
  const auto of = [&](const Configuration& here) {
    return losers_to(winner, {.rows = {winner, elsewhere, here}, .whole = {}}, 80e9).front().not_here;
  };
  EXPECT_EQ(of(pruned), "needs m >= 3p-1");
  EXPECT_EQ(of(made_up_row(2, "stp", 1, 83)), "too large, by 3.0 GB at least");  // 83 - 80
  EXPECT_EQ(of(made_up_row(2, "stp", 3, 20)), "");
}

TEST(Answer, OfTwoOffersTakesTheCheapestThatKeepsTheDeadline) {
  SizeTask task = made_up_task();
  task.offers.push_back(task.offers[0]);
  task.offers[1].cluster.nodes = 10;  // twice the GPUs at the same price, 1.6 times the speed: faster and dearer
  const auto offers = std::vector<OfferRows>{{.rows = {made_up_row(0, "few", 1.6, 10)}, .whole = {}},
                                             {.rows = {made_up_row(0, "many", 1.0, 10)}, .whole = {}}};
  task.deadline_s = 200 * 86400.0;  // 185 d and 116 d: both keep it
  SizeAnswer a = answer(task, offers, 5);
  EXPECT_EQ(a.fastest->row.run, "many");
  EXPECT_EQ(a.cheapest->row.run, "few");
  EXPECT_EQ(a.recommended->row.run, "few");
  EXPECT_TRUE(a.front_of_cost);
  EXPECT_EQ(a.front.size(), 2U);
  task.deadline_s = 150 * 86400.0;
  EXPECT_EQ(answer(task, offers, 5).recommended->row.run, "many");
}

TEST(Answer, WhereNothingFitsNamesWhatMissesLeast) {
  const SizeAnswer a = answer_of(made_up_task(), {made_up_row(0, "1f1b", 1, 95), made_up_row(1, "stp", 1, 81.5)});
  EXPECT_FALSE(a.fastest);
  EXPECT_EQ(a.closest, "stp TP2 PP5 DP1 on 10 X, recompute none, needs 81.5 GB of 80.0 GB: 1.5 GB too much");
  EXPECT_THAT(to_text(made_up_task(), a), HasSubstr("No plan can be played. The closest: stp TP2"));
}

TEST(Losers, LosePartByPart) {
  Configuration winner = made_up_row(0, "stp", 10, 10);
  winner.busy_s = 8, winner.tp_s = 0.5, winner.pp_s = 1, winner.other_s = 0.5;
  Configuration loser = made_up_row(1, "1f1b", 12, 10);
  loser.busy_s = 8, loser.tp_s = 1.5, loser.pp_s = 2.25, loser.other_s = 0.25;
  const std::vector<Loser> losers =
      losers_to(winner, {.rows = {winner, loser, made_up_row(2, "zb-v", 5, 99)}, .whole = {}});
  // Of a step of 10 s: 2 s slower = 20 %: TP 1 s, pipeline 1.25 s, other 0.25 s less.
  ASSERT_EQ(losers.size(), 2U);
  EXPECT_EQ(losers[0].what, "1f1b");
  EXPECT_DOUBLE_EQ(losers[0].slower, 0.2);
  EXPECT_DOUBLE_EQ(losers[0].more.busy, 0);
  EXPECT_DOUBLE_EQ(losers[0].more.tp, 0.1);
  EXPECT_DOUBLE_EQ(losers[0].more.pp, 0.125);
  EXPECT_DOUBLE_EQ(losers[0].more.other, -0.025);
  EXPECT_FALSE(losers[1].fits);
}

TEST(Losers, AreThereWithTheirReasonWhereNoneCouldBePlayed) {
  Configuration pruned = made_up_row(1, "stp", 0, 0);
  pruned.status = ConfigurationStatus::pruned;
  pruned.reason = "needs m >= 3p-1";
  const Configuration winner = made_up_row(0, "1f1b", 1, 10);
  const std::vector<Loser> losers = losers_to(winner, {.rows = {winner, pruned}, .whole = {}});
  ASSERT_EQ(losers.size(), 1U);
  EXPECT_EQ(losers[0].reason, "needs m >= 3p-1");
}

TEST(AnswerText, NamesEveryAssumedNumberAndIsAtMostAHundredColumnsWide) {
  SizeTask task = made_up_task();
  task.assumptions = {"tokens: " + std::string(150, 'x') + " of somebody", "sequence: 100"};
  const SizeAnswer a = answer_of(task, {made_up_row(0, "1f1b-i x4", 1, 70), made_up_row(1, "zb-h1", 2, 40)});
  const std::string text = to_text(task, a);
  for (const char* part : {"- sequence: 100", "price: 2 USD a X-hour, a list", "power: 1000 W a X, a data sheet",
                           "fastest, cheapest", "115.7", "55.6 k USD", "27.78", "none was measured"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("xxx") != std::string::npos) continue;
    EXPECT_LE(line.size(), 100U) << line;
  }
}

TEST(AnswerJson, HasTheAnswersAndSaysItsSchema) {
  const SizeTask task = made_up_task();
  const auto json = nlohmann::json::parse(to_json(task, answer_of(task, {made_up_row(0, "1f1b", 1, 70)})));
  EXPECT_EQ(json["schema"], "braid.size/1");
  EXPECT_DOUBLE_EQ(json["fastest"]["days"], 1e7 / 86400);
  EXPECT_EQ(json["fastest"]["zero"], 1);
  EXPECT_EQ(json["fastest"]["recompute"], "none");
  EXPECT_EQ(json["offers"][0]["price_source"], "a list");
  EXPECT_TRUE(json["deadline_s"].is_null());
}

}  // namespace
}  // namespace braid
