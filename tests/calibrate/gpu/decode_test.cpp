// SPDX-License-Identifier: Apache-2.0
// The decoder on fabricated records, walked by the real cuptiActivityGetNextRecord (no GPU is needed for that).
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "tests/calibrate/gpu/record_buffer.hpp"

namespace braid::gpu {
namespace {

GpuTrace decoded(RecordBuffer& b, std::size_t dropped = 0) {
  const ActivityBuffer one[] = {b.view()};
  return decode_all(one, dropped);
}

TEST(Decode, KernelKeepsWhatTheRecordSays) {
  CUpti_ActivityKernel10 k{};
  k.kind = CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL;
  k.start = 1000, k.end = 3500, k.deviceId = 2, k.contextId = 3, k.streamId = 14, k.correlationId = 77;
  k.channelID = 9, k.graphNodeId = 0x100000005;
  k.gridX = 4, k.gridY = 3, k.gridZ = 2, k.blockX = 32, k.blockY = 4, k.blockZ = 2;
  k.registersPerThread = 168, k.staticSharedMemory = 1024, k.dynamicSharedMemory = 200000;
  k.clusterX = 2, k.clusterY = 1, k.clusterZ = 1, k.name = "nvjet";
  RecordBuffer b;
  const auto t = decoded(b.add(k));
  ASSERT_EQ(t.activities.size(), 1u);
  const auto& a = t.activities[0];
  EXPECT_EQ(a.kind, ActivityKind::kernel);
  EXPECT_EQ(a.us(), 2.5);             // (3500 - 1000) ns
  EXPECT_EQ(a.blocks, 24);            // 4 * 3 * 2
  EXPECT_EQ(a.threads, 256);          // 32 * 4 * 2
  EXPECT_EQ(a.shared_bytes, 201024);  // 1024 + 200000
  EXPECT_EQ(a.cluster, 2);            // 2 * 1 * 1
  EXPECT_EQ(a.registers, 168);
  EXPECT_EQ(a.device, 2u);
  EXPECT_EQ(a.context, 3u);
  EXPECT_EQ(a.stream, 14u);
  EXPECT_EQ(a.channel, 9u);
  EXPECT_EQ(a.correlation, 77u);
  EXPECT_EQ(a.graph_node, 0x100000005u);
  EXPECT_EQ(a.name, "nvjet");
  EXPECT_TRUE(t.complete());
}

TEST(Decode, KernelWithoutNameIsKept) {
  RecordBuffer b;
  const auto t = decoded(b.kernel({.start = 1, .end = 2, .name = nullptr}));
  ASSERT_EQ(t.activities.size(), 1u);
  EXPECT_EQ(t.activities[0].name, "");
}

TEST(Decode, SortsRecordsOfSeveralBuffersByStart) {
  RecordBuffer b1, b2, empty;
  b1.kernel({.start = 500, .end = 600, .name = "d"}).kernel({.start = 100, .end = 200, .name = "a"});
  b2.kernel({.start = 300, .end = 350, .name = "c"}).kernel({.start = 200, .end = 400, .name = "b"});
  const ActivityBuffer all[] = {b1.view(), empty.view(), b2.view()};
  const auto t = decode_all(all, 0);
  std::string order;
  for (const auto& a : t.activities) order += a.name;
  EXPECT_EQ(order, "abcd");  // starts 100, 200, 300, 500
  EXPECT_TRUE(t.complete());
}

TEST(Decode, OverlappingStreamsStayApart) {
  RecordBuffer b;
  b.kernel({.start = 100, .end = 900, .stream = 13}).kernel({.start = 200, .end = 400, .stream = 14});
  const auto t = decoded(b);
  ASSERT_EQ(t.activities.size(), 2u);
  EXPECT_EQ(t.activities[0].stream, 13u);
  EXPECT_EQ(t.activities[1].stream, 14u);
  EXPECT_LT(t.activities[1].start_ns, t.activities[0].end_ns);
}

TEST(Decode, DroppedRecordsMakeTheTraceIncomplete) {
  RecordBuffer b;
  const auto t = decoded(b.kernel({.start = 1, .end = 2}), 3);
  EXPECT_EQ(t.dropped, 3u);
  EXPECT_EQ(t.lost(), 3u);
  EXPECT_FALSE(t.complete());
  EXPECT_EQ(summary(t),
            "1 activities, 0 tagged, INCOMPLETE: 3 dropped, 0 without time, 0 unknown, 0 buffers cut short");
}

TEST(Decode, CompleteTraceSaysSo) {
  RecordBuffer b;
  const auto t = decoded(b.kernel({.start = 1, .end = 2, .correlation = 4}).tag(4, 9).kernel({.start = 3, .end = 4}));
  EXPECT_EQ(summary(t), "2 activities, 1 tagged, complete");
}

TEST(Decode, KindsThatAreNotKeptAreCountedAndSteppedOver) {
  RecordBuffer b;
  b.kernel({.start = 1, .end = 2})
      .other(CUPTI_ACTIVITY_KIND_CONTEXT, sizeof(CUpti_ActivityContext3))
      .other(CUPTI_ACTIVITY_KIND_OVERHEAD, sizeof(CUpti_ActivityOverhead3))
      .other(CUPTI_ACTIVITY_KIND_RUNTIME, sizeof(CUpti_ActivityAPI))
      .other(CUPTI_ACTIVITY_KIND_DRIVER, sizeof(CUpti_ActivityAPI))
      .kernel({.start = 5, .end = 6, .name = "after"});
  const auto t = decoded(b);
  EXPECT_EQ(t.unknown, 2u);  // context, overhead
  EXPECT_EQ(t.api, 2u);      // runtime, driver: expected, so not lost
  EXPECT_EQ(t.lost(), 2u);
  ASSERT_EQ(t.activities.size(), 2u);
  EXPECT_EQ(t.activities[1].name, "after");
}

TEST(Decode, KindThatCuptiDoesNotKnowEndsTheBufferAndCounts) {
  RecordBuffer b, next;
  b.kernel({.start = 1, .end = 2}).other(static_cast<CUpti_ActivityKind>(9999), 64).kernel({.start = 5, .end = 6});
  next.kernel({.start = 7, .end = 8});
  const ActivityBuffer all[] = {b.view(), next.view()};
  const auto t = decode_all(all, 0);
  EXPECT_EQ(t.unreadable, 1u);
  EXPECT_EQ(t.activities.size(), 2u);  // the first of b, and next's: b's third cannot be found
  EXPECT_FALSE(t.complete());
}

TEST(Decode, RecordsWithoutTimesAreCountedNotKept) {
  CUpti_ActivityMemset4 m{};
  m.kind = CUPTI_ACTIVITY_KIND_MEMSET;
  RecordBuffer b;
  b.kernel({.start = 0, .end = 0})
      .kernel({.start = 10, .end = 0})
      .kernel({.start = 10, .end = 9})
      .add(m)
      .copy(0, 0, CUPTI_ACTIVITY_MEMCPY_KIND_HTOD, 64, 7, 1)
      .kernel({.start = 10, .end = 10});
  const auto t = decoded(b);
  EXPECT_EQ(t.without_time, 5u);  // all but the last, whose length is 0 but whose time is known
  EXPECT_EQ(t.activities.size(), 1u);
}

TEST(Decode, CopiesAndMemsets) {
  CUpti_ActivityMemset4 m{};
  m.kind = CUPTI_ACTIVITY_KIND_MEMSET;
  m.start = 10, m.end = 20, m.bytes = 4096, m.streamId = 3;
  CUpti_ActivityMemcpyPtoP4 p{};
  p.kind = CUPTI_ACTIVITY_KIND_MEMCPY2;
  p.start = 60, p.end = 70, p.bytes = 99, p.copyKind = CUPTI_ACTIVITY_MEMCPY_KIND_PTOP;
  RecordBuffer b;
  b.add(m)
      .copy(20, 30, CUPTI_ACTIVITY_MEMCPY_KIND_HTOD, 1 << 20, 21, 5)
      .copy(30, 40, CUPTI_ACTIVITY_MEMCPY_KIND_DTOH, 2 << 20, 22, 6)
      .copy(40, 50, CUPTI_ACTIVITY_MEMCPY_KIND_DTOD, 3 << 20, 23, 7)
      .copy(50, 60, CUPTI_ACTIVITY_MEMCPY_KIND_HTOH, 7, 23, 8)
      .add(p);
  const auto t = decoded(b);
  ASSERT_EQ(t.activities.size(), 6u);
  const CopyKind kinds[] = {CopyKind::none,           CopyKind::host_to_device,
                            CopyKind::device_to_host, CopyKind::device_to_device,
                            CopyKind::other,          CopyKind::device_to_device};
  const std::uint64_t bytes[] = {4096, 1 << 20, 2 << 20, 3 << 20, 7, 99};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(t.activities[i].copy, kinds[i]) << i;
    EXPECT_EQ(t.activities[i].bytes, bytes[i]) << i;
    EXPECT_EQ(t.activities[i].kind, i ? ActivityKind::copy : ActivityKind::memset) << i;
  }
  EXPECT_EQ(t.activities[1].channel, 5u);
  EXPECT_EQ(t.activities[1].correlation, 5u);
  EXPECT_EQ(t.activities[1].stream, 21u);
}

TEST(Decode, TagsByCorrelationWhereverTheyStand) {
  RecordBuffer b;
  // The id's record may come before, after, or in another buffer than the kernel's.
  b.tag(1, 100).kernel({.start = 1, .end = 2, .correlation = 1}).kernel({.start = 3, .end = 4, .correlation = 2});
  RecordBuffer late;
  late.tag(2, 200).kernel({.start = 5, .end = 6, .correlation = 3});
  const ActivityBuffer all[] = {b.view(), late.view()};
  const auto t = decode_all(all, 0);
  EXPECT_EQ(t.tag(t.activities[0]), 100u);
  EXPECT_EQ(t.tag(t.activities[1]), 200u);
  EXPECT_EQ(t.tag(t.activities[2]), 0u);  // nobody tagged the call
}

// CUPTI writes one record per call and kind, with the id on top of the stack: of nested tags the innermost, and after
// its end the outer one again. Ids of other libraries have another kind and are not ours.
TEST(Decode, NestedTagsAndForeignIds) {
  RecordBuffer b;
  b.tag(1, 10)                                               // push 10, launch
      .tag(2, 20)                                            // push 20, launch
      .tag(3, 10)                                            // pop, launch
      .tag(3, 555, CUPTI_EXTERNAL_CORRELATION_KIND_UNKNOWN)  // another library's
      .tag(4, 666, CUPTI_EXTERNAL_CORRELATION_KIND_OPENACC);
  for (std::uint32_t c = 1; c <= 4; ++c) b.kernel({.start = 10 * c, .end = 10 * c + 5, .correlation = c});
  const auto t = decoded(b);
  EXPECT_EQ(t.tag(t.activities[0]), 10u);
  EXPECT_EQ(t.tag(t.activities[1]), 20u);
  EXPECT_EQ(t.tag(t.activities[2]), 10u);
  EXPECT_EQ(t.tag(t.activities[3]), 0u);
  EXPECT_TRUE(t.complete());
}

// Kernels of one graph launch share its correlation id; their nodes tell them apart, in every launch of the graph.
TEST(Decode, GraphLaunchesAreToldApartByNode) {
  RecordBuffer b;
  b.tag(50, 1).tag(51, 1);
  for (const std::uint32_t launch : {50u, 51u})
    for (std::uint64_t node = 1; node <= 3; ++node)
      b.kernel({.start = launch * 100 + node * 10,
                .end = launch * 100 + node * 10 + 5,
                .correlation = launch,
                .node = node});
  auto t = decoded(b);
  for (const auto& a : t.activities) EXPECT_EQ(t.tag(a), 1u);  // all that correlation can say
  t.node_tags = {{1, 11}, {2, 12}};
  ASSERT_EQ(t.activities.size(), 6u);
  const std::uint64_t want[] = {11, 12, 1, 11, 12, 1};  // node 3 has no tag of its own: the launch's
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(t.tag(t.activities[i]), want[i]) << i;
}

TEST(Decode, ZerosBehindTheLastRecordAreNoRecord) {
  RecordBuffer b;
  const auto t = decoded(b.kernel({.start = 1, .end = 2}).other(CUPTI_ACTIVITY_KIND_INVALID, 16));
  EXPECT_EQ(t.activities.size(), 1u);
  EXPECT_TRUE(t.complete());
}

TEST(Decode, EmptyBuffersGiveAnEmptyCompleteTrace) {
  const ActivityBuffer all[] = {{nullptr, 0}};
  const auto t = decode_all(all, 0);
  EXPECT_TRUE(t.activities.empty());
  EXPECT_TRUE(t.complete());
}

// A buffer cut at every byte, placed so that one byte past its end is a page that may not be read.
TEST(Decode, CutBufferIsNeverReadBeyondItsEnd) {
  RecordBuffer b;
  b.kernel({.start = 1, .end = 2}).tag(1, 9).copy(3, 4, CUPTI_ACTIVITY_MEMCPY_KIND_HTOD, 8, 7, 2);
  const std::size_t ends[] = {sizeof(CUpti_ActivityKernel10),
                              sizeof(CUpti_ActivityKernel10) + sizeof(CUpti_ActivityExternalCorrelation), b.bytes()};
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  auto* memory =
      static_cast<std::uint8_t*>(mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(memory, MAP_FAILED);
  ASSERT_EQ(mprotect(memory + page, page, PROT_NONE), 0);
  for (std::size_t valid = 8; valid <= b.bytes(); valid += 4) {
    // 8-byte aligned as CUPTI's are; the last `valid % 8` bytes before the page are then not part of the buffer.
    auto* at = memory + page - (valid + 7) / 8 * 8;
    std::memcpy(at, b.view().data, valid);
    std::memset(at + valid, 0xff, static_cast<std::size_t>(memory + page - at) - valid);
    GpuTrace t;
    decode({at, valid}, t);
    std::size_t whole = 0;
    bool clean = false;
    for (const auto e : ends) whole += valid >= e, clean |= valid == e;
    EXPECT_EQ(t.activities.size() + t.tags.size(), whole) << valid;
    EXPECT_EQ(t.unreadable, clean ? 0u : 1u) << valid;
  }
  for (std::size_t valid = 1; valid < 8; ++valid) {  // not even a record's kind
    GpuTrace t;
    std::memset(memory + page - valid, 1, valid);
    decode({memory + page - valid, valid}, t);
    EXPECT_EQ(t.unreadable, 1u) << valid;
  }
  munmap(memory, 2 * page);
}

// The header that this was built with and the library that is loaded belong together.
TEST(Decode, LayoutsAreTheLibrarys) { EXPECT_TRUE(layouts_match()); }

}  // namespace
}  // namespace braid::gpu
