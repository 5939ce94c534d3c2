// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/simgrid/child_process.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr std::size_t kMessageBytes = 4096;
enum Exit : int { kDone = 0, kFailed = 1 };

/// Memory that a forked child writes and its parent reads.
class Note {
 public:
  Note() : text_(mmap(nullptr, kMessageBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (text_ == MAP_FAILED) throw Error("engine", "no memory for a child process");
  }
  ~Note() { munmap(text_, kMessageBytes); }
  Note(const Note&) = delete;
  Note& operator=(const Note&) = delete;

  void write(const char* text) {
    const std::size_t bytes = std::min(std::strlen(text), kMessageBytes - 1);
    std::memcpy(text_, text, bytes);
    static_cast<char*>(text_)[bytes] = '\0';
  }
  std::string text() const { return static_cast<const char*>(text_); }

 private:
  void* text_;
};

}  // namespace

void run_in_child(const std::function<void()>& work) {
  Note note;
  std::fflush(nullptr);  // or the child would print what the parent still holds
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) throw Error("engine", std::string("cannot start a child process: ") + std::strerror(errno));
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(kFailed);
    int code = kDone;
    try {
      work();
    } catch (const std::exception& error) {
      note.write(error.what());
      code = kFailed;
    }
    // No destructors, no exit handlers: they belong to the parent, and SimGrid's would only cost time.
    _exit(code);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw Error("engine", std::string("lost the child process: ") + std::strerror(errno));
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == kDone) return;
  if (!note.text().empty()) throw Error("", note.text());
  throw Error("engine", WIFSIGNALED(status)
                            ? "the process that runs SimGrid was ended by signal " + std::to_string(WTERMSIG(status)) +
                                  ": out of memory, or a bug; --network ideal plays without it"
                            : "the process that runs SimGrid ended without saying why");
}

}  // namespace braid
