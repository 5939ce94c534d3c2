// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "gui/model/what_if.hpp"
#include "sim/base/units.hpp"

namespace braid {
namespace {

/// of_step: seconds, judged as a share of the step.
enum class Form { seconds, of_step, rate, share, bytes, count };

struct Row {
  const char* figure;
  const char* name;
  Form form;
  int more;  ///< 1: more is better, -1: less is better
};

constexpr const char* kTokensPerS = "tokens/s of all GPUs";  ///< not in the report: the product of two that are

constexpr Row kRows[] = {
    {"step_time_s", "step time", Form::seconds, -1},
    {kTokensPerS, "tokens/s", Form::rate, 1},
    {"tokens_per_s_per_gpu", "tokens/s a GPU", Form::rate, 1},
    {"mfu", "MFU", Form::share, 1},
    {"bubble_global_s", "bubble", Form::of_step, -1},
    {"bubble_by_cause_s.tp", "  tp", Form::of_step, -1},
    {"bubble_by_cause_s.pp_wait", "  pp_wait", Form::of_step, -1},
    {"bubble_by_cause_s.pp_transfer", "  pp_transfer", Form::of_step, -1},
    {"bubble_by_cause_s.dp", "  dp", Form::of_step, -1},
    {"bubble_by_cause_s.offload", "  offload", Form::of_step, -1},
    {"bubble_by_cause_s.host", "  host", Form::of_step, -1},
    {"bubble_by_cause_s.warm_up", "  warm_up", Form::of_step, -1},
    {"bubble_by_cause_s.drain", "  drain", Form::of_step, -1},
    {"stretch_s", "stretch", Form::of_step, -1},
    {"exposed_communication_s", "exposed communication", Form::of_step, -1},
    {"peak_memory_bytes", "peak memory", Form::bytes, -1},
    {"gpus", "GPUs", Form::count, 0},
};

std::optional<double> figure(const RunFacts& facts, const std::string& name) {
  if (name == kTokensPerS) {
    const std::optional<double> of_one = figure(facts, "tokens_per_s_per_gpu"), gpus = figure(facts, "gpus");
    return of_one && gpus ? std::optional(*of_one * *gpus) : std::nullopt;
  }
  const auto found = facts.figures.find(name);
  if (found == facts.figures.end()) return std::nullopt;
  return found->second;
}

/// Steps of unequal work cannot be compared by their length. Not known of either: as equal.
bool same_work(const RunFacts& before, const RunFacts& after) {
  const auto tokens = [](const RunFacts& facts) -> std::optional<double> {
    const std::optional<double> rate = figure(facts, kTokensPerS), step = figure(facts, "step_time_s");
    return rate && step ? std::optional(*rate * *step) : std::nullopt;
  };
  const std::optional<double> old = tokens(before), now = tokens(after);
  return !old || !now || std::abs(*now - *old) <= 1e-6 * *old;
}

/// `step` in seconds.
std::string text_of(std::optional<double> value, Form form, double step) {
  if (!value) return "";
  switch (form) {
    case Form::of_step:
      return fmt::format("{:.1f} % ({})", *value / step * 100, to_text(Seconds(*value)));
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

/// "" where it rounds to nothing.
std::string change_of(double before, double after, Form form) {
  if (form == Form::count) return fmt::format("{:+.0f}", after - before);
  const bool share = form == Form::share;
  if (!share && before == 0) return "new";
  const double change = (share ? after - before : after / before - 1) * 100;
  if (std::abs(change) < 0.05) return "";
  return fmt::format("{:+.1f} {}", change, share ? "points" : "%");
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
  const double old_step = figure(before, "step_time_s").value_or(0), step = figure(after, "step_time_s").value_or(0);
  const bool steps_known = old_step > 0 && step > 0, work_is_same = same_work(before, after);
  for (const Row& row : kRows) {
    const std::optional<double> old = figure(before, row.figure), now = figure(after, row.figure);
    // Causes that neither run knows are no rows.
    if (!old.value_or(0) && !now.value_or(0)) continue;
    const bool of_step = row.form == Form::of_step && steps_known;
    const Form form = row.form == Form::of_step && !steps_known ? Form::seconds : row.form;
    NumberChange change{.name = row.name, .before = text_of(old, form, old_step), .after = text_of(now, form, step)};
    if (old && now) {
      const double first = of_step ? *old / old_step : *old, second = of_step ? *now / step : *now;
      if (first != second) change.change = change_of(first, second, of_step ? Form::share : form);
      const bool judged = !change.change.empty() && (work_is_same || row.form != Form::seconds);
      if (judged) change.better = second > first ? row.more : -row.more;
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
