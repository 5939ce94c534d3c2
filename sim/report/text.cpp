// SPDX-License-Identifier: Apache-2.0
#include "sim/report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "sim/report/columns.hpp"

namespace braid {
namespace {

using Row = TextRow;

std::size_t width_of(const std::string& text) {
  std::size_t width = 0, from = 0;
  while (from < text.size()) {
    const std::size_t end = text.find('\n', from);
    width = std::max(width, end - from);
    from = end + 1;
  }
  return width;
}

std::string or_dash(double value, const std::string& text) { return value > 0 ? text : "-"; }
std::string percent(double share) { return fmt::format("{:.1f}", 100 * share); }
std::string gigabytes(Bytes bytes) { return fmt::format("{:.1f}", bytes.value / 1e9); }

std::string fits(const RunReport& run) {
  if (run.gpu_memory.value <= 0) return "-";
  return run.fits() ? "yes" : "NO";
}

/// Two lines of header, then one line a run.
std::vector<Row> main_rows(const Comparison& comparison) {
  std::vector<Row> rows{{"", "step", "samples", "tokens/s", "MFU", "bubble", "bubble", "TP", "PP", "other", "exposed",
                         "peak", "fits in", "speed-up"},
                        {"schedule", "time", "per s", "per GPU", "%", "global", "span", "bubble %", "bubble %",
                         "bubble %", "comm.", "GB", "memory", ""}};
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    const RunReport& run = comparison.runs[i];
    rows.push_back({run.schedule, to_text(run.step_time),
                    or_dash(run.samples_per_s, fmt::format("{:.3f}", run.samples_per_s)),
                    or_dash(run.tokens_per_s_per_gpu, fmt::format("{:.1f}", run.tokens_per_s_per_gpu)),
                    or_dash(run.mfu, percent(run.mfu)), to_text(run.bubble_global), to_text(run.bubble_span),
                    percent(run.tp_share()), percent(run.pp_share()), percent(run.other_share()),
                    to_text(run.exposed_communication.mean), gigabytes(run.peak.bytes), fits(run),
                    fmt::format("{:.3f}x", speed_up(comparison, i))});
  }
  return rows;
}

/// Columns become rows; the two header lines one label.
std::vector<Row> transposed(const std::vector<Row>& rows) {
  std::vector<Row> turned;
  for (std::size_t c = 0; c < rows.front().size(); ++c) {
    Row row{rows[0][c].empty() ? rows[1][c] : rows[0][c] + (rows[1][c].empty() ? "" : " " + rows[1][c])};
    for (std::size_t r = 2; r < rows.size(); ++r) row.push_back(rows[r][c]);
    turned.push_back(std::move(row));
  }
  return turned;
}

std::string memory_table(const Comparison& comparison) {
  std::vector<Row> rows{{"memory, GB"}};
  for (std::size_t c = 0; c < kMemoryClasses; ++c) rows[0].push_back(to_text(static_cast<MemoryClass>(c)));
  rows[0].insert(rows[0].end(), {"peak", "of", "rank", "at"});
  for (const RunReport& run : comparison.runs) {
    Row row{run.schedule};
    for (const Bytes bytes : run.peak.by_class) row.push_back(gigabytes(bytes));
    row.insert(row.end(), {gigabytes(run.peak.bytes), or_dash(run.gpu_memory.value, gigabytes(run.gpu_memory)),
                           std::to_string(run.peak.rank), to_text(run.peak.time)});
    rows.push_back(std::move(row));
  }
  return aligned(rows, 1);
}

std::string play_line(const RunReport& run, bool wall_clock) {
  std::string line = fmt::format("{}: {} GPUs, {} ops, {} flows", run.schedule, run.gpus, run.ops, run.flows);
  line += folded_text(run);
  if (run.lost > 0) line += fmt::format(", {} records not understood", run.lost);
  if (wall_clock && run.wall_s > 0) line += fmt::format(", played in {}", to_text(Seconds(run.wall_s)));
  return line + "\n";
}

}  // namespace

std::string folded_text(const RunReport& run) {
  if (run.folded > 1) return fmt::format(", each rank stands for {} GPUs", run.folded);
  if (std::ranges::all_of(run.ranks, [](const RankTime& rank) { return rank.gpus == 1; })) return "";
  return fmt::format(", {} of the GPUs played for all that do the same", run.ranks.size());
}

std::string to_text(const Comparison& comparison, const TextOptions& options) {
  const std::vector<Row> rows = main_rows(comparison);
  std::string table = aligned(rows, 2);
  if (width_of(table) > static_cast<std::size_t>(std::max(options.width, 0))) table = aligned(transposed(rows), 1);
  std::string text = table;
  text += "\nTP, PP and other are shares of the step, means over ranks; PP counts warm-up and drain.\n\n";
  text += memory_table(comparison) + "\n";
  std::set<std::string> notes;
  for (const RunReport& run : comparison.runs) {
    text += play_line(run, options.wall_clock);
    notes.insert(run.notes.begin(), run.notes.end());
  }
  for (const std::string& note : notes) text += "note: " + note + "\n";
  return text;
}

}  // namespace braid
