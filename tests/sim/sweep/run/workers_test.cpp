// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/run/workers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "sim/base/error.hpp"
#include "tests/validate/complaint.hpp"

namespace braid {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Handed {
  std::vector<std::int64_t> tasks;
  std::vector<TaskResult> results;
};

const std::function<bool()> kGoOn = [] { return true; };

Handed hand_out(std::int64_t tasks, const WorkerLimits& limits, const std::function<std::string(std::int64_t)>& work) {
  Handed handed;
  run_in_workers(
      tasks, limits, work,
      [&](std::int64_t task, const TaskResult& result) {
        handed.tasks.push_back(task);
        handed.results.push_back(result);
      },
      kGoOn);
  return handed;
}

/// All tasks once, in order; those of `faulty` with a fault that starts with these words, all others with their bytes.
void expect_all(const Handed& handed, std::int64_t tasks, const std::vector<std::int64_t>& faulty,
                const std::string& fault) {
  ASSERT_EQ(handed.tasks.size(), static_cast<std::size_t>(tasks));
  for (std::int64_t t = 0; t < tasks; ++t) {
    EXPECT_EQ(handed.tasks[t], t);
    if (std::find(faulty.begin(), faulty.end(), t) != faulty.end()) {
      EXPECT_THAT(handed.results[t].fault, StartsWith(fault)) << t;
    } else {
      EXPECT_EQ(handed.results[t].bytes, "task " + std::to_string(t)) << handed.results[t].fault;
    }
  }
}

std::string named(std::int64_t task) { return "task " + std::to_string(task); }

std::size_t open_files() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

bool has_children() { return waitpid(-1, nullptr, WNOHANG) >= 0; }

TEST(Workers, HandResultsBackInOrderWhateverTheirNumber) {
  for (const int jobs : {1, 3, 64}) expect_all(hand_out(5000, {.jobs = jobs}, named), 5000, {}, "");
  expect_all(hand_out(3, {.jobs = 64}, named), 3, {}, "");
  expect_all(hand_out(0, {.jobs = 2}, named), 0, {}, "");
}

TEST(Workers, OneForEachProcessorUnlessTold) {
  EXPECT_GE(processors(), 1);
  expect_all(hand_out(10, {}, named), 10, {}, "");
}

TEST(Workers, ManyTasksShareAProcess) {
  const Handed handed = hand_out(1000, {.jobs = 2}, [](std::int64_t) { return std::to_string(getpid()); });
  std::set<std::string> processes;
  for (const TaskResult& result : handed.results) processes.insert(result.bytes);
  EXPECT_LE(processes.size(), 2u);
  EXPECT_FALSE(processes.contains(std::to_string(getpid())));
}

TEST(Workers, CarryResultsThatNoPipeHoldsAtOnce) {
  // 3 MB a result; a pipe holds 64 KiB.
  const Handed handed =
      hand_out(20, {.jobs = 3}, [](std::int64_t task) { return std::string(3'000'000, char('a' + task)); });
  for (std::size_t t = 0; t < 20; ++t) EXPECT_EQ(handed.results[t].bytes, std::string(3'000'000, char('a' + int(t))));
}

TEST(Workers, ACrashCostsItsTaskAlone) {
  for (const int jobs : {1, 3}) {
    const Handed handed = hand_out(400, {.jobs = jobs}, [](std::int64_t task) {
      if (task % 50 == 7) raise(SIGKILL);
      return named(task);
    });
    expect_all(handed, 400, {7, 57, 107, 157, 207, 257, 307, 357}, "ended by signal 9");
  }
  expect_all(hand_out(3, {.jobs = 2}, [](std::int64_t task) { return task == 1 ? (_exit(3), "") : named(task); }), 3,
             {1}, "ended with exit code 3");
}

TEST(Workers, EveryTaskMayCrash) {
  const Handed handed = hand_out(50, {.jobs = 2}, [](std::int64_t) -> std::string { std::_Exit(1); });
  std::vector<std::int64_t> all(50);
  for (std::int64_t t = 0; t < 50; ++t) all[static_cast<std::size_t>(t)] = t;
  expect_all(handed, 50, all, "ended with exit code 1");
}

TEST(Workers, ExceptionsAreFaultsWithTheirWordsAndTheProcessGoesOn) {
  const Handed handed = hand_out(4, {.jobs = 1}, [](std::int64_t task) -> std::string {
    if (task == 1) throw Error("plan.tp", "is odd");
    if (task == 2) throw 7;
    return std::to_string(getpid());
  });
  EXPECT_EQ(handed.results[1].fault, "plan.tp: is odd");
  EXPECT_EQ(handed.results[2].fault, "something was thrown that is no exception");
  EXPECT_EQ(handed.results[0].bytes, handed.results[3].bytes);
}

TEST(Workers, WhatTakesTooLongIsEndedAndTheOthersAreNotLost) {
  const Handed handed = hand_out(40, {.jobs = 2, .time = Seconds(0.5)}, [](std::int64_t task) {
    while (task == 5 || task == 6) pause();
    return named(task);
  });
  expect_all(handed, 40, {5, 6}, "took longer than 0.5 s");
}

TEST(Workers, WhatNeedsTooMuchMemoryIsAFault) {
  const Handed handed = hand_out(30, {.jobs = 2, .memory = Bytes(64e6)}, [](std::int64_t task) {
    std::vector<char> hoard;
    if (task == 9) hoard.resize(1'000'000'000);
    return named(task);
  });
  expect_all(handed, 30, {9}, "needs more than 64 MB");
}

TEST(Workers, LeaveNoProcessAndNoFileOpen) {
  const std::size_t before = open_files();
  hand_out(300, {.jobs = 8}, [](std::int64_t task) { return task % 30 == 0 ? (_exit(1), "") : named(task); });
  EXPECT_EQ(open_files(), before);
  EXPECT_FALSE(has_children());
}

TEST(Workers, HoldNoFilesOfTheirParent) {
  const std::ifstream kept(BRAID_SOURCE_DIR "/LICENSE");
  const std::size_t here = open_files();
  // 0, 1, 2, two pipes and the folder that is being listed.
  const Handed handed = hand_out(1, {.jobs = 1}, [](std::int64_t) { return std::to_string(open_files()); });
  EXPECT_GE(here, 5u);
  EXPECT_EQ(handed.results[0].bytes, "6");
}

TEST(Workers, StopWhenIdleSaysSo) {
  int asked = 0;
  std::int64_t handed = 0;
  const auto begun = std::chrono::steady_clock::now();
  run_in_workers(
      1000, {.jobs = 2},
      [](std::int64_t task) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        return named(task);
      },
      [&](std::int64_t, const TaskResult&) { ++handed; }, [&] { return ++asked < 5; });
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));  // all of them would take 50 s
  EXPECT_EQ(asked, 5);
  EXPECT_LT(handed, 1000);
  EXPECT_FALSE(has_children());
}

