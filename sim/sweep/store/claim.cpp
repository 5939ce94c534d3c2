// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/store/claim.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sim/base/error.hpp"

namespace braid {
namespace {

/// Whether the name still stands for the open file: who had it before may have taken it away in between.
bool names(const std::string& path, int file) {
  struct stat named {
  }, open{};
  return stat(path.c_str(), &named) == 0 && fstat(file, &open) == 0 && named.st_ino == open.st_ino &&
         named.st_dev == open.st_dev;
}

}  // namespace

StoreClaim::StoreClaim(const std::string& path) : lock_(path + ".lock") {
  while (true) {
    file_ = open(lock_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file_ < 0) throw Error(path, "cannot be written: " + lock_ + ": " + std::strerror(errno));
    if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
      const int why = errno;
      close(file_);
      if (why != EWOULDBLOCK) throw Error(path, "cannot be written: " + lock_ + ": " + std::strerror(why));
      throw Error(path, "is being written by another process; wait for it, or name another file with --store");
    }
    if (names(lock_, file_)) return;
    close(file_);
  }
}

StoreClaim::~StoreClaim() {
  unlink(lock_.c_str());
  close(file_);
}

}  // namespace braid
