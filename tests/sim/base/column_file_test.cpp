// SPDX-License-Identifier: Apache-2.0
#include "sim/base/column_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "sim/base/csv.hpp"
#include "tests/calibrate/temporary_folder.hpp"
#include "tests/validate/complaint.hpp"

namespace braid {
namespace {

using test::complaint;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

constexpr const char* kKind = "braid.test/2";

class ColumnFiles : public testing::Test {
 private:
  TemporaryFolder folder_;

 protected:
  std::string path = folder_ / "a.columns";

  void write(const std::string& kind = kKind) const {
    const std::vector<std::int64_t> numbers{7, -8, 9};
    const std::string text = "hello";
    ColumnWriter writer(kind);
    writer.add("numbers", std::span<const std::int64_t>(numbers));
    writer.add("text", std::span<const char>(text));
    writer.add("none", std::span<const double>());
    writer.write(path);
  }
  /// The file with the bytes at `at` replaced.
  template <typename T>
  void patch(std::size_t at, T value) const {
    std::string bytes = read_file(path);
    std::memcpy(bytes.data() + at, &value, sizeof(value));
    std::ofstream(path, std::ios::binary) << bytes;
  }
  std::string said(const std::string& kind = kKind) const {
    return complaint([&] { ColumnFile(path, kind); });
  }
  std::string damaged() const { return path + ": is damaged: its table of columns contradicts itself"; }
};

TEST_F(ColumnFiles, GiveBackColumnsByName) {
  write();
  const ColumnFile file(path, kKind);
  EXPECT_THAT(file.column<std::int64_t>("numbers"), ElementsAre(7, -8, 9));
  EXPECT_EQ(file.text("text"), "hello");
  EXPECT_TRUE(file.has("none"));
  EXPECT_TRUE(file.column<double>("none").empty());
  EXPECT_FALSE(file.has("other"));
  EXPECT_TRUE(file.column<double>("other").empty());
}

TEST_F(ColumnFiles, AreLaidOutAsDocumented) {
  write();
  // Header 64, table 3 x 64, so columns begin at 256: 3 x 8 bytes; the next multiple of 64 is 320: 5 bytes; then 384.
  const std::string bytes = read_file(path);
  EXPECT_EQ(bytes.size(), 384u);
  EXPECT_TRUE(is_column_file(bytes));
  EXPECT_EQ(bytes.substr(320, 5), "hello");
  std::int64_t first = 0;
  std::memcpy(&first, bytes.data() + 256, sizeof(first));
  EXPECT_EQ(first, 7);
}

TEST_F(ColumnFiles, OfAnOlderVersionAreRead) {
  write("braid.test/1");
  EXPECT_EQ(ColumnFile(path, kKind).text("text"), "hello");
}

TEST_F(ColumnFiles, OfAnotherKindOrANewerVersionAreRefused) {
  write("braid.other/1");
  EXPECT_EQ(said(), path + ": holds braid.other/1, not braid.test/2");
  write("braid.test/3");
  EXPECT_EQ(said(), path + ": was written by a newer Braid: it is braid.test/3, this one reads braid.test/2");
}

TEST_F(ColumnFiles, OfANewerFormatAreRefused) {
  write();
  patch<std::uint32_t>(8, 2);
  EXPECT_EQ(said(), path + ": was written by a newer Braid (file format 2; this one reads 1)");
}

TEST_F(ColumnFiles, MissingEmptyForeignAndCutOnesAreRefused) {
  EXPECT_EQ(said(), path + ": cannot be read: No such file or directory");
  std::ofstream(path, std::ios::binary) << "";
  EXPECT_EQ(said(), path + ": is empty");
  std::ofstream(path, std::ios::binary) << "{\"traceEvents\": []}";
  EXPECT_EQ(said(), path + ": is not a file of Braid's columns");
  std::ofstream(path, std::ios::binary) << "BRAIDCOL and no more";
  EXPECT_EQ(said(), path + ": is cut short");
  write();
  std::filesystem::resize_file(path, 383);
  EXPECT_EQ(said(), path + ": is cut short: it has 383 of 384 bytes");
  EXPECT_THAT(complaint([&] { ColumnFile("/", kKind); }), EndsWith("is no file"));
}

TEST_F(ColumnFiles, WithATableThatContradictsItselfAreRefused) {
  // An entry is 64 bytes: name 24, offset, count, item. The first begins at 64.
  write();
  patch<std::uint32_t>(12, 1000);  // columns
  EXPECT_EQ(said(), damaged());
  write();
  patch<std::uint64_t>(64 + 24, 257);  // not a multiple of 64
  EXPECT_EQ(said(), damaged());
  write();
  patch<std::uint64_t>(64 + 24, 1u << 20);  // behind the end
  EXPECT_EQ(said(), damaged());
  write();
  patch<std::uint64_t>(64 + 32, std::uint64_t{1} << 62);  // count x item would overflow
  EXPECT_EQ(said(), damaged());
  write();
  patch<std::uint64_t>(64 + 40, 0);  // items of nothing
  EXPECT_EQ(said(), damaged());
  write();
  std::array<char, 24> name{"numbers"};
  patch(128, name);  // the second column has the first one's name
  EXPECT_EQ(said(), damaged());
}

TEST_F(ColumnFiles, AColumnOfOtherItemsIsAComplaintWhenItIsAskedFor) {
  write();
  const ColumnFile file(path, kKind);
  EXPECT_EQ(complaint([&] { file.column<std::int32_t>("numbers"); }),
            path + ": is damaged: column numbers has items of another size");
}

TEST_F(ColumnFiles, LeaveNothingBehindWhenTheyCannotBeWritten) {
  const TemporaryFolder other;
  const std::string place = other / "no/such/folder.columns";
  EXPECT_THAT(complaint([&] { ColumnWriter(kKind).write(place); }), HasSubstr(place + ": cannot be written"));
  // A folder is in the way of the rename.
  const std::string taken = other / "taken";
  std::filesystem::create_directory(taken);
  std::ofstream(taken + "/x") << "x";
  EXPECT_THAT(complaint([&] { ColumnWriter(kKind).write(taken); }), HasSubstr("cannot be written"));
  EXPECT_FALSE(std::filesystem::exists(taken + ".partial"));
}

// Of a mapped file, pages beyond its new end kill who reads them, and others hold the bytes of the new file.
TEST_F(ColumnFiles, AreKeptWhenAnotherProgramWritesOverThem) {
  write();
  const ColumnFile file(path, kKind);
  std::ofstream(path, std::ios::binary) << std::string(4096, 'x');
  EXPECT_THAT(file.column<std::int64_t>("numbers"), ElementsAre(7, -8, 9));
  std::filesystem::resize_file(path, 0);
  EXPECT_THAT(file.column<std::int64_t>("numbers"), ElementsAre(7, -8, 9));
}

TEST_F(ColumnFiles, ReplaceOnesThatAreOpen) {
  write();
  const ColumnFile open(path, kKind);
  const ColumnWriter empty(kKind);
  empty.write(path);
  // The old file is still mapped, the new one is what the name says.
  EXPECT_EQ(open.text("text"), "hello");
  EXPECT_FALSE(ColumnFile(path, kKind).has("text"));
}

}  // namespace
}  // namespace braid
