// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/app/cli/run_braid.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "sim/base/csv.hpp"

namespace braid::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = BRAID_BINARY_DIR "/bin/braid";

void send_to(int stream, const fs::path& file) {
  const int to = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (to < 0 || dup2(to, stream) < 0) _exit(127);
}

}  // namespace

Workplace::Workplace() {
  std::string name = (fs::temp_directory_path() / "braid-cli-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
}

Workplace::~Workplace() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string Workplace::file(const std::string& name, const std::string& text) const {
  fs::create_directories((folder_ / name).parent_path());
  write_file((folder_ / name).string(), text);
  return name;
}

std::vector<std::string> Workplace::files() const {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
    found.push_back(fs::relative(entry.path(), folder_).string() + (entry.is_directory() ? "/" : ""));
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::filesystem::path built_braid() { return kProgram; }

Outcome Workplace::braid(const std::vector<std::string>& arguments) const { return run(kProgram, arguments); }

Outcome Workplace::run(const fs::path& program, const std::vector<std::string>& arguments) const {
  const fs::path out = folder_.string() + ".out", err = folder_.string() + ".err";
  std::vector<char*> argv{const_cast<char*>("braid")};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    if (chdir(folder_.c_str()) != 0) _exit(127);
    send_to(STDOUT_FILENO, out);
    send_to(STDERR_FILENO, err);
    setenv("BRAID_SCENARIOS", BRAID_SOURCE_DIR "/scenarios", 1);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  Outcome outcome{.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                  .out = read_file(out.string()),
                  .err = read_file(err.string())};
  fs::remove(out);
  fs::remove(err);
  return outcome;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string user_mistake(const Workplace& place, const std::vector<std::string>& arguments, std::size_t lines) {
  std::string command = "braid";
  for (const std::string& argument : arguments) command += " " + argument;
  SCOPED_TRACE(command);
  const std::vector<std::string> before = place.files();
  const Outcome outcome = place.braid(arguments);
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(lines_of(outcome.err).size(), lines) << outcome.err;
  EXPECT_THAT(outcome.err, testing::StartsWith("braid: "));
  EXPECT_EQ(place.files(), before);
  return outcome.err;
}

}  // namespace braid::test
