// SPDX-License-Identifier: Apache-2.0
// `braid sweep --slurm` with a script in place of sbatch; on a real Slurm it is tested in tests/sim/sweep/slurm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "sim/base/csv.hpp"
#include "tests/sim/app/cli/run_braid.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using test::user_mistake;
using test::Workplace;
using testing::HasSubstr;

/// Two configurations: one run at two numbers of microbatches.
std::string two_points(const Workplace& place) {
  return place.file("two.toml",
                    "schema = 1\nname = \"two\"\nruns = [\"stp\"]\n"
                    "scenario = \"" BRAID_SOURCE_DIR
                    "/scenarios/papers/stp-12b-a800-tp8pp2-6144.toml\"\n"
                    "[fields]\n\"plan.microbatches\" = [64, 128]\n");
}

void sbatch(const Workplace& place, const std::string& lines) {
  place.file("bin/sbatch", "#!/bin/sh\n" + lines);
  fs::permissions(place.folder() / "bin/sbatch", fs::perms::owner_all);
  setenv("PATH", ((place.folder() / "bin").string() + ":/usr/bin:/bin").c_str(), 1);
}

// The first job has number 70, on a cluster with a name; the second 71. A site may say more.
TEST(SweepOnSlurm, SubmitsTheArrayThenTheMergeThatWaitsForIt) {
  const Workplace place;
  const std::string sweep = two_points(place);
  sbatch(place,
         "echo \"$@\" >>calls\n"
         "echo 'sbatch: be kind' >&2\n"
         "case $2 in --dependency*) echo 71 ;; *) echo '70;east' ;; esac\n");
  const Outcome outcome = place.braid({"sweep", sweep, "--slurm", "2", "--set", "plan.sequence=4096"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const std::string folder = (place.folder() / "out/two-slurm").string();
  EXPECT_EQ(read_file((place.folder() / "calls").string()),
            "--parsable " + folder + "/array.sh\n" + "--parsable --dependency=afterany:70 " + folder + "/merge.sh\n");
  EXPECT_THAT(outcome.out, HasSubstr("be kind"));
  EXPECT_THAT(outcome.out, HasSubstr("scancel 70 71"));
  EXPECT_THAT(read_file(folder + "/array.sh"), HasSubstr("'--set' 'plan.sequence=4096'"));
}

TEST(SweepOnSlurm, DryRunSubmitsNothing) {
  const Workplace place;
  const std::string sweep = two_points(place);
  sbatch(place, "touch called\n");
  const Outcome outcome = place.braid({"sweep", sweep, "--slurm", "2", "--slurm-dry-run"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_FALSE(fs::exists(place.folder() / "called"));
  EXPECT_THAT(outcome.out, HasSubstr(read_file((place.folder() / "out/two-slurm/merge.sh").string())));
}

TEST(SweepOnSlurmErrors, WhatIsWrongBeforeAnythingIsWritten) {
  const Workplace place;
  const std::string sweep = two_points(place);
  sbatch(place, "echo 1\n");
  for (const char* tasks : {"0", "-1", "3"}) {
    EXPECT_EQ(user_mistake(place, {"sweep", sweep, "--slurm", tasks}),
              "braid: --slurm: " + std::string(tasks) + " is no number of tasks for 2 configurations\n");
  }
  EXPECT_THAT(user_mistake(place, {"sweep", sweep, "--slurm", "2", "--fresh"}),
              HasSubstr("--fresh: a task that Slurm"));
  EXPECT_THAT(user_mistake(place, {"sweep", sweep, "--slurm", "2", "--shard", "1/2"}), HasSubstr("--shard"));
  EXPECT_THAT(user_mistake(place, {"sweep", sweep, "--slurm-dry-run"}), HasSubstr("--slurm"));
  fs::remove(place.folder() / "bin/sbatch");
  setenv("PATH", (place.folder() / "bin").c_str(), 1);
  EXPECT_THAT(user_mistake(place, {"sweep", sweep, "--slurm", "2"}), HasSubstr("--slurm: there is no sbatch here"));
}

TEST(SweepOnSlurmErrors, WhatSbatchSaysIsOneLine) {
  const Workplace place;
  const std::string sweep = two_points(place);
  sbatch(place, "echo bad >&2; echo worse >&2; exit 1\n");
  const Outcome refused = place.braid({"sweep", sweep, "--slurm", "2"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, testing::EndsWith("array.sh: sbatch refuses it: bad; worse\n"));
  sbatch(place, "echo hello\n");
  EXPECT_THAT(place.braid({"sweep", sweep, "--slurm", "2"}).err, HasSubstr("its answer has no job number: hello\n"));
  sbatch(place, "case $2 in --dependency*) echo full >&2; exit 1 ;; *) echo 70 ;; esac\n");
  EXPECT_THAT(place.braid({"sweep", sweep, "--slurm", "2"}).err,
              HasSubstr("braid: the array is job 70, its merge is no job yet: "));
}

}  // namespace
}  // namespace braid
