// SPDX-License-Identifier: Apache-2.0
#include "sim/report/run_columns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/report/bubbles.hpp"
#include "sim/report/critical_path.hpp"
#include "sim/report/metrics.hpp"
#include "sim/timeline/tracks.hpp"
#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using tiny::Tiny;

constexpr std::int64_t kSecond = 1'000'000'000;

/// A program, its play and its columns; nobody moves.
struct Case {
  explicit Case(Tiny made, const Tiny::Play& how = {}, RunTold told = {.title = "tiny", .kind = "simulated"})
      : tiny(std::move(made)), timeline(tiny.play(how)), played(join_complete(tiny.program(), timeline)) {
    costs.launches = tiny.launches(how.launch);
    ReportFacts facts;
    facts.launches = costs.launches;
    columns = run_columns(played, costs, report_run(played, facts), told);
  }
  Case(const Case&) = delete;
  Case& operator=(const Case&) = delete;

  /// Spans of the first row of that kind and lane of a rank.
  std::vector<std::uint32_t> row(int rank, RowKind kind, Lane lane = Lane::compute) const {
    std::vector<std::uint32_t> spans;
    for (const RunRow& r : columns.rows) {
      if (r.rank != rank || r.kind != kind || r.lane != lane) continue;
      for (std::uint64_t i = r.begin; i < r.end; ++i) spans.push_back(static_cast<std::uint32_t>(i));
      break;
    }
    return spans;
  }
  /// "F 0-1": category and seconds of each span of it.
  std::vector<std::string> text(int rank, RowKind kind, Lane lane = Lane::compute) const {
    std::vector<std::string> texts;
    for (const std::uint32_t i : row(rank, kind, lane)) {
      texts.push_back(std::string(to_text(columns.category[i])) + " " + std::to_string(columns.start[i] / kSecond) +
                      "-" + std::to_string(columns.end[i] / kSecond));
    }
    return texts;
  }

  Tiny tiny;
  Timeline timeline;
  Played played;
  Costs costs;
  RunColumns columns;
};

/// Two ranks; 0 computes 2 s, all-reduces 1 s, computes 3 s, sends 1 s; 1 computes 4 s with what it received.
Tiny two_ranks() {
  Tiny tiny(2);
  const auto a = tiny.compute(0, 2);
  const auto ar = tiny.collective(0, Lane::tp, 1, {a});
  const auto b = tiny.compute(0, 3, {ar});
  const auto sent = tiny.eager(0, 1, 1, {b});
  tiny.compute(1, 4, {sent.recv});
  return tiny;
}

TEST(RunColumns, HaveTheOpsOfEachLaneAndTheIdlePiecesBetweenThem) {
  const Case c(two_ranks());
  ASSERT_THAT(check(c.columns.view()), IsEmpty());
  // Rank 0: 0-2, 2-3 waits for tp, 3-6, message 6-7, then nothing until rank 1 ends at 7 + 4 = 11.
  EXPECT_THAT(c.text(0, RowKind::lane), ElementsAre("F 0-2", "idle: tp 2-3", "F 3-6", "idle: drain 6-11"));
  EXPECT_THAT(c.text(0, RowKind::lane, Lane::tp), ElementsAre("tp 2-3"));
  EXPECT_THAT(c.text(0, RowKind::lane, Lane::pp), ElementsAre("pp 6-7"));
  EXPECT_THAT(c.text(1, RowKind::lane), ElementsAre("idle: warm_up 0-7", "F 7-11"));
  EXPECT_THAT(c.text(1, RowKind::lane, Lane::pp), ElementsAre("pp 6-7"));
}

