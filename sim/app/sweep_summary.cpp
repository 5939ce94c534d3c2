// SPDX-License-Identifier: Apache-2.0
#include "sim/app/sweep_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "sim/base/units.hpp"
#include "sim/report/columns.hpp"
#include "sim/sweep/plan/expand.hpp"
#include "sim/sweep/store/reasons.hpp"

namespace braid {
namespace {

using Json = nlohmann::ordered_json;
using Chosen = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kShown = 10;
constexpr std::size_t kMostReasons = 3;

/// "plan.tp" is "tp", unless another field ends like that.
std::vector<std::string> headings(const Chosen& chosen) {
  const auto last = [](const std::string& field) { return field.substr(field.rfind('.') + 1); };
  std::map<std::string, int> uses;
  for (const auto& [field, value] : chosen) ++uses[last(field)];
  std::vector<std::string> texts;
  for (const auto& [field, value] : chosen) texts.push_back(uses[last(field)] > 1 ? field : last(field));
  return texts;
}

/// Which of the chosen fields are not the same in all rows.
std::vector<bool> that_vary(const std::vector<Configuration>& rows, const Chosen& first, const std::string& store) {
  std::vector<bool> vary(first.size(), false);
  for (const Configuration& row : rows) {
    const Chosen chosen = parse_choice(row.choice, store);
    for (std::size_t i = 0; i < first.size(); ++i) vary[i] = vary[i] || i >= chosen.size() || chosen[i] != first[i];
  }
  return vary;
}

std::string table_of(const std::vector<Configuration>& best, const std::vector<Configuration>& all,
                     const std::string& store) {
  std::vector<Chosen> chosen;
  for (const Configuration& row : best) chosen.push_back(parse_choice(row.choice, store));
  const std::vector<bool> varies = that_vary(all, chosen.front(), store);
  const std::vector<std::string> names = headings(chosen.front());
  std::vector<TextRow> rows{{""}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (varies[i]) rows[0].push_back(names[i]);
  }
  for (const char* heading : {"step", "tokens/s", "MFU %", "peak GB", "TP %", "PP %", "other %"})
    rows[0].emplace_back(heading);
  for (std::size_t i = 0; i < best.size(); ++i) {
    const Configuration& row = best[i];
    TextRow texts{std::to_string(i + 1)};
    for (std::size_t f = 0; f < chosen[i].size() && f < varies.size(); ++f) {
      if (varies[f]) texts.push_back(chosen[i][f].second);
    }
    texts.push_back(to_text(Seconds(row.step_time_s)));
    texts.push_back(fmt::format("{:.0f}", row.tokens_per_s));
    texts.push_back(fmt::format("{:.1f}", 100 * row.mfu));
    texts.push_back(fmt::format("{:.1f}", row.peak_memory_bytes / 1e9));
    for (const double part : {row.tp_s, row.pp_s, row.other_s})
      texts.push_back(fmt::format("{:.1f}", row.step_time_s > 0 ? 100 * part / row.step_time_s : 0));
    texts.resize(rows[0].size());
    rows.push_back(std::move(texts));
  }
  return aligned(rows, 1);
}

/// "3 failed: took longer than 60 s (2), ..."; the most frequent first.
std::string reasons_of(const std::vector<Configuration>& rows, ConfigurationStatus status, const char* word) {
  const std::vector<ReasonCount> reasons = count_reasons(rows, status);
  if (reasons.empty()) return "";
  std::size_t all = 0;
  for (const ReasonCount& reason : reasons) all += reason.count;
  std::string text = fmt::format("{} {}:\n", all, word);
  for (std::size_t i = 0; i < reasons.size() && i < kMostReasons; ++i)
    text += fmt::format("  {:>6}  {}\n", reasons[i].count, to_text(reasons[i]));
  if (reasons.size() > kMostReasons)
    text += fmt::format("          and {} more reason{}\n", reasons.size() - kMostReasons,
                        reasons.size() == kMostReasons + 1 ? "" : "s");
  return text;
}

std::string order_line(const OrderChange& change) {
  std::string text = fmt::format("of {} refined, {} changed place; the best was number {} of the screening",
                                 change.refined, change.moved, change.best_was);
  if (change.best_was > static_cast<int>(kShown)) text += ", outside its best 10: refine more to be sure";
  return text + fmt::format("\nscreened step times are off by {:.1f} % (median), {:.1f} % at most\n",
                            100 * change.median_error, 100 * change.largest_error);
}

Json json_of(const SweepProgress& p) {
  return {{"points", p.points},           {"known", p.known},   {"done", p.done},          {"pruned", p.pruned},
          {"not_fitting", p.not_fitting}, {"failed", p.failed}, {"elapsed_s", p.elapsed_s}};
}

}  // namespace

std::vector<Configuration> best_of(const std::vector<Configuration>& rows, std::size_t most) {
  std::vector<Configuration> best;
  const bool refined = std::any_of(
      rows.begin(), rows.end(), [](const Configuration& row) { return row.point >= 0 && row.fits && is_refined(row); });
  for (const Configuration& row : rows) {
    if (row.point >= 0 && row.ok() && row.fits && (!refined || is_refined(row))) best.push_back(row);
  }
  std::stable_sort(best.begin(), best.end(), [](const Configuration& a, const Configuration& b) {
    return a.tokens_per_s != b.tokens_per_s ? a.tokens_per_s > b.tokens_per_s : a.point < b.point;
  });
  if (best.size() > most) best.resize(most);
  return best;
}

std::string to_text(const SweepSummary& summary) {
  const SweepProgress& screened = summary.outcome.screened;
  std::string text;
  for (const auto& [constraint, points] : summary.outcome.dropped_by) {
    if (points > 0) text += fmt::format("{} points dropped by {}\n", points, constraint);
  }
  text += fmt::format("{} configurations: {} new in {:.1f} s", screened.done, screened.done - screened.known,
                      screened.elapsed_s);
  if (screened.known > 0) text += fmt::format(", {} known before", screened.known);
  if (screened.not_fitting > 0) text += fmt::format("; {} do not fit the memory", screened.not_fitting);
  text += "\n" + reasons_of(summary.rows, ConfigurationStatus::pruned, "pruned");
  text += reasons_of(summary.rows, ConfigurationStatus::failed, "failed");
  const std::vector<Configuration> best = best_of(summary.rows, kShown);
  if (best.empty()) {
    text += "none of them could be played and fits the memory\n";
  } else {
    const bool refined = is_refined(best.front());
    text += fmt::format("\nthe best, {}:\n",
                        refined ? "played by units on " +
                                      std::string(best.front().network == "simgrid" ? "SimGrid" : "the ideal network")
                                : "as screened (blocks, ideal network)");
    text += table_of(best, summary.rows, summary.store);
    text += "TP, PP and other are shares of the step that ranks wait for; the rest they compute.\n";
  }
  const OrderChange change = order_change(summary.rows);
  if (change.refined > 0) text += "\n" + order_line(change);
  text += fmt::format("\nresults in {0}: braid report {0}, braid gui {0}\n", summary.store);
  return text;
}

std::string to_json(const SweepSummary& summary) {
  const OrderChange change = order_change(summary.rows);
  Json best = Json::array();
  for (const Configuration& row : best_of(summary.rows, kShown)) {
    best.push_back({{"id", row.id},
                    {"choice", Json::parse(row.choice, nullptr, false)},
                    {"network", row.network},
                    {"grain", row.grain},
                    {"step_time_s", row.step_time_s},
                    {"screened_step_time_s", row.screened_step_time_s},
                    {"tokens_per_s", row.tokens_per_s},
                    {"mfu", row.mfu},
                    {"busy_s", row.busy_s},
                    {"tp_s", row.tp_s},
                    {"pp_s", row.pp_s},
                    {"other_s", row.other_s},
                    {"peak_memory_bytes", row.peak_memory_bytes},
                    {"gpus", row.gpus}});
  }
  Json dropped = Json::array();
  for (const auto& [constraint, points] : summary.outcome.dropped_by)
    dropped.push_back({{"constraint", constraint}, {"points", points}});
  const Json document{{"schema", "braid.sweep-summary/1"},
                      {"name", summary.name},
                      {"store", summary.store},
                      {"stopped", summary.outcome.stopped},
                      {"dropped_by", std::move(dropped)},
                      {"screened", json_of(summary.outcome.screened)},
                      {"refined", json_of(summary.outcome.refined)},
                      {"best", std::move(best)},
                      {"order_change",
                       {{"refined", change.refined},
                        {"moved", change.moved},
                        {"best_was", change.best_was},
                        {"largest_error", change.largest_error},
                        {"median_error", change.median_error}}}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace braid
