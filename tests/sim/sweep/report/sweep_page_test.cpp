// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/sweep_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "sim/sweep/report/sweep_tables.hpp"
#include "tests/sim/sweep/report/rows.hpp"

namespace braid {
namespace {

using test::not_played;
using test::refined;
using test::screened;
using test::surveyed;
using test::too_big;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kScript = "<script>alert(1)</script>";

Survey some() {
  std::vector<Configuration> rows{refined(screened(1, 2, "stp", 1000, 30), 1.25), screened(1, 4, "1f1b", 700, 20),
                                  too_big(screened(1, 8, "1f1b", 5000, 90)),
                                  not_played(2, 2, kScript, ConfigurationStatus::pruned, kScript)};
  rows.push_back(test::with_choice(screened(2, 4, kScript, 10),
                                   R"({"plan.tp":2,"plan.pp":4,"model":"<script>alert(1)</script>","run":"x"})"));
  rows.push_back(test::with_choice(screened(2, 8, "stp", 11), R"({"plan.tp":2,"plan.pp":8,"model":"b","run":"stp"})"));
  return surveyed(std::move(rows));
}

std::string page(const Survey& survey, const std::string& title = "t") {
  return sweep_page(
      {.title = title,
       .survey = survey,
       .timelines = {{.row = survey.ranking.empty() ? 0 : survey.ranking[0],
                      .svg = "<svg id=\"line\"></svg>",
                      .note = "1 s"}},
       .sensitivity_of = "the best",
       .sensitivities = {{"bandwidth", "half", "double", 0.9, 1.1}},
       .screening = OrderChange{.refined = 1, .moved = 0, .best_was = 1, .largest_error = 0.2, .median_error = 0.2},
       .against = std::nullopt,
       .facts = {{"sweep", "a <b>"}}});
}

TEST(SweepPage, IsOnePageThatNeedsNoOther) {
  const std::string html = page(some());
  EXPECT_EQ(html.rfind("<!doctype html>", 0), 0u);
  for (const char* other : {"http://", "https://", "src=", "@import", "url(h"})
    EXPECT_THAT(html, Not(HasSubstr(other)));
}

TEST(SweepPage, EscapesWhateverComesFromTheStore) {
  const std::string html = page(some(), kScript);
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, HasSubstr("<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>"));
  EXPECT_THAT(html, HasSubstr("a &lt;b&gt;"));
}

TEST(SweepPage, ClosesWhatItOpens) {
  const std::string html = page(some());
  const std::string body = html.substr(html.find("<body>"), html.find("<script>") - html.find("<body>"));
  std::vector<std::string> open;
  const std::regex tag("<(/?)([a-zA-Z0-9]+)([^>]*)>");
  for (std::sregex_iterator i(body.begin(), body.end(), tag), end; i != end; ++i) {
    const std::string name = (*i)[2], rest = (*i)[3];
    if (name == "meta" || name == "input" || (!rest.empty() && rest.back() == '/')) continue;
    if ((*i)[1] == "") {
      open.push_back(name);
    } else {
      ASSERT_FALSE(open.empty()) << name;
      ASSERT_EQ(open.back(), name);
      open.pop_back();
    }
  }
  EXPECT_THAT(open, testing::ElementsAre("body"));  // which ends behind the script
}

TEST(SweepPage, IsTheSameBytesForTheSameRows) {
  // Ids of rows count up in this test's own rows, so one survey is drawn twice.
  const Survey survey = some();
  EXPECT_EQ(page(survey), page(survey));
}

TEST(SweepPage, HasEveryPart) {
  const std::string html = page(some());
  for (const char* part : {"<h2>The best</h2>", "<h3>The best of each schedule</h3>", "<h2>Trade-offs</h2>",
                           "<h2>TP x PP</h2>", "<h2>What each choice is worth</h2>",
                           "<h2>What if the cluster were otherwise</h2>", "<h2>Screening against playing by units</h2>",
                           "<svg id=\"line\">", "<h2>Not played</h2>", "<h2>Provenance</h2>"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
  // 1000 / 1.25 = 800: the best played one; nothing that was only screened and fits promises more.
  EXPECT_THAT(html, HasSubstr("<b>800</b><span>tokens/s with the best, stp</span>"));
  EXPECT_THAT(html, HasSubstr("The best was number 1 in the screening, so its first ten hold the best."));
  EXPECT_THAT(html, Not(HasSubstr("promise more")));
}

TEST(SweepPage, SaysWhereTheTimeGoes) {
  // 0.7, 0.1, 0.15, 0.05 of a step of 1 s on 8 GPUs that does 800 tokens: 1e6 / 800 * 8 = 10,000 GPU s a million.
  const std::string html = page(surveyed({screened(2, 4, "stp", 800)}));
  EXPECT_THAT(html, HasSubstr(">10 k GPU s</text>"));
  for (const char* share : {">70.0 %<", ">10.0 %<", ">15.0 %<", ">5.0 %<"}) EXPECT_THAT(html, HasSubstr(share));
}

// Two rows, played in two ways: each has a cell under each heading.
TEST(SweepPage, HasAHeadingForEveryCellOfTheBest) {
  const std::string table =
      best_table(surveyed({refined(screened(1, 2, "stp", 1000), 1.25), screened(1, 4, "stp", 700)}), 20);
  EXPECT_THAT(table, HasSubstr("played"));
  EXPECT_EQ(test::count(table, "<td"), 2 * test::count(table, "<th>") + 2 * test::count(table, "<th "));
}

TEST(SweepPage, IsSmallForTenThousandRows) {
  std::vector<Configuration> rows;
  for (int i = 0; i < 10000; ++i) {
    Configuration row = screened(1 << i % 4, 1 << i / 4 % 5, i % 2 == 0 ? "stp" : "1f1b", 1000 + i % 977, 10 + i % 61);
    row.choice =
        fmt::format(R"({{"plan.tp":{},"plan.pp":{},"plan.microbatches":{},"run":"{}"}})", row.tp, row.pp, i, row.run);
    rows.push_back(std::move(row));
  }
  EXPECT_LT(page(surveyed(std::move(rows))).size(), 3u << 20);
}

TEST(SweepPage, SaysWhyThereIsNothingToRecommend) {
  const Survey pruned = surveyed({not_played(1, 1, "a", ConfigurationStatus::pruned, "heads do not divide"),
                                  not_played(1, 2, "a", ConfigurationStatus::failed, "took longer than 60 s"),
                                  not_played(1, 4, "a", ConfigurationStatus::pruned, "heads do not divide")});
  EXPECT_EQ(nothing_fits_line(pruned),
            "none of 3 configurations was played: 2 pruned, 1 failed; most often (2): heads do not divide");
  EXPECT_THAT(page(pruned), HasSubstr("none of 3 configurations was played"));
  const Survey big = surveyed({too_big(screened(1, 1, "a", 1, 95)), too_big(screened(1, 2, "a", 1, 85))});
  EXPECT_EQ(nothing_fits_line(big),
            "none of 2 configurations fits the memory; the smallest needs 85.0 GB on its fullest GPU");
  EXPECT_THAT(page(big), HasSubstr("none of 2 configurations fits"));
  EXPECT_EQ(nothing_fits_line(some()), "");
}

}  // namespace
}  // namespace braid
