// SPDX-License-Identifier: Apache-2.0
#include "calibrate/table/table_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <span>
#include <sstream>
#include <stdexcept>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

using Lines = std::vector<std::string>;

/// What one run sees and the next need not.
bool passing(const std::string& line) {
  return line.starts_with("date: ") || line.starts_with("clocks: ") || line.starts_with("resumed: ");
}

/// The lines that end in a line feed; what follows the last one is torn.
Lines whole_lines(const std::string& text) {
  Lines lines;
  for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
    lines.push_back(text.substr(at, end - at));
  return lines;
}

std::string key_of(std::span<const std::string> fields, int count) {
  return csv_row(fields.first(std::min(fields.size(), static_cast<std::size_t>(count))));
}

Lines texts(const std::vector<Field>& fields) {
  Lines r;
  for (const Field& f : fields) r.push_back(f.text());
  return r;
}

void check_same(const std::string& path, const Lines& there, const Lines& here) {
  const auto lasting = [](const Lines& all) {
    Lines r;
    std::copy_if(all.begin(), all.end(), std::back_inserter(r), [](const std::string& l) { return !passing(l); });
    return r;
  };
  const Lines a = lasting(there), b = lasting(here);
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const std::string was = i < a.size() ? a[i] : "", is = i < b.size() ? b[i] : "";
    if (was != is)
      throw Error(path, "this table was begun otherwise: it says '" + was + "', this run would write '" + is +
                            "'; nothing was changed. Choose another --out");
  }
}

}  // namespace

Field::Field(double v) {
  char buf[32];
  std::snprintf(buf, sizeof buf, "%.6g", v);
  text_ = buf;
}

TableWriter::TableWriter(TableSpec spec)
    : spec_(std::move(spec)),
      columns_(static_cast<std::size_t>(std::count(spec_.header.begin(), spec_.header.end(), ',')) + 1),
      exceptions_(std::uncaught_exceptions()) {
  std::set<std::string> seen;
  std::istringstream names(spec_.header);
  for (std::string name; std::getline(names, name, ',');)
    if (!seen.insert(name).second) throw Error(spec_.path, "two columns named " + name);
  std::string there;
  if (std::filesystem::exists(spec_.path)) there = read_file(spec_.path);
  // A file whose header line is not whole holds no row: nothing is lost by starting again.
  const Lines lines = whole_lines(there);
  if (std::any_of(lines.begin(), lines.end(), [](const std::string& l) { return !l.starts_with('#'); }) ||
      (!there.empty() && !there.starts_with("# braid-calibrate "))) {
    go_on(there);
    return;
  }
  std::string head;
  for (const std::string& line : spec_.provenance) head += "# " + line + "\n";
  write_file(spec_.path, head + spec_.header + "\n");
  open();
}

void TableWriter::open() {
  file_.reset(std::fopen(spec_.path.c_str(), "a"));
  if (!file_) throw Error(spec_.path, std::string("cannot be written: ") + std::strerror(errno));
}

void TableWriter::go_on(const std::string& text) {
  const Lines lines = whole_lines(text);
  Lines provenance, rows;
  std::string header, end;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (line.starts_with("# end, rows: ")) {
      end = line;
    } else if (line.starts_with("# ")) {
      provenance.push_back(line.substr(2));
    } else if (header.empty()) {
      header = line;
    } else {
      const Csv csv = parse_csv(line, spec_.path + ":" + std::to_string(i + 1));
      if (csv.rows.size() == 1 && csv.rows[0].fields.size() == columns_) {
        rows.push_back(line);
        if (spec_.key_columns) keys_.insert(key_of(csv.rows[0].fields, spec_.key_columns));
      } else if (header == spec_.header) {
        throw Error(spec_.path + ":" + std::to_string(i + 1),
                    "not a row of " + std::to_string(columns_) + " fields; the table was not written by this program");
      }
    }
  }
  check_same(spec_.path, provenance, spec_.provenance);
  if (header != spec_.header)
    throw Error(spec_.path, "this table has other columns: '" + header + "', this run would write '" + spec_.header +
                                "'; nothing was changed. Choose another --out");
  complete_ = end == "# end, rows: " + std::to_string(rows.size());
  if (!complete_ && !spec_.key_columns) rows.clear();
  rows_ = static_cast<int>(rows.size());
  std::string kept;
  const Lines& first = rows.empty() ? spec_.provenance : provenance;
  for (const std::string& line : first) kept += "# " + line + "\n";
  if (!rows.empty() && !complete_)
    for (const std::string& line : spec_.provenance)
      if (line.starts_with("date: "))
        kept += "# resumed: " + line.substr(6) + ", rows: " + std::to_string(rows_) + "\n";
  kept += header + "\n";
  for (const std::string& line : rows) kept += line + "\n";
  if (complete_) return;  // the file stays as it is
  write_file(spec_.path, kept);
  open();
}

TableWriter::~TableWriter() {
  if (!file_) return;
  if (rows_ == 0) {
    file_.reset();
    std::remove(spec_.path.c_str());
    return;
  }
  const bool cut = std::uncaught_exceptions() > exceptions_ || (spec_.cut_short && spec_.cut_short());
  std::fprintf(file_.get(), "# end, rows: %d%s\n", rows_, cut ? ", cut short" : "");
}

bool TableWriter::has(const std::vector<Field>& key) const {
  return complete_ || keys_.contains(key_of(texts(key), spec_.key_columns));
}

void TableWriter::row(const std::vector<Field>& fields) {
  if (fields.size() != columns_)
    throw std::logic_error("a row of " + std::to_string(fields.size()) + " fields in a table of " +
                           std::to_string(columns_));
  const Lines text = texts(fields);
  if (complete_ || (spec_.key_columns && !keys_.insert(key_of(text, spec_.key_columns)).second)) return;
  const std::string line = csv_row(text) + "\n";
  // One write, so that a kill leaves a whole row or a torn last line, never a gap.
  if (std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size() || std::fflush(file_.get()) != 0)
    throw Error(spec_.path, std::string("cannot be written: ") + std::strerror(errno));
  ++rows_;
}

}  // namespace braid
