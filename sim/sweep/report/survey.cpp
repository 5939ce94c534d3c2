// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/survey.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "sim/base/error.hpp"
#include "sim/base/units.hpp"
#include "sim/report/svg.hpp"

namespace braid {
namespace {

/// More than screened: what blocks cannot show is screened by units, on the ideal network, and stays as it was.
bool by_units(const Configuration& row) {
  const bool as_screened = row.network == "ideal" && row.step_time_s == row.screened_step_time_s;
  return row.grain == "unit" && !as_screened;
}
bool was_refined(const Configuration& row) { return row.ok() && by_units(row) && row.screened_step_time_s > 0; }

double screened_speed(const Configuration& row) {
  return row.screened_step_time_s > 0 ? row.tokens_per_s * row.step_time_s / row.screened_step_time_s : 0;
}

void count(Survey& found) {
  for (const Configuration& row : found.rows) {
    if (row.status == ConfigurationStatus::pruned) {
      ++found.pruned;
    } else if (row.status == ConfigurationStatus::failed) {
      ++found.failed;
    } else {
      ++(row.fits ? found.fitting : found.not_fitting);
    }
    if (was_refined(row)) ++found.refined;
  }
  found.pruned_because = count_reasons(found.rows, ConfigurationStatus::pruned);
  found.failed_because = count_reasons(found.rows, ConfigurationStatus::failed);
}

void name_runs(Survey& found) {
  std::unordered_map<std::string, std::size_t> by_label;
  for (const Configuration& row : found.rows) {
    const auto [at, is_new] = by_label.try_emplace(row.run, found.runs.size());
    if (is_new) found.runs.push_back(row.run);
    found.run_of.push_back(at->second);
  }
}

void compare_speeds(Survey& found) {
  bool units = false, blocks = false;
  for (const Configuration& row : found.rows) {
    if (row.ok()) (by_units(row) ? units : blocks) = true;
  }
  found.as_screened = units && blocks;
  found.speed.assign(found.rows.size(), 0);
  for (std::size_t i = 0; i < found.rows.size(); ++i) {
    const Configuration& row = found.rows[i];
    if (!row.ok()) continue;
    found.speed[i] = !found.as_screened || !by_units(row) ? row.tokens_per_s : screened_speed(row);
    if (!(found.speed[i] > 0) || !std::isfinite(found.speed[i])) {
      found.speed[i] = 0;
      ++found.unscreened;
    }
  }
}

void rank(Survey& found) {
  for (std::size_t i = 0; i < found.rows.size(); ++i) {
    if (found.candidate(i)) found.ranking.push_back(i);
  }
  std::stable_sort(found.ranking.begin(), found.ranking.end(), [&](std::size_t a, std::size_t b) {
    const Configuration &left = found.rows[a], &right = found.rows[b];
    if (by_units(left) != by_units(right)) return by_units(left);
    return left.tokens_per_s > right.tokens_per_s;
  });
  std::vector<std::size_t> refined;
  for (std::size_t i = 0; i < found.rows.size(); ++i) {
    if (was_refined(found.rows[i]) && found.candidate(i)) refined.push_back(i);
  }
  std::stable_sort(refined.begin(), refined.end(), [&](std::size_t a, std::size_t b) {
    return screened_speed(found.rows[a]) > screened_speed(found.rows[b]);
  });
  found.screened_place.assign(found.rows.size(), 0);
  for (std::size_t place = 0; place < refined.size(); ++place) found.screened_place[refined[place]] = place + 1;
  if (found.as_screened && !found.ranking.empty()) {
    const double best = found.rows[found.ranking.front()].tokens_per_s;
    for (const std::size_t i : found.ranking) {
      if (!by_units(found.rows[i]) && found.rows[i].tokens_per_s > best) ++found.promising;
    }
  }
}

}  // namespace

Survey survey(std::vector<Configuration> rows, std::string currency, const std::string& where) {
  const std::size_t left_behind = std::erase_if(rows, [](const Configuration& row) { return row.point < 0; });
  if (rows.empty()) throw Error(where, "holds no configuration yet; fill it with `braid sweep`");
  Survey found{.rows = std::move(rows), .currency = std::move(currency)};
  found.left_behind = left_behind;
  found.fields = chosen_fields(found.rows, where);
  count(found);
  name_runs(found);
  compare_speeds(found);
  rank(found);
  return found;
}

std::string short_name(const Configuration& row) { return fmt::format("{} {}x{}", row.run, row.tp, row.pp); }

std::string long_name(const Survey& survey, std::size_t at) {
  const Configuration& row = survey.rows[at];
  std::string text = fmt::format("{}, TP {} x PP {} x DP {}, {} microbatches of {}", row.run, row.tp, row.pp, row.dp,
                                 row.microbatches, row.microbatch_size);
  for (const ChosenField& field : survey.fields) {
    if (field.values.size() > 1 && field.at[at] != kNotChosen) text += "\n" + field.name + " = " + field.text(at);
  }
  if (!row.ok()) return text + "\n" + row.reason;
  text += fmt::format("\n{} tokens/s, a step of {}, {} of the fullest GPU{}", short_number(row.tokens_per_s),
                      to_text(Seconds(row.step_time_s)), gb_text(row.peak_memory_bytes),
                      row.fits ? "" : ", which does not fit");
  if (row.mfu > 0) text += fmt::format(", MFU {:.1f} %", 100 * row.mfu);
  return text + fmt::format("\n{} network, {}", row.network, row.grain == "unit" ? "unit by unit" : "in blocks");
}

std::string short_number(double value) {
  constexpr std::pair<double, const char*> kUnits[] = {{1e12, " T"}, {1e9, " G"}, {1e6, " M"}, {1e3, " k"}};
  for (const auto& [size, name] : kUnits) {
    // 999,600 is 1 M in three digits.
    if (std::abs(value) < size * 0.9995) continue;
    const double scaled = value / size;
    return shortest(scaled, scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2) + name;
  }
  return shortest(value, std::abs(value) >= 99.95 ? 0 : std::abs(value) >= 9.995 ? 1 : std::abs(value) >= 0.1 ? 2 : 4);
}

std::string gb_text(double bytes) { return fmt::format("{:.1f} GB", bytes / kGigabyte); }

double cost_of_million_tokens(const Configuration& row) {
  const double tokens = row.tokens_per_s * row.step_time_s;
  return row.cost_per_step && tokens > 0 ? *row.cost_per_step / tokens * 1e6 : 0;
}

}  // namespace braid
