// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/sweep_files.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>
#include <vector>

#include "sim/base/csv.hpp"

namespace braid {
namespace {

using Json = nlohmann::ordered_json;

const char* status_of(const Configuration& row) {
  return row.ok() ? "ok" : row.status == ConfigurationStatus::pruned ? "pruned" : "failed";
}

std::string text_of(double value) { return fmt::format("{}", value); }
/// Of what a row has only if it was played.
std::string played(const Configuration& row, double value) { return row.ok() ? text_of(value) : ""; }
std::string known(const std::optional<double>& value) { return value ? text_of(*value) : ""; }

/// NaN and infinity are no JSON.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
Json number(const std::optional<double>& value) { return value ? number(*value) : Json(nullptr); }

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json json_of(const Survey& survey, std::size_t at) {
  const Configuration& row = survey.rows[at];
  // As the store has it, so that numbers stay numbers.
  Json choice = Json::parse(row.choice, nullptr, false);
  if (!choice.is_object()) choice = Json::object();
  Json json{{"id", row.id},
            {"point", row.point},
            {"choice", std::move(choice)},
            {"hash", row.hash},
            {"run", row.run},
            {"schedule", row.schedule},
            {"gpu", row.gpu},
            {"gpus", row.gpus},
            {"tp", row.tp},
            {"pp", row.pp},
            {"dp", row.dp},
            {"microbatches", row.microbatches},
            {"microbatch_size", row.microbatch_size},
            {"sequence", row.sequence},
            {"version", row.version},
            {"network", row.network},
            {"grain", row.grain},
            {"status", status_of(row)}};
  if (!row.ok()) {
    json["reason"] = row.reason;
    return json;
  }
  json["fits"] = row.fits;
  json["step_time_s"] = number(row.step_time_s);
  json["screened_step_time_s"] = row.screened_step_time_s > 0 ? number(row.screened_step_time_s) : Json(nullptr);
  json["tokens_per_s"] = number(row.tokens_per_s);
  json["mfu"] = number(row.mfu);
  json["busy_s"] = number(row.busy_s);
  json["tp_s"] = number(row.tp_s);
  json["pp_s"] = number(row.pp_s);
  json["other_s"] = number(row.other_s);
  json["peak_memory_bytes"] = number(row.peak_memory_bytes);
  json["cost_per_step"] = number(row.cost_per_step);
  json["watts"] = number(row.watts);
  return json;
}

Json json_of(const std::vector<ReasonCount>& reasons) {
  Json list = Json::array();
  for (const ReasonCount& reason : reasons) list.push_back({{"count", reason.count}, {"example", reason.reason}});
  return list;
}

Json json_of(const StoreComparison& found, const Survey& survey) {
  Json json{{"store", found.other},           {"joined_by", found.by_choice ? "choice" : "hash"},
            {"common", found.common},         {"only_here", found.only_here},
            {"only_there", found.only_there}, {"played_in_both", found.pairs.size()}};
  if (!found.pairs.empty()) {
    json["tokens_per_s_ratio"] = {{"median", number(found.median)},
                                  {"p5", number(found.p5)},
                                  {"p95", number(found.p95)},
                                  {"least", number(found.pairs.front().ratio)},
                                  {"most", number(found.pairs.back().ratio)}};
  }
  if (found.has_bests) {
    json["same_best"] = found.same_best;
    json["best_id"] = survey.rows[found.best_here].id;
    json["place_of_best_there"] = found.place_of_best_there > 0 ? Json(found.place_of_best_there) : Json(nullptr);
  }
  return json;
}

}  // namespace

void write_sweep_csv(std::ostream& out, const Survey& survey) {
  std::vector<std::string> cells{"id", "point", "run"};
  for (const ChosenField& field : survey.fields) cells.push_back("choice." + field.name);
  for (const char* name : {"schedule",
                           "gpu",
                           "gpus",
                           "tp",
                           "pp",
                           "dp",
                           "microbatches",
                           "microbatch_size_samples",
                           "sequence_tokens",
                           "status",
                           "reason",
                           "fits",
                           "network",
                           "grain",
                           "step_time_s",
                           "screened_step_time_s",
                           "tokens_per_s",
                           "mfu",
                           "busy_s",
                           "tp_s",
                           "pp_s",
                           "other_s",
                           "peak_memory_bytes"}) {
    cells.emplace_back(name);
  }
  cells.push_back("cost_per_step" + (survey.currency.empty() ? "" : "_" + survey.currency));
  for (const char* name : {"power_w", "version", "hash"}) cells.emplace_back(name);
  out << csv_row(cells) << '\n';
  for (std::size_t i = 0; i < survey.rows.size(); ++i) {
    const Configuration& row = survey.rows[i];
    cells = {std::to_string(row.id), std::to_string(row.point), row.run};
    for (const ChosenField& field : survey.fields) cells.push_back(field.text(i));
    cells.insert(cells.end(), {row.schedule,
                               row.gpu,
                               std::to_string(row.gpus),
                               std::to_string(row.tp),
                               std::to_string(row.pp),
                               std::to_string(row.dp),
                               std::to_string(row.microbatches),
                               std::to_string(row.microbatch_size),
                               std::to_string(row.sequence),
                               status_of(row),
                               row.reason,
                               row.ok() ? (row.fits ? "1" : "0") : "",
                               row.network,
                               row.grain,
                               played(row, row.step_time_s),
                               row.screened_step_time_s > 0 ? text_of(row.screened_step_time_s) : "",
                               played(row, row.tokens_per_s),
                               played(row, row.mfu),
                               played(row, row.busy_s),
                               played(row, row.tp_s),
                               played(row, row.pp_s),
                               played(row, row.other_s),
                               played(row, row.peak_memory_bytes),
                               known(row.cost_per_step),
                               known(row.watts),
                               row.version,
                               row.hash});
    out << csv_row(cells) << '\n';
  }
}

void write_sweep_json(std::ostream& out, const Survey& survey, const std::string& name,
                      const StoreComparison* against) {
  Json head{{"schema", kSweepReportSchema},
            {"store", name},
            {"currency", survey.currency},
            {"counts",
             {{"configurations", survey.rows.size()},
              {"fitting", survey.fitting},
              {"not_fitting", survey.not_fitting},
              {"pruned", survey.pruned},
              {"failed", survey.failed},
              {"refined", survey.refined},
              {"only_screened_but_promising", survey.promising}}},
            {"pruned_because", json_of(survey.pruned_because)},
            {"failed_because", json_of(survey.failed_because)},
            {"best_id", survey.ranking.empty() ? Json(nullptr) : Json(survey.rows[survey.ranking.front()].id)}};
  if (against != nullptr) head["against"] = json_of(*against, survey);
  std::string begin = dumped(head);
  begin.pop_back();
  out << begin << ",\"rows\":[";
  for (std::size_t i = 0; i < survey.rows.size(); ++i) out << (i == 0 ? "\n" : ",\n") << dumped(json_of(survey, i));
  out << "\n]}\n";
}

}  // namespace braid
