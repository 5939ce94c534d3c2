// SPDX-License-Identifier: Apache-2.0
// SQLite files: which tables and columns there are, rows of a query, statements with values.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace braid {

/// Everything throws Error(path, ...) with SQLite's own words if the file is damaged, locked for more than five seconds
/// or not to be written.
class SqliteFile {
 public:
  enum class Mode {
    read,          ///< somebody else's: never written
    read_running,  ///< ours, which another process may be writing to (WAL); works in a folder that is read-only
    write,         ///< made if it is not there
  };
  explicit SqliteFile(const std::string& path, Mode mode = Mode::read);

  std::set<std::string> tables() const;
  /// Of a table whose name is no user's text.
  std::set<std::string> columns(std::string_view table) const;
  /// A statement without rows.
  void run(const std::string& sql) const;
  /// Rows that the last statement changed.
  int changed() const;
  const std::string& path() const { return path_; }

 private:
  friend class SqliteRows;
  struct Close {
    void operator()(sqlite3* db) const;
  };
  void open(const std::string& name, int flags);
  bool readable() const;

  std::string path_;
  std::unique_ptr<sqlite3, Close> db_;
};

/// Rows of a query, one at a time: `while (rows.next()) ... rows.integer(0)`. The file must outlive it.
class SqliteRows {
 public:
  SqliteRows(const SqliteFile& file, const std::string& sql);

  /// Values of the `?` of the query, the first is 1; before next().
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, double value);
  void bind(int parameter, std::string_view value);  ///< copied
  void bind_null(int parameter);

  bool next();
  bool null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;  ///< until the next row; empty for NULL

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  [[noreturn]] void fail() const;
  void require(int status) const;

  const SqliteFile* file_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace braid