TEST(RunColumns, SayWhatWaitsForWhat) {
  const Case c(two_ranks());
  const RunView run = c.columns.view();
  const auto compute0 = c.row(0, RowKind::lane), compute1 = c.row(1, RowKind::lane);
  const auto tp = c.row(0, RowKind::lane, Lane::tp)[0];
  const auto send = c.row(0, RowKind::lane, Lane::pp)[0], recv = c.row(1, RowKind::lane, Lane::pp)[0];
  EXPECT_THAT(run.deps_of(compute0[0]), IsEmpty());
  EXPECT_THAT(run.deps_of(tp), ElementsAre(compute0[0]));
  // Its dependence in the program, then the op before it on its lane.
  EXPECT_THAT(run.deps_of(compute0[2]), ElementsAre(tp, compute0[0]));
  EXPECT_THAT(run.deps_of(send), ElementsAre(compute0[2]));
  EXPECT_THAT(run.deps_of(recv), ElementsAre(send));
  EXPECT_THAT(run.deps_of(compute1[1]), ElementsAre(recv));
  // Idle: what could not start, what it waited for. Behind the last op nothing waits.
  EXPECT_THAT(run.deps_of(compute0[1]), ElementsAre(compute0[2], tp));
  EXPECT_THAT(run.deps_of(compute0[3]), ElementsAre(compute0[2], compute0[2]));
  // The ramp is not told apart; it is blamed on what arrived last.
  EXPECT_EQ(run.deps_of(compute1[0])[0], compute1[1]);
  EXPECT_EQ(run.deps_of(compute1[0])[1], recv);
}

TEST(RunColumns, HaveTheCriticalPathInOrderOfTime) {
  const Case c(two_ranks());
  const auto compute0 = c.row(0, RowKind::lane), compute1 = c.row(1, RowKind::lane);
  EXPECT_THAT(c.columns.critical, ElementsAre(compute0[0], c.row(0, RowKind::lane, Lane::tp)[0], compute0[2],
                                              c.row(0, RowKind::lane, Lane::pp)[0], compute1[1]));
}

TEST(RunColumns, KeepKeyAndWork) {
  const Case c(two_ranks());
  for (std::size_t rank = 0; rank < 2; ++rank) {
    for (const Op& op : c.played.ops(rank).ops) {
      const auto at = std::ranges::find(c.columns.key, op.key) - c.columns.key.begin();
      ASSERT_LT(static_cast<std::size_t>(at), c.columns.key.size());
      EXPECT_EQ(c.columns.work[static_cast<std::size_t>(at)], op.work);
    }
  }
  const auto idle = c.row(0, RowKind::lane)[1], pass = c.row(0, RowKind::passes)[0];
  EXPECT_EQ(c.columns.work[idle], kNoWork);
  EXPECT_EQ(c.columns.work[pass], kNoWork);
  // Nothing was stretched, so there is no such column.
  EXPECT_THAT(c.columns.stretch, IsEmpty());
}

TEST(RunColumns, CountStretchInNanoseconds) {
  Tiny tiny(1);
  tiny.compute(0, 2);
  Timeline timeline = tiny.play();
  timeline.ranks[0].lanes[0][0].stretch = Seconds(0.25);
  const Played played = join_complete(tiny.program(), timeline);
  const RunColumns columns = run_columns(played, {}, report_run(played, ReportFacts()), {});
  EXPECT_THAT(columns.stretch, ElementsAre(0, 250'000'000));  // of the pass, of the op
}

/// A stage of three ranks and both collectives, with durations that do not end on nanoseconds.
Tiny uneven() {
  Tiny tiny(3, 2, 2);
  tiny.kernels(3);
  std::vector<std::uint32_t> last(3);
  for (int m = 0; m < 4; ++m) {
    std::uint32_t sent = 0;
    for (int rank = 0; rank < 3; ++rank) {
      const double t = (1 + 0.37 * m + 0.11 * rank) * 1e-5 / 3;
      const auto a = rank == 0 ? tiny.compute(rank, t) : tiny.compute(rank, t, {sent});
      const auto ar = tiny.collective(rank, Lane::tp, t / 7, {a});
      last[static_cast<std::size_t>(rank)] = tiny.compute(rank, t / 3, {ar}, OpKind::input_grad);
      if (rank < 2) sent = tiny.eager(rank, rank + 1, t / 5, {last[static_cast<std::size_t>(rank)]}).recv;
    }
  }
  for (int rank = 0; rank < 3; ++rank) {
    tiny.compute(rank, 1e-5 / 7, {tiny.collective(rank, Lane::dp, 1e-5 / 11, {last[static_cast<std::size_t>(rank)]})},
                 OpKind::optimizer);
  }
  return tiny;
}

