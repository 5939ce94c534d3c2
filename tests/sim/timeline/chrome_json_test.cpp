// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline/chrome_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "sim/base/error.hpp"
#include "sim/base/gzip.hpp"

namespace braid {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

struct Seen {
  ChromeFile file;
  std::vector<std::string> names;
  std::vector<std::int64_t> times;
  std::string error;
};

Seen read_from(ByteSource& source) {
  Seen seen;
  try {
    seen.file = read_chrome_json(source, "t.json", [&](std::span<const ChromeEvent> events) {
      for (const ChromeEvent& event : events) {
        seen.names.emplace_back(event.name);
        seen.times.push_back(event.has_ts ? event.ts : -1);
      }
    });
  } catch (const Error& e) { seen.error = e.what(); }
  return seen;
}
Seen read(const std::string& text) { return read_from(*bytes_of_text(text)); }

using Names = std::vector<std::string>;

TEST(ChromeJson, AnEventAsItStands) {
  const std::string text =
      R"({"otherData":{"kind":"x"},"traceEvents":[{"ph":"X","pid":3,"tid":"stream 7","ts":1.5,"dur":2,"name":"a\"b",)"
      R"("cat":"kernel","id":"0x1","bp":"e","args":{"n":"\u0041","list":[1,{"}":2}],"v":-1.5 }}],"after":[]})";
  bool seen = false;
  const ChromeFile file = read_chrome_json(*bytes_of_text(text), "t", [&](std::span<const ChromeEvent> events) {
    ASSERT_EQ(events.size(), 1u);
    const ChromeEvent& e = events.front();
    EXPECT_EQ(e.phase, 'X');
    EXPECT_EQ(e.pid, "3");
    EXPECT_EQ(e.tid, "stream 7");
    EXPECT_TRUE(e.has_ts && e.has_dur && e.encloses);
    EXPECT_EQ(e.ts, 1'500);
    EXPECT_EQ(e.dur, 2'000);
    EXPECT_EQ(e.name, "a\"b");
    EXPECT_EQ(e.category, "kernel");
    EXPECT_EQ(e.id, "0x1");
    ASSERT_EQ(e.args.size(), 3u);
    EXPECT_EQ(unescaped_token(e.args[0].value), "A");
    EXPECT_EQ(e.args[1].key, "list");
    EXPECT_EQ(e.args[1].value, "[");
    EXPECT_EQ(e.args[2].value, "-1.5");
    seen = true;
  });
  EXPECT_TRUE(seen);
  EXPECT_EQ(file.rest, R"({"otherData":{"kind":"x"},"traceEvents":[],"after":[]})");
  EXPECT_EQ(file.events, 1u);
  EXPECT_FALSE(file.cut_at);
}

TEST(ChromeJson, FormsThatViewersTake) {
  EXPECT_EQ(read(R"([{"name":"a"},{"name":"b"}])").names, (Names{"a", "b"}));
  EXPECT_EQ(read("\xef\xbb\xbf \n[{\"name\":\"a\"} ,\n]\n").names, Names{"a"});  // a mark, a comma too many
  EXPECT_EQ(read(R"({"traceEvents" : [ {"name":"a"} ] })").names, Names{"a"});
  EXPECT_EQ(read(R"({"traceEvents":[]})").error, "");
  EXPECT_EQ(read("[]").error, "");
  const Seen odd = read(R"([1,"x",{"name":"a"},[2]])");
  EXPECT_EQ(odd.names, Names{"a"});
  EXPECT_EQ(odd.file.odd, 3u);
  // Only a key at the top is the list.
  EXPECT_EQ(
      read(R"({"a":"traceEvents","b":["c"],"d":{"traceEvents":[{"name":"no"}]},"traceEvents":[{"name":"a"}]})").names,
      Names{"a"});
  // Brackets and quotes within texts.
  EXPECT_EQ(read(R"([{"name":"]},{\"[","args":{"x":"\\"}},{"name":"b"}])").names, (Names{"]},{\"[", "b"}));
}

TEST(ChromeJson, BytesThatAreNoUtf8AreQuestionMarks) {
  EXPECT_EQ(read("[{\"name\":\"a\xff\"}]").names, Names{"a?"});
  EXPECT_EQ(read("[{\"name\":\"\xc3\xa4\"}]").names, Names{"\xc3\xa4"});
}

