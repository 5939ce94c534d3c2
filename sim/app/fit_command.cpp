// SPDX-License-Identifier: Apache-2.0
#include "sim/app/fit_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <ostream>
#include <random>

#include "sim/app/progress.hpp"
#include "sim/base/output_folder.hpp"
#include "sim/fit/fit.hpp"
#include "sim/play/play.hpp"

namespace braid {
namespace {

struct Residuals {
  double mean = 0, worst = 0;
};

/// Of the rows that were not fitted.
Residuals residuals(const FitResult& result) {
  Residuals r;
  int count = 0;
  for (const FitRow& row : result.rows) {
    if (row.fitted) continue;
    r.mean += std::abs(row.error());
    r.worst = std::max(r.worst, std::abs(row.error()));
    ++count;
  }
  r.mean /= std::max(1, count);
  return r;
}

std::string table(const std::vector<MeasuredRow>& rows, const FitResult& result) {
  std::string text = "scenario,set,run,measured_samples_per_s,predicted_samples_per_s,error_percent,use\n";
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    const MeasuredRow& row = rows[i];
    std::string set;
    for (const Override& o : row.overrides) set += (set.empty() ? "" : " ") + o.path + "=" + o.value;
    const FitRow& fitted = result.rows[i];
    text += fmt::format("{},{},{},{:g},{:.4f},{:+.2f},{}\n", std::filesystem::path(row.scenario).filename().string(),
                        set, row.run, fitted.measured, fitted.predicted, 100 * fitted.error(),
                        fitted.fitted ? "fit" : "predict");
  }
  return text;
}

std::string values_text(const FitResult& result) {
  std::string text;
  for (const auto& [name, value] : result.values)
    text += fmt::format("{}{}={:.5g}", text.empty() ? "" : " ", name, value);
  return text;
}

/// Other rows for the same parameters: the same number, drawn with a fixed seed so that anyone draws the same.
std::vector<std::vector<std::size_t>> other_choices(std::size_t rows, std::size_t picked, int count) {
  constexpr unsigned kSeed = 2510;
  std::mt19937 random(kSeed);
  std::vector<std::vector<std::size_t>> choices;
  std::vector<std::size_t> all(rows);
  std::iota(all.begin(), all.end(), std::size_t{0});
  while (static_cast<int>(choices.size()) < count) {
    // std::shuffle differs between libraries; this does not.
    for (std::size_t i = all.size() - 1; i > 0; --i) std::swap(all[i], all[random() % (i + 1)]);
    std::vector<std::size_t> choice(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(picked));
    std::sort(choice.begin(), choice.end());
    choices.push_back(std::move(choice));
  }
  return choices;
}

}  // namespace

void fit_command(const FitOptions& options, std::ostream& out) {
  if (options.free.empty()) throw Error("--free", "name at least one parameter that may move");
  const std::vector<MeasuredRow> rows = read_measured(options.file);
  if (rows.empty()) throw Error(options.file, "holds no rows");
  const Gpu gpu = read_scenario(rows.front().scenario, rows.front().overrides).cluster.gpu;
  const FitProblem problem(fit_cases(rows), profile_of(options.base, gpu), simulate);
  std::vector<std::size_t> fitted;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].fitted) fitted.push_back(i);
  }
  Progress progress(options.alternatives + 1, options.quiet ? ProgressStyle::none : ProgressStyle::bar);
  progress.step(0, "fitting the named rows");
  FitResult result = problem.solve(options.free, fitted);
  const Residuals named = residuals(result);
  const std::string rows_text = table(rows, result);
  out << values_text(result) << '\n' << rows_text;
  out << fmt::format("rows not fitted: mean {:.2f} %, worst {:.2f} %\n", 100 * named.mean, 100 * named.worst);

  std::string others = "fitted_rows,values,mean_percent,worst_percent\n";
  const auto choices = other_choices(rows.size(), fitted.size(), options.alternatives);
  for (std::size_t c = 0; c < choices.size(); ++c) {
    progress.step(static_cast<int>(c) + 1, "fitting other rows");
    const FitResult other = problem.solve(options.free, choices[c]);
    const Residuals r = residuals(other);
    std::string lines;
    for (const std::size_t i : choices[c]) lines += (lines.empty() ? "" : " ") + std::to_string(i);
    others += fmt::format("{},{},{:.2f},{:.2f}\n", lines, values_text(other), 100 * r.mean, 100 * r.worst);
  }
  if (!choices.empty()) out << "\nother choices of rows (numbered from 0):\n" << others;
  if (options.out_dir.empty()) return;

  std::string command = "braid fit " + std::filesystem::path(options.file).filename().string();
  for (const std::string& name : options.free) command += " --free " + name;
  result.profile.provenance.push_back("fitted by: " + command);
  for (const std::size_t i : fitted) {
    const MeasuredRow& row = rows[i];
    result.profile.provenance.push_back(fmt::format("fitted row: {} {} = {:g} samples/s ({})",
                                                    std::filesystem::path(row.scenario).filename().string(), row.run,
                                                    row.samples_per_s, row.source));
  }
  OutputFolder folder(options.out_dir);
  folder.write("profile.csv", to_csv(result.profile));
  folder.write("residuals.csv", rows_text);
  if (!choices.empty()) folder.write("other_choices.csv", others);
}

}  // namespace braid
