// SPDX-License-Identifier: Apache-2.0
// The one reader and writer of CSV: schedules (rows of different lengths), profiles and other machine-made tables.
//
// RFC 4180 with what real files bring: CR LF or LF, a byte-order mark, `#` comment lines (kept apart: provenance).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace braid {

struct CsvRow {
  int line = 0;  ///< in the file, from 1
  std::vector<std::string> fields;
};

struct Csv {
  std::string name;                   ///< of the file, for messages
  std::vector<std::string> comments;  ///< lines that began with '#', without it and one blank after it
  std::vector<CsvRow> rows;           ///< blank lines at the end of the file are left out

  /// "name:line", the `where` of an Error.
  std::string at(const CsvRow& row) const { return name + ":" + std::to_string(row.line); }
};

/// Throws Error for a quote that is never closed or text behind a closing quote, naming file and line.
Csv parse_csv(std::string_view text, const std::string& name);
/// Reads a whole file; throws Error(path, ...) if it cannot.
Csv read_csv(const std::string& path);
/// The file's bytes. Throws Error(path, ...) if it cannot be read.
std::string read_file(const std::string& path);
/// Writes the file whole or not at all: to a temporary file beside it, then renamed.
void write_file(const std::string& path, std::string_view bytes);

/// One row as text, fields quoted where they need it, no line end.
std::string csv_row(std::span<const std::string> fields);

}  // namespace braid
