// SPDX-License-Identifier: Apache-2.0
#include "sim/report/html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "sim/report/metrics.hpp"
#include "sim/report/svg.hpp"
#include "tests/sim/report/reports.hpp"
#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using testing::HasSubstr;
using testing::Not;
using tiny::Tiny;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

/// Every element that is opened is closed, in order; void and self-closing ones aside. Returns what is wrong.
std::string unbalanced(const std::string& html) {
  std::vector<std::string> open;
  const std::regex tag("<(/?)([a-z0-9]+)([^>]*)>");
  for (std::sregex_iterator i(html.begin(), html.end(), tag), end; i != end; ++i) {
    const std::string name = (*i)[2], rest = (*i)[3];
    if (name == "meta" || name == "input" || (!rest.empty() && rest.back() == '/')) continue;
    if ((*i)[1] == "") {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return "</" + name + "> closes " + (open.empty() ? "nothing" : open.back());
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : "<" + open.back() + "> is never closed";
}

/// Rank 0 computes 0..4 and sends 4..6; rank 1 computes 0..1 and 6..8.
struct Page {
  Tiny tiny{2};
  Timeline timeline;
  std::vector<Played> plays;
  Comparison comparison{.scenario = "a <scenario>", .runs = {}};
  explicit Page(const std::string& label = "1f1b") {
    const auto a = tiny.compute(0, 4);
    tiny.compute(1, 1);
    tiny.compute(1, 2, {tiny.eager(0, 1, 2, {a}).recv});
    timeline = tiny.play();
    plays.push_back(join_complete(tiny.program(), timeline));
    ReportFacts facts;
    facts.label = label;
    facts.wall_s = 0.123456;
    comparison.runs.push_back(report_run(plays[0], facts));
  }
  std::string html() const { return to_html(comparison, plays); }
};

TEST(Html, IsOnePageThatNeedsNoOther) {
  const std::string html = Page().html();
  EXPECT_EQ(html.rfind("<!doctype html>", 0), 0u);
  for (const char* other : {"http://", "https://", "src=", "@import", "url("}) EXPECT_THAT(html, Not(HasSubstr(other)));
}

TEST(Html, ClosesWhatItOpens) {
  const std::string html = Page().html();
  const std::string body = html.substr(html.find("<body>"), html.find("<script>") - html.find("<body>"));
  EXPECT_EQ(unbalanced(body + "</body>"), "");
}

TEST(Html, DrawsPassesAndBubblesWithTooltips) {
  const std::string html = Page().html();
  // 8 s are 1200 wide: rank 1's second op, 6..8, begins at 900 and is 300 wide less a hairline of 0.4.
  EXPECT_THAT(
      html, HasSubstr("<rect class=\"F\" x=\"900\" y=\"40\" width=\"299.6\" height=\"19\"><title>F\n6 s .. 8 s (2 s)"));
  // It waits 1..4 for rank 0 and 4..6 for the bytes.
  EXPECT_THAT(html, HasSubstr("<rect class=\"gap pp_wait\" x=\"150\" y=\"40\" width=\"450\""));
  EXPECT_THAT(html, HasSubstr("<rect class=\"gap pp_transfer\" x=\"600\" y=\"40\" width=\"300\""));
  EXPECT_THAT(html, HasSubstr("<rect class=\"gap drain\" x=\"600\" y=\"0\" width=\"600\""));
}

TEST(Html, DrawsIdleSharesAsHeights) {
  // Rank 1 is idle all of 1..4 for pp_wait: 450 slices of full height, 8, on the base 40 + 19 + 1 + 8 = 68.
  EXPECT_THAT(Page().html(), HasSubstr("<path class=\"pp_wait\" d=\"M150 60h450v8h-450z\"/>"));
}

TEST(Html, EscapesNames) {
  const std::string html = Page("<script>alert(1)</script>").html();
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)"));
  EXPECT_THAT(html, HasSubstr("<h1>a &lt;scenario&gt;</h1>"));
}

TEST(Html, HoldsNoWallClock) { EXPECT_THAT(Page().html(), Not(HasSubstr("0.123"))); }

TEST(Html, IsTheSameBytesForTheSameRuns) { EXPECT_EQ(Page().html(), Page().html()); }

TEST(Html, ShowsBarsWithoutTimelinesToo) {
  const std::string html = to_html(tiny::round_comparison(), {});
  EXPECT_THAT(html, Not(HasSubstr("class=\"timeline\"")));
  // 40 of 96 GB of activations on a bar 940 wide: 391.67.
  EXPECT_THAT(html, HasSubstr("<rect class=\"memory-activations\""));
  EXPECT_THAT(html, HasSubstr("width=\"391.67\""));
  // 90 GB do not fit in 80, and do in 96.
  EXPECT_EQ(count(html, "<td class=\"bad\">no</td>"), 1u);
  EXPECT_EQ(count(html, "<td class=\"good\">yes</td>"), 1u);
  EXPECT_THAT(html, HasSubstr("<b>1.250x</b><span>stp over 1f1b-i</span>"));
}

TEST(Html, BoundsTheNumberOfRectangles) {
  // 60,000 passes of 1 s, each of another microbatch.
  Tiny tiny(1);
  const auto op = tiny.compute(0, 1);
  Timeline timeline = tiny.play();
  timeline.ranks[0].lanes[0].clear();
  Op one = tiny.program().ranks[0].ops[op];
  tiny.program().ranks[0].ops.clear();
  for (int i = 0; i < 60000; ++i) {
    one.key.microbatch = static_cast<std::int16_t>(i % 30000);
    one.key.chunk = static_cast<std::int8_t>(i / 30000);
    tiny.program().ranks[0].ops.push_back(one);
    timeline.ranks[0].lanes[0].push_back({one.key, Seconds(i), Seconds(i + 1), {}});
  }
  timeline.step_time = Seconds(60000);
  const std::vector<Played> plays{join_complete(tiny.program(), timeline)};
  const Comparison comparison{.scenario = "long", .runs = {report_run(plays[0], {})}};
  const std::string html = to_html(comparison, plays);
  EXPECT_LT(count(html, "<rect"), 41000u);
  EXPECT_GT(count(html, "<rect"), 10000u);
}

TEST(Escaped, LeavesTextAloneAndMakesTheRestSafe) {
  EXPECT_EQ(escaped("a & b < c > \"d\" 'e'"), "a &amp; b &lt; c &gt; &quot;d&quot; &#39;e&#39;");
  EXPECT_EQ(escaped("\xc3\xa9"), "\xc3\xa9");
  EXPECT_EQ(escaped("\xff\x01x"), "??x");
  EXPECT_EQ(escaped("\xe2\x82"), "??");
}

TEST(Shortest, DropsZeros) {
  EXPECT_EQ(shortest(12.50), "12.5");
  EXPECT_EQ(shortest(3), "3");
  EXPECT_EQ(shortest(100), "100");
  EXPECT_EQ(shortest(-0.001), "0");
}

}  // namespace
}  // namespace braid
