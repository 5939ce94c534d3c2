// SPDX-License-Identifier: Apache-2.0
// Shares of pixels: by hand on three spans, and against sums over all spans on random rows at every zoom.
#include "gui/model/coverage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gui/model/trace.hpp"
#include "tests/gui/few_spans.hpp"
#include "tests/gui/made_run.hpp"

namespace braid {
namespace {

using testing::ElementsAre;
using testing::FloatEq;

RunColumns random_row(std::size_t spans, std::int64_t longest, bool bursts, unsigned seed) {
  return run_of(random_pieces(spans, longest, bursts, seed));
}

std::vector<float> shares_of(const Coverage& coverage, std::size_t row, const TimeMap& map) {
  std::vector<float> out(static_cast<std::size_t>(map.width) * coverage.categories(row).size());
  coverage.shares(row, map, out);
  return out;
}

TEST(Coverage, OfThreeSpansIsWhatTheHandFinds) {
  // F 0..10, nothing 10..14, a braid of F and I 14..24, I 24..30; pixels of 4 ns.
  const RunColumns run = run_of({{0, 10},
                                 {14, 24, Category::forward, Category::input_grad},
                                 {24, 30, Category::input_grad, Category::input_grad}});
  const Coverage coverage(run.view());
  EXPECT_THAT(coverage.categories(0), ElementsAre(Category::forward, Category::input_grad));
  // F:  4, 4, 2, (0), 14..16 half 1, 16..20 half 2, 20..24 half 2, 0    of 4 each
  // I:  0, 0, 0,  0,  1,             2,             2,             4, then 28..30: 2
  EXPECT_THAT(shares_of(coverage, 0, {{0, 32}, 8}),
              ElementsAre(1.0f, 0.0f, 1.0f, 0.0f, 0.5f, 0.0f, FloatEq(0.25f), FloatEq(0.25f), 0.5f, 0.5f, 0.5f, 0.5f,
                          0.0f, 1.0f, 0.0f, 0.5f));
  const auto times = coverage.times(0, {5, 27});
  EXPECT_DOUBLE_EQ(times[static_cast<std::size_t>(Category::forward)], 5 + 5);     // 5..10, half of 14..24
  EXPECT_DOUBLE_EQ(times[static_cast<std::size_t>(Category::input_grad)], 5 + 3);  // half of 14..24, 24..27
  EXPECT_TRUE(coverage.draws_spans(0, {{0, 32}, 8}));
  EXPECT_FALSE(coverage.draws_spans(0, {{0, 32}, 2}));  // three spans on two pixels
}

TEST(Coverage, FindsTheFirstSpanThatEndsAfterATime) {
  const RunColumns run = run_of({{0, 10}, {10, 10}, {12, 20}});
  const Coverage coverage(run.view());
  const auto first = [&](std::int64_t time) { return coverage.first_span(0, time); };
  EXPECT_EQ(first(-5), 0u);
  EXPECT_EQ(first(9), 0u);
  EXPECT_EQ(first(10), 2u);  // the one without length has ended, too
  EXPECT_EQ(first(19), 2u);
  EXPECT_EQ(first(20), 3u);  // none
}

TEST(Coverage, TimesAreThoseOfTheSpans) {
  for (const bool bursts : {false, true}) {
    // The second is 2^33 ns long and more, past what 32 bits hold.
    for (const std::int64_t longest : {200L, 2'000'000L}) {
      const RunColumns columns = random_row(20'000, longest, bursts, 7);
      const RunView run = columns.view();
      const Coverage coverage(run);
      std::mt19937_64 random(3);
      const std::int64_t from = run.start[0] - 10, length = run.end.back() - run.start[0] + 20;
      for (int i = 0; i < 200; ++i) {
        const auto pick = [&] {
          return from + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(length));
        };
        const std::int64_t a = pick(), b = pick();
        const TimeRange range{std::min(a, b), std::max(a, b)};
        ASSERT_EQ(coverage.times(0, range), summed(run, 0, range)) << range.begin << ".." << range.end;
      }
    }
  }
}

TEST(Coverage, SharesAddUpToTheTruthAtEveryZoom) {
  for (const bool bursts : {false, true}) {
    const RunColumns columns = random_row(30'000, 500, bursts, 11);
    const RunView run = columns.view();
    const Coverage coverage(run);
    const std::size_t k = coverage.categories(0).size();
    const std::int64_t all = run.end.back() - run.start[0];
    for (const double width : {37.0, 640.0}) {
      for (std::int64_t length = all * 2; length > 40; length = length * 2 / 3) {
        const std::int64_t begin = run.start[0] + (all - length) / 3;
        const TimeMap map{{begin, begin + length}, width};
        const std::vector<float> shares = shares_of(coverage, 0, map);
        const auto truth = summed(run, 0, map.range);
        for (std::size_t c = 0; c < k; ++c) {
          double painted = 0;
          for (std::size_t pixel = 0; pixel < static_cast<std::size_t>(width); ++pixel) {
            const float share = shares[pixel * k + c];
            ASSERT_GE(share, 0.0f);
            ASSERT_LE(share, 1.0001f);
            painted += share;
          }
          const double wanted = truth[static_cast<std::size_t>(coverage.categories(0)[c])];
          // What is smeared over the edges of the view is below a pixel's worth; the bar is 0.1 % at 1920 pixels.
          EXPECT_NEAR(painted / width, wanted / static_cast<double>(length), width > 100 ? 0.001 : 0.01)
              << length << " ns on " << width << " pixels, bursts " << bursts;
        }
      }
    }
  }
}

TEST(Coverage, ManySpansWithoutLengthTakeNoShareOfPixelsShorterThanANanosecond) {
  // F to 100 ns, ten thousand spans without length there, F from there on: each pixel of 0.01 ns is full of F.
  std::vector<Piece> pieces{{0, 100}};
  pieces.insert(pieces.end(), 10'000, Piece{100, 100});
  pieces.push_back({100, 200});
  const RunColumns run = run_of(pieces);
  const Coverage coverage(run.view());
  for (const float share : shares_of(coverage, 0, {{95, 105}, 1000})) ASSERT_NEAR(share, 1, 1e-3);
}

TEST(Coverage, PixelsFromSumsAndFromSpansAgreeAtTheBoundary) {
  const RunColumns columns = random_row(40'000, 100, false, 5);
  const RunView run = columns.view();
  const Coverage coverage(run);
  const std::size_t k = coverage.categories(0).size();
  // About 75 ns a span and its gap: 300 a bucket of four. Pixels from just below that to well above.
  for (const double step : {200.0, 290.0, 310.0, 400.0, 600.0, 1200.0}) {
    const PixelGrid grid{.zero = run.start[0], .step = step, .first = 100};
    std::vector<float> shares(512 * k);
    coverage.shares(0, grid, 0, 512, shares);
    std::vector<double> painted(k), wanted(k);
    for (std::int64_t pixel = 0; pixel < 512; ++pixel) {
      const auto truth =
          summed(run, 0, {grid.time(static_cast<double>(pixel)), grid.time(static_cast<double>(pixel) + 1)});
      for (std::size_t c = 0; c < k; ++c) {
        painted[c] += shares[static_cast<std::size_t>(pixel) * k + c];
        wanted[c] += truth[static_cast<std::size_t>(coverage.categories(0)[c])] / step;
        // Sums up to any pixel are off by what an edge is smeared: less than a pixel.
        ASSERT_NEAR(painted[c], wanted[c], 1.0) << "step " << step << " pixel " << pixel;
      }
    }
  }
}

TEST(Coverage, APixelDoesNotDependOnWhatElseIsAskedFor) {
  const RunColumns columns = random_row(20'000, 300, true, 23);
  const Coverage coverage(columns.view());
  const std::size_t k = coverage.categories(0).size();
  for (const double step : {3.5, 150.0, 5'000.0, 77'777.0}) {
    const PixelGrid grid{.zero = columns.start[0], .step = step, .first = -20};
    std::vector<float> all(700 * k), part(700 * k);
    coverage.shares(0, grid, 0, 700, all);
    const PixelGrid moved{.zero = columns.start[0], .step = step, .first = 171};
    coverage.shares(0, moved, 5, 300, part);  // pixel 5 of it is pixel 196 of the other
    for (std::size_t i = 0; i < (300 - 5) * k; ++i) ASSERT_EQ(part[i], all[196 * k + i]) << "step " << step;
  }
}

TEST(Coverage, OfNothingIsNothing) {
  RunColumns run = run_of({});
  run.points.push_back({0, 1});
  run.rows.push_back({.rank = 0, .kind = RowKind::counter, .counter = CounterKind::memory, .begin = 0, .end = 1});
  const Coverage coverage(run.view());
  for (const std::size_t row : {0u, 1u}) {
    EXPECT_TRUE(coverage.categories(row).empty());
    EXPECT_EQ(coverage.times(row, {0, 100}), (std::array<double, kCategories>{}));
    coverage.shares(row, {{0, 100}, 10}, {});
  }
  const RunColumns instant = run_of({{5, 5}, {5, 5}});
  const Coverage of_instant(instant.view());
  EXPECT_THAT(shares_of(of_instant, 0, {{0, 10}, 2}), ElementsAre(0.0f, 0.0f));
}

TEST(Trace, KnowsWhenItBeginsAndEnds) {
  RunColumns columns = made_run({.pp = 2, .microbatches = 2});
  std::int64_t end = 0;
  for (const std::int64_t time : columns.end) end = std::max(end, time);
  const Trace trace(std::move(columns), "made");
  EXPECT_EQ(trace.extent(), (TimeRange{0, end}));
  EXPECT_EQ(trace.facts().title, "made up");
  EXPECT_EQ(trace.facts().kind, "simulated");
  EXPECT_EQ(Trace(RunColumns{}, "").extent(), (TimeRange{0, 1}));
}

}  // namespace
}  // namespace braid
