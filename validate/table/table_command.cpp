// SPDX-License-Identifier: Apache-2.0
#include "validate/table/table_command.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <ostream>

#include "sim/base/error.hpp"
#include "sim/base/output_folder.hpp"
#include "validate/table/row_filter.hpp"
#include "validate/table/table_report.hpp"

namespace braid {
namespace {

RowAssumptions assumptions_of(const TableOptions& options) {
  RowAssumptions assumptions{.cluster = options.cluster};
  for (const std::string& text : options.node_bandwidths) {
    assumptions.node_bandwidths.push_back(parse_node_bandwidth(text));
  }
  for (const std::string& set : options.sets) assumptions.overrides.push_back(parse_override(set));
  return assumptions;
}

Profile with_provenance(Profile profile, const TableOptions& options, const Predictions& predictions) {
  profile.provenance.push_back(fmt::format("fitted by: braid validate --table {}, free: {}",
                                           std::filesystem::path(options.table).filename().string(),
                                           fmt::join(options.free, " ")));
  for (const PredictedRow& row : predictions.rows) {
    if (!row.fitted) continue;
    profile.provenance.push_back(
        fmt::format("fitted row: {} = {:g} s ({})", row.row.id, row.row.measured_s, row.row.source));
  }
  return profile;
}

}  // namespace

void table_command(const TableOptions& options, std::ostream& out, std::ostream& err) {
  if (!options.out_dir.empty()) check_output_folder(options.out_dir);
  if (options.fit.size() > kMostFittedRows) {
    throw Error("--fit", fmt::format("names {} rows; at most {}, the others are to be predicted", options.fit.size(),
                                     kMostFittedRows));
  }
  PredictionRequest request{.rows = rows_where(read_published(options.table), options.where),
                            .assumptions = assumptions_of(options),
                            .profile = options.profile,
                            .fitted = {},
                            .free = options.free};
  request.fitted = rows_of_ids(request.rows, options.fit);
  const Predictions predictions = predict_table(request);
  const std::vector<std::string> assumed = assumption_lines(request.rows, request.assumptions);
  out << (options.json ? table_json(predictions, assumed) : table_text(predictions, assumed));
  if (options.out_dir.empty()) return;
  OutputFolder folder(options.out_dir);
  folder.write("rows.csv", table_csv(predictions));
  if (!options.fit.empty()) {
    folder.write("profile.csv", to_csv(with_provenance(predictions.profile, options, predictions)));
  }
  err << fmt::format("braid-validate: {} files in {}\n", folder.written().size(), options.out_dir);
}

}  // namespace braid
