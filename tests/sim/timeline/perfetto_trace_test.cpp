// SPDX-License-Identifier: Apache-2.0
// Reads the protobuf back with a decoder of its own, by field numbers of perfetto's protos.
#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <map>

#include "sim/timeline/trace.hpp"
#include "tests/sim/timeline/small_timeline.hpp"

namespace braid {
namespace {

/// One decoded message: numbers and texts by field.
struct Fields {
  std::multimap<int, std::uint64_t> numbers;
  std::multimap<int, std::string> texts;

  explicit Fields(const std::string& bytes) {
    std::size_t at = 0;
    const auto varint = [&] {
      std::uint64_t value = 0;
      for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.at(at++));
        value |= std::uint64_t{byte & 0x7fu} << shift;
        if (byte < 0x80) return value;
      }
    };
    while (at < bytes.size()) {
      const std::uint64_t tag = varint();
      const int field = static_cast<int>(tag >> 3);
      if ((tag & 7) == 0) {
        numbers.emplace(field, varint());
      } else if ((tag & 7) == 1) {
        std::uint64_t value = 0;
        for (int byte = 0; byte < 8; ++byte) {
          value |= std::uint64_t{static_cast<unsigned char>(bytes.at(at++))} << (8 * byte);
        }
        numbers.emplace(field, value);
      } else {
        const std::uint64_t size = varint();
        texts.emplace(field, bytes.substr(at, size));
        at += size;
      }
    }
    EXPECT_EQ(at, bytes.size());
  }
  std::uint64_t number(int field) const { return numbers.find(field)->second; }
  std::string text(int field) const { return texts.find(field)->second; }
  bool has(int field) const { return numbers.count(field) + texts.count(field) > 0; }
};

struct Slice {
  std::uint64_t track = 0;
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::vector<std::uint64_t> flows, ended_flows;
};

struct Decoded {
  std::map<std::uint64_t, std::string> rows;  // uuid -> "rank 0/compute"
  std::multimap<std::string, Slice> slices;   // by name
  std::vector<std::pair<std::uint64_t, double>> counter;
};

Decoded decode(const std::string& trace) {
  Decoded all;
  std::map<std::uint64_t, std::pair<std::string, Slice>> open;
  const Fields packets(trace);
  for (const auto& [field, bytes] : packets.texts) {
    EXPECT_EQ(field, 1);
    const Fields packet(bytes);
    EXPECT_EQ(packet.number(10), 1u);
    if (packet.has(60)) {
      const Fields track(packet.text(60));
      const std::string parent = track.has(5) ? all.rows.at(track.number(5)) + "/" : "";
      all.rows[track.number(1)] = parent + (track.has(3) ? Fields(track.text(3)).text(6) : track.text(2));
      continue;
    }
    const Fields event(packet.text(11));
    const std::uint64_t track = event.number(11), time = packet.number(8);
    EXPECT_TRUE(all.rows.contains(track)) << "a row is described before it is used";
    if (event.number(9) == 1) {
      EXPECT_FALSE(open.contains(track)) << "slices of a row follow one another";
      Slice slice{.track = track, .start = time, .end = 0, .flows = {}, .ended_flows = {}};
      for (auto [i, last] = event.numbers.equal_range(47); i != last; ++i) slice.flows.push_back(i->second);
      for (auto [i, last] = event.numbers.equal_range(48); i != last; ++i) slice.ended_flows.push_back(i->second);
      open[track] = {event.text(23), slice};
    } else if (event.number(9) == 2) {
      auto& [name, slice] = open.at(track);
      slice.end = time;
      all.slices.emplace(name, slice);
      open.erase(track);
    } else {
      EXPECT_EQ(event.number(9), 4u);
      all.counter.emplace_back(time, std::bit_cast<double>(event.number(44)));
    }
  }
  EXPECT_TRUE(open.empty());
  return all;
}

TEST(PerfettoTrace, HoldsEverySliceOnARowOfItsRank) {
  const Decoded trace = decode(perfetto_trace(small::timeline(), small::arrows()));
  EXPECT_EQ(trace.slices.size(), 5u);
  const Slice& forward = trace.slices.find("F attn mb2")->second;
  EXPECT_EQ(trace.rows.at(forward.track), "rank 0/compute");
  EXPECT_EQ(forward.start, 0u);
  EXPECT_EQ(forward.end, 1000000u);
  EXPECT_EQ(trace.rows.at(trace.slices.find("recv mb2")->second.track), "rank 3/pp");
  EXPECT_EQ(trace.rows.at(trace.slices.find("recv mb3")->second.track), "rank 3/pp 2");
}

TEST(PerfettoTrace, JoinsMessagesByFlowIds) {
  const Decoded trace = decode(perfetto_trace(small::timeline(), small::arrows()));
  for (const char* microbatch : {"mb2", "mb3"}) {
    const Slice& send = trace.slices.find(std::string("send ") + microbatch)->second;
    const Slice& recv = trace.slices.find(std::string("recv ") + microbatch)->second;
    ASSERT_EQ(send.flows.size(), 1u);
    EXPECT_EQ(send.flows, recv.ended_flows);
    EXPECT_TRUE(send.ended_flows.empty());
  }
}

TEST(PerfettoTrace, HoldsCounters) {
  const Decoded trace = decode(perfetto_trace(small::timeline()));
  const std::vector<std::pair<std::uint64_t, double>> expected{{0, 10}, {2000000, 25.5}};
  EXPECT_EQ(trace.counter, expected);
}

TEST(PerfettoTrace, BeginsItsSequenceInTheFirstPacketOnly) {
  int begins = 0;
  const Fields packets(perfetto_trace(small::timeline()));
  for (const auto& [field, bytes] : packets.texts) begins += Fields(bytes).has(13) ? 1 : 0;
  EXPECT_EQ(begins, 1);
  EXPECT_TRUE(Fields(packets.texts.begin()->second).has(13));
}

TEST(PerfettoTrace, IsTheSameBytesForTheSameTimeline) {
  EXPECT_EQ(perfetto_trace(small::timeline(), small::arrows()), perfetto_trace(small::timeline(), small::arrows()));
}

}  // namespace
}  // namespace braid
