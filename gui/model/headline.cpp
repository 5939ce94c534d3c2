// SPDX-License-Identifier: Apache-2.0
#include "gui/model/headline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <vector>

#include "gui/model/details.hpp"

namespace braid {
namespace {

std::optional<double> figure(const RunFacts& facts, const std::string& name) {
  const auto found = facts.figures.find(name);
  if (found == facts.figures.end()) return std::nullopt;
  return found->second;
}

double step_seconds(const RunFacts& facts) { return static_cast<double>(facts.step_time_ns) * 1e-9; }

/// Adds what tells runs of one name apart, where it does so for any of them.
template <typename Tell>
void tell_apart(std::vector<std::string>& names, const Tell& tell) {
  const std::vector<std::string> before = names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::set<std::string> told;
    for (std::size_t j = 0; j < names.size(); ++j) {
      if (before[j] == before[i]) told.insert(tell(j));
    }
    if (told.size() > 1) names[i] += tell(i);
  }
}

std::string gigabytes(double bytes) { return fmt::format("{:.1f} GB", bytes / 1e9); }

}  // namespace

std::string run_title(const RunFacts& facts, const std::string& path) {
  if (!facts.run.empty()) return facts.run;
  if (!facts.title.empty()) return facts.title;
  return std::filesystem::path(path).filename().string();
}

std::string kind_text(const RunFacts& facts) {
  const auto placement = facts.provenance.find("placement");
  if (placement == facts.provenance.end() || placement->second != "host") return facts.kind;
  return "measured (host backend)";
}

std::vector<std::string> run_names(std::span<const std::shared_ptr<const Trace>> runs) {
  std::vector<std::string> names;
  for (const std::shared_ptr<const Trace>& run : runs) names.push_back(run_title(run->facts(), run->path()));
  const auto path = [&](std::size_t i) { return std::filesystem::path(runs[i]->path()); };
  tell_apart(names, [&](std::size_t i) {
    const std::string kind = kind_text(runs[i]->facts());
    return kind.empty() ? kind : ", " + kind;
  });
  tell_apart(names, [&](std::size_t i) { return " (" + path(i).filename().string() + ")"; });
  tell_apart(names, [&](std::size_t i) { return " (" + path(i).parent_path().filename().string() + ")"; });
  tell_apart(names, [&](std::size_t i) { return " (" + std::to_string(i + 1) + ")"; });
  return names;
}

std::optional<double> bubble_share(const RunFacts& facts) {
  if (facts.step_time_ns <= 0) return std::nullopt;
  double idle = 0;
  bool any = false;
  for (const auto& [name, value] : facts.figures) {
    if (!name.starts_with("bubble_by_cause_s.")) continue;
    idle += value;
    any = true;
  }
  if (!any) return std::nullopt;
  return idle / step_seconds(facts);
}

std::string headline(const RunFacts& facts) {
  std::vector<std::string> parts;
  if (!facts.kind.empty()) parts.push_back(kind_text(facts));
  if (facts.step_time_ns > 0) parts.push_back("step " + time_text(facts, facts.step_time_ns));
  if (const auto share = bubble_share(facts)) parts.push_back(fmt::format("bubble {:.1f} %", 100 * *share));
  const auto exposed = figure(facts, "exposed_communication_s");
  if (exposed && facts.step_time_ns > 0)
    parts.push_back(fmt::format("exposed communication {:.1f} %", 100 * *exposed / step_seconds(facts)));
  if (const auto mfu = figure(facts, "mfu"); mfu && *mfu > 0) parts.push_back(fmt::format("MFU {:.1f} %", 100 * *mfu));
  if (const auto peak = figure(facts, "peak_memory_bytes"); peak && *peak > 0) {
    const auto room = figure(facts, "gpu_memory_bytes");
    parts.push_back("peak memory " + gigabytes(*peak) + (room && *room > 0 ? " of " + gigabytes(*room) : ""));
    if (room && *room > 0 && *peak > *room) parts.back() += ": does not fit";
  }
  if (facts.lost > 0) parts.push_back(fmt::format("{} records were not understood", facts.lost));
  return fmt::format("{}", fmt::join(parts, "  \u00b7  "));
}

}  // namespace braid
