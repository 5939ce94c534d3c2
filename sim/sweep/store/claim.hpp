// SPDX-License-Identifier: Apache-2.0
// The right to write a store, which one process has at a time.
#pragma once

#include <string>

namespace braid {

/// Held as long as this lives and not a moment longer than its process, which is told by the system (flock). The file
/// PATH.lock beside the store carries it: SQLite's own locks would not survive a second descriptor of the store.
class StoreClaim {
 public:
  /// Throws Error(path, ...) at once if another process has it.
  explicit StoreClaim(const std::string& path);
  ~StoreClaim();
  StoreClaim(const StoreClaim&) = delete;
  StoreClaim& operator=(const StoreClaim&) = delete;

 private:
  std::string lock_;
  int file_ = -1;
};

}  // namespace braid
