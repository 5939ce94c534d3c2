// SPDX-License-Identifier: Apache-2.0
// `braid validate SCENARIO`: runs the programs of a scenario, holds each against its prediction, and tells.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace braid {

struct RunOptions {
  std::string scenario;
  std::vector<Override> overrides;
  std::vector<std::string> runs;  ///< labels or schedules; none: all of the scenario
  std::string placement;          ///< host, partition, replay or multi
  std::optional<int> rank;        ///< replay: the pipeline rank; the first unless given
  int sms = 0;                    ///< partition: of each rank; 0: equal shares
  std::string scale;              ///< see prediction/scale.hpp
  bool calibrate_works = false;   ///< predict from each work measured alone on the same placement
  int warm_up = 3;
  int repeats = 20;
  double time_limit_s = 30;
  bool unfolded = false;            ///< host: every GPU of tp * pp * dp
  double jitter = 0;                ///< host
  std::vector<std::string> faults;  ///< host
  std::string limits;               ///< a limits.toml; "": the one that Braid ships
  std::string out_dir;              ///< report.html, report.json, both timelines of each run as traces; "": none
  std::string record_dir;           ///< a recording of each run, in a folder of its own
  bool json = false;
};

/// Exit codes of a validation besides 0 and 2, a mistake.
inline constexpr int kRunFailed = 4;  ///< a step did not end, or was not a run of its program

/// Returns 0, kBeyondLimits or kRunFailed; in the last case what is stuck has been printed to `err`. Throws Error for
/// mistakes and NoGpu (gpu_runs.hpp).
int run_command(const RunOptions& options, std::ostream& out, std::ostream& err);

}  // namespace braid
