// SPDX-License-Identifier: Apache-2.0
// What a file is, and every way in which it cannot be opened, each with the smallest file that shows it.
#include "gui/model/open_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "gui/model/trace_cache.hpp"
#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"
#include "sim/base/gzip.hpp"
#include "tests/calibrate/temporary_folder.hpp"
#include "tests/gui/made_json.hpp"
#include "tests/validate/complaint.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;
using test::complaint;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;

class OpenFile : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& bytes) {
    write_file(folder / name, bytes);
    return folder / name;
  }
  std::string run(const std::string& name) {
    write_run_file(made_run({.pp = 2, .microbatches = 2, .layers = 1}).view(), folder / name);
    return folder / name;
  }
  std::string refusal(const std::string& path) {
    std::string text = complaint([&] { open_traces(path, ""); });
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 0) << text;
    return text;
  }
  std::size_t kept() const {
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(cache)) files += entry.is_regular_file();
    return files;
  }

  TemporaryFolder folder;
  std::string cache = folder / "cache";
};

constexpr const char* kJson = R"([{"ph":"X","pid":1,"tid":1,"name":"a","ts":1,"dur":1}])";

TEST_F(OpenFile, IsToldByItsFirstBytes) {
  EXPECT_EQ(kind_of_file(run("a")), FileKind::run);
  EXPECT_EQ(kind_of_file(file("b", kJson)), FileKind::json_trace);
  EXPECT_EQ(kind_of_file(file("c", gzip(kJson))), FileKind::json_trace);
  EXPECT_EQ(kind_of_file(file("d", "\xef\xbb\xbf {\"schemaVersion\": 1, \"traceEvents\": []}")), FileKind::json_trace);
  EXPECT_EQ(kind_of_file(file("e", "{\n  \"schema\": \"braid.report/1\",")), FileKind::report);
  EXPECT_EQ(kind_of_file(file("f", "{\"schema\": \"braid.validation/1\"}")), FileKind::report);
  EXPECT_EQ(kind_of_file(file("g", "{\"files\": [], \"schema\": \"braid.view/1\"}")), FileKind::session);
  EXPECT_EQ(kind_of_file(file("h", std::string("SQLite format 3\0more", 20))), FileKind::sweep_store);
  EXPECT_EQ(kind_of_file(file("i", std::string("\n\x08\x40\x01\0\0", 6))), FileKind::perfetto);
  EXPECT_EQ(kind_of_file(file("j", "\n# a comment\n[model]\nlayers = 4\n")), FileKind::scenario);
  EXPECT_EQ(kind_of_file(file("k", "[[run]]\n")), FileKind::scenario);
  EXPECT_EQ(kind_of_file(file("l", "name = \"x\"\n")), FileKind::scenario);
  EXPECT_EQ(kind_of_file(file("m", "a,b,c\n1,2,3\n")), FileKind::unknown);
  EXPECT_EQ(kind_of_file(file("n", "\x89PNG\r\n\x1a\n")), FileKind::unknown);
  EXPECT_EQ(kind_of_file(file("o", "{\"schema\": \"braid.other/1\"}")), FileKind::unknown);
  EXPECT_EQ(kind_of_file(folder / "."), FileKind::folder);
}

TEST_F(OpenFile, FoldersAndReportsGiveTheirRunsByName) {
  run("b.braid");
  run("a.braid");
  const std::string report = file("report.json", "{\"schema\": \"braid.report/1\"}");
  for (const std::string& path : {folder / ".", report}) {
    const auto traces = open_traces(path, "");
    ASSERT_EQ(traces.size(), 2u);
    EXPECT_EQ(fs::path(traces[0]->path()).filename(), "a.braid");
    EXPECT_EQ(fs::path(traces[1]->path()).filename(), "b.braid");
  }
}

TEST_F(OpenFile, ATraceIsParsedOnceAndKept) {
  const std::string path = file("t.json.gz", gzip(made_json({.pp = 1, .microbatches = 2, .layers = 1})));
  const auto words = [&] {
    std::set<std::string> seen;
    const auto traces = open_traces(path, cache, [&](double share, const char* what) {
      EXPECT_GE(share, 0);
      EXPECT_LE(share, 1);
      seen.insert(what);
      return true;
    });
    EXPECT_EQ(traces.front()->path(), path);
    // 2 microbatches x 1 layer x 2 passes x (4 units + 2 collectives), and a message a pass
    EXPECT_EQ(traces.front()->run().spans(), 2u * 2 * 6 + 2 * 2);
    return seen;
  };
  EXPECT_TRUE(words().contains("keeping"));
  EXPECT_EQ(kept(), 1u);
  EXPECT_FALSE(words().contains("keeping"));

  // Damaged: thrown away and made anew, without a word.
  const std::string kept_path = cached_path(path, cache);
  fs::resize_file(kept_path, fs::file_size(kept_path) / 2);
  EXPECT_TRUE(words().contains("keeping"));
  EXPECT_FALSE(words().contains("keeping"));

  // Changed: another name.
  fs::last_write_time(path, fs::last_write_time(path) + std::chrono::seconds(1));
  EXPECT_TRUE(words().contains("keeping"));
  EXPECT_EQ(kept(), 2u);
}

TEST_F(OpenFile, ACacheThatCannotBeWrittenIsNoFault) {
  const std::string path = file("t.json", kJson);
  const std::string blocked = file("blocked", "a file where a folder should be");
  EXPECT_EQ(open_traces(path, blocked).front()->run().spans(), 1u);
  EXPECT_EQ(open_traces(path, "").front()->run().spans(), 1u);
}

