// SPDX-License-Identifier: Apache-2.0
// A sweep as jobs of Slurm: a job array whose tasks are shards, and a job that merges them and refines the best.
//
// Both scripts may run again at any time: a shard and the merged store go on where they stopped. `--requeue` covers the
// node that fails and the job that is preempted. Shortly before a job's time limit Slurm sends USR1 to its script,
// which stops Braid and puts the job back into the queue. Options of Slurm: https://slurm.schedmd.com/sbatch.html
#pragma once

#include <string>
#include <vector>

#include "sim/base/units.hpp"

namespace braid {

/// A job that comes back more often is taken for one that gets nowhere within its time limit.
inline constexpr int kMostRestarts = 100;
/// So long before its time limit a job is told to stop.
inline constexpr Seconds kSlurmNotice{60};
/// What a job asks for with each processor, beside what the worker on it may take.
inline constexpr Bytes kSlurmMemoryBeside{256.0 * 1024 * 1024};

struct SlurmSweep {
  std::string name;
  std::string program;               ///< `braid`; this and all other paths absolute
  std::string sweep;                 ///< the sweep file
  std::string store;                 ///< that the shards are merged into
  std::string folder;                ///< of scripts, shards and logs
  std::string from;                  ///< where paths in `options` are seen from
  std::vector<std::string> options;  ///< of `braid sweep`, a word each; none of --store, --shard, --jobs
  int tasks = 1;                     ///< shards
  int jobs = 1;                      ///< workers, and so processors, of a task
  Bytes memory{0};                   ///< that a worker may take; 0: nothing is asked of Slurm
  std::string sbatch;                ///< further options of sbatch as one line; they win over ours
};

/// Bash scripts for sbatch. Throw Error for what Slurm would read as something else: a folder with a line break, double
/// quote, backslash or %, options of several lines.
std::string array_script(const SlurmSweep& sweep);
std::string merge_script(const SlurmSweep& sweep);

/// A word that a POSIX shell reads as this text.
std::string shell_word(const std::string& text);

}  // namespace braid
