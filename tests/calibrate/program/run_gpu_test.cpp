// SPDX-License-Identifier: Apache-2.0
// `./run gpu` from a bundle whose programs are scripts that write down how they were called.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "sim/base/csv.hpp"
#include "tests/sim/app/cli/run_braid.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;
using test::lines_of;
using test::Outcome;
using test::Workplace;
using testing::HasSubstr;

class Bundle {
 public:
  Bundle() {
    fs::create_directories(place_.folder() / "bundle");
    fs::copy_file(BRAID_SOURCE_DIR "/run", place_.folder() / "bundle/run");
    script("path/nvidia-smi", "exit 0");
    setenv("PATH", ((place_.folder() / "path").string() + ":/usr/bin:/bin").c_str(), 1);
    unsetenv("CUDA_VISIBLE_DEVICES");
    calibrate("");
  }
  void script(const std::string& name, const std::string& body) const {
    place_.file(name, "#!/bin/sh\n" + body + "\n");
    fs::permissions(place_.folder() / name, fs::perms::owner_all);
  }
  /// braid-calibrate: writes a table into the folder behind --out, then does what `more` says.
  void calibrate(const std::string& more) const {
    script("bundle/bin/braid-calibrate", "echo calibrate \"$@\" >> " + calls() +
                                             "\nfor dir; do :; done\n"
                                             "printf '# braid-calibrate 2, table: t\\na,b\\n1,2\\n3,4\\n# end, rows: "
                                             "2\\n' > \"$dir/t.csv\"\n" +
                                             more);
  }
  /// braid-validate of that bundle, with its scenarios.
  void validate(const std::string& more) const {
    script("bundle/bin/braid-validate",
           "echo validate \"$@\" >> " + calls() + "\n" + more +
               "\nwhile [ $# -gt 0 ]; do case $1 in --record) kept=$2 ;; --run) run=$2 ;; esac; shift; done\n"
               "[ -z \"$kept\" ] || { mkdir -p \"$kept/x-$run\"; : > \"$kept/x-$run/run.json\"; }");
    fs::create_directories(place_.folder() / "bundle/share/braid/scenarios");
  }
  void tests(const std::string& more, const std::string& program = "calibrate_gpu_test") const {
    script("bundle/bin/" + program,
           "case $1 in --gtest_list_tests) printf 'Norm.\\n  IsRight\\n  IsFast/0  # GetParam() = 1\\nTrace.\\n  "
           "IsWhole\\n' ;; *) echo test \"$2\" >> " +
               calls() + "; " + more + " ;; esac");
  }
  Outcome run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "gpu");
    return place_.run(place_.folder() / "bundle/run", arguments);
  }
  Outcome run_in_a_group_of_its_own(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"-w", (place_.folder() / "bundle/run").string(), "gpu"});
    return place_.run("/usr/bin/setsid", arguments);
  }
  std::vector<std::string> called() const { return lines_of(read_file(calls())); }
  std::string read(const std::string& name) const { return read_file((place_.folder() / name).string()); }
  bool has(const std::string& name) const { return fs::exists(place_.folder() / name); }

 private:
  std::string calls() const { return (place_.folder() / "calls").string(); }
  Workplace place_;
};

TEST(RunGpu, DoesTestsThenTheStagesAndSumsUp) {
  const Bundle b;
  b.tests("exit 0");
  b.validate("");
  const Outcome o = b.run({"out"});
  EXPECT_EQ(o.code, 0) << o.err;
  const auto called = b.called();
  ASSERT_EQ(called.size(), 1u + 3u + 4u + 2u + 11u + 1u);
  EXPECT_THAT(called[0], HasSubstr("calibrate check --out "));
  EXPECT_EQ(called[1], "test --gtest_filter=Norm.IsRight");
  EXPECT_EQ(called[2], "test --gtest_filter=Norm.IsFast/0");
  EXPECT_EQ(called[3], "test --gtest_filter=Trace.IsWhole");
  EXPECT_THAT(called[4], HasSubstr("--full --stage 1 --out "));
  EXPECT_THAT(called[6], HasSubstr("--full --stage 3 --out "));
  EXPECT_THAT(called[7], HasSubstr("layer --shape 0 "));
  EXPECT_THAT(called[9], HasSubstr("--full --stage 4 --out "));
  EXPECT_THAT(called[10], HasSubstr("validate "));
  EXPECT_THAT(called[21], HasSubstr("calibrate --fit "));
  // The folder is the caller's, not the bundle's.
  const std::string summary = b.read("out/summary.txt");
  EXPECT_THAT(summary, HasSubstr("calibrate --full --stage 4"));
  EXPECT_THAT(summary, HasSubstr("Trace.IsWhole"));
  EXPECT_THAT(summary, testing::ContainsRegex("t.csv +2 rows, whole"));
}

