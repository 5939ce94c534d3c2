// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/run/slurm.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "sim/base/error.hpp"
#include "sim/base/output_folder.hpp"

namespace braid {
namespace {

// TERM, of scancel and of preemption, reaches Braid without the script, which has only to live until Braid has stopped.
// A signal ends `wait` before its time.
constexpr std::string_view kFunction = R"(
again=
running=
trap 'again=1; [ -z "$running" ] || kill -TERM "$running"' USR1
trap : TERM

braid() {{
  {} "$@" &
  running=$!
  [ -z "$again" ] || kill -TERM "$running"
  wait "$running"
  local code=$?
  while kill -0 "$running" 2>/dev/null; do wait "$running"; code=$?; done
  [ "$code" -eq 0 ] && return
  if [ -n "$again" ] && [ "${{SLURM_RESTART_COUNT:-0}}" -lt {} ]; then
    echo "The time limit is near: this job goes back into the queue, to go on where it stopped."
    scontrol requeue "$SLURM_JOB_ID"
  fi
  exit "$code"
}}

)";

/// What comes before the calls of Braid. Of two options that differ sbatch takes the last.
std::string head(const SlurmSweep& sweep, const std::string& job, const std::string& log, const std::string& array) {
  if (sweep.folder.find_first_of("\n\"\\%") != std::string::npos) {
    throw Error(sweep.folder,
                "Slurm would read this name as another; choose one without double quotes, backslashes and %");
  }
  if (sweep.sbatch.find('\n') != std::string::npos)
    throw Error("--slurm-args", "give all options of sbatch in one line");
  std::string text = fmt::format(
      "#!/bin/bash\n"
      "# Written by `braid sweep --slurm`; it may run again at any time and goes on where it stopped.\n"
      "#SBATCH --job-name={}-{}\n{}"
      "#SBATCH --nodes=1 --ntasks=1 --cpus-per-task={}\n"
      "#SBATCH --chdir=\"{}\"\n"
      "#SBATCH --output={} --open-mode=append\n"
      "#SBATCH --requeue --signal=B:USR1@{:.0f}\n",
      file_name(sweep.name), job, array, sweep.jobs, sweep.folder, log, kSlurmNotice.value);
  // Slurm refuses a job that asks for memory in two ways.
  if (sweep.memory.value > 0 && sweep.sbatch.find("--mem") == std::string::npos) {
    const double mebibytes = std::ceil((sweep.memory + kSlurmMemoryBeside).value / (1024.0 * 1024.0));
    text += fmt::format("#SBATCH --mem-per-cpu={:.0f}M\n", mebibytes);
  }
  if (!sweep.sbatch.empty()) text += "#SBATCH " + sweep.sbatch + "\n";
  return text + fmt::format(kFunction, shell_word(sweep.program), kMostRestarts) + "cd " + shell_word(sweep.from) +
         " || exit\n";
}

/// `shard` is of the shell: one number or many.
std::string shard_store(const SlurmSweep& sweep, const std::string& shard) {
  return fmt::format("{}/shard-{}-of-{}.db", shell_word(sweep.folder), shard, sweep.tasks);
}

std::string call(const SlurmSweep& sweep, const std::string& store) {
  std::string line = "braid sweep " + shell_word(sweep.sweep);
  for (const std::string& option : sweep.options) line += " " + shell_word(option);
  return line + " --jobs \"$SLURM_CPUS_PER_TASK\" --store " + store;
}

}  // namespace

std::string array_script(const SlurmSweep& sweep) {
  const std::string task = "\"$SLURM_ARRAY_TASK_ID\"";
  return head(sweep, "shards", "log-%a.txt", fmt::format("#SBATCH --array=1-{}\n", sweep.tasks)) +
         call(sweep, shard_store(sweep, task)) + fmt::format(" --shard {}/{}\n", task, sweep.tasks);
}

std::string merge_script(const SlurmSweep& sweep) {
  const std::string store = shell_word(sweep.store);
  return head(sweep, "merge", "log-merge.txt", "") +
         fmt::format("braid sweep merge {} {}\n", store, shard_store(sweep, fmt::format("{{1..{}}}", sweep.tasks))) +
         call(sweep, store) + "\n";
}

std::string shell_word(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

}  // namespace braid
