// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "tests/sim/sweep/run/swept.hpp"
#include "tests/validate/complaint.hpp"

namespace braid {
namespace {

using test::complaint;
using test::contents;
using test::Folder;
using test::sweep_into;
using test::swept;
using testing::EndsWith;
using testing::HasSubstr;

std::string sweeping(const std::string& path, const Sweep& sweep, const SweepOptions& options = {}) {
  return complaint([&] { sweep_into(path, sweep, options); });
}

TEST(RunSweepErrors, AStoreOfAnotherSweep) {
  const Folder folder;
  sweep_into(folder / "a.db", swept("", "[fields]\n\"plan.tp\" = [1]"));
  const std::vector<std::string> before = contents(folder / "a.db");
  EXPECT_THAT(sweeping(folder / "a.db", swept("", "[fields]\n\"plan.pp\" = [1]")),
              EndsWith("a.db: holds the sweep 's' over other fields (plan.tp): name another file with --store, or "
                       "empty this one with --fresh"));
  const Sweep other = test::small_sweep("", "[fields]\n\"plan.tp\" = [1]", {{.path = "plan.sequence", .value = "256"}});
  EXPECT_THAT(sweeping(folder / "a.db", other), HasSubstr("a.db: holds the sweep 's' of another scenario: name"));
  SqliteFile(folder / "a.db", SqliteFile::Mode::write).run("UPDATE meta SET value = '9.9' WHERE name = 'version'");
  EXPECT_THAT(sweeping(folder / "a.db", swept("", "[fields]\n\"plan.tp\" = [1]")),
              HasSubstr("a.db: was written by braid 9.9, this is " BRAID_VERSION));
  EXPECT_EQ(contents(folder / "a.db"), before);
}

TEST(RunSweepErrors, AFileThatChangedSinceItsRowsWerePlayed) {
  const Folder folder;
  const auto write_profile = [&](int line) { std::ofstream(folder / "p.csv") << "file " << line << "\n"; };
  write_profile(1);
  const Sweep sweep = swept("", "[fields]\n\"profile\" = [\"" + (folder / "p.csv") + "\"]");
  sweep_into(folder / "a.db", sweep);
  EXPECT_EQ(sweep_into(folder / "a.db", sweep).screened.known, 1);
  write_profile(2);
  EXPECT_THAT(sweeping(folder / "a.db", sweep), HasSubstr("p.csv as it was before it changed: name another file"));
}

TEST(RunSweepErrors, RowsOfNoSweep) {
  const Folder folder;
  { SweepStore(folder / "a.db", SweepStore::Mode::write).add(test::configuration("one")); }
  EXPECT_THAT(sweeping(folder / "a.db", swept()), HasSubstr("a.db: holds rows of no sweep; name another file"));
}

TEST(RunSweepErrors, AStoreThatAnotherProcessWrites) {
  const Folder folder;
  int ready[2], go[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(go), 0);
  const pid_t child = fork();
  if (child == 0) {
    SweepStore store(folder / "a.db", SweepStore::Mode::write);
    store.claim();
    char word = 0;
    _exit(write(ready[1], "r", 1) == 1 && read(go[0], &word, 1) >= 0 ? 0 : 1);
  }
  char word = 0;
  ASSERT_EQ(read(ready[0], &word, 1), 1);
  EXPECT_THAT(sweeping(folder / "a.db", swept()),
              EndsWith("a.db: is being written by another process; wait for it, or name another file with --store"));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(sweeping(folder / "a.db", swept()), "no complaint");
}

TEST(RunSweepErrors, AFullDiskLosesNothingThatWasThere) {
  const Folder folder;
  sweep_into(folder / "whole.db", swept());
  // Files of this process may have 150 kB at most: the rows take some 300, and their log as much.
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit small{.rlim_cur = 150'000, .rlim_max = 150'000};
    setrlimit(RLIMIT_FSIZE, &small);
    const std::string said = sweeping(folder / "a.db", swept());
    _exit(said.find("a.db: cannot be written: disk I/O error") != std::string::npos &&
                  said.find('\n') == std::string::npos
              ? 0
              : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(test::integrity(folder / "a.db"), "ok");
  sweep_into(folder / "a.db", swept());
  EXPECT_EQ(contents(folder / "a.db"), contents(folder / "whole.db"));
}

TEST(RunSweepErrors, ShardsThatAreNone) {
  const Folder folder;
  EXPECT_THAT(sweeping(folder / "a.db", swept(), {.shard = 3, .shards = 2}), HasSubstr("--shard: is I/N"));
}

}  // namespace
}  // namespace braid
