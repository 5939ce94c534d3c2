// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline/run_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "sim/base/csv.hpp"
#include "tests/calibrate/temporary_folder.hpp"
#include "tests/sim/timeline/small_run.hpp"

namespace braid {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

template <typename T>
bool same_bytes(std::span<const T> a, std::span<const T> b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

void expect_same(const RunView& a, const RunView& b) {
  EXPECT_EQ(a.facts, b.facts);
  EXPECT_TRUE(std::ranges::equal(a.ranks, b.ranks));
  EXPECT_TRUE(std::ranges::equal(a.rows, b.rows));
  EXPECT_TRUE(same_bytes(a.start, b.start));
  EXPECT_TRUE(same_bytes(a.end, b.end));
  EXPECT_TRUE(same_bytes(a.category, b.category));
  EXPECT_TRUE(same_bytes(a.half, b.half));
  EXPECT_TRUE(std::ranges::equal(a.key, b.key));
  EXPECT_TRUE(same_bytes(a.name, b.name));
  EXPECT_TRUE(same_bytes(a.work, b.work));
  EXPECT_TRUE(same_bytes(a.stretch, b.stretch));
  EXPECT_TRUE(same_bytes(a.dep_begin, b.dep_begin));
  EXPECT_TRUE(same_bytes(a.deps, b.deps));
  EXPECT_TRUE(same_bytes(a.critical, b.critical));
  EXPECT_TRUE(same_bytes(a.points, b.points));
  EXPECT_TRUE(same_bytes(a.name_begin, b.name_begin));
  EXPECT_TRUE(same_bytes(a.name_chars, b.name_chars));
}

TEST(RunFile, GivesBackEveryColumn) {
  const RunColumns run = small_run();
  ASSERT_THAT(check(run.view()), IsEmpty());
  const TemporaryFolder folder;
  write_run_file(run.view(), folder / "a.braid");
  const RunFile file(folder / "a.braid");
  expect_same(file.view(), run.view());
  EXPECT_EQ(file.bytes(), read_file(folder / "a.braid").size());
}

TEST(RunFile, IsTheSameTwiceToTheByte) {
  const TemporaryFolder folder;
  write_run_file(small_run().view(), folder / "a.braid");
  write_run_file(small_run().view(), folder / "b.braid");
  EXPECT_TRUE(read_file(folder / "a.braid") == read_file(folder / "b.braid"));
}

TEST(RunFile, HoldsARunWithoutASpanAndOneWithoutOptionalColumns) {
  const TemporaryFolder folder;
  write_run_file(RunColumns{}.view(), folder / "none.braid");
  EXPECT_EQ(RunFile(folder / "none.braid").view().spans(), 0u);

  RunColumns bare = small_run();
  bare.half.clear();
  bare.key.clear();
  bare.name.clear();
  bare.work.clear();
  bare.stretch.clear();
  bare.dep_begin.clear();
  bare.deps.clear();
  bare.critical.clear();
  write_run_file(bare.view(), folder / "bare.braid");
  const RunFile file(folder / "bare.braid");
  EXPECT_EQ(file.view().spans(), 4u);
  EXPECT_THAT(file.view().deps_of(2), IsEmpty());
  EXPECT_EQ(label_of(file.view(), 1), "F");
}

TEST(RunFile, KeepsItsViewWhenItIsMoved) {
  const TemporaryFolder folder;
  write_run_file(small_run().view(), folder / "a.braid");
  RunFile first(folder / "a.braid");
  const RunFile second = std::move(first);
  expect_same(second.view(), small_run().view());
}

TEST(RunView, KnowsNamesAndDependences) {
  const RunColumns run = small_run();
  const RunView view = run.view();
  EXPECT_EQ(view.names(), 3u);
  EXPECT_EQ(view.name_at(1), "NVLink");
  EXPECT_EQ(view.name_at(3), "");
  EXPECT_THAT(view.deps_of(1), IsEmpty());
  EXPECT_THAT(view.deps_of(2), ElementsAre(3, 1));
  EXPECT_THAT(view.deps_of(3), ElementsAre(1));
}

TEST(RunView, FindsTheRowOfASpan) {
  const RunColumns run = small_run();
  EXPECT_EQ(run.view().row_of(0), 0u);
  for (const std::uint32_t span : {1u, 2u, 3u}) EXPECT_EQ(run.view().row_of(span), 1u);
  EXPECT_EQ(run.view().row_of(4), kNoIndex);
}

TEST(RunView, FindsRowsBetweenEmptyOnesAndCounters) {
  // Rows: counter, [0, 1), none, counter, [1, 3), counter, none, [3, 4), counter.
  RunColumns run = small_run();
  const RunRow counter{.rank = 0, .kind = RowKind::counter};
  const auto lane = [](std::uint64_t begin, std::uint64_t end) {
    return RunRow{.rank = 0, .kind = RowKind::lane, .begin = begin, .end = end};
  };
  run.points.clear();
  run.rows = {counter, lane(0, 1), lane(1, 1), counter, lane(1, 3), counter, lane(3, 3), lane(3, 4), counter};
  ASSERT_THAT(check(run.view()), IsEmpty());
  EXPECT_EQ(run.view().row_of(0), 1u);
  EXPECT_EQ(run.view().row_of(1), 4u);
  EXPECT_EQ(run.view().row_of(2), 4u);
  EXPECT_EQ(run.view().row_of(3), 7u);
}

TEST(RunLabels, AreNamesOrKeysOrCategories) {
  const RunColumns run = small_run();
  EXPECT_EQ(label_of(run.view(), 0), "F3 & W3");
  EXPECT_EQ(label_of(run.view(), 1), "F attn mb3");
  EXPECT_EQ(label_of(run.view(), 2), "idle: tp");
  EXPECT_EQ(label_of(run.view(), 3), "W mlp mb3");
  EXPECT_EQ(rank_name(run.view(), 0), "five");
  EXPECT_EQ(row_name(run.view(), 0), "passes");
  EXPECT_EQ(row_name(run.view(), 1), "compute");
  EXPECT_EQ(row_name(run.view(), 3), "NVLink");
}

TEST(Categories, HaveTheirNamesAndKinds) {
  EXPECT_STREQ(to_text(Category::weight_grad), "W");
  EXPECT_STREQ(to_text(Category::idle_pp_transfer), "idle: pp_transfer");
  EXPECT_TRUE(is_idle(Category::idle_tp));
  EXPECT_FALSE(is_idle(Category::other));
  EXPECT_TRUE(is_communication(Category::dp));
  EXPECT_FALSE(is_communication(Category::copy));
  EXPECT_EQ(category_of(OpKind::recompute, Lane::compute), Category::recompute);
  EXPECT_EQ(category_of(OpKind::all_gather, Lane::tp), Category::tp);
  EXPECT_EQ(category_of(OpKind::cell, Lane::pp), Category::pp);
  EXPECT_EQ(category_of(OpKind::copy_in, Lane::h2d), Category::copy);
}

}  // namespace
}  // namespace braid
