// SPDX-License-Identifier: Apache-2.0
// What the window says of a run against what the report says of it, which was written apart from it.
#include <gtest/gtest.h>

#include <algorithm>

#include "gui/model/aggregates.hpp"
#include "gui/model/run_compare.hpp"
#include "sim/report/compare.hpp"
#include "sim/report/metrics.hpp"
#include "sim/report/run_columns.hpp"
#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using tiny::Tiny;

/// Two stages, four microbatches, a collective behind every forward, a message between the stages.
Tiny two_stages(int tp) {
  Tiny tiny(2, tp);
  std::vector<std::uint32_t> sums;
  for (int m = 0; m < 4; ++m) {
    const auto f0 = tiny.compute(0, 1 + m);
    const auto sum = tiny.collective(0, Lane::tp, 2, {f0});
    const auto sent = tiny.eager(0, 1, 1, {sum});
    const auto f1 = tiny.compute(1, 2, {sent.recv});
    const auto other = tiny.collective(1, Lane::tp, 1, {f1});
    tiny.compute(1, 3, {other}, OpKind::input_grad);
  }
  return tiny;
}

/// A play with all that is told of it; nobody moves.
struct Case {
  Case(const Tiny& tiny, const Tiny::Play& how)
      : timeline(tiny.play(how)), played(join_complete(tiny.program(), timeline)), report(report_run(played, {})) {}
  Case(const Case&) = delete;
  Case& operator=(const Case&) = delete;
  Trace trace() const { return Trace(run_columns(played, {}, report, {.kind = "simulated"}), "tiny"); }

  Timeline timeline;
  Played played;
  RunReport report;
};

double ns(Seconds time) { return time.value * 1e9; }

void expect_agreement(const Case& first, const Case& second) {
  const TimelineComparison told = compare_timelines({first.played, first.report}, {second.played, second.report});
  const RunComparison found = compare_runs(first.trace(), second.trace());
  EXPECT_NEAR(static_cast<double>(found.first_step), ns(told.step.predicted), 1);
  EXPECT_NEAR(static_cast<double>(found.second_step), ns(told.step.measured), 1);
  EXPECT_EQ(found.only_first + found.only_second, 0u);
  EXPECT_EQ(found.classes.size(), told.classes.size());
  for (const ClassDifference& one : told.classes) {
    const auto at = std::ranges::find(found.classes, one.name, &Residual::name);
    ASSERT_NE(at, found.classes.end()) << one.name;
    EXPECT_EQ(at->count, one.count) << one.name;
    // Starts and ends are rounded to a nanosecond each.
    const double rounding = 2.0 * static_cast<double>(one.count);
    EXPECT_NEAR(at->first, ns(one.total.predicted), rounding) << one.name;
    EXPECT_NEAR(at->second, ns(one.total.measured), rounding) << one.name;
    EXPECT_NEAR(at->absolute, ns(one.absolute), 2 * rounding) << one.name;
  }
  for (std::size_t cause = 0; cause < kCauses; ++cause) {
    const std::size_t category = static_cast<std::size_t>(Category::idle_tp) + cause;
    EXPECT_NEAR(found.first_time[category], ns(told.idle[cause].predicted), 100) << cause;
    EXPECT_NEAR(found.second_time[category], ns(told.idle[cause].measured), 100) << cause;
  }
  EXPECT_NEAR(found.first_busy(), ns(told.busy.predicted + told.stretch.predicted), 100);
}

TEST(CompareRuns, AgreesWithTheReport) {
  const Tiny tiny = two_stages(1);
  const Case plain(tiny, {}), slow(tiny, {.slowdown = [](int gpu) { return gpu == 1 ? 1.5 : 1.25; }});
  expect_agreement(plain, slow);
  expect_agreement(slow, plain);
}

TEST(CompareRuns, AgreesWithTheReportWhereTheSecondRunIsUnfolded) {
  const Tiny tiny = two_stages(2);
  const Case folded(tiny, {});
  const Case unfolded(tiny, {.unfold = true, .slowdown = [](int gpu) { return 1 + 0.25 * gpu; }});
  expect_agreement(folded, unfolded);
}

TEST(Aggregate, ExposesTheCommunicationThatTheReportExposes) {
  const Tiny tiny = two_stages(2);
  const Case unfolded(tiny, {.unfold = true, .slowdown = [](int gpu) { return 1 + 0.25 * gpu; }});
  const Trace trace = unfolded.trace();
  const Aggregates all = aggregate(trace, trace.extent(), {});
  ASSERT_EQ(all.ranks.size(), unfolded.timeline.ranks.size());
  for (std::size_t rank = 0; rank < all.ranks.size(); ++rank) {
    const RankTimeline& timeline = unfolded.timeline.ranks[rank];
    EXPECT_GT(all.ranks[rank].exposed, 0);
    EXPECT_NEAR(all.ranks[rank].exposed, ns(exposed_communication(timeline)), 100);
    EXPECT_NEAR(all.ranks[rank].exposed + all.ranks[rank].overlapped, ns(communication_time(timeline)), 100);
    // compute + idle fill the step.
    EXPECT_NEAR(all.ranks[rank].compute + all.ranks[rank].idle(), ns(unfolded.timeline.step_time), 100);
  }
}

}  // namespace
}  // namespace braid
