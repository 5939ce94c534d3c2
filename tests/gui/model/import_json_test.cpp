// SPDX-License-Identifier: Apache-2.0
// Chrome traces as runs: rows, names, keys, categories, dependences, counters. Times in the texts are us, in runs ns.
#include "gui/model/import_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "sim/base/error.hpp"
#include "sim/timeline/trace.hpp"
#include "tests/gui/made_json.hpp"
#include "tests/validate/complaint.hpp"

namespace braid {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

RunColumns import(const std::string& text) {
  RunColumns run = import_json(*bytes_of_text(text), "dir/t.json");
  EXPECT_TRUE(check(run.view()).empty());
  return run;
}

/// "row: label start+length" of all spans.
std::vector<std::string> spans_of(const RunColumns& run) {
  const RunView view = run.view();
  std::vector<std::string> texts;
  for (std::uint32_t i = 0; i < view.spans(); ++i) {
    texts.push_back(row_name(view, view.row_of(i)) + ": " + label_of(view, i) + " " + std::to_string(view.start[i]) +
                    "+" + std::to_string(view.end[i] - view.start[i]));
  }
  return texts;
}

std::string x(const std::string& name, double ts, double dur, int tid = 1, const std::string& more = "") {
  return R"({"ph":"X","pid":1,"tid":)" + std::to_string(tid) + R"(,"name":")" + name + R"(","ts":)" +
         std::to_string(ts) + R"(,"dur":)" + std::to_string(dur) + more + "}";
}
std::string list(const std::vector<std::string>& events) {
  std::string text = "[";
  for (const std::string& event : events) text += (text.size() > 1 ? "," : "") + event;
  return text + "]";
}

TEST(ImportJson, NestedSlicesAreOnRowsBelow) {
  // b lies in a, c in b; d follows b within a; e overlaps the end of a: it goes where there is room.
  const RunColumns run =
      import(list({x("a", 10, 10), x("c", 12, 1), x("b", 11, 3), x("d", 15, 1), x("e", 19, 4), x("f", 20, 1)}));
  EXPECT_THAT(spans_of(run),
              ElementsAre("thread 1: a 0+10000", "thread 1: f 10000+1000", "thread 1 / 1: b 1000+3000",
                          "thread 1 / 1: d 5000+1000", "thread 1 / 1: e 9000+4000", "thread 1 / 2: c 2000+1000"));
}

TEST(ImportJson, BeginsAndEndsAreJoined) {
  const auto edge = [](const char* phase, const char* name, double ts) {
    return std::string(R"({"ph":")") + phase + R"(","pid":1,"tid":1,"name":")" + name + R"(","ts":)" +
           std::to_string(ts) + "}";
  };
  // The inner E closes the inner B; an E too many is lost; a B that is never closed ends with the last event.
  const RunColumns run = import(list({edge("E", "", 0), edge("B", "a", 1), edge("B", "b", 2), edge("E", "", 3),
                                      edge("E", "", 5), edge("B", "c", 6), edge("B", "d", 8)}));
  EXPECT_THAT(spans_of(run), ElementsAre("thread 1: a 0+4000", "thread 1: c 5000+2000", "thread 1: d 7000+0",
                                         "thread 1 / 1: b 1000+1000"));
  EXPECT_EQ(parse_run_facts(run.facts).lost, 1u);
}

TEST(ImportJson, ProcessesAndThreadsAreOrderedAndNamedAsTheFileSays) {
  const RunColumns run = import(list({
      x("z", 1, 1, 30),
      x("y", 1, 1, 4),
      R"({"ph":"X","pid":2,"tid":1,"name":"other","ts":1,"dur":1})",
      R"({"ph":"M","pid":2,"name":"process_sort_index","args":{"sort_index":-1}})",
      R"({"ph":"M","pid":2,"name":"process_name","args":{"name":"fi\u0072st"}})",
      R"({"ph":"M","pid":1,"name":"process_labels","args":{"labels":"GPU 1"}})",
      R"({"ph":"M","pid":1,"tid":30,"name":"thread_name","args":{"name":"stream 30 "}})",
      R"({"ph":"M","pid":7,"name":"process_name","args":{"name":"without rows"}})",
  }));
  const RunView view = run.view();
  ASSERT_EQ(view.ranks.size(), 2u);
  EXPECT_EQ(rank_name(view, 0), "first");
  EXPECT_EQ(view.ranks[0].rank, 2);
  EXPECT_EQ(rank_name(view, 1), "GPU 1");
  EXPECT_THAT(spans_of(run), ElementsAre("thread 1: other 0+1000", "thread 4: y 0+1000", "stream 30: z 0+1000"));
}

TEST(ImportJson, OurOwnTracesGetTheirKeysBack) {
  Timeline timeline;
  timeline.provenance = {.kind = "simulated", .facts = {{"gpu", "A800"}}};
  timeline.ranks.resize(1);
  timeline.ranks[0].rank = 5;
  const OpKey attn{
      .rank = 5, .index = 2, .microbatch = 3, .layer = 7, .chunk = 1, .kind = OpKind::input_grad, .unit = Unit::attn};
  const OpKey reduce{
      .rank = 5, .microbatch = 3, .layer = 7, .chunk = 1, .kind = OpKind::all_reduce, .unit = Unit::attn};
  const OpKey step{.rank = 5, .kind = OpKind::optimizer};
  timeline.ranks[0].lanes[0] = {{.key = attn, .start = Seconds(1e-3), .end = Seconds(3e-3), .stretch = Seconds(5e-6)},
                                {.key = step, .start = Seconds(4e-3), .end = Seconds(5e-3), .stretch = {}}};
  timeline.ranks[0].lanes[1] = {{.key = reduce, .start = Seconds(3e-3), .end = Seconds(4e-3), .stretch = {}}};
  timeline.ranks[0].counters = {{.name = "memory", .points = {{Seconds(0), 7.0}, {Seconds(1e-3), 9.0}}}};
  const RunColumns run = import(chrome_trace(timeline));
  EXPECT_THAT(run.key, ElementsAre(attn, step, reduce));
  EXPECT_THAT(run.category, ElementsAre(Category::input_grad, Category::optimizer, Category::tp));
  EXPECT_THAT(run.start, ElementsAre(1'000'000, 4'000'000, 3'000'000));  // not moved to 0
  EXPECT_THAT(run.stretch, ElementsAre(5'000, 0, 0));
  EXPECT_TRUE(run.name.empty());  // keys say all
  ASSERT_EQ(run.rows.size(), 3u);
  EXPECT_EQ(run.rows[1].lane, Lane::tp);
  EXPECT_EQ(run.rows[2].counter, CounterKind::memory);
  EXPECT_EQ(run.points.size(), 2u);
  EXPECT_EQ(rank_name(run.view(), 0), "rank 5");
  const RunFacts facts = parse_run_facts(run.facts);
  EXPECT_EQ(facts.kind, "simulated");
  EXPECT_EQ(facts.title, "t.json");
  EXPECT_EQ(facts.step_time_ns, 5'000'000);
  EXPECT_EQ(facts.provenance.at("gpu"), "A800");
}

TEST(ImportJson, AMadeRunComesBackSpanForSpan) {
  const MadeRun wanted{.pp = 3, .microbatches = 4, .layers = 2, .counters = false};
  const RunColumns made = made_run(wanted);
  const RunColumns run = import(made_json(wanted));
  using Op = std::tuple<OpKey, std::int64_t, std::int64_t>;
  std::vector<Op> wrote, read;
  for (const RunRow& row : made.rows) {
    for (std::uint64_t i = row.begin; row.kind == RowKind::lane && i < row.end; ++i) {
      if (!is_idle(made.category[i])) wrote.emplace_back(made.key[i], made.start[i], made.end[i]);
    }
  }
  for (std::size_t i = 0; i < run.start.size(); ++i) read.emplace_back(run.key[i], run.start[i], run.end[i]);
  std::sort(wrote.begin(), wrote.end());
  std::sort(read.begin(), read.end());
  // 3 ranks x 4 microbatches x 2 passes x (2 layers x (4 units + 2 collectives) + a message)
  EXPECT_EQ(read.size(), 3u * 4 * 2 * (2 * 6 + 1));
  EXPECT_EQ(wrote, read);
}

constexpr const char* kKineto = R"x({"deviceProperties":[{"id":0,"name":"H100"}],"distributedInfo":{"rank":3},
"traceEvents":[
{"ph":"M","pid":0,"tid":7,"name":"thread_name","args":{"name":"stream 7 "}},
{"ph":"X","cat":"kernel","name":"ncclDevKernel_Generic_4","pid":0,"tid":9,"ts":100,"dur":5,
 "args":{"correlation":4,"Collective name":"allreduce","Process Group Description":"mesh_tp"}},
{"ph":"X","cat":"kernel","name":"sm90_gemm","pid":0,"tid":7,"ts":101,"dur":3,"args":{"correlation":5}},
{"ph":"X","cat":"gpu_memcpy","name":"Memcpy HtoD (Pageable -> Device)","pid":0,"tid":11,"ts":99,"dur":1},
{"ph":"X","cat":"gpu_user_annotation","name":"PP:0F1","pid":0,"tid":7,"ts":98,"dur":9},
{"ph":"X","cat":"gpu_user_annotation","name":"PP:(0F8;7B0)OVERLAP_F_B","pid":0,"tid":7,"ts":110,"dur":2},
{"ph":"X","cat":"cuda_runtime","name":"cudaLaunchKernel","pid":900,"tid":900,"ts":90,"dur":1,"args":{"correlation":4}},
{"ph":"X","cat":"cuda_runtime","name":"cudaLaunchKernel","pid":900,"tid":900,"ts":92,"dur":1,"args":{"correlation":5}},
{"ph":"i","s":"t","name":"[memory]","pid":900,"tid":900,"ts":95,
 "args":{"Device Type":1,"Device Id":0,"Total Allocated":1024}}
%s]})x";

std::string kineto(const std::string& more) {
  std::string text = kKineto;
  return text.replace(text.find("%s"), 2, more);
}

TEST(ImportJson, TorchsProfilerByWhatKernelsDo) {
  const RunColumns run = import(kineto(""));
  const RunView view = run.view();
  std::map<std::string, Category> category;
  for (std::uint32_t i = 0; i < view.spans(); ++i) category[label_of(view, i)] = view.category[i];
  EXPECT_EQ(category.at("ncclDevKernel_Generic_4"), Category::tp);  // by its process group
  EXPECT_EQ(category.at("sm90_gemm"), Category::compute);
  EXPECT_EQ(category.at("Memcpy HtoD (Pageable -> Device)"), Category::copy);
  EXPECT_EQ(category.at("PP:0F1"), Category::forward);
  EXPECT_EQ(category.at("cudaLaunchKernel"), Category::host);
  const auto braid =
      static_cast<std::size_t>(std::find(run.start.begin(), run.start.end(), (110 - 90) * 1000) - run.start.begin());
  EXPECT_EQ(run.category.at(braid), Category::forward);
  EXPECT_EQ(run.half.at(braid), Category::backward);
  std::vector<std::string> rows;
  for (std::size_t r = 0; r < view.rows.size(); ++r) rows.push_back(row_name(view, r));
  EXPECT_THAT(rows,
              ElementsAre("stream 7 ranges", "stream 7", "thread 9", "thread 11", "thread 900", "allocated, GPU 0"));
  EXPECT_EQ(view.rows[0].kind, RowKind::passes);
  EXPECT_EQ(view.rows[1].lane, Lane::compute);
  EXPECT_EQ(view.rows[2].lane, Lane::tp);
  EXPECT_EQ(view.rows[3].lane, Lane::h2d);
  EXPECT_EQ(view.rows[4].lane, Lane::host);
  EXPECT_EQ(view.rows[5].counter, CounterKind::memory);
  EXPECT_EQ(run.points.at(0).value, 1024);
  const RunFacts facts = parse_run_facts(run.facts);
  EXPECT_EQ(facts.kind, "trace");
  EXPECT_EQ(facts.provenance.at("gpu"), "H100");
  EXPECT_EQ(facts.provenance.at("rank"), "3");
  EXPECT_THAT(facts.notes, testing::Not(testing::Contains(testing::HasSubstr("counted as dp"))));
}

TEST(ImportJson, SaysWhichCollectivesAreGuessed) {
  const RunColumns run = import(kineto(
      R"x(,{"ph":"X","cat":"kernel","name":"ncclDevKernel_AllReduce","pid":0,"tid":12,"ts":100,"dur":5,"args":{}})x"));
  EXPECT_THAT(parse_run_facts(run.facts).notes,
              testing::Contains(testing::StartsWith("1 kernels of collectives have no process group")));
}

/// "kernel <- launch" with their starts in us after the first slice.
std::vector<std::string> arrows_of(const RunColumns& run) {
  std::vector<std::string> texts;
  for (std::uint32_t i = 0; i < run.start.size(); ++i) {
    for (const std::uint32_t dep : run.view().deps_of(i)) {
      texts.push_back(std::to_string(run.start[i] / 1000) + " <- " + std::to_string(run.start[dep] / 1000));
    }
  }
  return texts;
}

TEST(ImportJson, KernelsWaitForTheirLaunches) {
  // The first slice is at 90 us. Without arrows in the file: by correlation.
  EXPECT_THAT(arrows_of(import(kineto(""))), ElementsAre("11 <- 2", "10 <- 0"));
  // With arrows those alone: here the launch at 92 and the copy at 99.
  EXPECT_THAT(arrows_of(import(kineto(
                  R"(,{"ph":"s","id":5,"cat":"ac2g","name":"ac2g","pid":900,"tid":900,"ts":92.5},
                  {"ph":"f","bp":"e","id":5,"cat":"ac2g","name":"ac2g","pid":0,"tid":11,"ts":99})"))),
              ElementsAre("9 <- 2"));
}

TEST(ImportJson, ArrowsWithoutAnEnclosingSliceGoToTheNextUnlessTheySayOtherwise) {
  const auto arrow = [](const char* rest) {
    return std::string(R"({"id":"a","name":"n","cat":"c","pid":1,)") + rest + "}";
  };
  const std::string from = arrow(R"("ph":"s","tid":1,"ts":1)");
  const std::vector<std::string> slices{x("a", 0, 2, 1), x("b", 5, 2, 2)};
  EXPECT_THAT(arrows_of(import(list({slices[0], slices[1], from, arrow(R"("ph":"f","tid":2,"ts":3)")}))),
              ElementsAre("5 <- 0"));
  EXPECT_TRUE(
      arrows_of(import(list({slices[0], slices[1], from, arrow(R"("ph":"f","bp":"e","tid":2,"ts":3)")}))).empty());
}

TEST(ImportJson, CountersOfSeveralSeries) {
  const RunColumns run = import(list({R"({"ph":"C","pid":1,"name":"q","ts":5,"args":{"a":1,"b":2.5,"c":"no"}})",
                                      R"({"ph":"C","pid":1,"name":"q","ts":3,"args":{"a":4}})"}));
  ASSERT_EQ(run.rows.size(), 2u);
  EXPECT_EQ(row_name(run.view(), 0), "q: a");
  EXPECT_EQ(row_name(run.view(), 1), "q: b");
  EXPECT_EQ(run.points.at(0).time, 0);  // in order of time, from the first
  EXPECT_EQ(run.points.at(0).value, 4);
  EXPECT_EQ(run.points.at(1).time, 2'000);
}

TEST(ImportJson, WhatCannotBeShownIsCounted) {
  const RunColumns run = import(list({x("a", 1, 1), x("b", 2, -1), R"({"ph":"X","name":"c","dur":1})", "7",
                                      R"({"ph":"b","id":1,"name":"d","ts":1})"}));
  EXPECT_EQ(run.start.size(), 1u);
  const RunFacts facts = parse_run_facts(run.facts);
  EXPECT_EQ(facts.lost, 3u);  // b, c, 7
  ASSERT_EQ(facts.notes.size(), 1u);
  EXPECT_THAT(facts.notes[0], HasSubstr("1 events of kinds that are not shown"));
}

TEST(ImportJson, AStrayTimeLongAgoDoesNotHideTheRest) {
  // 1.7e15 us after 1970 is 2023; beside it a slice of 1970.
  const RunColumns run =
      import(list({x("old", 0, 1), R"({"ph":"X","pid":1,"tid":1,"name":"new","ts":1.7e15,"dur":2})"}));
  EXPECT_THAT(spans_of(run), ElementsAre("thread 1: new 0+2000"));
  EXPECT_EQ(parse_run_facts(run.facts).lost, 1u);
}

TEST(ImportJson, AFileThatWasCutOpensAndSaysSo) {
  const std::string text = R"({"traceEvents":[)" + x("a", 1, 1) + "," + x("b", 2, 1);
  const RunFacts facts = parse_run_facts(import(text.substr(0, text.size() - 5)).facts);
  EXPECT_EQ(facts.title, "t.json (cut short)");
  ASSERT_EQ(facts.notes.size(), 1u);
  EXPECT_THAT(facts.notes[0], HasSubstr("ends at byte " + std::to_string(text.size() - 5)));
}

TEST(ImportJsonErrors, OfNothingToShow) {
  EXPECT_EQ(test::complaint([] { import("[]"); }), "dir/t.json: holds no slices and no counters to show");
  EXPECT_EQ(test::complaint([] { import(R"({"traceEvents":[{"ph":"X")"); }),
            "dir/t.json: holds no slices and no counters to show");
}

TEST(ImportJson, SlicesThatAreTooManyAtOnceAreLostAndNothingElse) {
  // 300 slices within one another: 256 rows, 44 lost.
  std::vector<std::string> events;
  for (int i = 0; i < 300; ++i) events.push_back(x("n", i, 1000 - 2 * i));
  const RunColumns run = import(list(events));
  EXPECT_EQ(run.rows.size(), 256u);
  EXPECT_EQ(parse_run_facts(run.facts).lost, 44u);
}

}  // namespace
}  // namespace braid
