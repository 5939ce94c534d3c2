// SPDX-License-Identifier: Apache-2.0
// The smallest damage to a recording that breaks each rule, and the message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/validate/recording/damaged.hpp"

namespace braid {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// Of writing the small recording after `change(recording)`.
std::string refusal(const std::function<void(Recording&)>& change) {
  const TemporaryFolder temporary;
  Recording recording = small_recording();
  change(recording);
  const std::string folder = temporary / "r";
  const std::string fault = fault_of([&] { write_recording(folder, recording); });
  EXPECT_FALSE(std::filesystem::exists(folder)) << "nothing is left of what is refused";
  return fault.starts_with(folder) ? "R" + fault.substr(folder.size()) : fault;
}

/// Of run.json with one text in place of another.
std::string json_fault(const std::string& from, const std::string& to) {
  return fault_after([&](const std::string& r) { replace_in(r + "/run.json", from, to); });
}

TEST(RecordingErrors, TheSmallOneIsSound) {
  EXPECT_EQ(fault_after([](const std::string&) {}), "no error");
}

TEST(RecordingErrors, HostRunsAreNone) {
  EXPECT_EQ(refusal([](Recording& r) { r.run.placement = "host"; }),
            "R: host runs are never recordings: their times are the prediction's own");
  EXPECT_EQ(json_fault("\"partition\"", "\"host\""),
            "R: host runs are never recordings: their times are the prediction's own");
}

TEST(RecordingErrors, ThePlacementIsKnown) {
  EXPECT_EQ(refusal([](Recording& r) { r.run.placement = "cloud"; }),
            "R: placement 'cloud' is not one of partition, replay, multi");
}

TEST(RecordingErrors, GpuDriverAndTraceAreNamed) {
  for (const char* fact : {"gpu_uuid", "driver", "trace_hash"}) {
    const std::string message =
        std::string("R: lacks the fact ") + fact + ": a recording says which GPU, driver and trace it is of";
    EXPECT_EQ(refusal([&](Recording& r) { r.run.timeline.provenance.facts.erase(fact); }), message);
    EXPECT_EQ(refusal([&](Recording& r) { r.run.timeline.provenance.facts[fact] = ""; }), message);
  }
}

TEST(RecordingErrors, AReplayNamesItsRankAndNothingElseDoes) {
  const std::string message = "R: a replay, and nothing else, names the rank that was run";
  EXPECT_EQ(refusal([](Recording& r) { r.rank = 0; }), message);
  EXPECT_EQ(refusal([](Recording& r) { r.run.placement = "replay"; }), message);
}

TEST(RecordingErrors, PeaksAreOfTheRanks) {
  EXPECT_EQ(refusal([](Recording& r) {
              r.run.peak = {Bytes(1), Bytes(2)};
            }),
            "R: has peaks of memory for other ranks than it has ops of");
}

TEST(RecordingErrors, AttachedFilesHavePlainNames) {
  EXPECT_EQ(refusal([](Recording& r) { r.attached["../x"] = ""; }), "R: a file '../x' cannot be attached");
  EXPECT_EQ(refusal([](Recording& r) { r.attached["run.json"] = ""; }), "R: a file 'run.json' cannot be attached");
}

TEST(RecordingErrors, NothingIsOverwritten) {
  const TemporaryFolder folder;
  write_recording(folder / "r", small_recording());
  EXPECT_EQ(fault_of([&] { write_recording(folder / "r", small_recording()); }), (folder / "r") + ": is there already");
}

TEST(RecordingErrors, AMissingFileIsNamed) {
  EXPECT_EQ(fault_of([] { read_recording("/no/such"); }), "/no/such: there is no such recording");
  for (const char* file : {"run.json", "scenario.toml", "ops.csv.gz"}) {
    EXPECT_THAT(fault_after([&](const std::string& r) { std::filesystem::remove(r + "/" + file); }),
                StartsWith(std::string("R/") + file + ": cannot be read: "));
  }
}

TEST(RecordingErrors, AnotherSchemaIsRefused) {
  EXPECT_EQ(json_fault("recording/1", "recording/2"),
            "R/run.json:schema: 'braid.recording/2' is not 'braid.recording/1': written by another version of Braid");
}

TEST(RecordingErrors, JsonThatIsNoneIsPlaced) {
  // Line 1 is "{", line 2 ` "schema": ...`; the bare word begins behind ` "schema": `, 11 characters.
  EXPECT_EQ(json_fault("\"braid.recording/1\"", "braid"), "R/run.json:2:12: is not JSON here");
  EXPECT_EQ(json_fault("{", "[1,"), "R/run.json:2:10: is not JSON here");
}

TEST(RecordingErrors, NestingIsBounded) {
  const std::string deep = std::string(300'000, '[') + std::string(300'000, ']');
  EXPECT_EQ(json_fault("\"braid.recording/1\"", deep), "R/run.json: has values within values, more than any run has");
}

TEST(RecordingErrors, FieldsAreThereKnownAndOfTheirKind) {
  EXPECT_EQ(json_fault(" \"lost\": 0,\n", ""), "R/run.json:lost: is missing");
  EXPECT_EQ(json_fault("\"lost\"", "\"found\": 0, \"lost\""), "R/run.json:found: unknown field");
  EXPECT_EQ(json_fault("\"lost\": 0", "\"lost\": -1"), "R/run.json:lost: is not from 0 to 9223372036854775807");
  EXPECT_EQ(json_fault("\"rank\": -1", "\"rank\": 0.5"), "R/run.json:rank: wants a whole number");
  EXPECT_EQ(json_fault("\"stp\"", "7"), "R/run.json:schedule: wants a string");
  EXPECT_EQ(json_fault("\"untraced_s\": []", "\"untraced_s\": [\"x\"]"), "R/run.json:untraced_s: wants a number");
  EXPECT_EQ(json_fault("\"untraced_s\": []", "\"untraced_s\": [-1]"), "R/run.json:untraced_s: -1 makes no sense");
  EXPECT_EQ(json_fault("\"untraced_s\": []", "\"untraced_s\": 1"), "R/run.json:untraced_s: wants an array");
  EXPECT_EQ(json_fault("\"untraced_s\": []", "\"untraced_s\": [0]"), "R/run.json:untraced_s: a step takes time");
  EXPECT_EQ(json_fault("\"step_s\": 3", "\"step_s\": 4"),
            "R/run.json:step_s: is none of traced_s: the ops are those of one traced step");
  EXPECT_EQ(json_fault("\"driver\": \"d\"", "\"driver\": 1"), "R/run.json:facts.driver: wants a string");
  EXPECT_EQ(json_fault("\"notes\": []", "\"notes\": [1]"), "R/run.json:notes: wants strings");
}

TEST(RecordingErrors, AStepTimeIsNeeded) {
  EXPECT_THAT(fault_after([](const std::string& r) {
                const std::string path = r + "/run.json";
                std::string text = read_file(path);
                const std::size_t from = text.find('[', text.find("traced_s", text.find("untraced_s") + 12));
                const std::size_t to = text.find(']', from);
                write_file(path, text.erase(from + 1, to - from - 1));
              }),
              HasSubstr("there is no step time at all"));
}

TEST(RecordingErrors, AGzipThatWasCutIsToldAtEveryByte) {
  const TemporaryFolder folder;
  write_recording(folder / "r", small_recording());
  const std::string path = folder / "r/ops.csv.gz";
  const std::string whole = read_file(path);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_file(path, std::string_view(whole).substr(0, size));
    EXPECT_EQ(fault_of([&] { read_recording(folder / "r"); }), path + ": ends in the middle: the file was cut") << size;
  }
}

TEST(RecordingErrors, ADamagedGzipIsTold) {
  EXPECT_EQ(fault_after([](const std::string& r) { write_file(r + "/ops.csv.gz", "rank,lane\n"); }),
            "R/ops.csv.gz: is not a gzip file");
  EXPECT_THAT(fault_after([](const std::string& r) {
                std::string bytes = read_file(r + "/ops.csv.gz");
                bytes[bytes.size() - 6] ^= 1;  // in the check sum
                write_file(r + "/ops.csv.gz", bytes);
              }),
              StartsWith("R/ops.csv.gz: is damaged"));
}

}  // namespace
}  // namespace braid
