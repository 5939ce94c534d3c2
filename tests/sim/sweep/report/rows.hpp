// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "sim/sweep/report/survey.hpp"

namespace braid::test {

inline constexpr double kGb = 1e9;

/// Screened: a step of 1 s, so that tokens a second are those of a step.
inline Configuration screened(int tp, int pp, const std::string& run, double tokens_per_s, double gb = 10) {
  static int made = 0;
  Configuration row;
  row.id = ++made;
  row.choice = fmt::format(R"({{"plan.tp":{},"plan.pp":{},"run":"{}"}})", tp, pp, run);
  row.hash = fmt::format("{}-{}-{}", tp, pp, run);
  row.run = row.schedule = run;
  row.gpu = "H100-80G";
  row.tp = tp;
  row.pp = pp;
  row.microbatches = 8;
  row.sequence = 4096;
  row.version = "0.1.0";
  row.network = "ideal";
  row.grain = "block";
  row.step_time_s = row.screened_step_time_s = 1;
  row.tokens_per_s = tokens_per_s;
  row.busy_s = 0.7;
  row.tp_s = 0.1;
  row.pp_s = 0.15;
  row.other_s = 0.05;
  row.peak_memory_bytes = gb * kGb;
  row.gpus = tp * pp;
  return row;
}

/// The same played by units, `slower` times as long.
inline Configuration refined(Configuration row, double slower) {
  row.network = "simgrid";
  row.grain = "unit";
  row.step_time_s *= slower;
  row.tokens_per_s /= slower;
  return row;
}

inline Configuration too_big(Configuration row) {
  row.fits = false;
  return row;
}

inline Configuration not_played(int tp, int pp, const std::string& run, ConfigurationStatus status,
                                const std::string& reason) {
  Configuration row = screened(tp, pp, run, 0);
  row.status = status;
  row.reason = reason;
  row.step_time_s = row.screened_step_time_s = 0;
  return row;
}

inline Configuration with_choice(Configuration row, const std::string& choice) {
  row.choice = choice;
  return row;
}

inline Survey surveyed(std::vector<Configuration> rows) { return survey(std::move(rows), "USD", "a.db"); }

inline std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace braid::test
