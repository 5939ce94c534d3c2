// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>

#include "tests/sim/sweep/store/stored.hpp"

namespace braid {
namespace {

using test::configuration;
using test::Folder;

std::set<std::string> files_in(const Folder& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path)) names.insert(entry.path().filename());
  return names;
}

TEST(SweepStore, GivesBackWhatWasAdded) {
  const Folder folder;
  {
    SweepStore store(folder / "a.db", SweepStore::Mode::write);
    EXPECT_TRUE(store.add(configuration("one")));
    Configuration failed = configuration("two");
    failed.status = ConfigurationStatus::failed;
    failed.fits = false;
    failed.reason = "layers do not divide";
    failed.cost_per_step.reset();
    EXPECT_TRUE(store.add(failed));
    store.price_in("USD");
  }
  const SweepStore store(folder / "a.db", SweepStore::Mode::read);
  const std::vector<Configuration> all = store.all(false);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].hash, "one");
  EXPECT_EQ(all[0].scenario, "name = \"x\"\n");
  EXPECT_EQ(all[0].profile, "kind,name,value,unit,source\n");
  EXPECT_EQ(all[0].run, "stp");
  EXPECT_EQ(all[0].gpu, "A800-80G");
  EXPECT_EQ(all[0].tp, 8);
  EXPECT_EQ(all[0].pp, 2);
  EXPECT_EQ(all[0].dp, 3);
  EXPECT_EQ(all[0].microbatches, 64);
  EXPECT_EQ(all[0].version, "0.1.0");
  EXPECT_EQ(all[0].network, "ideal");
  EXPECT_TRUE(all[0].ok() && all[0].fits);
  EXPECT_EQ(all[0].step_time_s, 1.25);
  EXPECT_EQ(all[0].tokens_per_s, 4096);
  EXPECT_EQ(all[0].peak_memory_bytes, 6e10);
  EXPECT_EQ(all[0].gpus, 16);
  EXPECT_EQ(all[0].cost_per_step, 0.5);
  EXPECT_EQ(all[0].report, "{}");
  EXPECT_FALSE(all[1].ok() || all[1].fits);
  EXPECT_EQ(all[1].reason, "layers do not divide");
  EXPECT_FALSE(all[1].cost_per_step.has_value());
  EXPECT_EQ(store.currency(), "USD");
  EXPECT_EQ(store.at(all[1].id).hash, "two");
}

TEST(SweepStore, SlimRowsComeWithoutTexts) {
  const Folder folder;
  SweepStore store(folder / "a.db", SweepStore::Mode::write);
  store.add(configuration("one"));
  const Configuration slim = store.all(true).at(0);
  EXPECT_EQ(slim.scenario + slim.profile + slim.report, "");
  EXPECT_EQ(slim.step_time_s, 1.25);
}

TEST(SweepStore, KeepsTheFirstOfEqualHashes) {
  const Folder folder;
  SweepStore store(folder / "a.db", SweepStore::Mode::write);
  EXPECT_TRUE(store.add(configuration("one")));
  Configuration again = configuration("one");
  again.step_time_s = 9;
  EXPECT_FALSE(store.add(again));
  ASSERT_EQ(store.all(true).size(), 1u);
  EXPECT_EQ(store.all(true)[0].step_time_s, 1.25);
}

TEST(SweepStore, IsContinuedWhenOpenedAgain) {
  const Folder folder;
  for (const char* hash : {"one", "two", "one"})
    SweepStore(folder / "a.db", SweepStore::Mode::write).add(configuration(hash));
  EXPECT_EQ(SweepStore(folder / "a.db", SweepStore::Mode::read).all(true).size(), 2u);
}

TEST(SweepStore, ReadingLeavesNothingBesideTheFile) {
  const Folder folder;
  SweepStore(folder / "a.db", SweepStore::Mode::write).add(configuration("one"));
  EXPECT_EQ(SweepStore(folder / "a.db", SweepStore::Mode::read).all(true).size(), 1u);
  EXPECT_EQ(files_in(folder), std::set<std::string>{"a.db"});
}

TEST(SweepStore, IsReadWhileAnotherWrites) {
  const Folder folder;
  SweepStore writer(folder / "a #1?.db", SweepStore::Mode::write);  // a name that would mean something in a URI
  writer.add(configuration("one"));
  const SweepStore reader(folder / "a #1?.db", SweepStore::Mode::read);
  EXPECT_EQ(reader.all(true).size(), 1u);
  writer.add(configuration("two"));
  EXPECT_EQ(reader.all(true).size(), 2u);
}

TEST(SweepStore, WrittenAloneNeedsNoSharedMemoryAndIsReadAfterwards) {
  const Folder folder;
  {
    SweepStore writer(folder / "a.db", SweepStore::Mode::write_alone);
    writer.add(configuration("one"));
    // "-shm" would be the memory that processes share.
    EXPECT_EQ(files_in(folder), (std::set<std::string>{"a.db", "a.db-wal", "a.db.lock"}));
  }
  EXPECT_EQ(files_in(folder), std::set<std::string>{"a.db"});
  EXPECT_EQ(SweepStore(folder / "a.db", SweepStore::Mode::read).all(true).size(), 1u);
  SweepStore(folder / "a.db", SweepStore::Mode::write_alone).add(configuration("two"));
  EXPECT_EQ(SweepStore(folder / "a.db", SweepStore::Mode::write).all(true).size(), 2u);
}

class KilledWriter : public testing::TestWithParam<SweepStore::Mode> {};
INSTANTIATE_TEST_SUITE_P(SweepStore, KilledWriter,
                         testing::Values(SweepStore::Mode::write, SweepStore::Mode::write_alone));

TEST_P(KilledWriter, LeavesWhatItAdded) {
  const Folder folder;
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    SweepStore store(folder / "a.db", GetParam());
    for (int i = 0; i < 20; ++i) store.add(configuration(std::to_string(i)));
    raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(SweepStore(folder / "a.db", GetParam()).all(true).size(), 20u);
  EXPECT_EQ(SweepStore(folder / "a.db", SweepStore::Mode::read).all(true).size(), 20u);
}

}  // namespace
}  // namespace braid