TEST_F(OpenFile, TheCacheKeepsWhatWasUsedLast) {
  const RunColumns run = made_run({.pp = 1, .microbatches = 1, .layers = 1});
  const auto name = [&](char digit) { return cache + "/" + std::string(16, digit) + ".braid"; };
  const std::string stranger = cache + "/notes.txt";
  ASSERT_TRUE(keep_cached(run.view(), name('1')));
  write_file(stranger, "not ours");
  ASSERT_TRUE(keep_cached(run.view(), name('2')));
  const std::uintmax_t one = fs::file_size(name('1'));
  fs::last_write_time(name('1'), fs::file_time_type::clock::now() - std::chrono::hours(2));
  fs::last_write_time(name('2'), fs::file_time_type::clock::now() - std::chrono::hours(1));
  ASSERT_TRUE(open_cached(name('1')));  // used now, so 2 is the oldest
  ASSERT_TRUE(keep_cached(run.view(), name('3'), {}, 2 * one));
  EXPECT_TRUE(fs::exists(name('1')));
  EXPECT_FALSE(fs::exists(name('2')));
  EXPECT_TRUE(fs::exists(name('3')));
  EXPECT_TRUE(fs::exists(stranger));
  // Stopped: no part of it.
  EXPECT_FALSE(keep_cached(run.view(), name('4'), [] { return false; }));
  EXPECT_EQ(kept(), 3u);
}

TEST_F(OpenFile, WhoDoesNotWantItAnyMoreIsHeard) {
  const std::string path = file("t.json", made_json({.pp = 2, .microbatches = 8, .layers = 8}));
  for (int word = 1; word < 6; ++word) {
    int heard = 0;
    EXPECT_THROW(open_traces(path, cache, [&](double, const char*) { return ++heard < word; }), Cancelled) << word;
  }
  EXPECT_TRUE(!fs::exists(cache) || kept() <= 1);  // and no parts of files
}

TEST_F(OpenFile, RefusalsAreOneLine) {
  EXPECT_THAT(refusal("/nowhere/t.json"), AllOf(HasSubstr("/nowhere/t.json: cannot be read"), HasSubstr("No such")));
  EXPECT_THAT(refusal(file("a", "")), EndsWith("a: is empty"));
  EXPECT_THAT(refusal(folder / "."), HasSubstr("has no runs"));
  EXPECT_THAT(refusal(file("b", "\x89PNG\r\n\x1a\n")), HasSubstr("is nothing that Braid knows"));
  EXPECT_THAT(refusal(file("c.csv", "a,b,c\n")), HasSubstr("is nothing that Braid knows"));
  EXPECT_THAT(refusal(file("d.sqlite", std::string("SQLite format 3\0", 16))), HasSubstr("is a database"));
  EXPECT_THAT(refusal(file("e.toml", "[model]\n")), HasSubstr("play it first"));
  EXPECT_THAT(refusal(file("f.json", "{\"schema\": \"braid.report/1\"}")), HasSubstr("report without its runs"));
  EXPECT_THAT(refusal(file("g.json", "{\"hello\": 1}")), HasSubstr("no list of traceEvents"));
  EXPECT_THAT(refusal(file("h.json", "{\"traceEvents\": [{\"ts\" 1}]}")), HasSubstr("cannot be read as JSON at byte"));
  EXPECT_THAT(refusal(file("i.json", "{\"displayTimeUnit\": \"ms")), EndsWith("Was the file cut short?"));
  EXPECT_THAT(refusal(file("j.json.gz", gzip(kJson).substr(0, 30))), EndsWith("ends in the middle: the file was cut"));
  EXPECT_THAT(refusal(file("k.pftrace", std::string("\n\x08\x40\x01\0\0", 6))), HasSubstr("Perfetto"));
  EXPECT_THAT(refusal(file("l.braidview", "{\"schema\": \"braid.view/1\"}")), HasSubstr("is a view"));
}

TEST_F(OpenFile, RunsThatAreCutOrNewerOrForeignAreRefused) {
  const std::string path = run("r.braid");
  const std::string whole = read_file(path);
  EXPECT_THAT(refusal(file("cut.braid", whole.substr(0, whole.size() / 2))), HasSubstr("is cut short"));
  EXPECT_THAT(refusal(file("head.braid", whole.substr(0, 20))), HasSubstr("is cut short"));
  std::string newer = whole;
  newer.replace(newer.find("braid.run/1"), 11, "braid.run/9");
  EXPECT_THAT(refusal(file("newer.braid", newer)), HasSubstr("was written by a newer Braid"));
  std::string other = whole;
  other.replace(other.find("braid.run/1"), 11, "braid.two/1");
  EXPECT_THAT(refusal(file("other.braid", other)), HasSubstr("holds braid.two/1"));
}

TEST_F(OpenFile, PipesAndDevicesAreRefusedNotWaitedFor) {
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal(folder / "pipe"), EndsWith("is no file: pipes and devices are not read"));
  EXPECT_THAT(refusal("/dev/zero"), EndsWith("is no file: pipes and devices are not read"));
  EXPECT_EQ(complaint([&] { RunFile(folder / "pipe"); }), (folder / "pipe") + ": is no file");
}

TEST_F(OpenFile, WithoutPermission) {
  const std::string path = file("secret.json", kJson);
  fs::permissions(path, fs::perms::none);
  // Root may read everything, so this test, in a process of its own, goes on as nobody.
  if (geteuid() == 0) {
    fs::permissions(fs::path(path).parent_path(), fs::perms::others_exec, fs::perm_options::add);
    ASSERT_EQ(seteuid(65534), 0);
  }
  EXPECT_THAT(refusal(path), EndsWith("cannot be read: Permission denied"));
  ASSERT_EQ(seteuid(getuid()), 0);
}

}  // namespace
}  // namespace braid
