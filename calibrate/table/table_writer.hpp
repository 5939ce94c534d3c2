// SPDX-License-Identifier: Apache-2.0
// Tables that machines read: a provenance block in `#` lines, one header line, then rows that reach the disk as they
// are written, so that a run that is cut short keeps what it measured.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace braid {

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

class CsvFile {
 public:
  /// Creates or truncates `path`. Column names carry the unit (`median_us`) and differ. Throws std::runtime_error when
  /// two are the same or the file cannot be written.
  CsvFile(const std::string& path, const std::vector<std::string>& provenance, const std::string& header);
  /// Appends a row and flushes it. Throws std::runtime_error when the count of fields differs from the header's.
  void row(const std::vector<Field>& fields);
  int rows() const { return rows_; }

 private:
  struct Close {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  std::unique_ptr<std::FILE, Close> file_;
  std::size_t columns_;
  int rows_ = 0;
};

}  // namespace braid
