// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

template <class Act>
std::string message(Act act) {
  try {
    act();
  } catch (const Error& error) { return error.what(); }
  return "no error";
}

TEST(ParseCsv, NamesTheLineWhereAQuoteIsOpened) {
  EXPECT_EQ(message([] { parse_csv("a\nb,\"c\nd\n", "s.csv"); }), "s.csv:2: a quote is opened here and never closed");
}

TEST(ParseCsv, RefusesTextBehindAClosingQuote) {
  EXPECT_THAT(message([] { parse_csv("\"a\"b,c\n", "s.csv"); }), StartsWith("s.csv:1: text behind a closing quote"));
}

TEST(ReadFile, NamesTheFileThatCannotBeRead) {
  EXPECT_THAT(message([] { read_file("no/such.csv"); }), StartsWith("no/such.csv: cannot be read: "));
  EXPECT_THAT(message([] { read_file("/"); }), HasSubstr("is a folder"));
}

TEST(WriteFile, NamesTheFileThatCannotBeWritten) {
  EXPECT_THAT(message([] { write_file("no/such/folder.csv", "x"); }), StartsWith("no/such/folder.csv: cannot be "));
  const std::string folder = testing::TempDir() + "braid_write_file_folder";
  std::filesystem::create_directories(folder);
  EXPECT_THAT(message([&] { write_file(folder, "x"); }), StartsWith(folder + ": cannot be written: "));
  EXPECT_FALSE(std::filesystem::exists(folder + ".partial"));
  std::filesystem::remove(folder);
}

}  // namespace
}  // namespace braid
