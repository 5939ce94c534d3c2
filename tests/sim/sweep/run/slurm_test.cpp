// SPDX-License-Identifier: Apache-2.0
// The scripts for sbatch by what they do: bash runs them, with a program in place of Braid that says how it was called.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "sim/base/csv.hpp"
#include "sim/sweep/run/slurm.hpp"
#include "tests/sim/sweep/store/stored.hpp"
#include "tests/validate/complaint.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;
using test::complaint;
using test::Folder;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

/// A program in the folder that runs these lines of bash.
std::string program(const Folder& folder, const std::string& name, const std::string& lines) {
  write_file(folder / name, "#!/bin/bash\n" + lines);
  fs::permissions(folder / name, fs::perms::owner_all);
  return folder / name;
}

/// In paths with all that a shell might take for its own.
SlurmSweep sweep_in(const Folder& folder) {
  SlurmSweep sweep{.name = "two words",
                   .program = program(folder, "it's braid", R"(printf '[%s]' "$PWD" "$@" >>"$SAID"; echo >>"$SAID")"),
                   .sweep = "/s $HOME/a'b.toml",
                   .store = "/o/`x`.db",
                   .folder = folder / "a $b",
                   .from = folder / "from 'here'",
                   .options = {"--set", "profile=\"p q.csv\""},
                   .tasks = 3,
                   .jobs = 2};
  fs::create_directories(sweep.folder);
  fs::create_directories(sweep.from);
  return sweep;
}

struct Played {
  int code;
  std::string said;  ///< a line for each call of Braid: its folder and its words, each in brackets
};
Played play(const Folder& folder, const std::string& script, const std::string& variables = "") {
  write_file(folder / "script.sh", script);
  write_file(folder / "said", "");
  setenv("SAID", (folder / "said").c_str(), 1);
  setenv("PATH", (folder.path.string() + ":/usr/bin:/bin").c_str(), 1);
  const int status =
      std::system(("SLURM_CPUS_PER_TASK=2 " + variables + " bash '" + (folder / "script.sh") + "'").c_str());
  return {.code = WEXITSTATUS(status), .said = read_file(folder / "said")};
}

TEST(SlurmScripts, ATaskOfTheArrayPlaysItsShardIntoItsOwnStore) {
  const Folder folder;
  const SlurmSweep sweep = sweep_in(folder);
  const Played played = play(folder, array_script(sweep), "SLURM_ARRAY_TASK_ID=2");
  EXPECT_EQ(played.code, 0);
  EXPECT_EQ(played.said, "[" + sweep.from +
                             "][sweep][/s $HOME/a'b.toml][--set][profile=\"p q.csv\"][--jobs][2][--store][" +
                             sweep.folder + "/shard-2-of-3.db][--shard][2/3]\n");
}

TEST(SlurmScripts, TheMergeTakesEveryShardThenPlaysWhatIsLeftInTheWholeStore) {
  const Folder folder;
  const SlurmSweep sweep = sweep_in(folder);
  const Played played = play(folder, merge_script(sweep));
  EXPECT_EQ(played.code, 0);
  const std::string from = "[" + sweep.from + "]", shard = "[" + sweep.folder + "/shard-";
  EXPECT_EQ(played.said, from + "[sweep][merge][/o/`x`.db]" + shard + "1-of-3.db]" + shard + "2-of-3.db]" + shard +
                             "3-of-3.db]\n" + from +
                             "[sweep][/s $HOME/a'b.toml][--set][profile=\"p q.csv\"][--jobs][2][--store][/o/`x`.db]\n");
}

TEST(SlurmScripts, FailAsBraidFailsAndDoNotGoOn) {
  const Folder folder;
  SlurmSweep sweep = sweep_in(folder);
  sweep.program = program(folder, "braid", R"(echo "$2" >>"$SAID"; exit 7)");
  const Played played = play(folder, merge_script(sweep));
  EXPECT_EQ(played.code, 7);
  EXPECT_EQ(played.said, "merge\n");
}

