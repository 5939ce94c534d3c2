// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"
#include "tests/sim/sweep/store/stored.hpp"
#include "tests/validate/complaint.hpp"

namespace braid {
namespace {

using test::complaint;
using test::configuration;
using test::Folder;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto kRead = SweepStore::Mode::read;
constexpr auto kWrite = SweepStore::Mode::write;

std::string opening(const std::string& path, SweepStore::Mode mode = kRead) {
  return complaint([&] { SweepStore(path, mode).all(false); });
}

void store_with(const std::string& path, const std::string& statement) {
  SweepStore(path, kWrite).add(configuration("one"));
  SqliteFile(path, SqliteFile::Mode::write).run(statement);
}

TEST(SweepStoreErrors, WhatIsNotThere) {
  const Folder folder;
  EXPECT_THAT(opening(folder / "none.db"), EndsWith("none.db: there is no such file"));
  EXPECT_FALSE(std::filesystem::exists(folder / "none.db"));
  EXPECT_THAT(opening(folder.path.string()), EndsWith("is a folder, not a sweep store"));
}

TEST(SweepStoreErrors, AnEmptyFileIsNoStoreButBecomesOne) {
  const Folder folder;
  write_file(folder / "a.db", "");
  EXPECT_THAT(opening(folder / "a.db"), EndsWith("is an SQLite file, but no sweep store of Braid"));
  EXPECT_EQ(opening(folder / "a.db", kWrite), "no complaint");
}

TEST(SweepStoreErrors, TextIsNoStoreAndStaysAsItIs) {
  const Folder folder;
  const std::string text(4096, 'x');
  write_file(folder / "a.db", text);
  for (const auto mode : {kRead, kWrite})
    EXPECT_THAT(opening(folder / "a.db", mode), EndsWith("cannot be read: file is not a database"));
  EXPECT_EQ(read_file(folder / "a.db"), text);
}

TEST(SweepStoreErrors, AForeignSqliteFileIsRefusedAndStaysAsItIs) {
  const Folder folder;
  SqliteFile(folder / "a.db", SqliteFile::Mode::write).run("CREATE TABLE StringIds (id, value)");
  const std::string before = read_file(folder / "a.db");
  for (const auto mode : {kRead, kWrite})
    EXPECT_THAT(opening(folder / "a.db", mode), EndsWith("is an SQLite file, but no sweep store of Braid"));
  EXPECT_EQ(read_file(folder / "a.db"), before);
}

TEST(SweepStoreErrors, AMetaTableOfSomebodyElse) {
  const Folder folder;
  SqliteFile(folder / "a.db", SqliteFile::Mode::write).run("CREATE TABLE meta (key, content)");
  EXPECT_THAT(opening(folder / "a.db"), EndsWith("no sweep store of Braid"));
}

TEST(SweepStoreErrors, ANewerSchema) {
  const Folder folder;
  store_with(folder / "a.db", "UPDATE meta SET value = 'braid.sweep/3' WHERE name = 'schema'");
  EXPECT_THAT(opening(folder / "a.db"),
              EndsWith("was written by a newer Braid (braid.sweep/3); this one reads braid.sweep/2"));
}

TEST(SweepStoreErrors, AColumnThatIsMissing) {
  const Folder folder;
  store_with(folder / "a.db", "ALTER TABLE configurations DROP COLUMN report");
  EXPECT_THAT(opening(folder / "a.db"), EndsWith("is damaged: it has no column report"));
}

TEST(SweepStoreErrors, AFileCutShort) {
  const Folder folder;
  {
    SweepStore store(folder / "a.db", kWrite);
    for (int i = 0; i < 200; ++i) store.add(configuration(std::to_string(i)));
  }
  const std::string whole = read_file(folder / "a.db");
  ASSERT_GT(whole.size(), 12288u);
  write_file(folder / "a.db", whole.substr(0, whole.size() / 2));
  EXPECT_THAT(opening(folder / "a.db"), HasSubstr("a.db: cannot be read: database disk image is malformed"));
}

TEST(SweepStoreErrors, WhatCannotBeWritten) {
  // Not even root makes a file in /proc.
  EXPECT_THAT(opening("/proc/a.db", kWrite), StartsWith("/proc/a.db: cannot be opened: "));
  const Folder folder;
  SweepStore(folder / "a.db", kWrite).add(configuration("one"));
  SweepStore reader(folder / "a.db", kRead);
  EXPECT_THAT(complaint([&] { reader.add(configuration("two")); }), HasSubstr("a.db: cannot be written: "));
  EXPECT_THAT(complaint([&] { reader.at(7); }), EndsWith("has no configuration 7"));
}

// A file system may forget which machine locks what, so the claim comes first and is told at once.
TEST(SweepStoreErrors, WhatAnotherWritesAloneIsNeitherWrittenNorRead) {
  const Folder folder;
  const SweepStore writer(folder / "a.db", SweepStore::Mode::write_alone);
  EXPECT_THAT(opening(folder / "a.db", SweepStore::Mode::write_alone),
              HasSubstr("is being written by another process"));
  EXPECT_THAT(opening(folder / "a.db"), HasSubstr("database is locked"));
}

}  // namespace
}  // namespace braid
