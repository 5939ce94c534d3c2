// SPDX-License-Identifier: Apache-2.0
#include "validate/table/predictions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <string_view>
#include <thread>

#include "sim/base/error.hpp"
#include "sim/base/gpus.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/fit/fit.hpp"
#include "validate/table/baseline.hpp"

namespace braid {
namespace {

Timeline simulate(const Program& program, const Costs& costs, const Scenario& scenario) {
  return simulate_ideal(program, costs, scenario.cluster, {.fold = scenario.plan.fold});
}

FitCase case_of(const PublishedRow& row, const RowAssumptions& assumptions) {
  Scenario scenario = scenario_of(row, assumptions);
  Run run = scenario.runs.front();
  return {.scenario = std::move(scenario),
          .run = std::move(run),
          .samples_per_s = row.global_batch / row.measured_s,
          .where = row.where + ":" + row.id};
}

double step_time(const FitCase& of, const PublishedRow& row, const Profile& profile) {
  try {
    return row.global_batch / predict_samples_per_s(of, profile, simulate);
  } catch (const Error& error) {
    if (std::string_view(error.what()).starts_with(row.where)) throw;
    throw Error(of.where, error.what());
  }
}

/// Calls f(0) to f(count - 1), each once; the failure of the lowest index is thrown.
template <typename F>
void on_all_cores(std::size_t count, F f) {
  std::vector<std::exception_ptr> faults(count);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i; (i = next++) < count;) {
      try {
        f(i);
      } catch (...) { faults[i] = std::current_exception(); }
    }
  };
  {
    std::vector<std::jthread> threads;
    const std::size_t workers = std::min<std::size_t>(count, std::max(1U, std::thread::hardware_concurrency()));
    for (std::size_t i = 1; i < workers; ++i) threads.emplace_back(work);
    work();
  }
  for (const std::exception_ptr& fault : faults) {
    if (fault) std::rethrow_exception(fault);
  }
}

Profile fitted_profile(const PredictionRequest& request, const std::vector<FitCase>& cases, Profile base,
                       Predictions& predictions) {
  std::vector<FitCase> chosen;
  std::vector<std::size_t> all;
  for (const std::size_t i : request.fitted) {
    all.push_back(chosen.size());
    chosen.push_back(cases[i]);
  }
  FitResult result =
      FitProblem(std::move(chosen), std::move(base), simulate).solve(request.free, all, FitError::step_time);
  predictions.values = std::move(result.values);
  return std::move(result.profile);
}

}  // namespace

Predictions predict_table(const PredictionRequest& request) {
  const std::vector<PublishedRow>& rows = request.rows;
  BRAID_CHECK(!rows.empty(), "there are rows to predict");
  for (const PublishedRow& row : rows) {
    if (row.gpu == rows.front().gpu) continue;
    throw Error(row.where + ":gpu", fmt::format("is {}, rows before it are {}; one profile is of one GPU: split the "
                                                "table",
                                                row.gpu, rows.front().gpu));
  }
  if (request.free.empty() != request.fitted.empty()) {
    throw Error(request.free.empty() ? "--free" : "--fit", "--fit ROWS and --free PARAMETERS go together");
  }
  const Gpu& gpu = gpu_by_name(rows.front().gpu, rows.front().where);
  Profile base = profile_of(request.profile, gpu);

  std::vector<FitCase> cases(rows.size());
  on_all_cores(rows.size(), [&](std::size_t i) { cases[i] = case_of(rows[i], request.assumptions); });
  Predictions predictions;
  predictions.profile =
      request.free.empty() ? std::move(base) : fitted_profile(request, cases, std::move(base), predictions);

  std::vector<PublishedRow> seen;
  for (const std::size_t i : request.fitted) seen.push_back(rows[i]);
  predictions.baseline_all_efficiency = baseline_efficiency(rows);
  predictions.baseline_efficiency = seen.empty() ? predictions.baseline_all_efficiency : baseline_efficiency(seen);
  predictions.rows.resize(rows.size());
  on_all_cores(rows.size(), [&](std::size_t i) {
    predictions.rows[i] = {.row = rows[i],
                           .predicted_s = step_time(cases[i], rows[i], predictions.profile),
                           .baseline_s = baseline_time(rows[i], predictions.baseline_efficiency).value};
  });
  for (const std::size_t i : request.fitted) predictions.rows[i].fitted = true;
  return predictions;
}

}  // namespace braid
