// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "gui/model/what_if.hpp"
#include "sim/base/units.hpp"

namespace braid {
namespace {

enum class Form { seconds, rate, share, bytes, count };

struct Row {
  const char* figure;
  const char* name;
  Form form;
  int more;  ///< 1: more is better, -1: less is better
};

constexpr Row kRows[] = {
    {"step_time_s", "step time", Form::seconds, -1},
    {"tokens_per_s_per_gpu", "tokens/s a GPU", Form::rate, 1},
    {"mfu", "MFU", Form::share, 1},
    {"bubble_global_s", "bubble", Form::seconds, -1},
    {"bubble_by_cause_s.tp", "  tp", Form::seconds, -1},
    {"bubble_by_cause_s.pp_wait", "  pp_wait", Form::seconds, -1},
    {"bubble_by_cause_s.pp_transfer", "  pp_transfer", Form::seconds, -1},
    {"bubble_by_cause_s.dp", "  dp", Form::seconds, -1},
    {"bubble_by_cause_s.offload", "  offload", Form::seconds, -1},
    {"bubble_by_cause_s.host", "  host", Form::seconds, -1},
    {"bubble_by_cause_s.warm_up", "  warm_up", Form::seconds, -1},
    {"bubble_by_cause_s.drain", "  drain", Form::seconds, -1},
    {"stretch_s", "stretch", Form::seconds, -1},
    {"exposed_communication_s", "exposed communication", Form::seconds, -1},
    {"peak_memory_bytes", "peak memory", Form::bytes, -1},
    {"gpus", "GPUs", Form::count, 0},
};

std::optional<double> figure(const RunFacts& facts, const std::string& name) {
  const auto found = facts.figures.find(name);
  if (found == facts.figures.end()) return std::nullopt;
  return found->second;
}

std::string text_of(std::optional<double> value, Form form) {
  if (!value) return "";
  switch (form) {
    case Form::seconds:
      return to_text(Seconds(*value));
    case Form::rate:
      return fmt::format("{:.0f}", *value);
    case Form::share:
      return fmt::format("{:.1f} %", *value * 100);
    case Form::bytes:
      return to_text(Bytes(*value));
    case Form::count:
      return fmt::format("{:.0f}", *value);
  }
  return "";
}

std::string change_of(double before, double after, Form form) {
  if (form == Form::share) return fmt::format("{:+.1f} points", (after - before) * 100);
  if (form == Form::count) return fmt::format("{:+.0f}", after - before);
  if (before == 0) return "new";
  return fmt::format("{:+.1f} %", (after / before - 1) * 100);
}

std::optional<bool> fits(const RunFacts& facts) {
  if (const std::optional<double> said = figure(facts, "fits")) return *said != 0;
  const std::optional<double> peak = figure(facts, "peak_memory_bytes"), room = figure(facts, "gpu_memory_bytes");
  if (!peak || !room || *room <= 0) return std::nullopt;
  return *peak <= *room;
}

std::string text_of(std::optional<bool> answer) { return !answer ? "" : *answer ? "yes" : "no"; }

}  // namespace

std::vector<NumberChange> number_changes(const RunFacts& before, const RunFacts& after) {
  std::vector<NumberChange> changes;
  for (const Row& row : kRows) {
    const std::optional<double> old = figure(before, row.figure), now = figure(after, row.figure);
    // Causes that neither run knows are no rows.
    if (!old.value_or(0) && !now.value_or(0)) continue;
    NumberChange change{.name = row.name, .before = text_of(old, row.form), .after = text_of(now, row.form)};
    if (old && now && *old != *now) {
      change.change = change_of(*old, *now, row.form);
      change.better = *now > *old ? row.more : -row.more;
    }
    changes.push_back(std::move(change));
  }
  const std::optional<bool> old = fits(before), now = fits(after);
  if (old || now) {
    NumberChange change{.name = "fits into memory", .before = text_of(old), .after = text_of(now)};
    if (old && now && *old != *now) {
      change.change = *now ? "fits now" : "no longer";
      change.better = *now ? 1 : -1;
    }
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace braid
