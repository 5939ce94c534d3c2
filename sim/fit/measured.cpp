// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <sstream>

#include "sim/base/csv.hpp"
#include "sim/fit/fit.hpp"

namespace braid {
namespace {

const std::vector<std::string> kColumns{"scenario", "set", "run", "samples_per_s", "use", "source"};

std::vector<Override> parse_overrides(const std::string& text) {
  std::vector<Override> overrides;
  std::istringstream words(text);
  for (std::string word; words >> word;) overrides.push_back(parse_override(word));
  return overrides;
}

}  // namespace

std::vector<MeasuredRow> read_measured(const std::string& path) {
  const Csv csv = read_csv(path);
  if (csv.rows.empty() || csv.rows.front().fields != kColumns) {
    throw Error(path, fmt::format("is no table of measured runs: its first row must be {}", csv_row(kColumns)));
  }
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::vector<MeasuredRow> rows;
  for (std::size_t i = 1; i < csv.rows.size(); ++i) {
    const CsvRow& row = csv.rows[i];
    const std::string where = csv.at(row);
    if (row.fields.size() != kColumns.size()) {
      throw Error(where, fmt::format("has {} fields, not {}", row.fields.size(), kColumns.size()));
    }
    MeasuredRow measured{.scenario = (folder / row.fields[0]).lexically_normal().string(),
                         .overrides = parse_overrides(row.fields[1]),
                         .run = row.fields[2],
                         .fitted = row.fields[4] == "fit",
                         .source = row.fields[5],
                         .where = where};
    const std::string& value = row.fields[3];
    const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), measured.samples_per_s);
    if (failed != std::errc() || end != value.data() + value.size() || !(measured.samples_per_s > 0)) {
      throw Error(where + ":samples_per_s", fmt::format("'{}' is not a number above 0", value));
    }
    if (!measured.fitted && row.fields[4] != "predict") {
      throw Error(where + ":use", fmt::format("'{}' is neither fit nor predict", row.fields[4]));
    }
    rows.push_back(std::move(measured));
  }
  return rows;
}

}  // namespace braid