const std::vector<Tiny::Play> kPlays{
    {.unfold = false, .launch = 0, .slowdown = {}},
    {.unfold = false, .launch = 1.3e-6, .slowdown = {}},
    {.unfold = true, .launch = 0, .slowdown = {}},
    {.unfold = true, .launch = 0.7e-6, .slowdown = [](int gpu) { return gpu == 5 ? 1.4 : 1.0; }}};

TEST(RunColumns, CoverTheStepOfEveryComputeRowWithoutAHole) {
  for (const Tiny::Play& how : kPlays) {
    const Case c(uneven(), how);
    ASSERT_THAT(check(c.columns.view()), IsEmpty());
    const std::int64_t step = nanoseconds(c.timeline.step_time);
    EXPECT_EQ(c.columns.ranks.size(), how.unfold ? 12u : 3u);
    for (int rank = 0; rank < static_cast<int>(c.columns.ranks.size()); ++rank) {
      std::int64_t at = 0;
      for (const std::uint32_t i : c.row(rank, RowKind::lane)) {
        EXPECT_EQ(c.columns.start[i], at);
        at = c.columns.end[i];
      }
      EXPECT_EQ(at, step);
    }
  }
}

TEST(RunColumns, HaveEveryOpOnceAndEveryGap) {
  for (const Tiny::Play& how : kPlays) {
    const Case c(uneven(), how);
    const RunView run = c.columns.view();
    for (std::size_t rank = 0; rank < c.played.ranks.size(); ++rank) {
      const std::vector<Gap> gaps = gaps_of(c.played, rank, c.costs.launches);
      std::size_t next = 0, ops = 0;
      for (const RunRow& row : run.rows) {
        if (row.rank != static_cast<int>(rank) || row.kind != RowKind::lane) continue;
        for (auto i = static_cast<std::uint32_t>(row.begin); i < row.end; ++i) {
          if (!is_idle(run.category[i])) {
            ++ops;
            continue;
          }
          ASSERT_LT(next, gaps.size());
          const Gap& gap = gaps[next++];
          EXPECT_EQ(run.start[i], nanoseconds(gap.start));
          EXPECT_EQ(run.end[i], nanoseconds(gap.end));
          EXPECT_EQ(to_text(run.category[i]), std::string("idle: ") + to_text(gap.cause));
          // Keys of a Program have pipeline ranks, those of spans the ranks of the timeline.
          const auto deps = run.deps_of(i);
          ASSERT_EQ(deps.size(), 2u);
          OpKey waiting = gap.waiting, blamed = gap.blamed;
          waiting.rank = gap.rank;
          blamed.rank = gap.blamed_rank;
          EXPECT_EQ(run.key[deps[0]], waiting);
          EXPECT_EQ(run.key[deps[1]], blamed);
        }
      }
      EXPECT_EQ(next, gaps.size());
      EXPECT_EQ(ops, c.played.ops(rank).ops.size());
    }
  }
}

TEST(RunColumns, LetNothingStartBeforeWhatItWaitsForHasEnded) {
  for (const Tiny::Play& how : kPlays) {
    const Case c(uneven(), how);
    const RunView run = c.columns.view();
    std::size_t seen = 0;
    for (std::uint32_t i = 0; i < run.spans(); ++i) {
      if (is_idle(run.category[i])) continue;
      for (const std::uint32_t dep : run.deps_of(i)) {
        ++seen;
        // A recv covers the same time as its send.
        if (run.key[i].kind == OpKind::recv && run.key[dep].kind == OpKind::send) {
          EXPECT_EQ(run.start[i], run.start[dep]);
          EXPECT_EQ(run.end[i], run.end[dep]);
        } else {
          EXPECT_LE(run.end[dep], run.start[i]);
        }
      }
    }
    // A rank and microbatch: an all-reduce waits for 1 op, the op behind it for 2; two messages: send 1, recv 1,
    // receiver 1; ops and collectives after the first wait for those before them. More than 4 x 3 x 5 in any case.
    EXPECT_GT(seen, 60u);
  }
}

