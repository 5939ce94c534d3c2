// SPDX-License-Identifier: Apache-2.0
// Where the tests find schedules that others generated (tests/data/schedules/README.md).
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/base/csv.hpp"
#include "sim/schedule/schedule.hpp"

namespace braid::test {

inline const std::string kSchedules = BRAID_SOURCE_DIR "/tests/data/schedules/";

/// Paths of the files that end in `ending`, sorted, without the one that must be refused.
inline std::vector<std::string> files_ending_in(const std::string& ending) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(kSchedules)) {
    const std::string name = entry.path().filename();
    if (name.ends_with(ending) && !name.starts_with("BAD_")) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// The file with LF line ends, as Braid writes them.
inline std::string text_with_lf(const std::string& path) {
  std::string text = read_file(path);
  std::erase(text, '\r');
  return text;
}

/// "tests/data/.../stp_p4_m12.compute_only.csv" with another kind behind the dot.
inline std::string sibling(const std::string& path, const std::string& kind) {
  return path.substr(0, path.find('.', path.find_last_of('/'))) + "." + kind;
}

inline Schedule without_pauses(Schedule schedule) {
  for (auto& row : schedule.rows) std::erase_if(row, [](const Cell& cell) { return cell.empty(); });
  return schedule;
}

/// A row of summary_unit_costs.csv.
struct SummaryRow {
  std::string schedule;
  int p = 0, m = 0, v = 0, makespan = 0, work = 0, bubble_global = 0, bubble_span = 0;
  std::vector<int> peaks_at_i, peaks_at_w;  ///< per rank
};

inline std::vector<int> numbers(const std::string& text) {
  std::vector<int> found;
  for (std::size_t at = 0; at < text.size();
       at = text.find(' ', at) == std::string::npos ? text.size() : text.find(' ', at) + 1) {
    found.push_back(std::stoi(text.substr(at)));
  }
  return found;
}

inline std::vector<SummaryRow> summary_rows() {
  std::vector<SummaryRow> rows;
  const Csv csv = read_csv(kSchedules + "summary_unit_costs.csv");
  for (std::size_t i = 1; i < csv.rows.size(); ++i) {
    const auto& f = csv.rows[i].fields;
    rows.push_back({.schedule = f[0],
                    .p = std::stoi(f[1]),
                    .m = std::stoi(f[2]),
                    .v = std::stoi(f[3]),
                    .makespan = std::stoi(f[4]),
                    .work = std::stoi(f[5]),
                    .bubble_global = std::stoi(f[6]),
                    .bubble_span = std::stoi(f[7]),
                    .peaks_at_i = numbers(f[10]),
                    .peaks_at_w = numbers(f[11])});
  }
  return rows;
}

/// The longest of the ranks' own times from first start to last end, in unit slots.
inline int unit_span(const Schedule& schedule) {
  const UnitTimes times = unit_times(schedule);
  int span = 0;
  for (std::size_t rank = 0; rank < times.start.size(); ++rank) {
    std::size_t first = 0;
    while (schedule.rows[rank][first].empty()) ++first;
    span = std::max(span, times.end[rank].back() - times.start[rank][first]);
  }
  return span;
}

}  // namespace braid::test
