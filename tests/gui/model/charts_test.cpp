// SPDX-License-Identifier: Apache-2.0
#include "gui/model/charts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "tests/gui/made_run.hpp"

namespace braid {
namespace {

using ::testing::ElementsAre;

void add_row(RunColumns& run, std::int32_t rank, CounterKind kind, const std::vector<CounterPoint>& points,
             std::string_view name = "") {
  const std::uint64_t begin = run.points.size();
  run.points.insert(run.points.end(), points.begin(), points.end());
  run.rows.push_back({.rank = rank,
                      .kind = RowKind::counter,
                      .counter = kind,
                      .name = name.empty() ? kNoIndex : run.add_name(name),
                      .begin = begin,
                      .end = run.points.size()});
}

/// Two classes that change at different times: parameters 10 from 0, activations 1 from 0, 7 from 100, 2 from 200; and
/// their sum as its own row.
RunColumns two_classes() {
  RunColumns run;
  run.ranks = {{.rank = 0}};
  add_row(run, 0, CounterKind::memory, {{0, 11}, {100, 17}, {200, 12}});
  add_row(run, 0, CounterKind::memory_activations, {{0, 1}, {100, 7}, {200, 2}});
  add_row(run, 0, CounterKind::memory_parameters, {{0, 10}});
  run.facts = R"({"kind": "simulated", "report": {"gpu_memory_bytes": 40}})";
  return run;
}

ChartData first_chart(const Trace& trace) { return ChartData(trace, charts_of(trace.run()).at(0)); }

TEST(Charts, AreThoseThatThereAreCountersFor) {
  RunColumns run = made_run({.pp = 2, .microbatches = 2});
  add_row(run, -1, CounterKind::link, {{0, 0.5}}, "NIC");
  const Trace trace(std::move(run), "");
  std::vector<std::string> titles;
  for (const Chart& chart : charts_of(trace.run())) titles.push_back(chart.title);
  EXPECT_THAT(titles, ElementsAre("memory of rank 0", "SMs of rank 0", "memory of rank 1", "SMs of rank 1",
                                  "links of the cluster"));
  EXPECT_TRUE(charts_of(made_run({.counters = false}).view()).empty());
}

TEST(Charts, StackClassesWithoutTheirSumAndWhatIsConstantBelow) {
  const Trace trace(two_classes(), "");
  const ChartData data = first_chart(trace);
  ASSERT_EQ(data.series().size(), 2u);
  EXPECT_EQ(data.series()[0].name, "parameters");
  EXPECT_EQ(data.series()[1].name, "activations");
  EXPECT_THAT(data.time(), ElementsAre(0, 100, 200));
  EXPECT_THAT(data.series()[0].value, ElementsAre(10, 10, 10));
  EXPECT_EQ(data.sum(1), 17);
  EXPECT_EQ(data.highest(), 17);
  EXPECT_EQ(data.capacity(), 40);
}

TEST(Charts, ShowTheWholeWhereThereAreNoClasses) {
  RunColumns run;
  run.ranks = {{.rank = 0}};
  add_row(run, 0, CounterKind::memory, {{5, 11}});
  const Trace trace(std::move(run), "");
  EXPECT_EQ(first_chart(trace).series().at(0).name, "all");
}

TEST(Charts, FindWhatIsInForce) {
  const Trace trace(two_classes(), "");
  const ChartData data = first_chart(trace);
  const auto in_force = [&](std::int64_t begin, std::int64_t end) {
    const ChartData::Instants found = data.in_force({begin, end});
    return std::pair(found.first, found.last);
  };
  EXPECT_EQ(in_force(50, 100), std::pair(std::size_t{0}, std::size_t{1}));  // the instant at 100 begins behind it
  EXPECT_EQ(in_force(50, 101), std::pair(std::size_t{0}, std::size_t{2}));
  EXPECT_EQ(in_force(100, 150), std::pair(std::size_t{1}, std::size_t{2}));  // what held before 100 is over
  EXPECT_EQ(in_force(900, 901), std::pair(std::size_t{2}, std::size_t{3}));
  EXPECT_TRUE(data.in_force({-50, -10}).empty());
  EXPECT_EQ(data.at(-1), data.time().size());
  EXPECT_EQ(data.at(199), 1u);
}

TEST(Charts, KnowTheMeanOfAnyRange) {
  // Activations over 50..250: 50 ns of 1, 100 of 7, 50 of 2 = 850 / 200. From -100 to 100: nothing, then 1: 100 / 200.
  const Trace trace(two_classes(), "");
  const ChartData data = first_chart(trace);
  const auto mean = [&](TimeRange range) { return data.mean(range, data.in_force(range), 1); };
  EXPECT_DOUBLE_EQ(mean({50, 250}), 4.25);
  EXPECT_DOUBLE_EQ(mean({-100, 100}), 0.5);
  EXPECT_DOUBLE_EQ(mean({120, 130}), 7);
}

TEST(Charts, SayTheirValuesFromTheTopOfTheStack) {
  const Trace trace(two_classes(), "");
  const ChartData data = first_chart(trace);
  EXPECT_EQ(data.values_at(150), "activations 7 B, parameters 10 B, all 17 B");
  EXPECT_EQ(data.values_at(-1), "");
}

TEST(Charts, CountActivationsOfAnAbstractRun) {
  RunColumns run = two_classes();
  run.facts = R"({"kind": "abstract"})";
  const Trace trace(std::move(run), "");
  EXPECT_EQ(first_chart(trace).values_at(150), "activations 7, parameters 10, all 17");
}

TEST(Charts, KeepAPeakWithoutDuration) {
  // At 100 first 9, then 3: the sum of the pixel that begins there is 9 at its highest.
  RunColumns run;
  run.ranks = {{.rank = 0}};
  add_row(run, 0, CounterKind::memory_activations, {{0, 1}, {100, 9}, {100, 3}});
  const Trace trace(std::move(run), "");
  const ChartData data = first_chart(trace);
  EXPECT_EQ(data.sum(data.extremes(data.in_force({100, 101})).high), 9);
  EXPECT_EQ(data.sum(data.at(100)), 3);
}

TEST(Extremes, AreThoseOfALookAtEveryValue) {
  std::vector<double> values;
  std::uint64_t state = 7;
  for (int i = 0; i < 1000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    values.push_back(static_cast<double>(state >> 40));
  }
  const Extremes extremes(values);
  for (std::size_t first = 0; first < values.size(); first += 37) {
    for (std::size_t last = first + 1; last <= values.size(); last += 61) {
      const Extremes::Found found = extremes.between(first, last);
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
      const auto end = values.begin() + static_cast<std::ptrdiff_t>(last);
      EXPECT_EQ(values[found.low], *std::min_element(begin, end));
      EXPECT_EQ(values[found.high], *std::max_element(begin, end));
    }
  }
}

TEST(Ticks, AreRound) {
  constexpr double kGB = 1e9;
  EXPECT_THAT(ticks(85 * kGB, 5, ChartData::Unit::bytes),
              ElementsAre(0, 20 * kGB, 40 * kGB, 60 * kGB, 80 * kGB));  // 85 / 5 = 17: the next round one is 20
  EXPECT_THAT(ticks(1, 2, ChartData::Unit::share), ElementsAre(0, 0.5, 1));
  EXPECT_THAT(ticks(3, 10, ChartData::Unit::activations), ElementsAre(0, 1, 2, 3));  // no half activations
  EXPECT_THAT(ticks(0, 5, ChartData::Unit::bytes), ElementsAre(0));
  EXPECT_EQ(tick_text(20 * kGB, 85 * kGB, ChartData::Unit::bytes), "20 GB");
  EXPECT_EQ(tick_text(0.5, 1, ChartData::Unit::share), "50 %");
}

}  // namespace
}  // namespace braid
