// SPDX-License-Identifier: Apache-2.0
// What breaks a limit and what does not, on made-up figures.
#include "validate/report/verdicts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace braid {
namespace {

/// Predicted 95 ms, measured 100 ms with and without tracing: an error of -5 %. F: 10 of 100 s too fast; sends exact.
ValidationRun run_of(const std::string& label = "stp") {
  ValidationRun run;
  run.schedule = label;
  run.predicted.step_time = Seconds(0.095);
  run.measured.untraced = run.measured.traced = {Seconds(0.1), Seconds(0.1), Seconds(0.1)};
  run.untraced = run.traced = {.repeats = 3, .median = Seconds(0.1), .p25 = Seconds(0.1), .p75 = Seconds(0.1)};
  run.comparison.step = {.predicted = Seconds(0.095), .measured = Seconds(0.1)};
  run.comparison.classes = {
      {.name = "F attn", .lane = Lane::compute, .count = 2, .total = {Seconds(90), Seconds(100)}},
      {.name = "W attn", .lane = Lane::compute, .count = 2, .total = {Seconds(0.2), Seconds(0.1)}},
      {.name = "send F", .lane = Lane::pp, .count = 2, .total = {Seconds(50), Seconds(50)}}};
  return run;
}

ValidationReport report_of(std::vector<ValidationRun> runs) {
  ValidationReport report;
  report.runs = std::move(runs);
  return report;
}

Verdict only(const std::vector<Verdict>& all) {
  EXPECT_EQ(all.size(), 1u);
  return all.front();
}

TEST(Verdicts, AStepErrorIsHeldUpToItsLimit) {
  const ValidationReport report = report_of({run_of()});
  const Verdict held = only(verdicts(report, {.step_error_percent = 5.01}));
  EXPECT_TRUE(held.held);
  EXPECT_NEAR(held.value, -5, 1e-9);
  EXPECT_EQ(held.run, "stp");
  EXPECT_FALSE(only(verdicts(report, {.step_error_percent = 4.99})).held);
}

TEST(Verdicts, AnErrorWithinTheSpreadIsNotJudged) {
  ValidationRun run = run_of();
  run.untraced.p25 = Seconds(0.094);
  run.untraced.p75 = Seconds(0.106);  // half of 12 ms is 6 % of 100 ms
  const Verdict verdict = only(verdicts(report_of({run}), {.step_error_percent = 1}));
  EXPECT_TRUE(verdict.held);
  EXPECT_FALSE(verdict.judged);
  EXPECT_EQ(verdict.about, "-5 is within the spread of the repeats, 6");
  EXPECT_TRUE(only(verdicts(report_of({run}), {.step_error_percent = 5.5})).judged);
}

TEST(Verdicts, TheMeanCountsErrorsWithoutSign) {
  // -5 % and +5 % are 5 % on the mean.
  ValidationRun slow = run_of("slow");
  slow.predicted.step_time = Seconds(0.105);
  const ValidationReport report = report_of({run_of(), slow});
  EXPECT_NEAR(report.mean_step_error(), 0.05, 1e-12);
  EXPECT_FALSE(only(verdicts(report, {.mean_step_error_percent = 4.9})).held);
  EXPECT_TRUE(only(verdicts(report, {.mean_step_error_percent = 5.1})).held);
}

TEST(Verdicts, TheWorstClassOfUnitsIsNamed) {
  // F: -10 %. W is 100 % too slow, but has 0.1 of 150.1 s: less than 1 %, so it is not judged there.
  const ValidationReport report = report_of({run_of()});
  const Verdict verdict = only(verdicts(report, {.unit_error_percent = 9, .least_class_percent = 1}));
  EXPECT_FALSE(verdict.held);
  EXPECT_EQ(verdict.about, "F attn");
  EXPECT_NEAR(verdict.value, -10, 1e-9);
  EXPECT_TRUE(only(verdicts(report, {.unit_error_percent = 11, .least_class_percent = 1})).held);
  EXPECT_EQ(only(verdicts(report, {.unit_error_percent = 11})).about, "W attn");
  EXPECT_TRUE(only(verdicts(report, {.communication_error_percent = 1})).held);
}

TEST(Verdicts, AClassWithinItsSpreadIsNotJudged) {
  ValidationRun run = run_of();
  run.comparison.classes[0].spread = Seconds(10);
  const Verdict verdict = only(verdicts(report_of({run}), {.unit_error_percent = 1, .least_class_percent = 1}));
  EXPECT_TRUE(verdict.held);
  EXPECT_EQ(verdict.value, 0);
}

TEST(Verdicts, AClassThatTookNoTimeIsBeyondEveryLimit) {
  // 2 of 152 s are predicted for all-reduces that nobody saw take any.
  ValidationRun run = run_of();
  run.comparison.classes.push_back({.name = "all_reduce F", .lane = Lane::tp, .count = 2, .total = {2_s, 0_s}});
  const Verdict verdict =
      only(verdicts(report_of({run}), {.communication_error_percent = 40, .least_class_percent = 1}));
  EXPECT_FALSE(verdict.held);
  EXPECT_EQ(verdict.about, "all_reduce F");
}

TEST(Verdicts, ATraceThatSlowsTheStepIsRefused) {
  // Traced 103 ms over untraced 100 ms: 3 %. Durations are then not judged; the step, untraced, still is.
  ValidationRun run = run_of();
  run.traced.median = Seconds(0.103);
  const auto all = verdicts(report_of({run}), {.step_error_percent = 6,
                                               .traced_over_untraced_percent = 2,
                                               .unit_error_percent = 1,
                                               .inversions_percent = 0,
                                               .start_drift_percent = 0});
  ASSERT_EQ(all.size(), 5u);
  EXPECT_TRUE(all[0].held);
  EXPECT_EQ(all[1].limit, "traced_over_untraced_percent");
  EXPECT_FALSE(all[1].held);
  EXPECT_NEAR(all[1].value, 3, 1e-9);
  for (std::size_t i = 2; i < 5; ++i) {
    EXPECT_FALSE(all[i].judged) << all[i].limit;
    EXPECT_TRUE(all[i].held) << all[i].limit;
  }
}

TEST(Verdicts, TracingIsNotJudgedWithoutBothKinds) {
  ValidationRun run = run_of();
  run.untraced = {};
  const Verdict verdict = only(verdicts(report_of({run}), {.traced_over_untraced_percent = 2}));
  EXPECT_FALSE(verdict.judged);
  EXPECT_TRUE(verdict.held);
}

TEST(Verdicts, InversionsAndDriftNameTheirOps) {
  ValidationRun run = run_of();
  run.comparison.inversions = 3;
  run.comparison.pairs = 100;
  run.comparison.worst_inversions = {
      {.first = {.rank = 1, .microbatch = 2, .kind = OpKind::recv}, .second = {.rank = 1, .microbatch = 1}}};
  // A start predicted at 10 ms came at 13: 3 % of 100 ms.
  run.comparison.drift = {.key = {.rank = 1, .microbatch = 4}, .took = {Seconds(0.010), Seconds(0.013)}};
  const auto all = verdicts(report_of({run}), {.inversions_percent = 2, .start_drift_percent = 4});
  ASSERT_EQ(all.size(), 2u);
  EXPECT_FALSE(all[0].held);
  EXPECT_EQ(all[0].value, 3);
  EXPECT_EQ(all[0].about, "rank 1: recv mb2 came after F mb1");
  EXPECT_TRUE(all[1].held);
  EXPECT_NEAR(all[1].value, 3, 1e-9);
  EXPECT_EQ(all[1].about, "rank 1: F mb4");
}

TEST(Verdicts, MemoryNamesTheWorstRank) {
  ValidationRun run = run_of();
  run.memory = {{.rank = 0, .predicted = Bytes(99), .measured = Bytes(100)},
                {.rank = 1, .predicted = Bytes(110), .measured = Bytes(100)}};
  const Verdict verdict = only(verdicts(report_of({run}), {.memory_error_percent = 5}));
  EXPECT_FALSE(verdict.held);
  EXPECT_EQ(verdict.about, "rank 1");
  EXPECT_NEAR(verdict.value, 10, 1e-9);
  run.memory.push_back({.rank = 2, .predicted = Bytes(1), .measured = Bytes(0)});
  EXPECT_EQ(only(verdicts(report_of({run}), {.memory_error_percent = 50})).about, "rank 2");
  const Verdict unknown = only(verdicts(report_of({run_of()}), {.memory_error_percent = 5}));
  EXPECT_FALSE(unknown.judged);
  EXPECT_TRUE(unknown.held);
}

TEST(Verdicts, OnlySchedulesThatAreApartHaveAnOrder) {
  ValidationReport report = report_of({run_of("a"), run_of("b")});
  report.order = {{.faster = 0, .slower = 1, .apart = false, .agrees = false}};
  EXPECT_FALSE(only(verdicts(report, {.order = true})).judged);
  report.order[0].apart = true;
  const Verdict verdict = only(verdicts(report, {.order = true}));
  EXPECT_FALSE(verdict.held);
  EXPECT_EQ(verdict.about, "a is faster than b, predicted the other way round");
  report.order[0].agrees = true;
  EXPECT_TRUE(only(verdicts(report, {.order = true})).held);
}

}  // namespace
}  // namespace braid
