// SPDX-License-Identifier: Apache-2.0
#include "sim/app/slurm_command.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <ostream>

#include "sim/base/error.hpp"
#include "sim/base/output_folder.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

struct Answer {
  int code = -1;
  std::string said;  ///< on both streams, without the last line end
};

Answer ask_shell(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw Error("sh", "cannot be started");
  Answer answer;
  std::array<char, 4096> bytes;
  while (const std::size_t count = std::fread(bytes.data(), 1, bytes.size(), pipe))
    answer.said.append(bytes.data(), count);
  const int status = pclose(pipe);
  answer.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  while (answer.said.ends_with('\n')) answer.said.pop_back();
  return answer;
}

std::string in_one_line(std::string text) {
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) text.replace(end, 1, "; ");
  return text;
}

/// The number of the job. What sbatch says beside it, sites' notes and warnings, goes to `out`.
std::string submit(const std::string& options, const std::string& script, std::ostream& out) {
  const Answer answer = ask_shell("sbatch --parsable " + options + shell_word(script));
  if (answer.code != 0) throw Error(script, "sbatch refuses it: " + in_one_line(answer.said));
  // The number is in the last line, before the name of the cluster if there is one.
  const std::size_t last = answer.said.rfind('\n') + 1;
  if (last > 0) out << answer.said.substr(0, last);
  std::string job = answer.said.substr(last, answer.said.find(';', last) - last);
  if (job.empty() || job.find_first_not_of("0123456789") != std::string::npos)
    throw Error(script, "sbatch took it, but its answer has no job number: " + in_one_line(answer.said));
  return job;
}

}  // namespace

CLI::Option* add_slurm_options(CLI::App& sweep_command, SlurmOptions& options) {
  CLI::Option* tasks =
      sweep_command
          .add_option("--slurm", options.tasks,
                      "submit it to Slurm as an array of N tasks, --jobs processors each (default: 1), and a job that "
                      "merges them")
          ->type_name("N");
  sweep_command
      .add_option("--slurm-args", options.sbatch, "more options of sbatch: \"--partition=cpu --time=4:00:00\"")
      ->type_name("OPTIONS")
      ->needs(tasks);
  sweep_command.add_option("--slurm-program", options.program, "path of braid on the nodes (default: this program's)")
      ->type_name("PATH")
      ->needs(tasks);
  sweep_command.add_flag("--slurm-dry-run", options.dry_run, "write the scripts, submit nothing")->needs(tasks);
  return tasks;
}

std::string slurm_folder(const std::string& store) {
  const fs::path path(store);
  return (path.parent_path() / (path.extension() == ".db" ? path.stem() : path.filename())).string() + "-slurm";
}

void submit_sweep(SlurmSweep sweep, const SlurmOptions& options, std::int64_t points, std::ostream& out) {
  sweep.tasks = options.tasks.value_or(0);
  if (sweep.tasks < 1 || sweep.tasks > points)
    throw Error("--slurm", fmt::format("{} is no number of tasks for {} configurations", sweep.tasks, points));
  if (!options.dry_run && ask_shell("command -v sbatch").code != 0) {
    throw Error("--slurm",
                "there is no sbatch here; run this on a login node of the cluster, or add --slurm-dry-run to have the "
                "scripts written");
  }
  sweep.sbatch = options.sbatch;
  sweep.program = options.program.empty() ? fs::read_symlink("/proc/self/exe").string() : options.program;
  sweep.from = fs::current_path().string();
  for (std::string* path : {&sweep.sweep, &sweep.store, &sweep.folder}) *path = fs::absolute(*path).lexically_normal();
  const std::string array = array_script(sweep), merge = merge_script(sweep);

  OutputFolder folder(sweep.folder);
  folder.write("array.sh", array);
  folder.write("merge.sh", merge);
  const std::string& array_path = folder.written()[0];
  const std::string& merge_path = folder.written()[1];
  if (options.dry_run) {
    out << fmt::format("# {}\n{}\n# {}\n{}\n", array_path, array, merge_path, merge);
    out << "# nothing was submitted; to do it:\n"
        << fmt::format("# job=$(sbatch --parsable {}) && sbatch --dependency=afterany:$job {}\n",
                       shell_word(array_path), shell_word(merge_path));
    return;
  }
  const std::string first = submit("", array_path, out);
  std::string second;
  // Not afterok: one task that failed makes that impossible for ever, even if it is requeued and then ends well.
  try {
    second = submit("--dependency=afterany:" + first + " ", merge_path, out);
  } catch (const Error& e) {
    throw Error(fmt::format("the array is job {}, its merge is no job yet", first), e.what());
  }
  out << fmt::format("array job {}: {} tasks, {} configurations in all, {} processor{} a task\n", first, sweep.tasks,
                     points, sweep.jobs, sweep.jobs == 1 ? "" : "s");
  out << fmt::format("merge job {}: when every task has ended; its result is {}\n", second, sweep.store);
  out << fmt::format("scripts, shards and logs: {}\n", sweep.folder);
  out << fmt::format("watch: squeue -j {},{}; tail -f {}/log-*\n", first, second, shell_word(sweep.folder));
  out << fmt::format("end:   scancel {} {}\n", first, second);
  out << "If a task fails, give the same command again: what is done is not played again.\n";
}

}  // namespace braid
