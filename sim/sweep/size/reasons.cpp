// SPDX-License-Identifier: Apache-2.0
// Why the others lose: the winner held against the best of each other schedule, TP, PP and recomputation, part by part
// of the step.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/sweep/plan/expand.hpp"
#include "sim/sweep/run/configuration.hpp"
#include "sim/sweep/size/answer.hpp"
#include "sim/sweep/store/reasons.hpp"

namespace braid {
namespace {

using Trait = std::string (*)(const Configuration&);

std::string schedule_trait(const Configuration& row) { return row.run; }
std::string tp_trait(const Configuration& row) { return fmt::format("TP {}", row.tp); }
std::string pp_trait(const Configuration& row) { return fmt::format("PP {}", row.pp); }
std::string recompute_trait(const Configuration& row) { return "recompute " + recompute_of(row); }
constexpr Trait kTraits[] = {schedule_trait, tp_trait, pp_trait, recompute_trait};

std::string chosen(const Configuration& row, std::string_view field) {
  for (const auto& [name, value] : parse_choice(row.choice, "the row")) {
    if (name == field) return value;
  }
  return "";
}

/// The same row as it was screened, with its parts: a row that was refined has lost them.
Configuration screened(const Configuration& row, const OfferRows& offer, Screener& screener) {
  if (row.grain == "block") return row;
  Configuration again = offer.whole(row);
  const Playable p = playable(again);
  fill_in(again, screener.screen(p.scenario, p.run, p.profile), p.scenario);
  again.grain = "block";
  return again;
}

void hold_against(const Configuration& winner, const Configuration& other, Loser& loser) {
  const double step = winner.step_time_s;
  loser.slower = other.step_time_s / step - 1;
  loser.more = {.busy = (other.busy_s - winner.busy_s) / step,
                .tp = (other.tp_s - winner.tp_s) / step,
                .pp = (other.pp_s - winner.pp_s) / step,
                .other = (other.other_s - winner.other_s) / step};
}

/// Rows of one value of a trait.
struct Group {
  const Configuration* best = nullptr;     ///< that fits; played by units before screened
  const Configuration* leanest = nullptr;  ///< of those that need too much
  /// Of those that were never played: by kind, the first of it and how many there are.
  std::map<std::string, std::pair<std::string, int>> reasons;
};

bool faster(const Configuration& a, const Configuration& b) {
  if ((a.grain == "unit") != (b.grain == "unit")) return a.grain == "unit";
  return a.step_time_s < b.step_time_s;
}

void put(const Configuration& row, double usable, Group& group) {
  if (!row.ok()) {
    auto& [text, count] = group.reasons[kind_of_reason(row.reason)];
    if (count++ == 0) text = row.reason;
  } else if (!row.fits || row.peak_memory_bytes > usable) {
    if (!group.leanest || row.peak_memory_bytes < group.leanest->peak_memory_bytes) group.leanest = &row;
  } else if (!group.best || faster(row, *group.best)) {
    group.best = &row;
  }
}

std::string most_frequent(const Group& group) {
  const auto most = std::max_element(group.reasons.begin(), group.reasons.end(),
                                     [](const auto& a, const auto& b) { return a.second.second < b.second.second; });
  return most == group.reasons.end() ? "" : plain_reason(most->second.first);
}

/// Why a schedule has no plan at the winner's TP and PP; "" if it has one, or was not to be tried there.
std::string not_here(const std::string& run, const Configuration& winner, const OfferRows& offer, double usable) {
  Group group;
  for (const Configuration& row : offer.rows) {
    if (row.point >= 0 && row.run == run && row.tp == winner.tp && row.pp == winner.pp) put(row, usable, group);
  }
  if (group.best != nullptr) return "";
  if (group.leanest == nullptr) return most_frequent(group);
  const double needed = group.leanest->peak_memory_bytes;
  return group.leanest->fits ? fmt::format("too tight, needs {:.1f} GB", needed / 1e9)
                             : fmt::format("too large, by {:.1f} GB at least", (needed - usable) / 1e9);
}

}  // namespace

std::string plain_reason(const std::string& reason) {
  const std::size_t at = reason.find("schedule:");
  return reason.starts_with("--set ") && at != std::string::npos ? reason.substr(reason.find(": ", at) + 2) : reason;
}

std::string plan_text(const Configuration& row) { return fmt::format("TP{} PP{} DP{}", row.tp, row.pp, row.dp); }

std::string recompute_of(const Configuration& row) { return chosen(row, "plan.recompute"); }

int zero_of(const Configuration& row) { return chosen(row, "step_end.data_parallel") == "zero1" ? 1 : 0; }

std::vector<Loser> losers_to(const Configuration& winner, const OfferRows& offer, double usable) {
  Screener screener;
  std::optional<Configuration> winner_screened;
  std::vector<Loser> losers;
  for (const Trait trait : kTraits) {
    std::vector<std::pair<std::string, Group>> groups;
    for (const Configuration& row : offer.rows) {
      if (row.point < 0) continue;
      const std::string name = trait(row);
      if (name.empty() || name == trait(winner)) continue;
      auto at = std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.first == name; });
      if (at == groups.end()) at = groups.insert(groups.end(), {name, {}});
      put(row, usable, at->second);
    }
    for (const auto& [name, group] : groups) {
      Loser loser{.what = name, .row = {}, .more = {}, .reason = {}, .not_here = {}};
      if (group.best != nullptr) {
        loser.row = *group.best;
        loser.fits = true;
        if (trait == schedule_trait) loser.not_here = not_here(name, winner, offer, usable);
        loser.as_screened = winner.grain == "unit" && group.best->grain != "unit";
        if (loser.as_screened && !winner_screened) winner_screened = screened(winner, offer, screener);
        hold_against(loser.as_screened ? *winner_screened : winner, *group.best, loser);
      } else if (group.leanest != nullptr) {
        loser.row = *group.leanest;
        loser.too_tight = group.leanest->fits;
      } else {
        loser.reason = most_frequent(group);
      }
      losers.push_back(std::move(loser));
    }
  }
  return losers;
}

}  // namespace braid
