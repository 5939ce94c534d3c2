// SPDX-License-Identifier: Apache-2.0
// Reading somebody else's SQLite file: which tables and columns there are, and rows of a query.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace braid {

/// Opened read-only. Everything throws Error(path, ...) with SQLite's own words if the file is damaged.
class SqliteFile {
 public:
  explicit SqliteFile(const std::string& path);

  std::set<std::string> tables() const;
  /// Of a table whose name is no user's text.
  std::set<std::string> columns(std::string_view table) const;
  const std::string& path() const { return path_; }

 private:
  friend class SqliteRows;
  struct Close {
    void operator()(sqlite3* db) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> db_;
};

/// Rows of a query, one at a time: `while (rows.next()) ... rows.integer(0)`. The file must outlive it.
class SqliteRows {
 public:
  SqliteRows(const SqliteFile& file, const std::string& sql);

  bool next();
  bool null(int column) const;
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  ///< until the next row; empty for NULL

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  [[noreturn]] void fail() const;

  const SqliteFile* file_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace braid
