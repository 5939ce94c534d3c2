// SPDX-License-Identifier: Apache-2.0
#include "sim/report/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/report/reports.hpp"

namespace braid {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Runs of blanks as one: what matters is the order of cells, not how wide they came out.
std::string squeezed(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' || out.empty() || out.back() != ' ') out += c;
  }
  return out;
}

TEST(ReportText, HasOneRowARun) {
  // Shares of the first run: tp 0.3 / 2 = 15 %, warm-up 0.15 / 2 = 7.5 %, host 0.05 / 2 = 2.5 %.
  const std::string text = squeezed(to_text(tiny::round_comparison(), {.width = 160, .wall_clock = true}));
  EXPECT_THAT(text, HasSubstr("1f1b-i 2 s 4.000 1000.0 50.0 500 ms 250 ms 15.0 7.5 2.5 125 ms 90.0 NO 1.000x\n"));
  EXPECT_THAT(text, HasSubstr("90.0 yes 1.250x\n"));
}

TEST(ReportText, TurnsTheTableWhereTheTerminalIsNarrow) {
  const std::string text = squeezed(to_text(tiny::round_comparison(), {.width = 60, .wall_clock = true}));
  EXPECT_THAT(text, HasSubstr("MFU % 50.0 50.0\n"));
  EXPECT_THAT(text, HasSubstr("speed-up 1.000x 1.250x\n"));
}

TEST(ReportText, AnswersByClassWhetherItFits) {
  EXPECT_THAT(squeezed(to_text(tiny::round_comparison())),
              HasSubstr("1f1b-i 30.0 20.0 0.0 40.0 0.0 90.0 80.0 1 1 s\n"));
}

TEST(ReportText, LeavesWallClockOutOfFiles) {
  EXPECT_THAT(to_text(tiny::round_comparison(), {.width = 120, .wall_clock = true}), HasSubstr("played in 750 ms"));
  EXPECT_THAT(to_text(tiny::round_comparison(), {.width = 120, .wall_clock = false}), Not(HasSubstr("750 ms")));
}

TEST(ReportText, ShowsADashForWhatHasNoMeaning) {
  Comparison comparison = tiny::round_comparison();
  for (RunReport& run : comparison.runs) run.samples_per_s = run.tokens_per_s_per_gpu = run.mfu = 0;
  EXPECT_THAT(squeezed(to_text(comparison, {.width = 160, .wall_clock = true})), HasSubstr("1f1b-i 2 s - - - 500 ms"));
}

TEST(ReportText, SaysANoteOnce) {
  const std::string text = to_text(tiny::round_comparison());
  EXPECT_NE(text.find("note: a note"), std::string::npos);
  EXPECT_EQ(text.find("note: a note"), text.rfind("note: a note"));
}

}  // namespace
}  // namespace braid
