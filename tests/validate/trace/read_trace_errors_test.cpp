// SPDX-License-Identifier: Apache-2.0
// Files that are no traces, and what they come in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/base/csv.hpp"
#include "sim/base/gzip.hpp"
#include "tests/calibrate/temporary_folder.hpp"
#include "tests/validate/complaint.hpp"
#include "tests/validate/trace/written_kineto.hpp"
#include "tests/validate/trace/written_nsight.hpp"
#include "validate/trace/read_trace.hpp"

namespace braid {
namespace {

using test::complaint;
using testing::EndsWith;
using testing::HasSubstr;

std::string complaint_of(const std::string& name, const std::string& bytes) {
  const TemporaryFolder folder;
  const std::string path = folder / name;
  write_file(path, bytes);
  return complaint([&] { read_trace(path); });
}

TEST(TraceBytes, ACompressedTraceIsRead) {
  const TemporaryFolder folder;
  test::WrittenKineto trace;
  trace.rank = 5;
  trace.lone_kernel("k", 1, 2, 7);
  const std::string path = folder / "t.json.gz";
  write_file(path, gzip(trace.text()));
  const std::vector<ForeignTrace> traces = read_trace(path);
  EXPECT_EQ(traces.at(0).ops.size(), 1u);
  EXPECT_EQ(traces.at(0).rank, 5);
  EXPECT_EQ(traces.at(0).notes, std::vector<std::string>{});
  const ForeignTrace asked = read_trace("2=" + path).at(0);
  EXPECT_EQ(asked.rank, 2);  // who asks knows best
  EXPECT_EQ(asked.notes, std::vector{path + ": taken as rank 2, as asked; its job says that it is rank 5"});
}

TEST(ReadTrace, RanksInNames) {
  EXPECT_EQ(rank_in_name("/run/rank3/trace.json"), -1);  // the folder does not count
  EXPECT_EQ(rank_in_name("rank3_trace.json"), 3);
  EXPECT_EQ(rank_in_name("a/megatron-rank-12.sqlite"), 12);
  EXPECT_EQ(rank_in_name("ranks_of_rank_7.json.gz"), 7);
  EXPECT_EQ(rank_in_name("trace.json"), -1);
}

TEST(ReadTraceErrors, OfFiles) {
  EXPECT_THAT(complaint([] { read_trace("/nowhere/t.json"); }),
              HasSubstr("/nowhere/t.json: cannot be read: No such file"));
  EXPECT_THAT(complaint_of("empty.json", ""), EndsWith("empty.json: is empty"));
  EXPECT_THAT(complaint_of("a.nsys-rep", "QDSTRM__________"), HasSubstr("export it first: nsys export --type sqlite"));
  EXPECT_THAT(complaint_of("a.json.gz", gzip("{\"a\": 1}").substr(0, 15)),
              EndsWith("ends in the middle: the file was cut"));
  std::string damaged = gzip(std::string(1000, 'x'));
  damaged[12] = static_cast<char>(damaged[12] ^ 0x55);
  damaged[14] = static_cast<char>(damaged[14] ^ 0x55);
  EXPECT_THAT(complaint_of("b.json.gz", damaged), EndsWith("is damaged: its check sum or its contents are wrong"));
}

TEST(ReadTraceErrors, OfDatabases) {
  const TemporaryFolder folder;
  {
    test::WrittenNsight file(folder / "other.sqlite");
    file.sql("DROP TABLE CUPTI_ACTIVITY_KIND_KERNEL; DROP TABLE StringIds");
    file.close();
    EXPECT_THAT(complaint([&] { read_trace(file.path()); }),
                EndsWith("is no export of Nsight Systems: it has neither StringIds nor CUPTI_ACTIVITY_KIND_KERNEL"));
  }
  {
    test::WrittenNsight file(folder / "cpu.sqlite");
    file.sql("DROP TABLE CUPTI_ACTIVITY_KIND_KERNEL");
    file.close();
    EXPECT_THAT(complaint([&] { read_trace(file.path()); }),
                EndsWith("holds no GPU kernels; record with nsys profile --trace=cuda,nvtx"));
  }
  {
    test::WrittenNsight file(folder / "none.sqlite");  // the table is there and empty
    file.close();
    EXPECT_THAT(complaint([&] { read_trace(file.path()); }), HasSubstr("holds no GPU kernels"));
  }
  {
    test::WrittenNsight file(folder / "strange.sqlite");
    file.sql("ALTER TABLE CUPTI_ACTIVITY_KIND_KERNEL RENAME COLUMN \"end\" TO finish");
    file.close();
    EXPECT_THAT(complaint([&] { read_trace(file.path()); }),
                EndsWith("table CUPTI_ACTIVITY_KIND_KERNEL has no column end; export it again with a newer nsys"));
  }
  EXPECT_THAT(complaint_of("cut.sqlite", std::string("SQLite format 3\0", 16)),
              HasSubstr("cut.sqlite: cannot be read"));
}

}  // namespace
}  // namespace braid
