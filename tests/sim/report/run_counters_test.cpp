// SPDX-License-Identifier: Apache-2.0
#include "sim/report/run_counters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using ::testing::ElementsAre;
using tiny::Tiny;

RunColumns counted(const Program& program, const Timeline& timeline, const CounterSources& sources) {
  RunColumns run;
  for (const RankTimeline& rank : timeline.ranks) run.ranks.push_back({.rank = rank.rank});
  add_counters(run, join_complete(program, timeline), sources);
  EXPECT_THAT(check(run.view()), ::testing::IsEmpty());
  return run;
}

std::vector<CounterPoint> points(const RunColumns& run, std::int32_t rank, CounterKind kind,
                                 std::string_view name = "") {
  for (const RunRow& row : run.rows) {
    const std::string_view is = row.name == kNoIndex ? "" : run.view().name_at(row.name);
    if (row.rank != rank || row.counter != kind || is.substr(0, name.size()) != name) continue;
    return {run.points.begin() + static_cast<std::ptrdiff_t>(row.begin),
            run.points.begin() + static_cast<std::ptrdiff_t>(row.end)};
  }
  return {};
}

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(RunCounters, StackMemoryByClass) {
  // 100 B of parameters and 20 B of optimizer all step; F takes 5 B at 0 s, B gives them back at 2 s.
  Tiny tiny(1);
  tiny.compute_with_memory(0, 1, {}, 5, 0);
  tiny.compute_with_memory(0, 1, {}, 0, 5);
  auto& resident = tiny.program().ranks[0].resident;
  resident[static_cast<std::size_t>(MemoryClass::parameters)] = 100_B;
  resident[static_cast<std::size_t>(MemoryClass::optimizer)] = 20_B;
  const Timeline timeline = tiny.play();
  const RunColumns run = counted(tiny.program(), timeline, {});
  EXPECT_THAT(points(run, 0, CounterKind::memory), ElementsAre(CounterPoint{0, 125}, CounterPoint{2 * kSecond, 120}));
  EXPECT_THAT(points(run, 0, CounterKind::memory_parameters), ElementsAre(CounterPoint{0, 100}));
  EXPECT_THAT(points(run, 0, CounterKind::memory_optimizer), ElementsAre(CounterPoint{0, 20}));
  EXPECT_THAT(points(run, 0, CounterKind::memory_activations),
              ElementsAre(CounterPoint{0, 5}, CounterPoint{2 * kSecond, 0}));
  EXPECT_EQ(run.rows.size(), 4u);  // no class that holds nothing
}

TEST(RunCounters, ShareTheSmsBetweenComputeAndCommunication) {
  // 100 SMs, of which an all-reduce holds 20. Compute 0..2 s, the all-reduce 1..3 s beside and after it.
  Tiny tiny(1, 2);
  const auto first = tiny.compute(0, 1);
  tiny.compute(0, 1);
  const auto reduce = tiny.collective(0, Lane::tp, 2, {first});
  const auto work = tiny.program().ranks[0].ops[reduce].work;
  Costs costs;
  costs.collective.resize(3);
  costs.sms_held = {0, 0, 0};
  costs.sms_held[work] = 20;
  const Cluster cluster{.gpu = {.sms = 100}, .nodes = 1, .gpus_per_node = 2, .intra_bandwidth = 1_GBps};
  const Timeline timeline = tiny.play();
  const RunColumns run = counted(tiny.program(), timeline, {.cluster = &cluster, .costs = &costs});
  EXPECT_THAT(points(run, 0, CounterKind::sm_occupancy, "compute"),
              ElementsAre(CounterPoint{0, 1}, CounterPoint{kSecond, 0.8}, CounterPoint{2 * kSecond, 0}));
  EXPECT_THAT(points(run, 0, CounterKind::sm_occupancy, "communication (20 SMs a collective)"),
              ElementsAre(CounterPoint{0, 0}, CounterPoint{kSecond, 0.2}, CounterPoint{3 * kSecond, 0}));
}

TEST(RunCounters, SayNothingOfSmsThatNobodyKnows) {
  Tiny tiny(1);
  tiny.compute(0, 1);
  const Cluster cluster{.gpu = {.sms = 100}, .nodes = 1, .gpus_per_node = 1};
  const Timeline timeline = tiny.play();
  const RunColumns run = counted(tiny.program(), timeline, {.cluster = &cluster});
  EXPECT_TRUE(points(run, 0, CounterKind::sm_occupancy).empty());
}

TEST(RunCounters, PutLinksOfTheClusterBehindThoseOfRanks) {
  // An all-reduce of 8 B over two GPUs of 10 B/s in 2 s: 16 B of 40 B.
  Tiny tiny(1, 2);
  const auto reduce = tiny.collective(0, Lane::tp, 2);
  tiny.program().works[tiny.program().ranks[0].ops[reduce].work].bytes = 8_B;
  const Cluster cluster{.nodes = 1, .gpus_per_node = 2, .intra_bandwidth = BytesPerSecond(10)};
  const Timeline timeline = tiny.play();
  const RunColumns run = counted(tiny.program(), timeline, {.cluster = &cluster});
  EXPECT_EQ(run.rows.back().rank, -1);
  EXPECT_THAT(points(run, -1, CounterKind::link, "NVLink"),
              ElementsAre(CounterPoint{0, 0.4}, CounterPoint{2 * kSecond, 0}));
}

TEST(RunCounters, FindTheirRankByItsNumber) {
  Tiny tiny(2);
  tiny.compute_with_memory(0, 1, {}, 5, 5);
  tiny.compute_with_memory(1, 1, {}, 7, 7);
  const Timeline timeline = tiny.play();
  RunColumns run;
  run.ranks = {{.rank = 1}, {.rank = 0}};
  add_counters(run, join_complete(tiny.program(), timeline), {});
  EXPECT_EQ(points(run, 0, CounterKind::memory).front().value, 7);
  EXPECT_EQ(points(run, 1, CounterKind::memory).front().value, 5);
}

TEST(RunCounters, KeepThePeakUnderALimitOfPoints) {
  // 500 ops of a second; one takes 9 B for its second, the others 1 B.
  Tiny tiny(1);
  for (int i = 0; i < 500; ++i) tiny.compute_with_memory(0, 1, {}, i == 333 ? 9 : 1, i == 333 ? 9 : 1);
  const Timeline timeline = tiny.play();
  const RunColumns run = counted(tiny.program(), timeline, {.most_points = 32});
  const auto memory = points(run, 0, CounterKind::memory);
  EXPECT_LE(memory.size(), 32u);
  EXPECT_EQ(std::ranges::count(memory, CounterPoint{333 * kSecond, 9}), 1);
}

}  // namespace
}  // namespace braid
