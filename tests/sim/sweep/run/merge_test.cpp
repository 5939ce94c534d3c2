// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/sweep/run/swept.hpp"
#include "tests/validate/complaint.hpp"

namespace braid {
namespace {

using test::complaint;
using test::contents;
using test::Folder;
using test::sweep_into;
using test::swept;
using testing::HasSubstr;

std::vector<std::string> shards(const Folder& folder, const Sweep& sweep, int count) {
  std::vector<std::string> parts;
  for (int shard = 1; shard <= count; ++shard) {
    parts.push_back(folder / std::to_string(shard) + ".db");
    sweep_into(parts.back(), sweep, {.shard = shard, .shards = count});
  }
  return parts;
}

TEST(MergeStores, ShardsMergedAndRefinedAreTheWhole) {
  const Folder folder;
  sweep_into(folder / "whole.db", swept());
  const std::vector<std::string> parts = shards(folder, swept(), 4);
  // 33 points over four: 9, 8, 8, 8; none is refined.
  EXPECT_EQ(SweepStore(parts[0], SweepStore::Mode::read).all(true).size(), 9u);
  EXPECT_EQ(SweepStore(parts[3], SweepStore::Mode::read).all(true).size(), 8u);
  EXPECT_EQ(merge_stores({parts[2], parts[0], parts[3], parts[1]}, folder / "all.db"), test::kSmallPoints);
  EXPECT_EQ(sweep_into(folder / "all.db", swept()).screened.known, test::kSmallPoints);
  EXPECT_EQ(contents(folder / "all.db"), contents(folder / "whole.db"));
  EXPECT_EQ(test::integrity(folder / "all.db"), "ok");
}

TEST(MergeStores, AgainChangesNothingAndLosesNoRefinedRow) {
  const Folder folder;
  const std::vector<std::string> parts = shards(folder, swept(), 2);
  merge_stores(parts, folder / "all.db");
  sweep_into(folder / "all.db", swept());
  const std::vector<std::string> before = contents(folder / "all.db");
  EXPECT_EQ(merge_stores(parts, folder / "all.db"), test::kSmallPoints);
  EXPECT_EQ(contents(folder / "all.db"), before);
  EXPECT_EQ(merge_stores({folder / "all.db"}, folder / "all.db"), test::kSmallPoints);
  EXPECT_EQ(contents(folder / "all.db"), before);
}

TEST(MergeStores, WhatIsMissingIsPlayedAfterwards) {
  const Folder folder;
  sweep_into(folder / "whole.db", swept());
  const std::vector<std::string> parts = shards(folder, swept(), 3);
  EXPECT_EQ(merge_stores({parts[0], parts[2]}, folder / "all.db"), 22);
  EXPECT_EQ(sweep_into(folder / "all.db", swept()).screened.known, 22);
  EXPECT_EQ(SweepStore(folder / "all.db", SweepStore::Mode::read).all(true).size(), 33u);
}

TEST(MergeStores, EqualConfigurationsOfTwoShardsAreOneRow) {
  const Folder folder;
  const Sweep twice =
      swept("", "[fields]\n\"step_end.bucket\" = [\"1 MB\", \"1000 kB\"]\n\"plan.microbatches\" = [4, 8, 12]");
  sweep_into(folder / "whole.db", twice);
  merge_stores(shards(folder, twice, 2), folder / "all.db");
  EXPECT_EQ(contents(folder / "all.db"), contents(folder / "whole.db"));
  EXPECT_EQ(sweep_into(folder / "all.db", twice).screened.known, 6);
}

TEST(MergeStores, WhileSomebodyReadsWhatIsThere) {
  const Folder folder;
  const std::vector<std::string> parts = shards(folder, swept(), 2);
  merge_stores(parts, folder / "all.db");
  sweep_into(folder / "all.db", swept());
  const std::vector<std::string> before = contents(folder / "all.db");
  {
    // Who reads keeps the log of the writer beside the file.
    const SweepStore reader(folder / "all.db", SweepStore::Mode::read);
    SweepStore(folder / "all.db", SweepStore::Mode::write).tell("name", "t");
    ASSERT_TRUE(std::filesystem::exists(folder / "all.db-wal"));
    merge_stores(parts, folder / "all.db");
    EXPECT_EQ(SweepStore(folder / "all.db", SweepStore::Mode::read).fact("name"), "s");
    EXPECT_EQ(reader.all(true).size(), before.size());
  }
  EXPECT_EQ(test::integrity(folder / "all.db"), "ok");
  EXPECT_EQ(contents(folder / "all.db"), before);
}

TEST(MergeStores, WhatFailedInOnePartAndNotInAnotherIsTheOneThatDidNot) {
  const Folder folder;
  const Sweep sweep = swept("", "[fields]\n\"plan.microbatches\" = [4, 8]");
  sweep_into(folder / "good.db", sweep);
  sweep_into(folder / "bad.db", sweep, {.limits = {.memory = Bytes(1)}});
  ASSERT_NE(contents(folder / "bad.db"), contents(folder / "good.db"));
  merge_stores({folder / "bad.db", folder / "good.db"}, folder / "all.db");
  EXPECT_EQ(contents(folder / "all.db"), contents(folder / "good.db"));
}

TEST(MergeStoresErrors, AnEmptyStoreIntoItself) {
  const Folder folder;
  { SweepStore(folder / "a.db", SweepStore::Mode::write); }
  EXPECT_THAT(complaint([&] { merge_stores({folder / "a.db"}, folder / "a.db"); }), HasSubstr("a.db: holds no sweep"));
}

TEST(MergeStoresErrors, OtherSweepsAndNoSweeps) {
  const Folder folder;
  sweep_into(folder / "a.db", swept("", "[fields]\n\"plan.tp\" = [1]"));
  sweep_into(folder / "b.db", swept("", "[fields]\n\"plan.pp\" = [1]"));
  { SweepStore(folder / "none.db", SweepStore::Mode::write).add(test::configuration("one")); }
  const auto merging = [&](const std::string& part) {
    return complaint([&] { merge_stores({folder / "a.db", part}, folder / "all.db"); });
  };
  EXPECT_THAT(merging(folder / "b.db"), HasSubstr("b.db: holds another sweep than"));
  EXPECT_THAT(merging(folder / "none.db"), HasSubstr("none.db: holds no sweep; `braid sweep` fills a store"));
  EXPECT_THAT(merging(folder / "c.db"), HasSubstr("c.db: there is no such file"));
  EXPECT_FALSE(std::filesystem::exists(folder / "all.db"));
  EXPECT_THAT(complaint([&] { merge_stores({}, folder / "all.db"); }), HasSubstr("at least one store"));
}

}  // namespace
}  // namespace braid
