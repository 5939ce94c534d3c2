// SPDX-License-Identifier: Apache-2.0
// `braid sweep --slurm N`: the scripts of sim/sweep/run/slurm.hpp written and submitted.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

#include "sim/sweep/run/slurm.hpp"

namespace CLI {
class App;
}

namespace braid {

struct SlurmOptions {
  std::optional<int> tasks;  ///< if Slurm was asked for
  std::string sbatch;
  std::string program;   ///< "" = this one
  bool dry_run = false;  ///< write the scripts, submit nothing
};

void add_slurm_options(CLI::App& sweep_command, SlurmOptions& options);

/// Where scripts, shards and logs belong that end up in this store: out/a.db has out/a-slurm.
std::string slurm_folder(const std::string& store);

/// Writes array.sh and merge.sh into the folder of `sweep`, submits both unless it is a dry run, and says what to do
/// next. Takes relative paths as seen from here; puts in what the options say. `points` are those of the whole sweep.
/// Throws Error: no task, fewer points than tasks, no sbatch, sbatch refuses.
void submit_sweep(SlurmSweep sweep, const SlurmOptions& options, std::int64_t points, std::ostream& out);

}  // namespace braid
