// SPDX-License-Identifier: Apache-2.0
#include "calibrate/table/table.hpp"

#include <charconv>
#include <cmath>

#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr std::string_view kMark = "braid-calibrate ";
constexpr int kNewest = 2;

/// The text behind `key` up to the end of the line or `stop`; empty if there is no such line.
std::string behind(const std::vector<std::string>& lines, std::string_view key, char stop) {
  for (const std::string& line : lines) {
    if (line.starts_with(key)) return line.substr(key.size(), line.find(stop, key.size()) - key.size());
  }
  return {};
}

int version_of(const Csv& csv) {
  int version = 0;
  if (csv.comments.empty() || !csv.comments[0].starts_with(kMark)) {
    throw Error(csv.name,
                "not a table of braid-calibrate: its first line must be '# braid-calibrate <version>, table: <kind>'");
  }
  const std::string& line = csv.comments[0];
  std::from_chars(line.data() + kMark.size(), line.data() + line.size(), version);
  if (version < 1 || version > kNewest) {
    throw Error(csv.name + ":1", "version '" + line.substr(kMark.size(), line.find(',') - kMark.size()) +
                                     "' of the tables is not known here; this Braid reads versions 1 and 2");
  }
  return version;
}

std::string kind_of(const Csv& csv) {
  const std::string& line = csv.comments[0];
  const std::size_t at = line.find(", table: ");
  return at == std::string::npos ? "" : line.substr(at + 9);
}

}  // namespace

Table::Table(std::string_view text, const std::string& name, std::string_view kind,
             std::span<const std::string> columns)
    : csv_(parse_csv(text, name)) {
  version_ = version_of(csv_);
  if (kind_of(csv_) != kind) {
    throw Error(name + ":1", "this is the table '" + kind_of(csv_) + "', not '" + std::string(kind) + "'");
  }
  if (csv_.rows.size() < 2) throw Error(name, "the table has no rows");
  const std::vector<std::string>& header = csv_.rows[0].fields;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (!columns_.emplace(header[i], i).second)
      throw Error(csv_.at(csv_.rows[0]), "two columns named '" + header[i] + "'");
  }
  for (const std::string& column : columns) {
    if (columns_.contains(column)) continue;
    const std::string near = nearest_word(column, header);
    throw Error(csv_.at(csv_.rows[0]),
                "no column '" + column + "'" + (near.empty() ? std::string() : "; is '" + near + "' meant?"));
  }
  for (const CsvRow& row : csv_.rows) {
    if (row.fields.size() == header.size()) continue;
    throw Error(csv_.at(row), std::to_string(row.fields.size()) + " fields under a header of " +
                                  std::to_string(header.size()) +
                                  (&row == &csv_.rows.back() ? "; the file ends early" : ""));
  }
  if (version_ == 1) {
    if (text.back() != '\n') throw Error(csv_.at(csv_.rows.back()), "the file ends early: its last line is not whole");
    return;
  }
  const std::string end = csv_.comments.back();
  const std::string whole = "end, rows: " + std::to_string(rows());
  cut_short_ = end == whole + ", cut short";
  if (end == whole || cut_short_) return;
  if (!end.starts_with("end, rows: ")) {
    throw Error(csv_.at(csv_.rows.back()),
                "the file ends early: its last line must be '# end, rows: N'. Run the same braid-calibrate command "
                "again: it goes on where it stopped");
  }
  throw Error(name, "the last line says '" + end + "', the table has " + std::to_string(rows()) + " rows");
}

std::string Table::gpu() const { return behind(csv_.comments, "gpu: ", ','); }

bool Table::has(std::string_view column) const { return columns_.contains(column); }

const std::string& Table::text(std::size_t row, std::string_view column) const {
  const auto at = columns_.find(column);
  if (at == columns_.end()) throw Error(csv_.at(csv_.rows[0]), "no column '" + std::string(column) + "'");
  return csv_.rows[row + 1].fields[at->second];
}

double Table::number(std::size_t row, std::string_view column) const {
  const std::string& field = text(row, column);
  double value = 0;
  const auto [end, fault] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (fault != std::errc() || end != field.data() + field.size() || !std::isfinite(value)) {
    throw Error(at(row) + ":" + std::string(column), "'" + field + "' is not a finite number");
  }
  return value;
}

double Table::positive(std::size_t row, std::string_view column) const {
  const double value = number(row, column);
  if (!(value > 0))
    throw Error(at(row) + ":" + std::string(column), "'" + text(row, column) + "' is not greater than 0");
  return value;
}

Table read_table(const std::string& path, std::string_view kind, std::span<const std::string> columns) {
  return Table(read_file(path), path, kind, columns);
}

}  // namespace braid
