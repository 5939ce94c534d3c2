// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/size/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/sweep/store/front.hpp"
#include "sim/sweep/store/reasons.hpp"

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

bool playable_in_memory(const Configuration& row) {
  return row.point >= 0 && row.ok() && row.fits && row.tokens_per_s > 0;
}

/// What leaves the margin.
bool candidate(const Configuration& row, double usable) {
  return playable_in_memory(row) && row.peak_memory_bytes <= usable;
}

std::vector<Configuration> ranked(const std::vector<Configuration>& rows, double usable) {
  std::vector<Configuration> fitting;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(fitting),
               [&](const Configuration& row) { return candidate(row, usable); });
  std::sort(fitting.begin(), fitting.end(), better);
  return fitting;
}

OfferCount count(const std::vector<Configuration>& rows, double usable) {
  OfferCount counts;
  std::vector<Configuration> own, pruned;
  for (const Configuration& row : rows) {
    if (row.point < 0) continue;
    own.push_back(row);
    ++counts.points;
    if (row.status == ConfigurationStatus::pruned) {
      // Only what was pruned for its memory has bytes.
      ++(row.peak_memory_bytes > 0 ? counts.not_fitting : counts.pruned);
      if (row.peak_memory_bytes <= 0) pruned.push_back(row);
    }
    if (row.status == ConfigurationStatus::failed) ++counts.failed;
    if (row.ok() && row.reason.starts_with(kNotRefined) && counts.not_replayed++ == 0) {
      counts.not_replayed_why = row.reason.substr(kNotRefined.size());
    }
    if (!row.ok()) continue;
    const bool tight = row.peak_memory_bytes > usable;
    ++(!row.fits ? counts.not_fitting : tight ? counts.too_tight : counts.fitting);
  }
  const std::vector<ReasonCount> reasons = count_reasons(pruned, ConfigurationStatus::pruned);
  if (!reasons.empty()) counts.pruned_why = plain_reason(to_text(reasons.front()));
  counts.order = order_change(own);
  double best = 0;
  for (const Configuration& row : own) {
    if (candidate(row, usable) && row.grain == "unit") best = std::max(best, row.tokens_per_s);
  }
  counts.promising = std::count_if(own.begin(), own.end(), [&](const Configuration& row) {
    return candidate(row, usable) && row.grain != "unit" && best > 0 && row.tokens_per_s > best;
  });
  return counts;
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
      if (row.point < 0) continue;
      const double over = row.peak_memory_bytes - task.usable_bytes(task.offers[o].cluster);
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
  return fmt::format(
      "{} {} on {} {}, recompute {}, needs {:.1f} GB{} of {:.1f} GB{}: {:.1f} GB too much", closest->run,
      plan_text(*closest), cluster.gpus(), cluster.gpu.name, recompute_of(*closest), closest->peak_memory_bytes / 1e9,
      closest->ok() ? "" : " for parameters, gradients and optimizer alone", cluster.gpu.memory.value / 1e9,
      task.memory_margin > 0 ? fmt::format(" less the margin of {:.4g} GB", task.memory_margin / 1e9) : "",
      least_over / 1e9);
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
    const double usable = task.usable_bytes(task.offers[o].cluster);
    a.counts.push_back(count(offers[o].rows, usable));
    const std::vector<Configuration> rows = ranked(offers[o].rows, usable);
    for (const Configuration& row : rows) fitting.push_back(training_of(task, o, row));
    if (!rows.empty()) a.of_offers.push_back(training_of(task, o, rows.front()));
  }
  if (fitting.empty()) {
    a.closest = closest_of(task, offers);
    judge(task, a);
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
  const double usable = task.usable_bytes(task.offers[a.fastest->offer].cluster);
  for (const Configuration& row : offers[a.fastest->offer].rows) {
    if (row.point < 0 || !row.ok() || row.tokens_per_s <= 0 || candidate(row, usable)) continue;
    std::optional<Configuration>& of_its_kind = row.fits ? a.too_tight : a.too_large;
    if (screened_step(row) < screened_step(of_its_kind ? *of_its_kind : a.fastest->row)) of_its_kind = row;
  }
  a.losers = losers_to(a.fastest->row, offers[a.fastest->offer], usable);
  return a;
}

}  // namespace braid
