// SPDX-License-Identifier: Apache-2.0
// Main of calibrate_gpu_test: without a GPU one line and exit 77; else each test in a process of its own, because CUPTI
// records once per process and a faulty kernel spoils the process that launched it. A test that hangs is ended.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "calibrate/device/check.hpp"

namespace {

constexpr unsigned kLimitSeconds = 120;

bool asked(int argc, char** argv, const char* option) {
  for (int i = 1; i < argc; ++i)
    if (std::strncmp(argv[i], option, std::strlen(option)) == 0) return true;
  return false;
}

/// The exit status of this program with only one test.
int run_alone(const std::string& test) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) return std::perror("fork"), 1;
  if (!child) {
    const std::string filter = "--gtest_filter=" + test;
    execl("/proc/self/exe", "calibrate_gpu_test", filter.c_str(), "--gtest_brief=1", nullptr);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) std::printf("%s: ended by signal %d\n", test.c_str(), WTERMSIG(status));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int run_all() {
  std::vector<std::string> failed;
  int count = 0;
  const auto& all = *testing::UnitTest::GetInstance();
  for (int s = 0; s < all.total_test_suite_count(); ++s)
    for (int t = 0; t < all.GetTestSuite(s)->total_test_count(); ++t, ++count) {
      const std::string name =
          std::string(all.GetTestSuite(s)->name()) + "." + all.GetTestSuite(s)->GetTestInfo(t)->name();
      const bool ok = run_alone(name) == 0;
      std::printf("%s %s\n", ok ? "ok    " : "FAILED", name.c_str());
      if (!ok) failed.push_back(name);
    }
  std::printf("%d tests, %zu failed\n", count, failed.size());
  return failed.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const bool list = asked(argc, argv, "--gtest_list_tests"), one = asked(argc, argv, "--gtest_filter");
  testing::InitGoogleTest(&argc, argv);
  if (list) return RUN_ALL_TESTS();
  if (!braid::gpu::gpu_count()) {
    std::printf("SKIP: no GPU\n");
    return 77;
  }
  if (!one) return run_all();
  alarm(kLimitSeconds);
  return RUN_ALL_TESTS();
}
