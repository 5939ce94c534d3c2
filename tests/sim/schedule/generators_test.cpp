// SPDX-License-Identifier: Apache-2.0
// What holds for every schedule, whatever its name, p, m and v.
#include "sim/schedule/generators.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sim/schedule/peaks.hpp"
#include "sim/schedule/pytorch_csv.hpp"
#include "sim/schedule/replay.hpp"

namespace braid {
namespace {

constexpr int kRanks[] = {1, 2, 3, 4, 5, 6, 8};
constexpr int kMicrobatches[] = {1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 16, 17, 23, 24, 25, 32};

/// Of a schedule without pauses: the longest of the ranks' own times from first start to last end.
double span(const Replay& played) {
  double longest = 0;
  for (std::size_t r = 0; r < played.start.size(); ++r) {
    longest = std::max(longest, played.end[r].back() - played.start[r].front());
  }
  return longest;
}

class EveryGenerator : public testing::TestWithParam<std::string> {
 protected:
  /// Calls `visit` for every (p, m, v) up to `most` microbatches that the generator does not refuse; says how many.
  template <class Visit>
  int each(int most, Visit visit) const {
    int admitted = 0;
    for (const int p : kRanks) {
      for (const int m : kMicrobatches) {
        if (m > most) continue;
        for (const int v : {0, 1, 2, 3}) {  // 0: not asked for
          ScheduleRequest request{.stages = p, .microbatches = m};
          if (v > 0) request.chunks = v;
          std::optional<Schedule> schedule;
          try {
            schedule = generate_schedule(GetParam(), request);
          } catch (const Error&) {
            continue;  // refusals are the subject of generators_errors_test
          }
          SCOPED_TRACE(GetParam() + " p" + std::to_string(p) + " m" + std::to_string(m) + " v" + std::to_string(v));
          visit(*schedule, p, m);
          ++admitted;
        }
      }
    }
    return admitted;
  }
};

void expect_well_formed(const Schedule& schedule, int p, int m) {
  const auto issues = check(schedule);
  EXPECT_TRUE(issues.empty()) << issues.front().where << ": " << issues.front().what;
  EXPECT_EQ(schedule.ranks(), p);
  EXPECT_EQ(schedule.microbatches, m);
}

/// 3 units per stage and microbatch: all microbatches through a rank's stages; and one through all stages, W apart.
void expect_enough_time(const Schedule& schedule, int p, int m) {
  const int makespan = unit_times(schedule).makespan;
  EXPECT_GE(makespan, 3 * m * (schedule.stages() / p));
  EXPECT_GE(makespan, 2 * schedule.stages() + 1);
}

void expect_possible_peaks(const Schedule& schedule, int p, int m) {
  const PeakActivations peaks = peak_activations(schedule);
  for (std::size_t rank = 0; rank < schedule.rows.size(); ++rank) {
    EXPECT_GE(peaks.netted[rank], 1);
    EXPECT_GE(peaks.inclusive[rank], peaks.netted[rank]);
    EXPECT_GE(peaks.until_w[rank], peaks.inclusive[rank]);
    EXPECT_LE(peaks.until_w[rank], m * schedule.stages() / p);
  }
}

TEST_P(EveryGenerator, MakesWellFormedSchedulesWithPossibleTimesAndPeaks) {
  const int admitted = each(32, [](const Schedule& schedule, int p, int m) {
    expect_well_formed(schedule, p, m);
    if (HasFailure()) return;
    expect_enough_time(schedule, p, m);
    expect_possible_peaks(schedule, p, m);
  });
  EXPECT_GE(admitted, 10);  // DualPipe, the pickiest: p in {2,4,6,8} and even m >= 2p leave 16
}

TEST_P(EveryGenerator, SurvivesAsAFile) {
  each(13, [](const Schedule& schedule, int, int) {  // size adds nothing here
    Schedule again = parse_schedule(write_schedule(schedule, CsvFlavour::braided), "x.csv");
    again.name = schedule.name;
    EXPECT_EQ(again, schedule);
    const Schedule flat = parse_schedule(write_schedule(schedule, CsvFlavour::compute_only), "x.csv");
    const Schedule comms = parse_schedule(write_schedule(schedule, CsvFlavour::compute_comms), "x.csv");
    for (std::size_t rank = 0; rank < flat.rows.size(); ++rank) {
      std::vector<Cell> cells = flat.rows[rank];
      std::erase_if(cells, [](const Cell& cell) { return cell.empty(); });
      EXPECT_EQ(cells, comms.rows[rank]);
    }
  });
}

std::vector<std::string> names() {
  std::vector<std::string> found;
  for (const GeneratorEntry& entry : generators()) found.push_back(entry.name);
  return found;
}

INSTANTIATE_TEST_SUITE_P(Names, EveryGenerator, testing::ValuesIn(names()), [](const auto& param) {
  std::string name = param.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(Generators, AreSixteenUnderTheirNames) {
  const auto found = names();
  const std::set<std::string> expected{"gpipe",    "1f1b",           "1f1b-i",        "looped-bfs", "zb-h1", "zb-h2",
                                       "zb",       "interleaved-zb", "zb-v",          "v-half",     "v-min", "1f1b-v",
                                       "dualpipe", "dualpipev",      "combined-1f1b", "stp"};
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), expected);
  for (const GeneratorEntry& entry : generators()) {
    // m = 24 and p = 4 satisfy every precondition; the schedule carries the name it was asked for by.
    const Schedule schedule = generate_schedule(entry.name, {.stages = 4, .microbatches = 24});
    EXPECT_EQ(schedule.name, entry.name);
    const bool folded = schedule.stages() == 8 && schedule.rank_of_stage[7] == 0;
    EXPECT_EQ(folded, entry.v_shaped) << entry.name;
  }
}

TEST(Interleaved1F1B, TakesMegatronsGroupIncludingALastSmallerOne) {
  // m = 11, N = 4, p = 3: groups of 4, 4, 3 (11 mod 4 = 3 >= p). Rank 0's forwards: 4 of chunk 0, 4 of chunk 1, ...
  const Schedule schedule = interleaved_one_f_one_b({.stages = 3, .microbatches = 11, .group = 4});
  EXPECT_TRUE(check(schedule).empty());
  const std::string row = to_text(schedule).substr(0, to_text(schedule).find('\n'));
  EXPECT_EQ(row.find("0: F0.0 F0.1 F0.2 F0.3 F3.0 F3.1 F3.2 F3.3"), 0U) << row;
}

TEST(Interleaved1F1B, HasThePublishedBubble) {
  // (p-1)(F+I+W) = 3(p-1) units whatever v, where p divides m.
  for (const int p : {2, 3, 5, 8}) {
    for (const int v : {2, 3, 4}) {
      const int m = 3 * p;
      EXPECT_EQ(unit_times(interleaved_one_f_one_b({.stages = p, .microbatches = m, .chunks = v})).makespan,
                3 * m * v + 3 * (p - 1));
    }
  }
}

TEST(ZBH2, HasNoBubbleInSpanOnceItIsLongEnough) {
  // From m = 2p-1 on, every rank works without a pause from its first start: 3m.
  for (const int p : {2, 3, 5, 8}) {
    const Schedule schedule = zb_h2({.stages = p, .microbatches = 3 * p});
    const Replay played = replay(schedule, {});
    for (std::size_t r = 0; r < played.start.size(); ++r) {
      EXPECT_EQ(played.end[r].back() - played.start[r].front(), 9 * p) << "p " << p << " rank " << r;
    }
  }
}

TEST(ZeroBubbleSearch, KeepsItsMemoryLimit) {
  for (const int p : {2, 3, 4, 8}) {
    for (const int limit : {1, 2, p, 2 * p - 1, 2 * p, 100}) {
      ScheduleRequest request{.stages = p, .microbatches = 15, .memory_limit = limit};
      request.kept_for_w = 1;  // a whole activation until W: the "until W" count is then the one that is limited
      const Schedule schedule = zero_bubble_with_memory_limit(request);
      EXPECT_TRUE(check(schedule).empty());
      for (const int held : peak_activations(schedule).until_w) EXPECT_LE(held, limit);
    }
  }
}

TEST(ZeroBubbleSearch, IsNeverWorseThanTheSchedulesDrawnByHand) {
  for (const int p : {2, 3, 4, 8}) {
    for (const int m : {p, 2 * p, 3 * p + 1}) {
      ScheduleRequest request{.stages = p, .microbatches = m};
      const auto unit_span = [](const Schedule& schedule) { return span(replay(schedule, {})); };
      request.memory_limit = p;
      EXPECT_LE(unit_span(zero_bubble_with_memory_limit(request)), unit_span(zb_h1({.stages = p, .microbatches = m})));
      request.memory_limit = 2 * p;
      EXPECT_LE(unit_span(zero_bubble_with_memory_limit(request)), unit_span(zb_h2({.stages = p, .microbatches = m})));
    }
  }
}

TEST(VHalf, HoldsPPlus2ChunksAtMost) {
  for (const int p : {2, 3, 4, 5, 6, 8}) {
    for (const int held : peak_activations(v_half({.stages = p, .microbatches = 3 * p + 1})).until_w) {
      EXPECT_LE(held, p + 2);
    }
  }
}

TEST(VMin, HoldsAboutAThirdOf1F1B) {
  // Lifetimes of the two chunks of a rank sum to 4p and at most 4 more units (delay 2, W) of a period of 6, each
  // counted inclusively: 4p/6 and 2 + 2/3, so at most 2(p+4)/3 as the paper says, rounded up to whole pairs.
  for (const int p : {2, 3, 4, 5, 6, 8, 12}) {
    for (const int held : peak_activations(v_min({.stages = p, .microbatches = 3 * p})).until_w) {
      EXPECT_LE(held, 2 * ((p + 4 + 2) / 3)) << p;
    }
  }
}

TEST(SearchedSchedules, PlanWithTheCostsTheyAreGiven) {
  // A plan made for these costs is never worse at them than the plan made for unit costs; for zb in span.
  const PassCosts costs{.f = 3, .i = 4, .w = 0.5, .comm = 0.25};
  for (const char* name : {"zb", "v-half", "v-min", "1f1b-v"}) {
    const ScheduleRequest unit{.stages = 4, .microbatches = 9};
    ScheduleRequest request = unit;
    request.f = costs.f;
    request.i = costs.i;
    request.w = costs.w;
    request.comm = costs.comm;
    const auto judged = [&](const Schedule& schedule) {
      const Replay played = replay(schedule, costs);
      return std::string(name) == "zb" ? span(played) : played.makespan;
    };
    const Schedule planned = generate_schedule(name, request);
    EXPECT_TRUE(check(planned).empty());
    EXPECT_LE(judged(planned), judged(generate_schedule(name, unit))) << name;
  }
}

TEST(ZeroBubbleSearch, UsesTheCostsThatItIsGiven) {
  // F twice as long as I and W: at these costs the search finds a shorter span than the order for unit costs has.
  ScheduleRequest unit{.stages = 4, .microbatches = 12, .memory_limit = 8};
  ScheduleRequest request = unit;
  request.f = 2;
  request.w = 1;
  const PassCosts costs{.f = 2, .i = 1, .w = 1, .comm = 0};
  EXPECT_LT(span(replay(zero_bubble_with_memory_limit(request), costs)),
            span(replay(zero_bubble_with_memory_limit(unit), costs)));
}

}  // namespace
}  // namespace braid
