// SPDX-License-Identifier: Apache-2.0
#include "calibrate/table/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "sim/base/error.hpp"

namespace braid {

FolderLock::FolderLock(const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) throw Error(folder, "cannot be made: " + failed.message());
  file_ = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file_ < 0 || access(folder.c_str(), W_OK | X_OK) != 0) {
    const std::string why = std::strerror(errno);
    if (file_ >= 0) close(file_);
    throw Error(folder, "cannot be written into: " + why);
  }
  if (flock(file_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  close(file_);
  throw Error(folder, "another braid-calibrate is writing tables there; wait for it, or choose another --out");
}

FolderLock::~FolderLock() { close(file_); }

}  // namespace braid
