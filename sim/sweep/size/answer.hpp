// SPDX-License-Identifier: Apache-2.0
// What the rows of the sweeps say to the question: which plans are best, whether deadline and budget hold, and why the
// others lose.
//
// Rows that were played by units on the network come before rows that were only screened, whatever these promise.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/sweep/run/run_sweep.hpp"
#include "sim/sweep/size/sensitivity.hpp"
#include "sim/sweep/size/size.hpp"

namespace braid {

/// The whole training by one plan.
struct Training {
  std::size_t offer = 0;  ///< into SizeTask::offers
  Configuration row;      ///< slim
  double steps = 0;
  double days = 0;  ///< on the calendar, so with the time in which it does not train
  double gpu_hours = 0;
  std::optional<double> cost;  ///< in the currency of the offer's cluster
  std::optional<double> energy_mwh;

  bool screened_only() const { return row.grain != "unit"; }
};
/// steps = tokens / batch; days = tokens / (tokens a second) / availability / 86400; gpu_hours = GPUs * days * 24;
/// cost = gpu_hours * price; energy = gpu_hours * watts / 1e6.
Training training_of(const SizeTask& task, std::size_t offer, const Configuration& row);

/// Time of a step in its parts, of one plan less another's.
struct Split4 {
  double busy = 0, tp = 0, pp = 0, other = 0;  ///< seconds
};

/// The best plan that differs in one thing from the winner, and what it loses by.
struct Loser {
  std::string what;                  ///< "1f1b", "TP 4", "recompute none"
  std::optional<Configuration> row;  ///< nothing: there is none that can be played
  bool fits = false;
  bool as_screened = false;  ///< both on the ideal network, since it was not played by units
  double slower = 0;         ///< its step over the winner's, less 1
  Split4 more;               ///< its parts less the winner's, shares of the winner's step
  std::string reason;        ///< why there is none: the most frequent reason of those that were pruned
  bool too_tight = false;    ///< the row is within the memory, but within the margin too
  std::string not_here;      ///< of a schedule: why it has no plan at the winner's TP and PP
};

/// A knob that, turned, makes another plan the best.
struct Turn {
  std::string what;         ///< "bandwidth between nodes, half"
  std::size_t instead = 0;  ///< into SizeAnswer::top
};

struct OfferCount {
  std::int64_t points = 0, failed = 0;
  std::int64_t fitting = 0;      ///< and leave the margin
  std::int64_t too_tight = 0;    ///< within the memory, but within the margin too
  std::int64_t not_fitting = 0;  ///< also those that were never played because of it
  std::int64_t pruned = 0;       ///< for another reason
  std::string pruned_why;        ///< the most frequent one
  OrderChange order;
  /// That fit and were only screened, with a speed above that of the best one replayed.
  std::int64_t promising = 0;
  std::int64_t not_replayed = 0;  ///< of the best, that were to be
  std::string not_replayed_why;   ///< of the first
};

struct SizeAnswer {
  std::optional<Training> fastest, cheapest, leanest;
  /// The cheapest (or, where there are no prices, fastest) of those that keep deadline and budget.
  std::optional<Training> recommended;
  std::vector<Training> of_offers;    ///< the fastest of each offer that has one
  std::vector<Training> top;          ///< fastest first
  std::vector<Training> front;        ///< no other is better in both; see front_of
  bool front_of_cost = false;         ///< days and cost of the offers; else step time, as screened, and memory
  std::string verdict;                ///< one sentence: what to take, and whether it keeps what was asked
  std::vector<std::string> verdicts;  ///< on deadline and budget, a line each
  std::vector<Loser> losers;          ///< to the fastest
  /// The fastest, as screened, of what does not fit, if it beats the fastest; row of the fastest's offer.
  std::optional<Configuration> too_large;
  std::optional<Configuration> too_tight;  ///< the same of what is within the memory, but within the margin too
  std::vector<Swing> swings;               ///< of the fastest
  std::vector<Turn> turns;                 ///< of the top
  std::vector<OfferCount> counts;          ///< by offer
  std::string closest;                     ///< where nothing fits: what misses least
};

/// The rows of one offer's sweep, and how to see one of them whole.
struct OfferRows {
  std::vector<Configuration> rows;                               ///< slim; those with point < 0 are of another sweep
  std::function<Configuration(const Configuration& row)> whole;  ///< with scenario and profile
};

/// All but `swings` and `turns`, of the rows alone.
SizeAnswer answer(const SizeTask& task, const std::vector<OfferRows>& offers, std::size_t top);
/// Puts in `swings` and `turns`: the top with each knob turned, at the speed that it was played at times what screening
/// says of the change. Nothing where nothing fits.
void turn_knobs(const std::vector<OfferRows>& offers, SizeAnswer& answer);

/// Puts in `verdict` and `verdicts`; fastest, cheapest, recommended and closest are there.
void judge(const SizeTask& task, SizeAnswer& answer);
/// Within deadline and budget, as far as they are asked for.
bool in_time(const SizeTask& task, const Training& t);
bool in_budget(const SizeTask& task, const Training& t);

/// GPUs on which the plan's TP and PP would keep the deadline if twice the GPUs were twice as fast: the next DP that
/// divides the batch and fills nodes. 0: there is none.
std::int64_t gpus_for(const SizeTask& task, const Training& t);

/// "tp 8, pp 4, dp 16, ..." as people write it: "TP8 PP4 DP16".
std::string plan_text(const Configuration& row);
/// Of its choice: "none", "selective", "full"; and 0 or 1.
std::string recompute_of(const Configuration& row);
int zero_of(const Configuration& row);

/// Against the fastest of an offer: the best of each other schedule, TP, PP and recomputation that needs at most
/// `usable` bytes.
std::vector<Loser> losers_to(const Configuration& winner, const OfferRows& offer,
                             double usable = std::numeric_limits<double>::infinity());

/// 100 columns.
std::string to_text(const SizeTask& task, const SizeAnswer& answer);
/// "braid.size/1", one document.
std::string to_json(const SizeTask& task, const SizeAnswer& answer);

/// Why a row was pruned, without the place in a sweep that no user wrote.
std::string plain_reason(const std::string& reason);

}  // namespace braid
