// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "gui/model/what_if.hpp"

namespace braid {
namespace {

RunFacts with(std::map<std::string, double> figures) { return {.figures = std::move(figures)}; }

NumberChange row(const std::vector<NumberChange>& rows, const std::string& name) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const NumberChange& r) { return r.name == name; });
  return found == rows.end() ? NumberChange{.name = "none"} : *found;
}

TEST(NumberChanges, SayByHowMuchAndWhetherItIsForTheBetter) {
  const auto rows = number_changes(with({{"step_time_s", 2},
                                         {"tokens_per_s_per_gpu", 1000},
                                         {"mfu", 0.40},
                                         {"peak_memory_bytes", 60e9},
                                         {"gpus", 16}}),
                                   with({{"step_time_s", 1.5},
                                         {"tokens_per_s_per_gpu", 2000 / 3.0},
                                         {"mfu", 0.45},
                                         {"peak_memory_bytes", 66e9},
                                         {"gpus", 32}}));
  // A step has 2 s x 1000 x 16 = 1.5 s x 2000 / 3 x 32 tokens in both.
  const NumberChange step = row(rows, "step time");  // 1.5 / 2 = 1 - 25 %
  EXPECT_EQ(step.before, "2 s");
  EXPECT_EQ(step.after, "1.5 s");
  EXPECT_EQ(step.change, "-25.0 %");
  EXPECT_EQ(step.better, 1);
  EXPECT_EQ(row(rows, "tokens/s a GPU").change, "-33.3 %");
  EXPECT_EQ(row(rows, "tokens/s a GPU").better, -1);
  EXPECT_EQ(row(rows, "tokens/s").change, "+33.3 %");  // 32000 / 1.5 over 32000 / 2
  EXPECT_EQ(row(rows, "tokens/s").better, 1);
  EXPECT_EQ(row(rows, "MFU").change, "+5.0 points");
  EXPECT_EQ(row(rows, "peak memory").change, "+10.0 %");
  EXPECT_EQ(row(rows, "peak memory").better, -1);
  EXPECT_EQ(row(rows, "GPUs").change, "+16");
  EXPECT_EQ(row(rows, "GPUs").better, 0);
}

TEST(NumberChanges, EqualNumbersHaveNoChange) {
  const NumberChange step = row(number_changes(with({{"step_time_s", 2}}), with({{"step_time_s", 2}})), "step time");
  EXPECT_EQ(step.change, "");
  EXPECT_EQ(step.better, 0);
}

TEST(NumberChanges, IdleTimesAreSharesAndOtherWorkJudgesNoStep) {
  // Twice the tokens: 2 s x 100 x 8 and 3.8 s x 105.263 x 8 are 1600 and 3200. The bubble grows from 0.4 s to 0.57 s
  // but shrinks from 20 % to 15 % of the step; the stretch stays at 5 %.
  const std::map<std::string, double> before{
      {"step_time_s", 2}, {"gpus", 8}, {"stretch_s", 0.1}, {"tokens_per_s_per_gpu", 100}, {"bubble_global_s", 0.4}};
  const std::map<std::string, double> after{{"step_time_s", 3.8},
                                            {"gpus", 8},
                                            {"stretch_s", 0.19},
                                            {"tokens_per_s_per_gpu", 400 / 3.8},
                                            {"bubble_global_s", 0.57}};
  const auto rows = number_changes(with(before), with(after));
  const NumberChange bubble = row(rows, "bubble");
  EXPECT_EQ(bubble.before, "20.0 % (400 ms)");
  EXPECT_EQ(bubble.after, "15.0 % (570 ms)");
  EXPECT_EQ(bubble.change, "-5.0 points");
  EXPECT_EQ(bubble.better, 1);
  EXPECT_EQ(row(rows, "stretch").change, "");
  EXPECT_EQ(row(rows, "stretch").better, 0);
  EXPECT_EQ(row(rows, "step time").change, "+90.0 %");
  EXPECT_EQ(row(rows, "step time").better, 0);
  EXPECT_EQ(row(rows, "tokens/s").before, "800");
  EXPECT_EQ(row(rows, "tokens/s").change, "+5.3 %");  // 400 / 3.8 / 100
  EXPECT_EQ(row(rows, "tokens/s").better, 1);
  EXPECT_EQ(row(rows, "tokens/s a GPU").better, 1);
}

TEST(NumberChanges, WhatRoundsToNothingIsNoChange) {
  const NumberChange step =
      row(number_changes(with({{"step_time_s", 2}}), with({{"step_time_s", 1.9999}})), "step time");  // -0.005 %
  EXPECT_EQ(step.change, "");
  EXPECT_EQ(step.better, 0);
}

TEST(NumberChanges, CausesAreThereIfOneOfTheRunsHasThem) {
  const auto rows = number_changes(with({{"bubble_by_cause_s.tp", 0.5}, {"bubble_by_cause_s.dp", 0}}),
                                   with({{"bubble_by_cause_s.tp", 0}, {"bubble_by_cause_s.drain", 0.25}}));
  EXPECT_EQ(row(rows, "  tp").change, "-100.0 %");
  EXPECT_EQ(row(rows, "  drain").before, "");
  EXPECT_EQ(row(rows, "  drain").after, "250 ms");
  EXPECT_EQ(row(rows, "  dp").name, "none");
}

TEST(NumberChanges, ThatSomethingNoLongerFitsIsForTheWorse) {
  const auto rows = number_changes(with({{"peak_memory_bytes", 60e9}, {"gpu_memory_bytes", 80e9}}),
                                   with({{"peak_memory_bytes", 90e9}, {"gpu_memory_bytes", 80e9}}));
  const NumberChange fits = row(rows, "fits into memory");
  EXPECT_EQ(fits.before + " " + fits.after + " " + fits.change, "yes no no longer");
  EXPECT_EQ(fits.better, -1);
}

TEST(NumberChanges, RunsThatSayNothingHaveNoRows) { EXPECT_TRUE(number_changes({}, {}).empty()); }

}  // namespace
}  // namespace braid
