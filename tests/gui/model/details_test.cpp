// SPDX-License-Identifier: Apache-2.0
#include "gui/model/details.hpp"

#include <gtest/gtest.h>

#include "gui/model/provenance_line.hpp"

namespace braid {
namespace {

/// Rank 8 (stage 1): compute with F attn (0 to 2 ms, with 0.5 ms of stretch), a wait (2 to 3 ms), F mlp (3 to 4 ms);
/// tp with the all-reduce of attn (2 to 3 ms). Ranks of 8 are folded into this one.
Trace small_trace() {
  RunColumns run;
  run.ranks = {{.rank = 8, .pp = 1, .tp = 0, .dp = 0}};
  const auto span = [&](std::int64_t start, std::int64_t end, Category category, OpKey key) {
    run.start.push_back(start);
    run.end.push_back(end);
    run.category.push_back(category);
    run.key.push_back(key);
  };
  const OpKey attn{.rank = 1, .microbatch = 3, .layer = 7, .chunk = 1, .kind = OpKind::forward, .unit = Unit::attn};
  OpKey mlp = attn, reduce = attn;
  mlp.unit = Unit::mlp;
  reduce.kind = OpKind::all_reduce;
  span(0, 2'000'000, Category::forward, attn);
  span(2'000'000, 3'000'000, Category::idle_tp, {});
  span(3'000'000, 4'000'000, Category::forward, mlp);
  span(2'000'000, 3'000'000, Category::tp, reduce);
  run.rows = {{.rank = 0, .begin = 0, .end = 3}, {.rank = 0, .lane = Lane::tp, .begin = 3, .end = 4}};
  run.half = run.category;
  run.half[2] = Category::input_grad;
  run.stretch = {500'000, 0, 0, 0};
  run.work = {0, kNoWork, kNoWork, 1};
  run.dep_begin = {0, 0, 2, 4, 5};
  run.deps = {/*idle*/ 2, 3, /*mlp*/ 0, 3, /*reduce*/ 0};
  run.critical = {0, 3, 2};
  run.facts = R"({"title": "small", "kind": "simulated", "step_time_ns": 4000000, "multiplicity": 8, "works": [
      {"class": "F attn", "shape": "QKV GEMM 8 x 8 x 8", "flops": 3e11, "bytes": 4e8, "price_s": 0.0016,
       "source": "data sheet"},
      {"class": "all_reduce F attn", "flops": 0, "bytes": 1e8, "price_s": 0.001, "source": "measured"}]})";
  return Trace(std::move(run), "small.braid");
}

/// "name|value" a line, "# name" for headings, "-> n" for links.
std::string shown(const std::vector<DetailLine>& lines) {
  std::string text;
  for (const DetailLine& line : lines) {
    text += line.heading ? "# " + line.name : line.name + "|" + line.value;
    if (line.span != kNoIndex) text += " -> " + std::to_string(line.span);
    text += '\n';
  }
  return text;
}

TEST(DetailsOf, SaysAllThatIsKnownOfAnOp) {
  // 2 of 4 ms are 50 %, 0.5 of 2 ms 25 %; 3e11 / 2 ms = 150 TFLOP/s, 4e8 / 2 ms = 200 GB/s; 2 / 1.6 ms = +25 %.
  // Its dependents start at 3 and 2 ms, 1 and 0 ms after its end.
  EXPECT_EQ(shown(details_of(small_trace(), 0)),
            "# F attn mb3\n"
            "rank|rank 8: stage 1, tp 0, dp 0\n"
            "played for|8 ranks that do the same\n"
            "lane|compute\n"
            "category|F\n"
            "microbatch|3\n"
            "chunk|1\n"
            "layer|7\n"
            "start|0 ms\n"
            "end|2 ms\n"
            "duration|2 ms (50 % of the step)\n"
            "stretch|500 us of it by contention (25 %)\n"
            "critical path|on it\n"
            "# work\n"
            "class|F attn\n"
            "shape|QKV GEMM 8 x 8 x 8\n"
            "arithmetic|300 GFLOP\n"
            "bytes|400 MB\n"
            "achieved|150 TFLOP/s\n"
            "achieved|200 GB/s\n"
            "predicted, alone|1.6 ms\n"
            "against it|+25 %\n"
            "price from|data sheet\n"
            "# waited for by 2\n"
            "F mlp mb3 chunk1 layer7|slack 1 ms  (rank 8, compute) -> 2\n"
            "all_reduce attn mb3 chunk1 layer7|slack 0 s  (rank 8, tp) -> 3\n");
}

