// SPDX-License-Identifier: Apache-2.0
// Exports of Nsight Systems made through SQLite's own interface, with the columns that nsys writes. Times in ns.
#pragma once

#include <string>

struct sqlite3;

namespace braid::test {

class WrittenNsight {
 public:
  /// Makes the tables of a usual export at `path`.
  explicit WrittenNsight(const std::string& path);
  ~WrittenNsight();
  WrittenNsight(const WrittenNsight&) = delete;
  WrittenNsight& operator=(const WrittenNsight&) = delete;

  void sql(const std::string& text);
  /// A kernel of process `pid` on a device, and the call that launched it at `launch` (none if negative).
  void kernel(const std::string& name, long start, long end, int stream, long launch, int device = 0, int pid = 11);
  /// CUpti_ActivityMemcpyKind: 1 host to device, 2 device to host, 8 device to device.
  void copy(int kind, long start, long end, int stream);
  void range(const std::string& text, long start, long end, int pid = 11);
  void close();
  const std::string& path() const { return path_; }

 private:
  long string_id(const std::string& text);

  std::string path_;
  sqlite3* db_ = nullptr;
  long correlation_ = 0;
  long strings_ = 0;
};

}  // namespace braid::test
