// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/base/units.hpp"
#include "sim/report/columns.hpp"
#include "sim/sweep/size/answer.hpp"

namespace braid {
namespace {

constexpr std::size_t kMostFront = 8;
constexpr std::size_t kWidth = 100;
constexpr std::size_t kMostName = 24;

std::string percent(double share) { return fmt::format("{:+.1f}", 100 * share + 0.0); }
std::string gigabytes(double bytes) { return fmt::format("{:.1f}", bytes / 1e9); }

/// Broken at blanks so that no line is wider than the page; later lines are indented.
std::string wrapped(const std::string& line) {
  std::string text, current;
  std::size_t at = 0;
  while (at < line.size()) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    const std::string word = line.substr(at, end - at);
    if (!current.empty() && current.size() + 1 + word.size() > kWidth) {
      text += current + "\n";
      current = "   ";
    }
    current += (current.empty() ? "" : " ") + word;
    at = end + 1;
  }
  return text + current + "\n";
}

std::string gpus_text(const SizeTask& task, const Training& t) {
  const Cluster& c = task.offers[t.offer].cluster;
  return fmt::format("{} {}", c.gpus(), c.gpu.name);
}

/// "2 x 64": size and number of microbatches.
std::string microbatches(const Configuration& row) {
  return fmt::format("{}x{}", row.microbatch_size, row.microbatches);
}

TextRow plan_row(const std::string& name, const Training& t) {
  const Configuration& row = t.row;
  const std::string step = fmt::format("{}{:.4g}", t.screened_only() ? "~" : "", row.step_time_s);
  return {name,
          fmt::format("{}x{}x{}", row.tp, row.pp, row.dp),
          row.run,
          microbatches(row),
          recompute_of(row),
          std::to_string(zero_of(row)),
          step,
          short_count(row.tokens_per_s),
          fmt::format("{:.1f}", 100 * row.mfu),
          gigabytes(row.peak_memory_bytes)};
}
const TextRow kPlanHeader{"",     "TPxPPxDP", "schedule", "batches", "recompute",
                          "ZeRO", "step s",   "tokens/s", "MFU %",   "GB"};

TextRow bill_row(const SizeTask& task, const std::string& name, const Training& t) {
  return {name,
          gpus_text(task, t),
          t.days < 10 ? fmt::format("{:.3g}", t.days) : fmt::format("{:.1f}", t.days),
          short_count(t.gpu_hours),
          t.cost ? fmt::format("{} {}", short_count(*t.cost), task.offers[t.offer].cluster.currency) : "no price",
          t.energy_mwh ? short_count(*t.energy_mwh) : "not known"};
}

struct Named {
  std::string name;
  const Training* training;
};

/// The answers, those that are the same plan on one line.
std::vector<Named> answers_of(const SizeAnswer& a) {
  std::vector<Named> named;
  const auto add = [&](const char* name, const std::optional<Training>& t) {
    if (!t) return;
    for (Named& n : named) {
      if (n.training->offer != t->offer || n.training->row.point != t->row.point) continue;
      n.name += std::string(", ") + name;
      return;
    }
    named.push_back({name, &*t});
  };
  add("fastest", a.fastest);
  add("cheapest", a.cheapest);
  add("leanest", a.leanest);
  return named;
}

std::string answers_table(const SizeTask& task, const SizeAnswer& a) {
  std::vector<TextRow> plans{kPlanHeader}, bills{{"", "GPUs", "days", "GPU-hours", "cost", "MWh"}};
  for (const Named& n : answers_of(a)) {
    plans.push_back(plan_row(n.name, *n.training));
    bills.push_back(bill_row(task, n.name, *n.training));
  }
  for (std::size_t i = 1; i < a.top.size(); ++i) plans.push_back(plan_row(fmt::format("  number {}", i + 1), a.top[i]));
  std::string text = aligned(plans, 1);
  if (task.offers.size() > 1) {
    std::vector<TextRow> of_offers{kPlanHeader};
    bills.resize(1);
    for (const Training& t : a.of_offers) {
      std::string name;
      for (const Named& n : answers_of(a)) {
        if (n.training->offer == t.offer && n.training->row.point == t.row.point) name = n.name;
      }
      bills.push_back(bill_row(task, name, t));
      of_offers.push_back(plan_row(gpus_text(task, t), t));
    }
    for (std::size_t o = 0; o < task.offers.size(); ++o) {
      const bool has_one =
          std::any_of(a.of_offers.begin(), a.of_offers.end(), [&](const Training& t) { return t.offer == o; });
      const Cluster& c = task.offers[o].cluster;
      if (!has_one) of_offers.push_back({fmt::format("{} {}", c.gpus(), c.gpu.name), "none fits"});
    }
    for (TextRow& row : of_offers) row.resize(kPlanHeader.size());
    text += "\nThe fastest plan of each offer\n" + aligned(of_offers, 1);
  }
  return text + "\n" + aligned(bills, 1);
}

/// Losers that are one plan on one line: a plan may be the best of its schedule and of its TP.
std::vector<std::pair<std::string, const Loser*>> by_plan(const std::vector<Loser>& losers) {
  std::vector<std::pair<std::string, const Loser*>> lines;
  for (const Loser& l : losers) {
    const auto same = std::find_if(lines.begin(), lines.end(), [&](const auto& line) {
      return l.fits && line.second->fits && line.second->row->point == l.row->point &&
             line.first.size() + l.what.size() + 2 <= kMostName;
    });
    if (same == lines.end()) {
      lines.emplace_back(l.what, &l);
    } else {
      same->first += ", " + l.what;
    }
  }
  return lines;
}

/// "1f1b-i x4 8x4x16 1x32 sel. Z1".
std::string short_plan(const Configuration& row) {
  const std::string recompute = recompute_of(row);
  return fmt::format("{} {}x{}x{} {} {} Z{}", row.run, row.tp, row.pp, row.dp, microbatches(row),
                     recompute == "selective" ? "sel." : recompute, zero_of(row));
}

std::string too_tight_line(const SizeTask& task, const SizeAnswer& a) {
  if (!a.too_tight) return "";
  const Configuration& row = *a.too_tight;
  const Configuration& fastest = a.fastest->row;
  const double base = fastest.screened_step_time_s > 0 ? fastest.screened_step_time_s : fastest.step_time_s;
  return wrapped(fmt::format(
      "{} would take {:.4g} s ({:+.1f} %) but is too tight: {} of {} GB leave less than the margin of {:.4g} GB "
      "(--memory-margin)",
      short_plan(row), row.step_time_s, 100 * (row.step_time_s / base - 1), gigabytes(row.peak_memory_bytes),
      gigabytes(task.offers[a.fastest->offer].cluster.gpu.memory.value), task.memory_margin / 1e9));
}

std::string too_large_line(const SizeTask& task, const SizeAnswer& a) {
  if (!a.too_large) return "";
  const Configuration& row = *a.too_large;
  const Training& fastest = *a.fastest;
  const double base = fastest.row.screened_step_time_s > 0 ? fastest.row.screened_step_time_s : fastest.row.step_time_s;
  return wrapped(fmt::format("{} would take {:.4g} s ({:+.1f} %) if its {} GB fitted: {} GB too much (as screened)",
                             short_plan(row), row.step_time_s, 100 * (row.step_time_s / base - 1),
                             gigabytes(row.peak_memory_bytes),
                             gigabytes(row.peak_memory_bytes - task.offers[fastest.offer].cluster.gpu.memory.value)));
}

std::string losers_table(const SizeTask& task, const SizeAnswer& a) {
  std::vector<TextRow> rows{{"instead", "best plan", "slower %", "comp.", "TP", "pipeline", "other"}};
  std::string lost;
  for (const auto& [what, loser] : by_plan(a.losers)) {
    const Loser& l = *loser;
    if (!l.row) {
      lost += wrapped(fmt::format("{}: {}", what, l.reason.empty() ? "none was played" : l.reason));
    } else if (!l.fits) {
      lost += wrapped(fmt::format("{}: {}; {} {} with recompute {} needs at least {} GB", what,
                                  l.too_tight ? "too tight" : "does not fit", l.row->run, plan_text(*l.row),
                                  recompute_of(*l.row), gigabytes(l.row->peak_memory_bytes)));
    } else {
      rows.push_back({what, short_plan(*l.row), (l.as_screened ? "~" : "") + percent(l.slower), percent(l.more.busy),
                      percent(l.more.tp), percent(l.more.pp), percent(l.more.other)});
    }
  }
  if (rows.size() == 1 && lost.empty()) return "";
  std::string text = "\nWhy others lose to the fastest; parts of the difference in % of its step\n";
  if (rows.size() > 1) text += aligned(rows, 1);
  for (const Loser& l : a.losers) {
    if (!l.not_here.empty()) {
      lost += wrapped(
          fmt::format("{} has no plan at TP{} PP{}: {}", l.what, a.fastest->row.tp, a.fastest->row.pp, l.not_here));
    }
  }
  return text + lost + too_tight_line(task, a) + too_large_line(task, a);
}

std::string front_table(const SizeTask& task, const SizeAnswer& a) {
  if (a.front.size() < 2) return "";
  if (a.front_of_cost) {
    std::vector<TextRow> rows{{"", "GPUs", "days", "GPU-hours", "cost", "MWh"}};
    for (const Training& t : a.front) rows.push_back(bill_row(task, t.row.run, t));
    return "\nNo other offer is both faster and cheaper than these\n" + aligned(rows, 1);
  }
  std::vector<TextRow> rows{kPlanHeader};
  const std::size_t every = (a.front.size() + kMostFront - 1) / kMostFront;
  for (std::size_t i = 0; i < a.front.size(); i += every) rows.push_back(plan_row("", a.front[i]));
  const std::string thinned = every > 1 ? fmt::format(" ({} of {})", rows.size() - 1, a.front.size()) : "";
  return fmt::format("\nNo other plan is both faster (as screened) and leaner in memory than these{}\n{}", thinned,
                     aligned(rows, 1));
}

std::string change(const std::optional<double>& ratio) {
  return ratio ? fmt::format("{:+.1f} %", 100 * (*ratio - 1) + 0.0) : "not possible";
}

std::string swings_table(const SizeAnswer& a) {
  std::vector<TextRow> rows{{"if this changed", "to", "tokens/s", "to", "tokens/s"}};
  for (const Swing& s : a.swings) rows.push_back({s.what, s.low_label, change(s.low), s.high_label, change(s.high)});
  std::string text = "\nWhat the fastest would gain or lose (screened)\n" + aligned(rows, 1);
  for (const Turn& turn : a.turns) {
    const Configuration& row = a.top[turn.instead].row;
    text += fmt::format("{}: then {} {} {} wins\n", turn.what, row.run, plan_text(row), microbatches(row));
  }
  if (a.turns.empty() && a.top.size() > 1) {
    text += fmt::format("none of these puts another of the best {} first\n", a.top.size());
  }
  return text;
}

std::string order_line(const SizeTask& task, const SizeAnswer& a) {
  std::string text = "\n";
  for (std::size_t o = 0; o < a.counts.size(); ++o) {
    const OfferCount& c = a.counts[o];
    std::string line = fmt::format("{} {}: {} plans: {} fit, {} too tight, {} too large, {} ruled out{}, {} failed",
                                   task.offers[o].cluster.gpus(), task.offers[o].cluster.gpu.name, grouped(c.points),
                                   grouped(c.fitting), grouped(c.too_tight), grouped(c.not_fitting), grouped(c.pruned),
                                   c.pruned > 0 ? " (mostly: " + c.pruned_why + ")" : "", grouped(c.failed));
    if (c.order.refined > 0) {
      line += fmt::format(
          "; of {} replayed on the network {} changed place, the best was number {} of the screening{}; screened "
          "steps were off by {:.1f} % (median), {:.1f} % at most",
          c.order.refined, c.order.moved, c.order.best_was,
          c.order.best_was > 10 ? " (outside its best 10: raise --refine)" : "", 100 * c.order.median_error,
          100 * c.order.largest_error);
    }
    text += wrapped(line);
    if (c.promising > 0) {
      text +=
          wrapped(fmt::format("{} plans that were only screened promise more than the best that was replayed: raise "
                              "--refine to be sure",
                              c.promising));
    }
    if (c.not_replayed > 0) {
      text += wrapped(fmt::format("{} of the best could not be replayed and stand as screened: {}", c.not_replayed,
                                  c.not_replayed_why));
    }
  }
  return text;
}

std::string footer(const SizeTask& task, const SizeAnswer& a) {
  std::vector<std::string> lines = task.assumptions;
  const auto add = [&](const std::string& line) {
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  };
  for (const OfferedCluster& o : task.offers) {
    const Cluster& c = o.cluster;
    if (c.gpu_hour_price > 0) {
      add(fmt::format("price: {} {} a {}-hour, {}", c.gpu_hour_price, c.currency, c.gpu.name, c.price_source));
    }
    if (c.gpu_watts > 0) add(fmt::format("power: {} W a {}, {}", c.gpu_watts, c.gpu.name, c.power_source));
  }
  add("plans: sequence parallelism on where TP > 1, gradients in fp32, Adam in fp32, no context or expert parallelism");
  if (a.fastest) add("~ screened only: blocks on an ideal network. All times are simulated, none was measured");
  std::string text = "\nAssumed\n";
  for (const std::string& line : lines) text += wrapped("- " + line);
  return text;
}

}  // namespace

std::string to_text(const SizeTask& task, const SizeAnswer& a) {
  std::string text = wrapped(a.verdict);
  text += fmt::format("{}: {} tokens, {} a step ({} sequences of {}), {} steps\n\n", task.model.name,
                      short_count(task.tokens), short_count(task.batch_tokens()), task.batch_samples, task.sequence,
                      short_count(std::ceil(task.tokens / task.batch_tokens())));
  if (!a.fastest) {
    return text + wrapped("No plan can be played. The closest: " + a.closest) + order_line(task, a) + footer(task, a);
  }
  text += answers_table(task, a);
  if (!a.verdicts.empty()) text += "\n";
  for (const std::string& verdict : a.verdicts) text += wrapped(verdict);
  return text + losers_table(task, a) + front_table(task, a) + swings_table(a) + order_line(task, a) + footer(task, a);
}

}  // namespace braid
