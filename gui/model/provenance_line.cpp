// SPDX-License-Identifier: Apache-2.0
#include "gui/model/provenance_line.hpp"

#include <fmt/format.h>

#include <array>
#include <set>

#include "gui/model/details.hpp"

namespace braid {
namespace {

bool is_compute_row(const RunRow& row) { return row.kind == RowKind::lane && row.lane == Lane::compute; }

/// "bubble 4 % (12 slots of 4 x 75 slots)"; empty where no idle piece is known.
std::string bubble_text(const Trace& trace) {
  const RunView& run = trace.run();
  std::int64_t idle = 0;
  std::set<std::int32_t> ranks;  // a lane whose ops overlap has several rows
  for (const RunRow& row : run.rows) {
    if (!is_compute_row(row)) continue;
    ranks.insert(row.rank);
    for (std::uint64_t i = row.begin; i < row.end; ++i) {
      if (is_idle(run.category[i])) idle += run.end[i] - run.start[i];
    }
  }
  const std::int64_t step = trace.facts().step_time_ns > 0 ? trace.facts().step_time_ns : trace.extent().length();
  const std::size_t rows = ranks.size();
  if (idle == 0 || step <= 0) return "";
  return fmt::format("bubble {:.4g} % ({} of {} x {})",
                     100.0 * static_cast<double>(idle) / (static_cast<double>(step) * static_cast<double>(rows)),
                     time_text(trace.facts(), idle), rows, time_text(trace.facts(), step));
}

/// "F 1 slot, B 2 slots": what is equally long everywhere.
std::string op_times(const Trace& trace) {
  const RunView& run = trace.run();
  std::array<std::set<std::int64_t>, kCategories> lengths;
  for (const RunRow& row : run.rows) {
    if (!is_compute_row(row)) continue;
    for (std::uint64_t i = row.begin; i < row.end; ++i) {
      if (!is_compute(run.category[i]) || (!run.half.empty() && run.half[i] != run.category[i])) continue;
      if (label_of(run, static_cast<std::uint32_t>(i)).find('&') != std::string::npos) continue;  // a braid of two F
      std::set<std::int64_t>& of = lengths[static_cast<std::size_t>(run.category[i])];
      if (of.size() < 2) of.insert(run.end[i] - run.start[i]);
    }
  }
  std::string text;
  for (int c = 0; c < kCategories; ++c) {
    const std::set<std::int64_t>& of = lengths[static_cast<std::size_t>(c)];
    if (of.size() != 1) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", to_text(static_cast<Category>(c)),
                        time_text(trace.facts(), *of.begin()));
  }
  return text;
}

}  // namespace

std::string provenance_line(const Trace& trace, TimeRange range) {
  const RunFacts& facts = trace.facts();
  std::string text;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) text += (text.empty() ? "" : " \u00b7 ") + part;
  };
  add(facts.title);
  add(facts.kind);
  if (facts.step_time_ns > 0) add("step " + time_text(facts, facts.step_time_ns));
  const TimeRange all = trace.extent();
  if (range.begin > all.begin || range.end < all.end) {
    add(fmt::format("shown {} to {}", time_text(facts, range.begin), time_text(facts, range.end)));
  }
  add(bubble_text(trace));
  if (facts.kind == "abstract") add(op_times(trace));
  if (!facts.p2p.empty()) add(facts.p2p + " messages");
  for (const auto& [key, value] : facts.provenance) {
    if (key.find("hash") != std::string::npos || key == "gpu" || key == "profile" || key == "version")
      add(key + ' ' + value);
  }
  return text;
}

}  // namespace braid
