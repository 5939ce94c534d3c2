// SPDX-License-Identifier: Apache-2.0
#include "calibrate/table/folder_lock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"
#include "tests/calibrate/temporary_folder.hpp"

namespace braid {
namespace {

std::string refused(const std::string& folder) {
  try {
    const FolderLock lock(folder);
  } catch (const Error& e) { return e.what(); }
  return "";
}

TEST(FolderLock, MakesTheFolderAndLetsOneIn) {
  const TemporaryFolder place;
  const std::string folder = place / "new/tables of today";
  {
    const FolderLock first(folder);
    EXPECT_TRUE(std::filesystem::is_directory(folder));
    EXPECT_THAT(refused(folder), testing::HasSubstr("another braid-calibrate is writing tables there"));
    EXPECT_EQ(refused(place / "other"), "");
  }
  EXPECT_EQ(refused(folder), "");  // the first has gone
}

TEST(FolderLock, RefusesWhatIsNoFolder) {
  const TemporaryFolder place;
  write_file(place / "file", "x");
  EXPECT_THAT(refused(place / "file"), testing::HasSubstr("file: cannot be "));
  EXPECT_THAT(refused(place / "file/below"), testing::HasSubstr("below: cannot be made: "));
}

TEST(FolderLock, RefusesAFolderThatNobodyCanWriteInto) {
  // Not even root makes a file in /proc.
  EXPECT_THAT(refused("/proc/self"), testing::HasSubstr("/proc/self: cannot be written into: "));
}

}  // namespace
}  // namespace braid
