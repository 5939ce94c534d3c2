// SPDX-License-Identifier: Apache-2.0
// `braid calibrate` starts the program braid-calibrate: here a script that says how it was called.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/sim/app/cli/run_braid.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using test::Workplace;

/// A copy of braid in a folder of its own, whose neighbours the test chooses.
fs::path lone_braid(const Workplace& place) {
  fs::create_directories(place.folder() / "bin");
  fs::copy_file(test::built_braid(), place.folder() / "bin/braid");
  return place.folder() / "bin/braid";
}

void script(const Workplace& place, const std::string& name, const std::string& says, int code) {
  place.file(name, "#!/bin/sh\necho " + says + " \"$#:\" \"$@\"\nexit " + std::to_string(code) + "\n");
  fs::permissions(place.folder() / name, fs::perms::owner_all);
}

TEST(Sibling, BesideTheProgramIsStartedWithEveryArgument) {
  const Workplace place;
  const fs::path braid = lone_braid(place);
  script(place, "bin/braid-calibrate", "neighbour", 77);
  script(place, "path/braid-calibrate", "other", 1);
  setenv("PATH", ((place.folder() / "path").string() + ":/bin:/usr/bin").c_str(), 1);
  const Outcome outcome = place.run(braid, {"calibrate", "gemm", "--out", "a b", "--help"});
  EXPECT_EQ(outcome.out, "neighbour 4: gemm --out a b --help\n");
  EXPECT_EQ(outcome.code, 77);
}

TEST(Sibling, OnPathIsTheSecondChoice) {
  const Workplace place;
  const fs::path braid = lone_braid(place);
  script(place, "path/braid-calibrate", "found", 3);
  setenv("PATH", ((place.folder() / "path").string() + ":/bin:/usr/bin").c_str(), 1);
  const Outcome outcome = place.run(braid, {"calibrate"});
  EXPECT_EQ(outcome.out, "found 0:\n");
  EXPECT_EQ(outcome.code, 3);
}

TEST(Sibling, ThatIsMissingIsOneLineThatNamesIt) {
  const Workplace place;
  const fs::path braid = lone_braid(place);
  setenv("PATH", place.folder().c_str(), 1);
  const Outcome outcome = place.run(braid, {"calibrate", "--quick"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "braid: calibrate: the program braid-calibrate is neither in " + braid.parent_path().string() +
                             " nor on PATH; build the target braid-calibrate (calibrate/)\n");
}

TEST(Sibling, ThatCannotBeStartedSaysWhy) {
  const Workplace place;
  const fs::path braid = lone_braid(place);
  place.file("bin/braid-calibrate", "not to be executed");
  fs::permissions(place.folder() / "bin/braid-calibrate", fs::perms::owner_read);
  const Outcome outcome = place.run(braid, {"calibrate"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, testing::HasSubstr("braid-calibrate cannot be started: Permission denied"));
}

}  // namespace
}  // namespace braid
