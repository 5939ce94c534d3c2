// SPDX-License-Identifier: Apache-2.0
#include "validate/prediction/measured_works.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr std::size_t kLabels = 3;  // work, name, duration_us

bool communicates(const WorkItem& work) { return work.kind == WorkKind::collective || work.kind == WorkKind::message; }

std::vector<std::size_t> communications(const Program& program) {
  std::vector<std::size_t> works;
  for (std::size_t w = 0; w < program.works.size(); ++w)
    if (communicates(program.works[w])) works.push_back(w);
  return works;
}

/// The first op that does this work, for its kind and unit.
const Op* example_of(const Program& program, std::size_t work) {
  for (const RankProgram& rank : program.ranks)
    for (const Op& op : rank.ops)
      if (op.work == work) return &op;
  return nullptr;
}

std::string stretch_column(std::size_t work) { return fmt::format("stretch_beside_{}", work); }

double number(const Csv& csv, const CsvRow& row, std::size_t column) {
  const std::string& text = row.fields[column];
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
    throw Error(csv.at(row), fmt::format("'{}' in column {} is not a number from 0 up", text, column + 1));
  return value;
}

}  // namespace

std::string work_name(const Program& program, std::size_t work) {
  const WorkItem& item = program.works[work];
  if (item.kind == WorkKind::collective)
    return fmt::format("{} {} {:.0f} B", to_text(item.collective), item.scope == Scope::tp ? "tp" : "dp",
                       item.bytes.value);
  if (item.kind == WorkKind::message) return fmt::format("message {:.0f} B", item.bytes.value);
  const Op* op = example_of(program, work);
  if (!op) return "unused";
  std::string name = fmt::format("{} {}", to_text(op->key.kind), to_text(op->key.unit));
  if (item.compute.part == WPart::row_parallel) name += " (row)";
  if (item.compute.part == WPart::column_parallel) name += " (column)";
  return name;
}

Costs measured_costs(const Program& program, Costs costs, const MeasuredWorks& works) {
  std::size_t replaced = 0;
  for (std::size_t w = 0; w < program.works.size(); ++w) {
    const Seconds t = works.duration[w];
    if (!(t > Seconds(0))) continue;
    ++replaced;
    if (w < costs.prices.size())
      costs.prices[w] = {.time = t, .traffic = costs.prices[w].traffic, .source = "measured on the placement itself"};
    switch (program.works[w].kind) {
      case WorkKind::collective:
        costs.collective[w] = {.latency = {}, .transfer = t};
        break;
      case WorkKind::message:
        costs.message[w].fill({.latency = {}, .transfer = t});
        for (std::int32_t& at : costs.path_prices.of_message) {
          if (at >= 0 && costs.path_prices.work[static_cast<std::size_t>(at)] == w) at = -1;
        }
        break;
      default:
        costs.duration[w] = t;
        costs.stretch.resize(program.works.size());
        costs.stretch[w].resize(program.works.size());
        for (const std::size_t c : communications(program)) costs.stretch[w][c] = works.stretch[w][c];
        break;
    }
  }
  costs.notes.push_back(
      fmt::format("{} of {} classes of work as measured on the placement itself", replaced, program.works.size()));
  return costs;
}

std::string works_csv(const Program& program, const MeasuredWorks& works) {
  const std::vector<std::size_t> comms = communications(program);
  std::vector<std::string> heading{"work", "name", "duration_us"};
  for (const std::size_t c : comms) heading.push_back(stretch_column(c));
  std::string text =
      fmt::format("# works of {}, each measured on the placement that runs the program\n", program.schedule);
  text += csv_row(heading) + "\n";
  for (std::size_t w = 0; w < program.works.size(); ++w) {
    std::vector<std::string> row{std::to_string(w), work_name(program, w),
                                 fmt::format("{:.9g}", works.duration[w].value * 1e6)};
    for (const std::size_t c : comms) row.push_back(fmt::format("{:.9g}", works.stretch[w][c]));
    text += csv_row(row) + "\n";
  }
  return text;
}

MeasuredWorks parse_works(std::string_view text, const std::string& file, const Program& program) {
  const Csv csv = parse_csv(text, file);
  const std::vector<std::size_t> comms = communications(program);
  const std::size_t n = program.works.size();
  if (csv.rows.size() != n + 1)
    throw Error(file,
                fmt::format("has {} rows of works, the program {}", csv.rows.empty() ? 0 : csv.rows.size() - 1, n));
  MeasuredWorks works{.duration = std::vector<Seconds>(n),
                      .stretch = std::vector<std::vector<double>>(n, std::vector<double>(n, 0))};
  for (const CsvRow& row : csv.rows)
    if (row.fields.size() != kLabels + comms.size())
      throw Error(csv.at(row), fmt::format("has {} columns, not {}", row.fields.size(), kLabels + comms.size()));
  for (std::size_t w = 0; w < n; ++w) {
    const CsvRow& row = csv.rows[w + 1];
    const std::string name = work_name(program, w);
    if (row.fields[0] != std::to_string(w) || row.fields[1] != name)
      throw Error(csv.at(row),
                  fmt::format("is work {} '{}', the program has '{}' here", row.fields[0], row.fields[1], name));
    works.duration[w] = Seconds(number(csv, row, 2) * 1e-6);
    for (std::size_t c = 0; c < comms.size(); ++c) works.stretch[w][comms[c]] = number(csv, row, kLabels + c);
  }
  return works;
}

}  // namespace braid
