// SPDX-License-Identifier: Apache-2.0
#include "sim/report/strip.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/report/metrics.hpp"
#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using testing::HasSubstr;
using tiny::Tiny;

std::string strip_of(const Tiny& tiny, int width) {
  const Timeline timeline = tiny.play();
  const std::vector<Played> plays{join_complete(tiny.program(), timeline)};
  ReportFacts facts;
  facts.label = "a run";
  const Comparison comparison{.scenario = "", .runs = {report_run(plays[0], facts)}};
  return strips(comparison, plays, {.width = width, .most_ranks = 16});
}

/// Rank 0: F 0..10, all-reduce 10..15, F 15..20, drain to 30. Rank 1: warm-up to 20, I 20..30.
Tiny two() {
  Tiny tiny(2);
  const auto a = tiny.compute(0, 10);
  const auto t = tiny.collective(0, Lane::tp, 5, {a});
  const auto b = tiny.compute(0, 5, {t});
  tiny.compute(1, 10, {tiny.eager(0, 1, 0, {b}).recv}, OpKind::input_grad);
  return tiny;
}

TEST(Strip, ShowsWhatFillsEachColumn) {
  // 40 columns less 10 for the margin: 1 s each.
  EXPECT_EQ(strip_of(two(), 40),
            "a run     0                         30 s\n"
            "rank    0 FFFFFFFFFFtttttFFFFF          \n"
            "rank    1                     IIIIIIIIII\n"
            "          F forward, I input gradient, t idle: tp\n");
}

TEST(Strip, GivesAColumnToWhatFillsMostOfIt) {
  // 0.7 s of F and 0.3 s of tp a second, thirty times: F everywhere. The other way round: tp.
  for (const double part : {0.7, 0.3}) {
    Tiny tiny(1);
    tiny::Deps last;
    for (int i = 0; i < 30; ++i) {
      const auto f = tiny.compute(0, part, last);
      last = {tiny.collective(0, Lane::tp, 1 - part, {f})};
    }
    EXPECT_THAT(strip_of(tiny, 40), HasSubstr("rank    0 " + std::string(30, part > 0.5 ? 'F' : 't')));
  }
}

TEST(Strip, LeavesTheMiddleOutWhereAStepIsLong) {
  // 200 forwards and backwards of 1 s each: 3 columns a pass. Of 37 columns " ~ " takes 3, the begin 22, the end 12.
  Tiny tiny(1);
  for (int mb = 0; mb < 100; ++mb) {
    for (const OpKind kind : {OpKind::forward, OpKind::input_grad}) {
      const auto op = tiny.compute(0, 1, {}, kind);
      tiny.program().ranks[0].ops[op].key.microbatch = static_cast<std::int16_t>(mb);
    }
  }
  const std::string text = strip_of(tiny, 37 + 10);
  EXPECT_THAT(text, HasSubstr("rank    0 FFFIIIFFFIIIFFFIIIFFFI ~ FFFIIIFFFIII\n"));
}

TEST(Strip, SaysHowManyRanksItLeavesOut) {
  Tiny tiny(20);
  for (int rank = 0; rank < 20; ++rank) tiny.compute(rank, 1);
  EXPECT_THAT(strip_of(tiny, 80), HasSubstr("16 of 20 pipeline ranks"));
}

TEST(Strip, DrawsAllRunsToOneScale) {
  // The second run takes half the time, so it fills half the columns.
  Tiny slow(1), fast(1);
  slow.compute(0, 2);
  fast.compute(0, 1);
  const Timeline of_slow = slow.play(), of_fast = fast.play();
  const std::vector<Played> plays{join_complete(slow.program(), of_slow), join_complete(fast.program(), of_fast)};
  const Comparison comparison{.scenario = "", .runs = {report_run(plays[0], {}), report_run(plays[1], {})}};
  const std::string text = strips(comparison, plays, {.width = 70, .most_ranks = 16});
  EXPECT_THAT(text, HasSubstr("rank    0 " + std::string(60, 'F') + "\n"));
  EXPECT_THAT(text, HasSubstr("rank    0 " + std::string(30, 'F') + "\n"));
}

}  // namespace
}  // namespace braid