TEST(RunGpu, ValidatesInTheLastStage) {
  const Bundle b;
  b.validate("");
  const Outcome o = b.run({"out", "--stage", "6"});
  EXPECT_EQ(o.code, 0) << o.err;
  const auto called = b.called();
  ASSERT_EQ(called.size(), 11u);  // eight runs, a report of each scenario; nothing to fit: there is no table
  EXPECT_THAT(called[0],
              testing::AllOf(HasSubstr("share/braid/scenarios/validate/partition-4x1.toml --placement partition "
                                       "--sms 32 --time-limit 10 --run 1f1b --calibrate-works --record "),
                             HasSubstr("/out/validate/partition-4x1/recordings")));
  EXPECT_THAT(called[2], HasSubstr("--run stp "));
  EXPECT_THAT(called[3],
              testing::ContainsRegex("--recording .*/partition-4x1/recordings --out .*/validate/partition-4x1"));
  EXPECT_THAT(called[4], HasSubstr("partition-2x2.toml --placement partition --sms 32 --time-limit 10 --run 1f1b-i "));
  EXPECT_THAT(called[8], HasSubstr("replay-12b-tp8pp2.toml --placement replay --rank 0 --time-limit 10 --run 1f1b-i "));
  EXPECT_THAT(b.read("out/summary.txt"), testing::ContainsRegex("validate replay-12b-tp8pp2 stp +exit +0"));
}

TEST(RunGpu, KeepsWhatIsRecorded) {
  const Bundle b;
  b.validate("");
  b.run({"out", "--stage", "6"});
  EXPECT_EQ(b.run({"out", "--stage", "6"}).code, 0);
  EXPECT_EQ(b.called().size(), 11u + 3u);  // reports only
}

TEST(RunGpu, ReportsAValidationThatBreaksALimit) {
  const Bundle b;
  b.validate("case $1 in *2x2*) exit 3 ;; esac");
  EXPECT_EQ(b.run({"out", "--stage", "6"}).code, 1);
  EXPECT_THAT(b.read("out/summary.txt"), testing::ContainsRegex("validate partition-2x2 zb-v +exit +3"));
  EXPECT_THAT(b.read("out/summary.txt"), testing::ContainsRegex("validate replay-12b-tp8pp2 stp +exit +0"));
}

TEST(RunGpu, SaysThatABundleWithoutValidationHasNone) {
  const Bundle b;
  EXPECT_EQ(b.run({"out", "--stage", "6"}).code, 1);
  EXPECT_THAT(b.read("out/summary.txt"), testing::ContainsRegex("braid-validate +is not there"));
}

TEST(RunGpu, RunsTheTestsOfBothPrograms) {
  const Bundle b;
  b.tests("exit 0");
  b.tests("exit 0", "validate_gpu_test");
  EXPECT_EQ(b.run({"out", "--stage", "1"}).code, 0);
  EXPECT_EQ(std::ranges::count(b.called(), "test --gtest_filter=Norm.IsRight"), 2);
}

TEST(RunGpu, DoesOneStage) {
  const Bundle b;
  EXPECT_EQ(b.run({"out", "--stage", "3"}).code, 0);
  ASSERT_EQ(b.called().size(), 2u);
  EXPECT_THAT(b.called()[0], HasSubstr("--full --stage 2 --out "));
  EXPECT_THAT(b.called()[1], HasSubstr("--fit "));  // of what is there so far
}

TEST(RunGpu, KeepsTheStepsOfTheStagesBefore) {
  const Bundle b;
  b.run({"out", "--stage", "2"});
  b.run({"out", "--stage", "3"});
  EXPECT_THAT(b.read("out/summary.txt"), testing::AllOf(HasSubstr("--stage 1"), HasSubstr("--stage 2")));
}