// Braid stops on TERM with 130 as after Ctrl-C; the script then asks for another run of its job, number 42.
TEST(SlurmScripts, NearTheTimeLimitStopBraidAndGoBackIntoTheQueue) {
  const Folder folder;
  SlurmSweep sweep = sweep_in(folder);
  sweep.program = program(folder, "braid",
                          "trap 'echo stopped >>\"$SAID\"; exit 130' TERM\n"
                          "kill -USR1 $PPID\n"
                          "for i in {1..100}; do sleep 0.1; done\n");
  program(folder, "scontrol", "echo \"$@\" >>\"$SAID\"\n");
  const Played played = play(folder, array_script(sweep), "SLURM_ARRAY_TASK_ID=1 SLURM_JOB_ID=42");
  EXPECT_EQ(played.code, 130);
  EXPECT_EQ(played.said, "stopped\nrequeue 42\n");
  // A job that came back kMostRestarts times gets nowhere.
  const Played last =
      play(folder, array_script(sweep),
           "SLURM_ARRAY_TASK_ID=1 SLURM_JOB_ID=42 SLURM_RESTART_COUNT=" + std::to_string(kMostRestarts));
  EXPECT_EQ(last.code, 130);
  EXPECT_EQ(last.said, "stopped\n");
}

// scancel sends TERM to the script as well: a job that came back would be one that nobody can end.
TEST(SlurmScripts, ThatAreCancelledLetBraidStopAndStayAway) {
  const Folder folder;
  SlurmSweep sweep = sweep_in(folder);
  sweep.program = program(folder, "braid",
                          "kill -TERM $PPID\n"
                          "sleep 0.3; echo stopped >>\"$SAID\"; exit 130\n");
  program(folder, "scontrol", "echo \"$@\" >>\"$SAID\"\n");
  const Played played = play(folder, array_script(sweep), "SLURM_ARRAY_TASK_ID=1 SLURM_JOB_ID=42");
  EXPECT_EQ(played.code, 130);
  EXPECT_EQ(played.said, "stopped\n");
}

TEST(SlurmScripts, AskForTheArrayTheProcessorsAndTheMemoryOfTheirWorkers) {
  const Folder folder;
  SlurmSweep sweep = sweep_in(folder);
  sweep.memory = Bytes(1024.0 * 1024 * 1024);  // 1024 MiB and 256 MiB beside it
  sweep.sbatch = "--partition=cpu --time=10";
  const std::string array = array_script(sweep), merge = merge_script(sweep);
  EXPECT_THAT(array, HasSubstr("#SBATCH --array=1-3\n"));
  EXPECT_THAT(merge, Not(HasSubstr("--array")));
  for (const std::string& script : {array, merge}) {
    EXPECT_THAT(script, HasSubstr("--cpus-per-task=2\n"));
    EXPECT_THAT(script, HasSubstr("#SBATCH --mem-per-cpu=1280M\n"));
    EXPECT_THAT(script, HasSubstr("--requeue"));
    EXPECT_THAT(script, HasSubstr("--open-mode=append"));
    EXPECT_THAT(script, HasSubstr("#SBATCH --partition=cpu --time=10\n"));
    // sbatch reads no option behind the first command, and takes the last of two.
    EXPECT_LT(script.rfind("#SBATCH --partition"), script.find("\nbraid"));
    EXPECT_EQ(script.find("#SBATCH", script.find("--partition")), std::string::npos);
  }
}

TEST(SlurmScripts, LeaveTheMemoryToWhoeverNamesItOrSetsNoLimit) {
  const Folder folder;
  SlurmSweep sweep = sweep_in(folder);
  EXPECT_THAT(array_script(sweep), Not(HasSubstr("--mem")));
  sweep.memory = Bytes(1e9);
  sweep.sbatch = "--mem=8G";
  EXPECT_THAT(array_script(sweep), Not(HasSubstr("--mem-per-cpu")));
}

TEST(SlurmScriptsErrors, AFolderOrOptionsThatSbatchCannotRead) {
  const Folder folder;
  SlurmSweep sweep = sweep_in(folder);
  for (const char* name : {"/a\"b", "/a\\b", "/100%", "/a\nb"}) {
    sweep.folder = name;
    EXPECT_THAT(complaint([&] { array_script(sweep); }), HasSubstr("Slurm would read this name as another")) << name;
  }
  sweep = sweep_in(folder);
  sweep.sbatch = "--time=1\nrm";
  EXPECT_THAT(complaint([&] { merge_script(sweep); }), EndsWith("give all options of sbatch in one line"));
}

}  // namespace
}  // namespace braid
