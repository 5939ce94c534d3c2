// SPDX-License-Identifier: Apache-2.0
// One program at a time writes tables into a folder: a second would put a file of its own in the place of the one that
// the first still writes, and what the first measures would be lost.
#pragma once

#include <string>

namespace braid {

class FolderLock {
 public:
  /// Makes the folder if it is not there, and holds it until the lock or the process ends, however it ends. Throws
  /// Error when the folder cannot be made or written into, or another program holds it. On a file system that has no
  /// locks it holds nothing.
  explicit FolderLock(const std::string& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int file_;
};

}  // namespace braid
