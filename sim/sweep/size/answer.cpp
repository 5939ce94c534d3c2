// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/size/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/sweep/store/front.hpp"

namespace braid {
namespace {

constexpr double kDay = 86400;
constexpr std::string_view kNotRefined = "not refined: ";  ///< what run_sweep() says of a row

/// Played by units first, then the fastest, then the first point.
bool better(const Configuration& a, const Configuration& b) {
  const bool a_unit = a.grain == "unit", b_unit = b.grain == "unit";
  if (a_unit != b_unit) return a_unit;
  if (a.tokens_per_s != b.tokens_per_s) return a.tokens_per_s > b.tokens_per_s;
  return a.point < b.point;
}

bool candidate(const Configuration& row) { return row.point >= 0 && row.ok() && row.fits && row.tokens_per_s > 0; }

std::vector<Configuration> ranked(const std::vector<Configuration>& rows) {
  std::vector<Configuration> fitting;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(fitting), candidate);
  std::sort(fitting.begin(), fitting.end(), better);
  return fitting;
}

OfferCount count(const std::vector<Configuration>& rows) {
  OfferCount counts;
  std::vector<Configuration> own;
  for (const Configuration& row : rows) {
    if (row.point < 0) continue;
    own.push_back(row);
    ++counts.points;
    if (row.status == ConfigurationStatus::pruned) ++counts.pruned;
    if (row.status == ConfigurationStatus::failed) ++counts.failed;
    if (row.ok() && row.reason.starts_with(kNotRefined) && counts.not_replayed++ == 0) {
      counts.not_replayed_why = row.reason.substr(kNotRefined.size());
    }
    if (row.ok()) ++(row.fits ? counts.fitting : counts.not_fitting);
  }
  counts.order = order_change(own);
  double best = 0;
  for (const Configuration& row : own) {
    if (candidate(row) && row.grain == "unit") best = std::max(best, row.tokens_per_s);
  }
  counts.promising = std::count_if(own.begin(), own.end(), [&](const Configuration& row) {
    return candidate(row) && row.grain != "unit" && best > 0 && row.tokens_per_s > best;
  });
  return counts;
}

bool in_time(const SizeTask& task, const Training& t) { return !task.deadline_s || t.days * kDay <= *task.deadline_s; }
bool in_budget(const SizeTask& task, const Training& t) {
  return !task.budget || (t.cost && *t.cost <= task.budget->amount);
}

/// The one with the least figure; those without one are no candidates.
template <class Figure>
std::optional<Training> least(const std::vector<Training>& all, const Figure& figure) {
  std::optional<Training> best;
  for (const Training& t : all) {
    const std::optional<double> value = figure(t);
    if (value && (!best || *value < *figure(*best))) best = t;
  }
  return best;
}

std::optional<double> days_of(const Training& t) { return t.days; }
std::optional<double> cost_of(const Training& t) { return t.cost; }

/// GPUs that would keep the deadline if twice the GPUs were twice as fast, in whole nodes.
std::int64_t gpus_for(const SizeTask& task, const Training& t) {
  const Cluster& cluster = task.offers[t.offer].cluster;
  const double gpus = cluster.gpus() * t.days * kDay / *task.deadline_s;
  return static_cast<std::int64_t>(std::ceil(std::min(gpus, 1e15) / cluster.gpus_per_node)) * cluster.gpus_per_node;
}

std::string money(double amount, const std::string& currency) {
  return fmt::format("{} {}", short_count(amount), currency);
}

void judge(const SizeTask& task, SizeAnswer& a) {
  const auto name = [&](const Training& t) {
    const Cluster& c = task.offers[t.offer].cluster;
    return fmt::format("{} {}", c.gpus(), c.gpu.name);
  };
  if (task.deadline_s) {
    const double days = *task.deadline_s / kDay;
    const bool holds = in_time(task, *a.fastest);
    a.verdicts.push_back(
        holds
            ? fmt::format("deadline of {:.4g} d: kept, the fastest needs {:.3g} d", days, a.fastest->days)
            : fmt::format("deadline of {:.4g} d: none keeps it, the fastest needs {:.3g} d; {} {} would do if scaling "
                          "held",
                          days, a.fastest->days, gpus_for(task, *a.fastest), a.fastest->row.gpu));
  }
  if (task.budget && a.cheapest) {
    const Money& budget = *task.budget;
    const Training& t = *a.cheapest;
    const bool holds = in_budget(task, t);
    a.verdicts.push_back(
        holds ? fmt::format("budget of {}: kept, the cheapest costs {} on {}", money(budget.amount, budget.currency),
                            money(*t.cost, budget.currency), name(t))
              : fmt::format("budget of {}: none keeps it, the cheapest costs {} on {}; a GPU-hour would have to be "
                            "{:.2f} {}",
                            money(budget.amount, budget.currency), money(*t.cost, budget.currency), name(t),
                            budget.amount / t.gpu_hours, budget.currency));
  }
  if (task.deadline_s && task.budget && a.cheapest && !a.recommended && in_time(task, *a.fastest) &&
      in_budget(task, *a.cheapest)) {
    a.verdicts.push_back("both at once: none; what is fast enough costs too much, what is cheap enough is too slow");
  }
}

double screened_step(const Configuration& row) {
  return row.screened_step_time_s > 0 ? row.screened_step_time_s : row.step_time_s;
}

void draw_front(const SizeTask& task, const std::vector<Training>& fitting, SizeAnswer& a) {
  a.front_of_cost = a.of_offers.size() > 1 && std::all_of(a.of_offers.begin(), a.of_offers.end(),
                                                          [](const Training& t) { return t.cost.has_value(); });
  std::vector<Training> from;
  std::vector<std::pair<double, double>> points;
  if (a.front_of_cost) {
    from = a.of_offers;
    for (const Training& t : from) points.emplace_back(t.days, *t.cost);
  } else {
    std::copy_if(fitting.begin(), fitting.end(), std::back_inserter(from),
                 [&](const Training& t) { return t.offer == a.fastest->offer; });
    for (const Training& t : from) points.emplace_back(screened_step(t.row), t.row.peak_memory_bytes);
  }
  for (const std::size_t i : pareto_front(points)) {
    a.front.push_back(from[i]);
    if (a.front_of_cost) continue;
    Training& t = a.front.back();
    t.row.tokens_per_s *= t.row.step_time_s / screened_step(t.row);
    t.row.step_time_s = screened_step(t.row);
    t.row.grain = "block";
    t = training_of(task, t.offer, t.row);
  }
}

std::string closest_of(const SizeTask& task, const std::vector<OfferRows>& offers) {
  const Configuration* closest = nullptr;
  double least_over = std::numeric_limits<double>::infinity();
  std::size_t offer = 0;
  std::string other_reason;
  for (std::size_t o = 0; o < offers.size(); ++o) {
    for (const Configuration& row : offers[o].rows) {
      if (row.point < 0 || (row.ok() && row.fits)) continue;
      const double over = row.peak_memory_bytes - task.offers[o].cluster.gpu.memory.value;
      if (row.peak_memory_bytes <= 0) {
        if (other_reason.empty()) other_reason = row.reason;
        continue;
      }
      // What was played comes first: of the others the activations are not known.
      const bool nearer = closest == nullptr || row.ok() == closest->ok() ? over < least_over : row.ok();
      if (!nearer) continue;
      closest = &row;
      least_over = over;
      offer = o;
    }
  }
  if (closest == nullptr) return other_reason;
  const Cluster& cluster = task.offers[offer].cluster;
  return fmt::format("{} {} on {} {}, recompute {}, needs {:.1f} GB{} of {:.1f} GB: {:.1f} GB too much", closest->run,
                     plan_text(*closest), cluster.gpus(), cluster.gpu.name, recompute_of(*closest),
                     closest->peak_memory_bytes / 1e9,
                     closest->ok() ? "" : " for parameters, gradients and optimizer alone",
                     cluster.gpu.memory.value / 1e9, least_over / 1e9);
}

}  // namespace

