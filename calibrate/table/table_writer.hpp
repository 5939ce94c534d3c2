// SPDX-License-Identifier: Apache-2.0
// Writes the tables that table.hpp reads: a provenance block in `#` lines, one header line, rows that reach the disk as
// they are written, and the end line. A table that was cut is opened again and goes on where it stopped.
#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace braid {

/// The version in the first line of a table, "braid-calibrate 2, table: KIND".
inline constexpr int kTableVersion = 2;

/// One field of a row; numbers print with up to six significant digits, which is finer than any clock used here.
class Field {
 public:
  Field(std::string_view s) : text_(s) {}
  Field(const char* s) : text_(s) {}
  Field(const std::string& s) : text_(s) {}
  Field(double v);
  Field(int v) : text_(std::to_string(v)) {}
  Field(long v) : text_(std::to_string(v)) {}
  Field(unsigned v) : text_(std::to_string(v)) {}
  Field(unsigned long v) : text_(std::to_string(v)) {}
  Field(unsigned long long v) : text_(std::to_string(v)) {}
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

struct TableSpec {
  std::string path;
  std::vector<std::string> provenance;  ///< without "# "; the first says version and kind
  std::string header;                   ///< column names with their units, comma between
  int key_columns = 0;  ///< leading columns that name a row. 0: the rows are one piece; a cut table starts again
  /// Asked when the table is closed: whether points were left out. Unset: none were.
  std::function<bool()> cut_short = nullptr;
};

class TableWriter {
 public:
  /// Creates `path`, or goes on with the table that is there: whole rows are kept, a torn last line and the end line
  /// are dropped. Throws Error, and touches nothing, when that file has another header or its provenance differs in
  /// another line than `date:` and `clocks:` (another GPU, driver, method or plan), or when two columns have one name.
  explicit TableWriter(TableSpec spec);
  /// Writes the end line: "end, rows: N", with ", cut short" if `cut_short` says so or an exception passes. A table
  /// without rows is removed: nothing could be read from it.
  ~TableWriter();
  TableWriter(const TableWriter&) = delete;
  TableWriter& operator=(const TableWriter&) = delete;

  /// Appends a row and flushes it; a row whose key is in the table already is not written again. Throws
  /// std::logic_error when the count of fields differs from the header's.
  void row(const std::vector<Field>& fields);
  /// Whether a row with this key, `key_columns` fields, is there.
  bool has(const std::vector<Field>& key) const;
  /// Whether the file was found whole: nothing is left to measure for it.
  bool complete() const { return complete_; }
  int rows() const { return rows_; }

 private:
  void go_on(const std::string& text);
  void open();
  struct Close {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  TableSpec spec_;
  std::unique_ptr<std::FILE, Close> file_;
  std::size_t columns_ = 0;
  std::set<std::string> keys_;
  int rows_ = 0;
  int exceptions_ = 0;  // that were passing when the table was opened
  bool complete_ = false;
};

using CsvFile = TableWriter;  ///< the name that the sweeps use

}  // namespace braid