TEST(RunGpu, GoesOnAfterAFailureAndReportsIt) {
  const Bundle b;
  b.tests("[ $2 != --gtest_filter=Norm.IsRight ] || exit 1");
  b.validate("");
  const Outcome o = b.run({"out"});
  EXPECT_EQ(o.code, 1);
  EXPECT_EQ(b.called().size(), 22u);
  EXPECT_THAT(b.read("out/summary.txt"), testing::ContainsRegex("Norm.IsRight +exit +1"));
}

TEST(RunGpu, StopsAtCtrlC) {
  const Bundle b;
  b.calibrate("exit 130");
  const Outcome o = b.run({"out"});
  EXPECT_EQ(o.code, 130);
  EXPECT_EQ(b.called().size(), 1u);
  EXPECT_THAT(b.read("out/summary.txt"), testing::ContainsRegex("numerics +exit 130"));
}

// A terminal sends SIGINT to the whole group, and timeout(1) sends its own to the program again.
TEST(RunGpu, LetsTheProgramFinishItsPointAtCtrlC) {
  const Bundle b;
  b.calibrate(
      "trap : INT; echo begun >&2; n=0; until grep -q begun \"$dir\"/stage-1.log || [ $((n += 1)) -gt 2000 ]; do :; "
      "done\n"
      "kill -INT 0; sleep 0.2; echo point finished >&2; echo tables closed >&2; exit 130");
  const Outcome o = b.run_in_a_group_of_its_own({"out"});
  EXPECT_EQ(o.code, 130);
  EXPECT_EQ(b.called().size(), 1u);
  EXPECT_THAT(b.read("out/summary.txt"), testing::ContainsRegex("numerics +exit 130"));
  EXPECT_THAT(b.read("out/stage-1.log"), HasSubstr("tables closed"));
}

TEST(RunGpu, BeginsNothingAfterATestThatCtrlCEnded) {
  const Bundle b;
  b.tests("kill -INT 0; sleep 5");
  const Outcome o = b.run_in_a_group_of_its_own({"out"});
  EXPECT_EQ(o.code, 130);
  EXPECT_EQ(b.called().size(), 2u);  // numerics and the first test
  EXPECT_THAT(b.read("out/summary.txt"), HasSubstr("Norm.IsRight"));
}

TEST(RunGpu, SkipsWhereCudaSeesNoGpu) {
  const Bundle b;
  b.script("bundle/bin/braid-calibrate", "echo SKIP: no GPU; exit 77");
  const Outcome o = b.run({"out"});
  EXPECT_EQ(o.code, 77);
  EXPECT_EQ(o.out, "SKIP: no GPU\n");
}

TEST(RunGpu, SkipsWhereTheBuildHasNoCuda) {
  const Bundle b;
  b.script("bundle/bin/braid-calibrate", "echo 'braid-calibrate: built without CUDA: no nvcc' >&2; exit 77");
  const Outcome o = b.run({"out"});
  EXPECT_EQ(o.code, 77);
  EXPECT_THAT(o.err, HasSubstr("built without CUDA"));
  EXPECT_FALSE(b.has("calls"));
}

TEST(RunGpu, SkipsWithoutAGpuBeforeAnythingIsBuiltOrMade) {
  const Bundle b;
  setenv("CUDA_VISIBLE_DEVICES", "", 1);
  const Outcome o = b.run({"out"});
  EXPECT_EQ(o.code, 77);
  EXPECT_EQ(o.out, "SKIP: no GPU\n");
  EXPECT_EQ(o.err, "");
  EXPECT_FALSE(b.has("out"));
}

TEST(RunGpu, RefusesWhatItDoesNotKnow) {
  const Bundle b;
  EXPECT_EQ(b.run({}).err, "run: say where the tables go: ./run gpu OUTDIR\n");
  EXPECT_EQ(b.run({"out", "--stage", "7"}).err, "run: --stage is 1 to 6\n");
  EXPECT_EQ(b.run({"out", "more"}).err, "run: one folder only: 'out' or 'more'\n");
  EXPECT_EQ(b.run({"out", "--fast"}).code, 2);
  b.script("file", "");
  EXPECT_THAT(b.run({"file"}).err, testing::EndsWith("/file cannot be made or written into\n"));
  EXPECT_EQ(b.run({"file"}).code, 2);
}

}  // namespace
}  // namespace braid
