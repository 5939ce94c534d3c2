// SPDX-License-Identifier: Apache-2.0
// A sweep that is killed at any moment and started again ends as one that was left alone.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <random>
#include <set>
#include <thread>

#include "tests/sim/sweep/run/swept.hpp"

namespace braid {
namespace {

using test::contents;
using test::Folder;
using test::integrity;
using test::sweep_into;
using test::swept;

constexpr int kKills = 20;

constexpr int kLengths = 30;

/// 33 plans by 30 lengths, of which the best six are played on SimGrid.
Sweep longer() {
  return swept("constraints = [\"tp * pp * dp <= 8\"]\nrefine = 6",
               test::kSmallFields + "\n\"plan.sequence\" = { from = 128, to = 3840, step = 128 }");
}

/// Kills the whole process group of a sweep after `delay`. False: it had ended by itself.
bool killed(const std::string& path, std::chrono::microseconds delay) {
  const pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    try {
      sweep_into(path, longer());
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      _exit(1);
    }
    _exit(0);
  }
  setpgid(child, child);  // whichever of the two comes first
  std::this_thread::sleep_for(delay);
  kill(-child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
  return WIFSIGNALED(status);
}

TEST(KilledSweep, EndsAsOneThatWasLeftAlone) {
  const Folder folder;
  const auto begun = std::chrono::steady_clock::now();
  sweep_into(folder / "whole.db", longer());
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
  const std::vector<std::string> expected = contents(folder / "whole.db");
  ASSERT_EQ(expected.size(), static_cast<std::size_t>(kLengths * test::kSmallPoints));

  const unsigned seed = std::random_device{}();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::int64_t> delay(0, whole.count() / 3);
  std::set<std::pair<std::size_t, std::int64_t>> at_kill;  // rows, and how many of them are refined
  for (int kills = 0, store = 0; kills < kKills;) {
    const std::string path = folder / std::to_string(store) + ".db";
    if (killed(path, std::chrono::microseconds(delay(random)))) {
      ++kills;
      if (!std::filesystem::exists(path) || std::filesystem::file_size(path) == 0) continue;
      ASSERT_EQ(integrity(path), "ok") << "seed " << seed;
      const std::vector<Configuration> rows = SweepStore(path, SweepStore::Mode::write).all(true);
      at_kill.emplace(rows.size(), std::count_if(rows.begin(), rows.end(), is_refined));
      continue;
    }
    ASSERT_EQ(contents(path), expected) << "seed " << seed;
    ++store;
  }
  const std::string path = folder / "last.db";
  killed(path, whole / 2);
  sweep_into(path, longer());
  EXPECT_EQ(contents(path), expected) << "seed " << seed;
  EXPECT_EQ(integrity(path), "ok") << "seed " << seed;
  // A loaded machine may let few kills find a store at all; one of them must have.
  EXPECT_FALSE(at_kill.empty()) << "seed " << seed;
}

}  // namespace
}  // namespace braid
