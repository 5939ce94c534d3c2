// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>

#include "calibrate/fit/fit_report.hpp"
#include "sim/base/csv.hpp"

namespace braid {

std::string fit_text(const FolderFit& fit) {
  std::string text = fmt::format("fit of {}, errors of what each fit had not seen, in per cent\n", fit.profile.gpu);
  text += fmt::format("{:<40} {:>5} {:>7} {:>7} {:>7} {:>7} {:>7}  {}\n", "", "rows", "median", "95th", "mean", "bias",
                      "worst", "where");
  for (const FitPart& part : fit.parts) {
    text += fmt::format("{} ({})\n", part.name, part.how);
    for (const ErrorSummary& s : summaries(part.residuals, part.rivals)) {
      if (s.count == 0) continue;
      text += fmt::format("  {:<38} {:>5} {:>7.2f} {:>7.2f} {:>7.2f} {:>+7.2f} {:>+7.1f}  {}\n", s.kind, s.count,
                          100 * s.median, 100 * s.p95, 100 * s.mean, 100 * s.bias, 100 * s.worst, s.worst_at);
    }
    for (const auto& [name, value] : part.values) text += fmt::format("    {} = {:.4g}\n", name, value);
  }
  for (const std::string& note : fit.notes) text += "note: " + note + "\n";
  return text;
}

std::string residuals_csv(const FolderFit& fit) {
  std::string text = "part,kind,shape,measured,predicted,error_percent,source\n";
  for (const FitPart& part : fit.parts) {
    for (const Residual& r : part.residuals) {
      const std::array<std::string, 7> fields = {part.name,
                                                 r.kind,
                                                 r.shape,
                                                 fmt::format("{:.6g}", r.measured),
                                                 fmt::format("{:.6g}", r.predicted),
                                                 fmt::format("{:.3f}", 100 * r.error()),
                                                 r.source};
      text += csv_row(fields) + "\n";
    }
  }
  return text;
}

}  // namespace braid
