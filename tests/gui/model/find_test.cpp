// SPDX-License-Identifier: Apache-2.0
#include "gui/model/find.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/base/error.hpp"
#include "tests/gui/made_run.hpp"

namespace braid {
namespace {

using testing::ElementsAre;

struct Piece {
  std::int64_t start = 0, end = 0;
  Category category = Category::forward;
  OpKey key{};
};

void add_row(RunColumns& run, RunRow row, const std::vector<Piece>& pieces) {
  row.begin = run.start.size();
  for (const Piece& piece : pieces) {
    run.start.push_back(piece.start);
    run.end.push_back(piece.end);
    run.category.push_back(piece.category);
    run.key.push_back(piece.key);
  }
  row.end = run.start.size();
  run.rows.push_back(row);
}

/// Row 0: spans 0 to 4. Row 1: span 5, so that a neighbour can be mistaken for one of row 0.
RunColumns two_rows() {
  RunColumns run;
  run.ranks = {{.rank = 0}};
  add_row(run, {.rank = 0}, {{10, 20}, {20, 25, Category::idle_tp}, {30, 30}, {30, 30}, {40, 50}});
  add_row(run, {.rank = 0, .lane = Lane::tp}, {{60, 70, Category::tp}});
  return run;
}

TEST(SpanAt, TakesItsStartAndNotItsEnd) {
  const RunColumns run = two_rows();
  EXPECT_EQ(span_at(run.view(), 0, 9), kNoIndex);
  EXPECT_EQ(span_at(run.view(), 0, 10), 0u);
  EXPECT_EQ(span_at(run.view(), 0, 19), 0u);
  EXPECT_EQ(span_at(run.view(), 0, 20), 1u);
  EXPECT_EQ(span_at(run.view(), 0, 25), kNoIndex);
  EXPECT_EQ(span_at(run.view(), 0, 65), kNoIndex);  // that is in the other row
  EXPECT_EQ(span_at(run.view(), 1, 65), 5u);
}

TEST(SpanAt, GivesTheLastOfSpansWithoutALength) {
  EXPECT_EQ(span_at(two_rows().view(), 0, 30), 3u);
  EXPECT_EQ(span_at(two_rows().view(), 0, 31), kNoIndex);
}

TEST(SpanNear, ReachesAcrossPixels) {
  // 1 ns a pixel from 0: span 0 ends at x = 20 (and 1 begins), 1 ends at 25, 2 and 3 stand at 30, 4 begins at 40.
  const RunColumns run = two_rows();
  const TimeMap map{.range = {0, 100}, .width = 100};
  EXPECT_EQ(span_near(run.view(), 0, map, 8), 0u);           // two pixels before its start
  EXPECT_EQ(span_near(run.view(), 0, map, 7), kNoIndex);     // three
  EXPECT_EQ(span_near(run.view(), 0, map, 27), 1u);          // two after its end
  EXPECT_EQ(span_near(run.view(), 0, map, 27.6), kNoIndex);  // 2.6 after one, 2.4 before the next
  EXPECT_EQ(span_near(run.view(), 0, map, 28.6), 2u);
  EXPECT_EQ(span_near(run.view(), 0, map, 32), 3u);
  EXPECT_EQ(span_near(run.view(), 0, map, 52), 4u);     // not span 5, which is of the next row
  EXPECT_EQ(span_near(run.view(), 0, map, 35, 6), 3u);  // 5 to either side: the earlier keeps its place
  EXPECT_EQ(span_near(run.view(), 0, map, 36, 6), 4u);
}

TEST(SpanNear, FindsEverySpanThatIsThinnerThanAPixel) {
  // 10 000 ns a pixel, spans of 40 to 160 us and of no length: the middle of each drawn block leads to it or to one
  // that touches the same pixel.
  const RunColumns run = made_run({.pp = 1, .microbatches = 2, .layers = 1});
  const RunView view = run.view();
  const TimeMap map{.range = {0, 20'000'000}, .width = 200};
  for (std::size_t row = 0; row < run.rows.size(); ++row) {
    if (run.rows[row].kind == RowKind::counter) continue;
    for (std::uint64_t i = run.rows[row].begin; i < run.rows[row].end; ++i) {
      const double x = (map.x(run.start[i]) + map.x(run.end[i])) / 2;
      const std::uint32_t found = span_near(view, row, map, x);
      ASSERT_NE(found, kNoIndex);
      EXPECT_LE(map.x(run.start[found]), x + 2);
      EXPECT_GE(map.x(run.end[found]), x - 2);
    }
  }
}

TEST(NextSpan, SkipsIdlePiecesAndStaysInItsRow) {
  const RunColumns run = two_rows();
  EXPECT_EQ(next_span(run.view(), 0), 2u);
  EXPECT_EQ(next_span(run.view(), 4), kNoIndex);
  EXPECT_EQ(previous_span(run.view(), 2), 0u);
  EXPECT_EQ(previous_span(run.view(), 0), kNoIndex);
  EXPECT_EQ(previous_span(run.view(), 5), kNoIndex);
}

/// 1 and 2 wait for 0, 3 (idle) lets 4 wait and blames 0; 5 (idle) knows nothing but 0.
RunColumns with_deps() {
  RunColumns run;
  run.ranks = {{.rank = 0}};
  add_row(run, {.rank = 0},
          {{0, 1}, {1, 2}, {2, 3}, {3, 4, Category::idle_pp_wait}, {4, 5}, {5, 6, Category::idle_drain}});
  run.dep_begin = {0, 0, 1, 3, 5, 5, 7};
  run.deps = {0, /**/ 1, 0, /**/ 4, 0, /**/ 0, 0};
  return run;
}

TEST(DependentsOf, ReversesDependencesWithoutIdlePieces) {
  const RunColumns run = with_deps();
  EXPECT_THAT(dependents_of(run.view(), 0), ElementsAre(1, 2));
  EXPECT_THAT(dependents_of(run.view(), 0, 1), ElementsAre(1));
  EXPECT_THAT(dependents_of(run.view(), 1), ElementsAre(2));
  EXPECT_THAT(dependents_of(run.view(), 4), ElementsAre());
  EXPECT_THAT(dependents_of(RunColumns{}.view(), 0), ElementsAre());
}

TEST(IdleBlamedOn, IsWhatWaitedForTheSpan) {
  const RunColumns run = with_deps();
  EXPECT_THAT(idle_blamed_on(run.view(), 0), ElementsAre(3));
  EXPECT_THAT(idle_blamed_on(run.view(), 4), ElementsAre());
}

TEST(DependentsOf, AgreesWithALookAtEverySpan) {
  const RunColumns run = made_run({.pp = 2, .microbatches = 12, .layers = 8});  // several blocks of the scan
  const RunView view = run.view();
  ASSERT_GT(run.deps.size(), 2048u);
  for (const std::uint32_t span : {0u, 100u, 1023u, 1024u, 1500u, static_cast<std::uint32_t>(view.spans() - 1)}) {
    std::vector<std::uint32_t> expected;
    for (std::uint32_t i = 0; i < view.spans(); ++i) {
      const auto deps = view.deps_of(i);
      if (!is_idle(run.category[i]) && std::find(deps.begin(), deps.end(), span) != deps.end()) expected.push_back(i);
    }
    EXPECT_EQ(dependents_of(view, span), expected) << span;
  }
}

// ---- search

TEST(ParseQuery, ReadsWordsAndConditions) {
  EXPECT_EQ(parse_query("F  Attn mb:3 chunk:1 layer:7 rank:2 lane:TP idle:pp_wait >1ms <1.5ms"),
            (Query{.words = {"f", "attn"},
                   .microbatch = 3,
                   .chunk = 1,
                   .layer = 7,
                   .rank = 2,
                   .lane = "tp",
                   .idle = "pp_wait",
                   .longer_than = 1'000'000,
                   .shorter_than = 1'500'000}));
  EXPECT_EQ(parse_query("> 20us").longer_than, 20'000);
  EXPECT_EQ(parse_query(">0.5slots").longer_than, 500'000'000);
  EXPECT_EQ(parse_query("at::native::add").words, std::vector<std::string>{"at::native::add"});
  EXPECT_EQ(parse_query(" "), Query{});
}

TEST(ParseQuery, SaysWhatItCannotRead) {
  const auto complaint = [](const std::string& text) -> std::string {
    try {
      parse_query(text);
    } catch (const Error& e) { return e.what(); }
    return "nothing";
  };
  EXPECT_EQ(complaint("mb:x"), "search: 'mb:x' wants a whole number, as in mb:3");
  EXPECT_EQ(complaint("rank:-1"), "search: 'rank:-1' wants a whole number, as in mb:3");
  EXPECT_EQ(complaint("lane:nccl"), "search: 'lane:nccl' is none of passes, compute, tp, pp, dp, h2d, d2h, host");
  EXPECT_EQ(complaint("idle:lazy"),
            "search: 'idle:lazy' is none of tp, pp_wait, pp_transfer, dp, offload, host, warm_up, drain");
  EXPECT_EQ(complaint(">1").substr(0, 25), "search: '1' is not a time");
  EXPECT_EQ(complaint(">").substr(0, 10), "search: ''");
  EXPECT_EQ(complaint(">-1ms"), "search: '-1ms' is no length of time");
  std::string many;
  for (int i = 0; i < 31; ++i) many += "w" + std::to_string(i) + ' ';
  EXPECT_EQ(complaint(many), "search: more than 30 words");
}

/// Rank 4: passes, compute, tp; rank 5: compute.
RunColumns searched() {
  RunColumns run;
  run.ranks = {{.rank = 4}, {.rank = 5}};
  const auto key = [](OpKind kind, Unit unit, int microbatch, int layer) {
    return OpKey{.microbatch = static_cast<std::int16_t>(microbatch),
                 .layer = static_cast<std::int16_t>(layer),
                 .chunk = 0,
                 .kind = kind,
                 .unit = unit};
  };
  add_row(run, {.rank = 0, .kind = RowKind::passes},
          {{0, 100, Category::forward, key(OpKind::forward, Unit::none, 3, -1)}});  // 0
  add_row(run, {.rank = 0},
          {{0, 40, Category::forward, key(OpKind::forward, Unit::attn, 3, 0)},      // 1
           {40, 50, Category::idle_tp, {}},                                         // 2
           {50, 100, Category::forward, key(OpKind::forward, Unit::mlp, 30, 0)}});  // 3
  add_row(run, {.rank = 0, .lane = Lane::tp},
          {{40, 55, Category::tp, key(OpKind::all_reduce, Unit::attn, 3, 0)}});  // 4
  add_row(run, {.rank = 1},
          {{5, 45, Category::input_grad, key(OpKind::input_grad, Unit::attn, 3, 2)},  // 5
           {45, 50, Category::idle_drain, {}}});                                      // 6
  return run;
}

TEST(Search, WantsAllWordsWhateverTheirCase) {
  const RunColumns run = searched();
  const auto found = [&](const char* text) { return search(run.view(), parse_query(text)).spans; };
  // "attn" by time: 1 at 0, 5 at 5, 4 at 40. Passes are left out.
  EXPECT_THAT(found("ATTN"), ElementsAre(1, 5, 4));
  EXPECT_THAT(found("attn all"), ElementsAre(4));
  EXPECT_THAT(found("mb3 f"), ElementsAre(1));  // "mb30" is another
  EXPECT_THAT(found("mb30"), ElementsAre(3));
  EXPECT_THAT(found("mb"), ElementsAre(1, 5, 4, 3));  // by time: 0, 5, 40, 50
  EXPECT_THAT(found("layer0 f"), ElementsAre(1, 3));
  EXPECT_THAT(found("layer2"), ElementsAre(5));
  EXPECT_THAT(found("chunk1"), ElementsAre());
  EXPECT_THAT(found("rank5"), ElementsAre(5, 6));
  EXPECT_THAT(found("rank5 idle"), ElementsAre(6));
  EXPECT_THAT(found("mb:3 f"), ElementsAre(1));
  EXPECT_THAT(found("idle"), ElementsAre(2, 6));
  EXPECT_THAT(found("head"), ElementsAre());
}

TEST(Search, NarrowsByConditions) {
  const RunColumns run = searched();
  const auto found = [&](const char* text) { return search(run.view(), parse_query(text)).spans; };
  EXPECT_THAT(found("mb:3"), ElementsAre(1, 5, 4));
  EXPECT_THAT(found("layer:2"), ElementsAre(5));
  EXPECT_THAT(found("chunk:1"), ElementsAre());
  EXPECT_THAT(found("rank:5"), ElementsAre(5, 6));
  EXPECT_THAT(found("rank:0"), ElementsAre());  // a position in the run is no rank
  EXPECT_THAT(found("lane:tp"), ElementsAre(4));
  EXPECT_THAT(found("lane:passes"), ElementsAre(0));
  EXPECT_THAT(found("idle:drain"), ElementsAre(6));
  EXPECT_THAT(found(">40ns"), ElementsAre(3));  // 50 ns; two of 40 are not longer
  EXPECT_THAT(found("<10ns"), ElementsAre(6));
  EXPECT_THAT(found(">10ns <40ns"), ElementsAre(4));
  EXPECT_THAT(found("idle:tp mb:3"), ElementsAre());
}

TEST(Search, TakesAUnitOrANumberedWordAsAWhole) {
  RunColumns run;
  run.ranks = {{.rank = 0}};
  const auto unit = [](Unit of) { return OpKey{.microbatch = 1, .kind = OpKind::forward, .unit = of}; };
  add_row(run, {.rank = 0},
          {{0, 10, Category::forward, unit(Unit::pre_mlp)},
           {10, 20, Category::forward, unit(Unit::mlp)},
           {20, 30, Category::forward, {}},
           {30, 40, Category::forward, {}}});
  run.name.assign(run.start.size(), kNoIndex);
  run.name[2] = run.add_name("fused.layer1.MLP:bwd");
  run.name[3] = run.add_name("layer12.mlp_bwd");
  const auto found = [&](const char* text) { return search(run.view(), parse_query(text)).spans; };
  EXPECT_THAT(found("mlp"), ElementsAre(1, 2));
  EXPECT_THAT(found("pre_mlp"), ElementsAre(0));
  EXPECT_THAT(found("ml"), ElementsAre(0, 1, 2, 3));  // no unit: any part of a name
  EXPECT_THAT(found("layer1"), ElementsAre(2));
}

TEST(Search, SumsDurations) {
  // attn: 40 + 40 + 15 ns.
  const RunColumns run = searched();
  const Hits hits = search(run.view(), parse_query("attn"));
  EXPECT_EQ(hits.count, 3u);
  EXPECT_EQ(hits.time, 95);
}

TEST(Search, FindsNothingForAnEmptyQueryOrWithoutKeys) {
  RunColumns run = searched();
  EXPECT_EQ(search(run.view(), {}).count, 0u);
  run.key.clear();
  EXPECT_EQ(search(run.view(), parse_query("mb:3")).count, 0u);
  EXPECT_EQ(search(run.view(), parse_query("tp lane:tp")).count, 1u);  // by its category
}

TEST(Search, ReadsNamesOfForeignSpans) {
  RunColumns run = searched();
  run.name.assign(run.start.size(), kNoIndex);
  run.name[1] = run.add_name("ampere_bf16_s16816gemm");
  EXPECT_THAT(search(run.view(), parse_query("BF16 gemm")).spans, ElementsAre(1));
  EXPECT_THAT(search(run.view(), parse_query("attn")).spans, ElementsAre(5, 4));  // its key no longer names span 1
}

TEST(Search, GivesAMillionAtMostTheEarliestAndInOrder) {
  // Two rows of 700 000 spans each, at even and at odd times: the first million ends at time 999 999.
  RunColumns run;
  run.ranks = {{.rank = 0}};
  for (const int offset : {0, 1}) {
    RunRow row{.rank = 0, .begin = run.start.size()};
    for (int i = 0; i < 700'000; ++i) run.start.push_back(2 * i + offset), run.end.push_back(2 * i + offset + 1);
    row.end = run.start.size();
    run.rows.push_back(row);
  }
  run.category.assign(run.start.size(), Category::other);
  const Hits hits = search(run.view(), parse_query("other"));
  EXPECT_EQ(hits.count, 1'400'000u);
  EXPECT_EQ(hits.time, 1'400'000);
  ASSERT_EQ(hits.spans.size(), 1'000'000u);
  for (std::size_t i = 0; i < hits.spans.size(); ++i) ASSERT_EQ(run.start[hits.spans[i]], static_cast<std::int64_t>(i));
}

TEST(Search, StopsWhenTold) {
  const RunColumns run = searched();
  const std::atomic<bool> stop = true;
  EXPECT_EQ(search(run.view(), parse_query("attn"), &stop).count, 0u);
}

}  // namespace
}  // namespace braid