Training training_of(const SizeTask& task, std::size_t offer, const Configuration& row) {
  const Cluster& cluster = task.offers[offer].cluster;
  Training t{.offer = offer, .row = row};
  t.steps = task.tokens / task.batch_tokens();
  t.days = task.tokens / row.tokens_per_s / task.availability / kDay;
  t.gpu_hours = cluster.gpus() * t.days * 24;
  if (cluster.gpu_hour_price > 0) t.cost = t.gpu_hours * cluster.gpu_hour_price;
  if (cluster.gpu_watts > 0) t.energy_mwh = t.gpu_hours * cluster.gpu_watts / 1e6;
  return t;
}

SizeAnswer answer(const SizeTask& task, const std::vector<OfferRows>& offers, std::size_t top) {
  SizeAnswer a;
  std::vector<Training> fitting;
  for (std::size_t o = 0; o < offers.size(); ++o) {
    a.counts.push_back(count(offers[o].rows));
    const std::vector<Configuration> rows = ranked(offers[o].rows);
    for (const Configuration& row : rows) fitting.push_back(training_of(task, o, row));
    if (!rows.empty()) a.of_offers.push_back(training_of(task, o, rows.front()));
  }
  if (fitting.empty()) {
    a.closest = closest_of(task, offers);
    return a;
  }
  a.fastest = least(a.of_offers, days_of);
  a.cheapest = least(a.of_offers, cost_of);
  a.leanest = least(fitting, [](const Training& t) { return std::optional(t.row.peak_memory_bytes); });
  std::vector<Training> keeping;
  std::copy_if(a.of_offers.begin(), a.of_offers.end(), std::back_inserter(keeping),
               [&](const Training& t) { return in_time(task, t) && in_budget(task, t); });
  a.recommended = a.cheapest ? least(keeping, cost_of) : least(keeping, days_of);
  judge(task, a);
  draw_front(task, fitting, a);
  for (const Training& t : fitting) {
    if (t.offer == a.fastest->offer && a.top.size() < std::max<std::size_t>(top, 1)) a.top.push_back(t);
  }
  for (const Configuration& row : offers[a.fastest->offer].rows) {
    if (row.point < 0 || !row.ok() || row.fits || row.tokens_per_s <= 0) continue;
    const double to_beat = screened_step(a.too_large ? *a.too_large : a.fastest->row);
    if (screened_step(row) < to_beat) a.too_large = row;
  }
  a.losers = losers_to(a.fastest->row, offers[a.fastest->offer]);
  return a;
}

}  // namespace braid