TEST(RunColumns, GiveRanksTheirPlaces) {
  const Case folded(uneven(), kPlays[0]);
  // Three pipeline ranks, each standing for 2 x 2 GPUs.
  EXPECT_THAT(folded.columns.ranks,
              ElementsAre(RunRank{.rank = 0, .pp = 0}, RunRank{.rank = 1, .pp = 1}, RunRank{.rank = 2, .pp = 2}));
  const Case unfolded(uneven(), kPlays[2]);
  // tp varies fastest, then dp, then pp: GPU 7 = 1 + 2 * (1 + 2 * 1).
  EXPECT_EQ(unfolded.columns.ranks[7], (RunRank{.rank = 7, .pp = 1, .tp = 1, .dp = 1}));
}

TEST(RunColumns, SpreadMessagesThatOverlapOverRows) {
  Tiny tiny(2);
  const auto a = tiny.compute(0, 1);
  tiny.eager(0, 1, 2, {a});
  tiny.eager(0, 1, 3, {a});
  const Case c(std::move(tiny));
  ASSERT_THAT(check(c.columns.view()), IsEmpty());
  std::vector<std::string> names;
  for (std::size_t r = 0; r < c.columns.rows.size(); ++r) {
    if (c.columns.rows[r].rank == 0) names.push_back(row_name(c.columns.view(), r));
  }
  EXPECT_THAT(names, ElementsAre("passes", "compute", "pp", "pp 2"));
}

TEST(RunColumns, ShowARankThatComputesNothingAsIdle) {
  Tiny tiny(2);
  const auto a = tiny.compute(0, 1);
  tiny.eager(0, 1, 1, {a});
  const Case c(std::move(tiny));
  ASSERT_THAT(check(c.columns.view()), IsEmpty());
  EXPECT_THAT(c.text(1, RowKind::passes), IsEmpty());
  EXPECT_THAT(c.text(1, RowKind::lane), ElementsAre("idle: warm_up 0-2"));
}

TEST(RunColumns, TakePassesOfWhoeverKnowsThemBetter) {
  Tiny tiny(1);
  tiny.compute(0, 2);
  const PassBlock block{.start = Seconds(0),
                        .end = Seconds(2),
                        .category = Category::forward,
                        .half = Category::input_grad,
                        .name = "F1 & I0",
                        .key = {.microbatch = 1}};
  const Case c(std::move(tiny), {}, {.title = "t", .kind = "abstract", .passes = {{block}}});
  EXPECT_THAT(c.text(0, RowKind::passes), ElementsAre("F 0-2"));
  EXPECT_EQ(label_of(c.columns.view(), 0), "F1 & I0");
  EXPECT_EQ(c.columns.half[0], Category::input_grad);
  EXPECT_EQ(c.columns.key[0].microbatch, 1);
}

