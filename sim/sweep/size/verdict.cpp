// SPDX-License-Identifier: Apache-2.0
// Whether deadline and budget hold, and what to take.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/sweep/size/answer.hpp"

namespace braid {
namespace {

constexpr double kDay = 86400;

std::string money(double amount, const std::string& currency) {
  return fmt::format("{} {}", short_count(amount), currency);
}

std::string offer_text(const SizeTask& task, const Training& t) {
  const Cluster& c = task.offers[t.offer].cluster;
  return fmt::format("{} {}", c.gpus(), c.gpu.name);
}

/// "10 X with 1f1b at TP2 PP5 DP1: 116 d, 55.6 k USD".
std::string plan_and_bill(const SizeTask& task, const Training& t) {
  const Cluster& c = task.offers[t.offer].cluster;
  return fmt::format("{} with {} at {}: {:.3g} d{}", offer_text(task, t), t.row.run, plan_text(t.row), t.days,
                     t.cost ? ", " + money(*t.cost, c.currency) : "");
}

/// "the deadline of 60 d and the budget of 3 M USD"; "" if nothing was asked.
std::string what_was_asked(const SizeTask& task, const char* both) {
  const std::string deadline = task.deadline_s ? fmt::format("the deadline of {:.4g} d", *task.deadline_s / kDay) : "";
  if (!task.budget) return deadline;
  const std::string budget = "the budget of " + money(task.budget->amount, task.budget->currency);
  return deadline.empty() ? budget : deadline + both + budget;
}

std::string sentence(const SizeTask& task, const SizeAnswer& a) {
  const std::string offers = task.offers.size() > 1 ? fmt::format("None of these {} offers", task.offers.size()) : "";
  if (!a.fastest) return (offers.empty() ? "No plan" : offers) + " can be played with this model and batch.";
  if (!a.recommended) {
    return fmt::format("{} keeps {}: the fastest is {}.", offers.empty() ? "No plan" : offers,
                       what_was_asked(task, " and "), plan_and_bill(task, *a.fastest));
  }
  const std::string asked = what_was_asked(task, " and ");
  const char* why = task.offers.size() == 1 ? "" : a.cheapest ? "the cheapest" : "the fastest";
  const std::string reason = asked.empty()                   ? std::string(why)
                             : std::string_view(why).empty() ? "keeps " + asked
                                                             : std::string(why) + " that keeps " + asked;
  return fmt::format("Take {}{}.", plan_and_bill(task, *a.recommended), reason.empty() ? "" : "; " + reason);
}

std::string would_do(const SizeTask& task, const Training& t) {
  const std::int64_t gpus = gpus_for(task, t);
  if (gpus == 0) return "more GPUs would need another batch: no DP of enough divides this one";
  return fmt::format("{} {} (TP{} PP{} DP{}) would do if scaling held", gpus, t.row.gpu, t.row.tp, t.row.pp,
                     gpus / (t.row.tp * t.row.pp));
}

}  // namespace

bool in_time(const SizeTask& task, const Training& t) { return !task.deadline_s || t.days * kDay <= *task.deadline_s; }

bool in_budget(const SizeTask& task, const Training& t) {
  return !task.budget || (t.cost && *t.cost <= task.budget->amount);
}

std::int64_t gpus_for(const SizeTask& task, const Training& t) {
  const Cluster& cluster = task.offers[t.offer].cluster;
  const std::int64_t replica = std::int64_t{t.row.tp} * t.row.pp;
  const double needed = cluster.gpus() * t.days * kDay / *task.deadline_s;
  const std::int64_t most = task.batch_samples / std::max(1, t.row.microbatch_size);
  const double least = std::ceil(needed / static_cast<double>(replica) * (1 - 1e-12));
  if (least > static_cast<double>(most)) return 0;
  for (auto dp = std::max<std::int64_t>(1, static_cast<std::int64_t>(least)); dp <= most; ++dp) {
    const bool divides = task.batch_samples % (dp * t.row.microbatch_size) == 0;
    if (divides && dp * replica % cluster.gpus_per_node == 0) return dp * replica;
  }
  return 0;
}

void judge(const SizeTask& task, SizeAnswer& a) {
  a.verdict = sentence(task, a);
  if (!a.fastest) return;
  if (task.deadline_s) {
    const double days = *task.deadline_s / kDay;
    a.verdicts.push_back(
        in_time(task, *a.fastest)
            ? fmt::format("deadline of {:.4g} d: kept, the fastest needs {:.3g} d", days, a.fastest->days)
            : fmt::format("deadline of {:.4g} d: none keeps it, the fastest needs {:.3g} d; {}", days, a.fastest->days,
                          would_do(task, *a.fastest)));
  }
  if (task.budget && a.cheapest) {
    const Money& budget = *task.budget;
    const Training& t = *a.cheapest;
    const std::string asked = money(budget.amount, budget.currency), cost = money(*t.cost, budget.currency);
    a.verdicts.push_back(
        in_budget(task, t)
            ? fmt::format("budget of {}: kept, the cheapest costs {} on {}", asked, cost, offer_text(task, t))
            : fmt::format("budget of {}: none keeps it, the cheapest costs {} on {}; a GPU-hour would have to be "
                          "{:.2f} {}",
                          asked, cost, offer_text(task, t), budget.amount / t.gpu_hours, budget.currency));
  }
  if (task.deadline_s && task.budget && a.cheapest && !a.recommended && in_time(task, *a.fastest) &&
      in_budget(task, *a.cheapest)) {
    a.verdicts.push_back("both at once: none; what is fast enough costs too much, what is cheap enough is too slow");
  }
}

}  // namespace braid