TEST(ChromeJson, PiecesAreInOrderAndWhole) {
  // 100,000 events of 56 bytes or more: at least 5 pieces of a MiB.
  std::string text = "{\"traceEvents\":[";
  constexpr int kEvents = 100'000;
  for (int i = 0; i < kEvents; ++i) {
    if (i > 0) text += ',';
    text += "{\"ph\":\"X\",\"ts\":" + std::to_string(i) + ",\"dur\":1,\"name\":\"n\",\"pid\":1,\"tid\":22}\n";
  }
  text += "]}";
  for (const std::string& bytes : {text, gzip(text)}) {
    const auto source = bytes_of_text(bytes);
    Gunzip unpack([&](char* to, std::size_t most) { return source->read(to, most); }, "t");
    const Seen seen = is_gzip(bytes) ? read(gunzip(bytes, "t")) : read(bytes);
    ASSERT_EQ(seen.times.size(), std::size_t{kEvents});
    for (int i = 0; i < kEvents; ++i) ASSERT_EQ(seen.times[static_cast<std::size_t>(i)], i * 1000);
  }
  // Whoever waits is asked after each piece, and the reader stops when told to.
  int asked = 0, taken = 0;
  read_chrome_json(
      *bytes_of_text(text), "t", [&](std::span<const ChromeEvent>) { ++taken; }, [&] { return ++asked < 2; });
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(taken, 2);
}

TEST(ChromeJson, AFileThatWasCutGivesWhatIsWhole) {
  const std::string text = R"({"a":1,"traceEvents":[{"name":"a"},{"name":"b"}],"z":{"y":1}})";
  // up to and with the first event; within the second; after it; within what follows the list
  for (const auto& [size, names] : std::vector<std::pair<std::size_t, Names>>{
           {34, {"a"}}, {35, {"a"}}, {40, {"a"}}, {48, {"a", "b"}}, {49, {"a", "b"}}, {60, {"a", "b"}}}) {
    const Seen seen = read(text.substr(0, size));
    EXPECT_EQ(seen.error, "") << size;
    EXPECT_EQ(seen.names, names) << size;
    EXPECT_EQ(seen.file.cut_at, size);
  }
  EXPECT_EQ(read(text.substr(0, 22)).file.cut_at, 22u);  // behind the [
  // A list may end without ], as programs that crash leave it; not within an event.
  EXPECT_FALSE(read(R"([{"name":"a"},{"name":"b"})").file.cut_at);
  EXPECT_FALSE(read(R"([{"name":"a"},)").file.cut_at);
  EXPECT_EQ(read(R"([{"name":"a"},{"na)").file.cut_at, 18u);
  EXPECT_EQ(read(R"([{"name":"a"},{"na)").names, Names{"a"});
}

TEST(ChromeJsonErrors, SayWhere) {
  EXPECT_EQ(read("").error, "t.json: is no JSON: it does not begin with {");
  EXPECT_EQ(read("\x89PNG").error, "t.json: is no JSON: it does not begin with {");
  EXPECT_EQ(read("{}").error, "t.json: has no list of traceEvents: it is no trace");
  EXPECT_THAT(read("{").error, AllOf(StartsWith("t.json: cannot be read as JSON"), EndsWith("cut short?")));
  EXPECT_THAT(read(R"({"traceEvents":)").error, EndsWith("Was the file cut short?"));
  EXPECT_THAT(read(R"({"traceEvents":[{"a":1}}])").error, HasSubstr("at byte 23"));
  EXPECT_THAT(read(R"([{"name" "a"}])").error, HasSubstr("cannot be read as JSON at byte"));
  EXPECT_THAT(read(R"({"traceEvents":[],"a" 1})").error, HasSubstr("cannot be read as JSON"));
  EXPECT_THAT(read(std::string("[{\"name\":\"a\"},\0\0\0,{}]", 22)).error, HasSubstr("cannot be read as JSON"));
}

TEST(ChromeJson, MicrosAreExact) {
  std::int64_t ns = 0;
  EXPECT_TRUE(parse_micros("0.001", ns));
  EXPECT_EQ(ns, 1);
  EXPECT_TRUE(parse_micros("1700000000123456.789", ns));
  EXPECT_EQ(ns, 1'700'000'000'123'456'789);
  EXPECT_TRUE(parse_micros("-2.5", ns));
  EXPECT_EQ(ns, -2'500);
  EXPECT_TRUE(parse_micros("3.1415926", ns));
  EXPECT_EQ(ns, 3'141);
  EXPECT_TRUE(parse_micros("1.5e3", ns));
  EXPECT_EQ(ns, 1'500'000);
  for (const char* bad :
       {"", ".", "-", "x", "1x", "1e30", "3000000000000001", "16121401187223005", "99999999999999999999", "nan"}) {
    EXPECT_FALSE(parse_micros(bad, ns)) << bad;
  }
}

}  // namespace
}  // namespace braid