TEST(DetailsOf, PutsTheDependenceThatEndedLastFirst) {
  // F mlp starts at 3 ms: the all-reduce ended then, attn a millisecond before.
  const std::string text = shown(details_of(small_trace(), 2));
  EXPECT_NE(text.find("category|braid of F and I\n"), std::string::npos) << text;
  EXPECT_NE(text.find("# waits for 2\n"
                      "all_reduce attn mb3 chunk1 layer7|slack 0 s  (rank 8, tp) -> 3\n"
                      "F attn mb3 chunk1 layer7|slack 1 ms  (rank 8, compute) -> 0\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("# work"), std::string::npos);  // kNoWork
}

TEST(DetailsOf, CountsTheIdleTimeThatIsBlamedOnAnOp) {
  const std::string text = shown(details_of(small_trace(), 3));
  EXPECT_NE(text.find("# to blame for 1 ms idle\nidle: tp|1 ms  (rank 8, compute) -> 1\n"), std::string::npos) << text;
}

TEST(DetailsOf, SaysOfAnIdlePieceWhyAndWhatItWaitedFor) {
  EXPECT_EQ(shown(details_of(small_trace(), 1)),
            "# idle: tp\n"
            "rank|rank 8: stage 1, tp 0, dp 0\n"
            "played for|8 ranks that do the same\n"
            "lane|compute\n"
            "category|idle: tp\n"
            "start|2 ms\n"
            "end|3 ms\n"
            "duration|1 ms (25 % of the step)\n"
            "# why\n"
            "cause|tp: a tensor-parallel collective, or waiting for a peer in it\n"
            "could not start|F mlp mb3 chunk1 layer7  (rank 8, compute) -> 2\n"
            "waited for|all_reduce attn mb3 chunk1 layer7  (rank 8, tp) -> 3\n"
            "which ran|2 ms to 3 ms\n");
}

TEST(DetailsOf, SaysWhatKeptTheBlamedOpFromBeginning) {
  // Rank 0 idles from 0 to 30 ns for a message of rank 1 that lasts from 20 to 30, after an op of rank 1 from 5 to 20.
  RunColumns run;
  run.ranks = {{.rank = 0}, {.rank = 1}};
  run.start = {0, 30, 5, 20};
  run.end = {30, 40, 20, 30};
  run.category = {Category::idle_pp_wait, Category::forward, Category::input_grad, Category::pp};
  run.rows = {{.rank = 0, .begin = 0, .end = 2},
              {.rank = 1, .begin = 2, .end = 3},
              {.rank = 1, .lane = Lane::pp, .begin = 3, .end = 4}};
  run.dep_begin = {0, 2, 3, 3, 4};
  run.deps = {1, 3, /**/ 3, /**/ 2};
  const std::string text = shown(details_of(Trace(std::move(run), ""), 0));
  EXPECT_NE(text.find("waited for|pp  (rank 1, pp) -> 3\n"
                      "which ran|0.00002 ms to 0.00003 ms\n"
                      "after it waited for|I  (rank 1, compute) -> 2\n"),
            std::string::npos)
      << text;
}

TEST(DetailsOf, CallsARecvAndItsSendOneTransfer) {
  // A send and its recv from 10 to 30 ns; the recv is said to wait for an op that ends at 40.
  RunColumns run;
  run.ranks = {{.rank = 0}, {.rank = 1}};
  run.start = {10, 20, 10};
  run.end = {30, 40, 30};
  run.category = {Category::pp, Category::forward, Category::pp};
  run.rows = {{.rank = 0, .lane = Lane::pp, .begin = 0, .end = 1},
              {.rank = 1, .begin = 1, .end = 2},
              {.rank = 1, .lane = Lane::pp, .begin = 2, .end = 3}};
  run.dep_begin = {0, 0, 0, 2};
  run.deps = {0, 1};
  const Trace trace(std::move(run), "");
  const std::string text = shown(details_of(trace, 2));
  EXPECT_NE(text.find("pp|the same transfer  (rank 0, pp) -> 0\n"), std::string::npos) << text;
  EXPECT_NE(text.find("F|begins 30 ns before its end  (rank 1, compute) -> 1\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("slack"), std::string::npos) << text;
  EXPECT_NE(shown(details_of(trace, 0)).find("pp|the same transfer  (rank 1, pp) -> 2\n"), std::string::npos);
}

TEST(DetailsOf, SaysOfAnIdlePieceOfNoOpOnlyItsCause) {
  // A rank without an op of compute: the piece names itself, twice.
  RunColumns run;
  run.ranks = {{.rank = 0}};
  run.start = {0};
  run.end = {30};
  run.category = {Category::idle_warm_up};
  run.rows = {{.rank = 0, .begin = 0, .end = 1}};
  run.dep_begin = {0, 2};
  run.deps = {0, 0};
  const std::string text = shown(details_of(Trace(std::move(run), ""), 0));
  EXPECT_NE(text.find("# why\ncause|"), std::string::npos) << text;
  EXPECT_EQ(text.find("could not start"), std::string::npos) << text;
}

TEST(DetailsOf, GivesNothingForNoSpan) {
  EXPECT_TRUE(details_of(small_trace(), kNoIndex).empty());
  EXPECT_TRUE(details_of(small_trace(), 4).empty());
}

TEST(DetailsOf, NeedsNoneOfTheOptionalColumns) {
  RunColumns run;
  run.ranks = {{.rank = 77}};
  run.start = {0};
  run.end = {5};
  run.category = {Category::other};
  run.rows = {{.rank = 0, .begin = 0, .end = 1}};
  EXPECT_EQ(shown(details_of(Trace(std::move(run), ""), 0)),
            "# other\nrank|rank 77\nlane|compute\ncategory|other\nstart|0 ms\nend|0.000005 ms\nduration|5 ns\n");
}

TEST(ProvenanceLine, CountsALaneOfSeveralRowsOnce) {
  // Measured ops of one compute lane overlap, which takes two rows; idle for 1 of 4 s: a quarter of one rank's step.
  constexpr std::int64_t kSecond = 1'000'000'000;
  RunColumns run;
  run.ranks = {{.rank = 0}};
  run.start = {0, 2 * kSecond, 3 * kSecond, 1 * kSecond};
  run.end = {2 * kSecond, 3 * kSecond, 4 * kSecond, 2 * kSecond};
  run.category = {Category::forward, Category::idle_tp, Category::forward, Category::forward};
  run.rows = {{.rank = 0, .begin = 0, .end = 3}, {.rank = 0, .begin = 3, .end = 4}};
  const Trace trace(std::move(run), "");
  EXPECT_NE(provenance_line(trace, trace.extent()).find("bubble 25 % (1 s of 1 x 4 s)"), std::string::npos)
      << provenance_line(trace, trace.extent());
}

TEST(ProvenanceLine, SaysWhereAPictureComesFrom) {
  // The compute row idles for 1 of 4 ms.
  const Trace trace = small_trace();
  EXPECT_EQ(provenance_line(trace, trace.extent()),
            "small \u00b7 simulated \u00b7 step 4 ms \u00b7 bubble 25 % (1 ms of 1 x 4 ms)");
  EXPECT_EQ(provenance_line(trace, {1'000'000, 4'000'000}),
            "small \u00b7 simulated \u00b7 step 4 ms \u00b7 shown 1 ms to 4 ms \u00b7 bubble 25 % (1 ms of 1 x 4 ms)");
}

TEST(TooltipOf, IsShort) {
  EXPECT_EQ(tooltip_of(small_trace(), 0), "F attn mb3: 2 ms\nrank 8, compute");
  EXPECT_EQ(tooltip_of(small_trace(), 1),
            "idle 1 ms: tp: a tensor-parallel collective, or waiting for a peer in it\n"
            "for all_reduce attn mb3 chunk1 layer7 (rank 8, tp)");
  EXPECT_EQ(tooltip_of(small_trace(), 99), "");
}

TEST(TimeText, CountsSlotsOfAbstractRuns) {
  RunFacts facts;
  EXPECT_EQ(time_text(facts, 1'376'000), "1.376 ms");
  facts.time_unit = "slot";
  EXPECT_EQ(time_text(facts, 12'000'000'000), "12 slots");
  EXPECT_EQ(time_text(facts, 1'000'000'000), "1 slot");
  EXPECT_EQ(time_text(facts, 500'000'000), "0.5 slots");
}

}  // namespace
}  // namespace braid