TEST(RunFactsJson, SaysWhatTheReaderDocuments) {
  RunTold told{.title = "stp", .kind = "simulated", .scenario = "schema = 1", .profile = "gpu,x", .run = "stp"};
  told.notes = {"first"};
  const Case c(two_ranks(), {}, told);
  const auto facts = nlohmann::json::parse(c.columns.facts);
  EXPECT_EQ(facts["title"], "stp");
  EXPECT_EQ(facts["kind"], "simulated");
  EXPECT_EQ(facts["time_unit"], "s");
  EXPECT_EQ(facts["step_time_ns"], 11 * kSecond);
  EXPECT_EQ(facts["multiplicity"], 1);
  EXPECT_EQ(facts["lost"], 0);
  EXPECT_EQ(facts["p2p"], "eager");
  EXPECT_EQ(facts["scenario"], "schema = 1");
  EXPECT_EQ(facts["profile"], "gpu,x");
  EXPECT_EQ(facts["run"], "stp");
  EXPECT_EQ(facts["provenance"]["kind"], "simulated");
  EXPECT_EQ(facts["notes"][0], "first");
  EXPECT_EQ(facts["report"]["step_time_s"], 11);
  // Rank 0 idles 1 s for tp, rank 1 none: half a second in the mean.
  EXPECT_EQ(facts["report"]["bubble_by_cause_s"]["tp"], 0.5);
  EXPECT_FALSE(facts["report"].contains("wall_s"));
  EXPECT_FALSE(facts["report"].contains("speed_up"));
  ASSERT_EQ(facts["works"].size(), c.played.program->works.size());
  EXPECT_EQ(facts["works"][0]["class"], "F");
}

TEST(RunFactsJson, HasThePriceOfEachWorkAndAllClassesThatItServes) {
  Tiny tiny(1);
  tiny.compute(0, 2);
  tiny.compute(0, 2, {}, OpKind::weight_grad);
  // Both ops do the same work, as layers do.
  tiny.program().ranks[0].ops[1].work = 0;
  tiny.program().works[0].compute.gemms = {{.m = 2, .n = 3, .k = 4}};
  tiny.program().works[0].compute.flops = Flops(48);
  const Timeline timeline = tiny.play();
  const Played played = join_complete(tiny.program(), timeline);
  Costs costs;
  costs.prices = {{.time = Seconds(2), .traffic = Bytes(10), .source = "measured point"}};
  const RunColumns columns = run_columns(played, costs, report_run(played, ReportFacts()), {});
  const auto work = nlohmann::json::parse(columns.facts)["works"][0];
  EXPECT_EQ(work["class"], "F, W");
  EXPECT_EQ(work["shape"], "product 2 x 3 x 4; 1 kernel");
  EXPECT_EQ(work["flops"], 48);
  EXPECT_EQ(work["bytes"], 10);
  EXPECT_EQ(work["price_s"], 2);
  EXPECT_EQ(work["source"], "measured point");
}

TEST(RunFactsJson, TellsAMessageThePriceOfItsOwnPath) {
  Tiny tiny(2);
  const auto first = tiny.eager(0, 1, 1, {});
  const auto second = tiny.eager(0, 1, 1, {});
  for (const auto& [rank, op] : {std::pair(0, second.send), {1, second.recv}}) {
    tiny.program().ranks[static_cast<std::size_t>(rank)].ops[op].work = tiny.program().ranks[0].ops[first.send].work;
  }
  const Timeline timeline = tiny.play();
  const Played played = join_complete(tiny.program(), timeline);
  const std::size_t works = tiny.program().works.size();
  const std::uint16_t work = tiny.program().ranks[0].ops[first.send].work;
  Costs costs;
  costs.prices.assign(works, {.time = Seconds(2), .traffic = Bytes(10), .source = "the slowest path"});
  costs.path_prices = {.prices = {{.time = Seconds(1), .traffic = Bytes(10), .source = "a fast path"}},
                       .work = {work},
                       .of_message = {-1, 0}};
  const RunColumns columns = run_columns(played, costs, report_run(played, ReportFacts()), {});
  const auto told = nlohmann::json::parse(columns.facts)["works"];
  ASSERT_EQ(told.size(), works + 1);
  std::map<std::string, int> messages;
  for (std::size_t i = 0; i < columns.start.size(); ++i) {
    if (columns.category[i] == Category::pp) ++messages[told[columns.work[i]]["source"]];
  }
  // A send and a recv of each.
  EXPECT_EQ(messages, (std::map<std::string, int>{{"a fast path", 2}, {"the slowest path", 2}}));
  EXPECT_EQ(told[works]["class"], told[work]["class"]);
}

}  // namespace
}  // namespace braid
