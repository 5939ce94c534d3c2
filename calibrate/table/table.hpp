// SPDX-License-Identifier: Apache-2.0
// Reads the tables that braid-calibrate writes: `#` lines of provenance, a header line, rows, and since version 2 a
// last line `# end, rows: N` (or `# end, rows: N, cut short` for a run that stopped in order before its plan was done).
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/csv.hpp"

namespace braid {

class Table {
 public:
  /// Throws Error, naming file and line, unless this is a whole table of that kind with all of these columns: another
  /// program's CSV, another table, a future version, a row with too few or too many fields, no end line (version 2), a
  /// last line that is cut (version 1), no rows.
  Table(std::string_view text, const std::string& name, std::string_view kind, std::span<const std::string> columns);

  int version() const { return version_; }
  bool cut_short() const { return cut_short_; }
  const std::vector<std::string>& provenance() const { return csv_.comments; }
  /// What stands behind "gpu: " in the provenance, up to the first comma; "" when it does not say.
  std::string gpu() const;
  const std::string& name() const { return csv_.name; }

  std::size_t rows() const { return csv_.rows.size() - 1; }
  bool has(std::string_view column) const;
  const std::string& text(std::size_t row, std::string_view column) const;
  /// Throws Error at file:line:column unless the field is a finite number.
  double number(std::size_t row, std::string_view column) const;
  /// The same, and greater than 0.
  double positive(std::size_t row, std::string_view column) const;
  /// "file:line" of a row.
  std::string at(std::size_t row) const { return csv_.at(csv_.rows[row + 1]); }

 private:
  Csv csv_;
  std::map<std::string, std::size_t, std::less<>> columns_;
  int version_ = 0;
  bool cut_short_ = false;
};

/// Reads a file. Throws Error as the constructor does, or when it cannot be read.
Table read_table(const std::string& path, std::string_view kind, std::span<const std::string> columns);

}  // namespace braid
