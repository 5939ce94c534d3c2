// SPDX-License-Identifier: Apache-2.0
#include "sim/base/output_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

class OutputFolderTest : public testing::Test {
 protected:
  OutputFolderTest() { fs::create_directories(place_); }
  ~OutputFolderTest() override { fs::remove_all(place_); }
  const fs::path place_ = fs::temp_directory_path() / ("braid_output_" + std::to_string(getpid()));
};

TEST_F(OutputFolderTest, IsMadeWithItsFirstFile) {
  const fs::path folder = place_ / "a" / "b";
  OutputFolder files(folder.string());
  EXPECT_FALSE(fs::exists(folder));
  files.write("x.txt", "one");
  EXPECT_EQ(read_file((folder / "x.txt").string()), "one");
  EXPECT_EQ(files.written(), (std::vector<std::string>{(folder / "x.txt").string()}));
}

TEST_F(OutputFolderTest, ThatCannotBeMadeIsAnError) {
  write_file((place_ / "file").string(), "in the way");
  OutputFolder files((place_ / "file" / "below").string());
  EXPECT_THROW(files.write("x.txt", ""), Error);
}

TEST_F(OutputFolderTest, IsCheckedBeforeAnythingIsMade) {
  const fs::path folder = place_ / "a" / "b";
  EXPECT_NO_THROW(check_output_folder(folder.string()));
  EXPECT_FALSE(fs::exists(place_ / "a"));
  EXPECT_NO_THROW(check_output_folder(place_.string()));
  EXPECT_NO_THROW(check_output_folder("relative/and/not/there"));
  write_file((place_ / "file").string(), "in the way");
  EXPECT_THROW(check_output_folder((place_ / "file").string()), Error);
  EXPECT_THROW(check_output_folder((place_ / "file" / "below").string()), Error);
}

TEST(FileName, KeepsWhatEveryFileSystemTakes) { EXPECT_EQ(file_name("1f1b-i v=2/x"), "1f1b-i_v_2_x"); }

}  // namespace
}  // namespace braid
