// SPDX-License-Identifier: Apache-2.0
#include "validate/table/table_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "validate/table/baseline.hpp"
#include "validate/table/errors.hpp"

namespace braid {
namespace {

constexpr std::size_t kWorst = 10;

/// The formula at its best: its efficiency from all rows, its error over all rows.
double baseline_all_mape(const Predictions& p) {
  double sum = 0;
  for (const PredictedRow& row : p.rows) {
    sum += std::abs(baseline_time(row.row, p.baseline_all_efficiency).value / row.row.measured_s - 1);
  }
  return 100 * sum / static_cast<double>(p.rows.size());
}

std::string row_line(const PredictedRow& p) {
  const PublishedRow& r = p.row;
  return fmt::format("{:<24} {:>10} {:>3} {:>3} {:>3} {:>3} {:>6} {:>10.4f} {:>11.4f} {:>+8.1f} {:>+9.1f}{}\n", r.id,
                     r.size(), r.tp, r.pp, r.dp, r.microbatch, r.global_batch, r.measured_s, p.predicted_s,
                     100 * p.error(), 100 * p.baseline_error(), p.fitted ? "  fitted" : "");
}

std::string row_heading() {
  return fmt::format("{:<24} {:>10} {:>3} {:>3} {:>3} {:>3} {:>6} {:>10} {:>11} {:>8} {:>9}\n", "row", "model", "tp",
                     "pp", "dp", "mb", "batch", "measured_s", "predicted_s", "error_%", "formula_%");
}

/// Over all rows that were not fitted, by group, and the worst of them.
std::string errors_text(const Predictions& p, const TableErrors& all) {
  std::string text = fmt::format("\n{:<24} {:>5} {:>8} {:>8} {:>8} {:>8} {:>9}\n", "rows not fitted", "rows", "mean_%",
                                 "median_%", "worst_%", "bias_%", "formula_%");
  const auto line = [](const std::string& name, const TableErrors& e) {
    return fmt::format("{:<24} {:>5} {:>8.2f} {:>8.2f} {:>8.2f} {:>+8.2f} {:>9.2f}\n", name, e.rows, e.mape, e.median,
                       e.worst, e.bias, e.baseline_mape);
  };
  text += line("all", all);
  for (const GroupErrors& group : errors_by_group(p.rows)) text += line(group.group, group.errors);
  text += "\nworst rows\n" + row_heading();
  for (const PredictedRow& row : worst_rows(p.rows, kWorst)) text += row_line(row);
  return text;
}

}  // namespace

std::string table_text(const Predictions& p, const std::vector<std::string>& assumptions) {
  std::string text = "assumed:\n";
  for (const std::string& line : assumptions) text += "  " + line + "\n";
  if (!p.values.empty()) text += "fitted:\n";
  for (const auto& [name, value] : p.values) text += fmt::format("  {} = {:.5g}\n", name, value);
  text += "\n" + row_heading();
  for (const PredictedRow& row : p.rows) text += row_line(row);

  const TableErrors all = error_summary(p.rows);
  if (all.rows > 0) text += errors_text(p, all);
  text += fmt::format(
      "\nformula: FLOPs / (eff x peak x GPUs) x (1 + (p-1)/(v m)), FLOPs = 96 B s l h^2 (1 + s/6h + V/16lh) with full "
      "recomputation, 72 B s l h^2 (1 + s/6h + V/12lh) without (arXiv 2104.04473, eq. 3)\n"
      "formula: eff {:.3f} from the {}; eff {:.3f} from all {} rows misses them by {:.2f} %\n",
      p.baseline_efficiency, p.values.empty() ? "rows shown" : "fitted rows", p.baseline_all_efficiency, p.rows.size(),
      baseline_all_mape(p));
  if (all.rows == 0) return text + "every row was fitted: none is left to hold a prediction against\n";
  return text +
         fmt::format("MAPE of {} rows not fitted: {:.2f} %, formula {:.2f} %\n", all.rows, all.mape, all.baseline_mape);
}

std::string table_json(const Predictions& p, const std::vector<std::string>& assumptions) {
  nlohmann::ordered_json json;
  const TableErrors all = error_summary(p.rows);
  json["schema"] = kTableSchema;
  // Of no row there is no error: null, not 0.
  const auto of_rows = [&](double value) { return all.rows > 0 ? nlohmann::ordered_json(value) : nullptr; };
  json["mape_percent"] = of_rows(all.mape);
  json["median_percent"] = of_rows(all.median);
  json["worst_percent"] = of_rows(all.worst);
  json["bias_percent"] = of_rows(all.bias);
  json["baseline_mape_percent"] = of_rows(all.baseline_mape);
  json["baseline_all_rows_mape_percent"] = baseline_all_mape(p);
  json["baseline_efficiency"] = p.baseline_efficiency;
  json["fitted_values"] = nlohmann::ordered_json::object();
  for (const auto& [name, value] : p.values) json["fitted_values"][name] = value;
  json["assumptions"] = assumptions;
  json["groups"] = nlohmann::ordered_json::array();
  for (const GroupErrors& group : errors_by_group(p.rows)) {
    json["groups"].push_back({{"group", group.group},
                              {"rows", group.errors.rows},
                              {"mape_percent", group.errors.mape},
                              {"baseline_mape_percent", group.errors.baseline_mape}});
  }
  json["rows"] = nlohmann::ordered_json::array();
  for (const PredictedRow& row : p.rows) {
    json["rows"].push_back({{"id", row.row.id},
                            {"measured_s", row.row.measured_s},
                            {"predicted_s", row.predicted_s},
                            {"error_percent", 100 * row.error()},
                            {"baseline_s", row.baseline_s},
                            {"baseline_error_percent", 100 * row.baseline_error()},
                            {"fitted", row.fitted}});
  }
  return json.dump(1) + "\n";
}

std::string table_csv(const Predictions& p) {
  std::string text =
      "id,hidden,layers,tp,pp,dp,microbatch,global_batch,measured_s,predicted_s,error_percent,baseline_s,"
      "baseline_error_percent,use\n";
  for (const PredictedRow& row : p.rows) {
    const PublishedRow& r = row.row;
    text += fmt::format("{},{},{},{},{},{},{},{},{:g},{:.6g},{:+.2f},{:.6g},{:+.2f},{}\n", r.id, r.hidden, r.layers,
                        r.tp, r.pp, r.dp, r.microbatch, r.global_batch, r.measured_s, row.predicted_s,
                        100 * row.error(), row.baseline_s, 100 * row.baseline_error(), row.fitted ? "fit" : "predict");
  }
  return text;
}

}  // namespace braid