TEST(Workers, AnExceptionOfTheReceiverEndsThem) {
  EXPECT_EQ(test::complaint([] {
              run_in_workers(
                  100, {.jobs = 3}, named,
                  [](std::int64_t task, const TaskResult&) {
                    if (task == 10) throw Error("a.db", "the disk is full");
                  },
                  kGoOn);
            }),
            "a.db: the disk is full");
  EXPECT_FALSE(has_children());
}

TEST(Workers, TakeNoNoticeOfWhatIsTheParentsToAnswer) {
  const Handed handed = hand_out(3, {.jobs = 1}, [](std::int64_t task) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) raise(number);
    return named(task);
  });
  expect_all(handed, 3, {}, "");
}

/// State of a process, 'Z' and '-' for one that has ended.
char state_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::size_t name_end = text.rfind(')');
  return name_end == std::string::npos ? '-' : text[name_end + 2];
}

TEST(Workers, DieWithTheirParent) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t parent = fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    auto* started = static_cast<std::atomic<pid_t>*>(
        mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    bool told = false;
    run_in_workers(
        3, {.jobs = 3},
        [&](std::int64_t task) -> std::string {
          started[task] = getpid();
          while (true) pause();
        },
        [](std::int64_t, const TaskResult&) {},
        [&] {
          if (told || started[0] == 0 || started[1] == 0 || started[2] == 0) return true;
          const pid_t all[3]{started[0], started[1], started[2]};
          told = write(pipe_ends[1], all, sizeof all) == ssize_t(sizeof all);
          return true;
        });
    _exit(0);
  }
  pid_t workers[3]{};
  ASSERT_EQ(read(pipe_ends[0], workers, sizeof workers), ssize_t(sizeof workers));
  for (const pid_t worker : workers) EXPECT_NE(state_of(worker), '-');
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  const auto gone = [&] {
    return std::all_of(std::begin(workers), std::end(workers), [](pid_t worker) {
      const char state = state_of(worker);
      return state == '-' || state == 'Z';
    });
  };
  for (int i = 0; i < 200 && !gone(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_TRUE(gone());
}

TEST(Workers, SayThatNoneCanBeStarted) {
  // Root is not held to RLIMIT_NPROC; files, though, are counted for all: none is left for a pipe.
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit tight{.rlim_cur = open_files() - 1, .rlim_max = limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
  const std::string said = test::complaint([] { hand_out(3, {.jobs = 1}, named); });
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_THAT(said, HasSubstr("workers: cannot make a pipe: Too many open files"));
}

}  // namespace
}  // namespace braid
