// SPDX-License-Identifier: Apache-2.0
// The ring protocol that runs on the GPU, on host threads: one thread per rank and channel, std::atomic for its flags.
#include "calibrate/comm/ring_protocol.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <tuple>
#include <vector>

namespace braid::gpu {
namespace {

struct HostBlock {
  static bool leader() { return true; }
  static bool all(bool ok) { return ok; }
  static std::uint32_t load(std::uint32_t* p) { return std::atomic_ref(*p).load(std::memory_order_acquire); }
  static void store(std::uint32_t* p, std::uint32_t v) { std::atomic_ref(*p).store(v, std::memory_order_release); }
  static std::uint64_t now_ns() {
    return static_cast<std::uint64_t>(
        std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
  }
  static void pause() { std::this_thread::yield(); }
  static void move(const double* from, const double* add, double* to, double* keep, std::uint64_t n) {
    for (std::uint64_t i = 0; i < n; ++i) {
      const double v = from[i] + (add ? add[i] : 0);
      if (to) to[i] = v;
      if (keep) keep[i] = v;
    }
  }
};

constexpr double kUntouched = -1e9;

struct Ring {
  Ring(std::uint32_t n, std::uint32_t channels, std::uint64_t count, std::uint64_t slot)
      : layout{.count = count, .slot = slot, .ranks = n, .channels = channels},
        in(n, std::vector<double>(count)),
        out(n, std::vector<double>(count)),
        stage(n, std::vector<double>(channels * kRingSlots * slot)),
        flags(std::make_unique<RingChannel[]>(n * channels)) {}

  RingRank<double> rank(std::uint32_t r) {
    const std::uint32_t next = (r + 1) % layout.ranks;
    return {.in = in[r].data(),
            .out = in_place ? in[r].data() : out[r].data(),
            .stage = stage[r].data(),
            .next_stage = stage[next].data(),
            .mine = &flags[r * layout.channels],
            .next = &flags[next * layout.channels],
            .failed = &failed,
            .layout = layout,
            .rank = r,
            .limit_ns = limit_ns,
            .latency_ns = latency_ns,
            .ns_per_element = ns_per_element};
  }
  /// Runs one collective, without the rank `absent` if that is one. True when every block finished.
  bool run(RingOp op, std::uint32_t absent = ~0u) {
    std::atomic<bool> all{true};
    std::vector<std::thread> blocks;
    for (std::uint32_t r = 0; r < layout.ranks; ++r)
      for (std::uint32_t c = 0; c < layout.channels && r != absent; ++c)
        blocks.emplace_back([&, r, c] {
          HostBlock block;
          const auto told = rank(r);
          if (!RingWalk<double, HostBlock>(told, c, block).run(op)) all = false;
        });
    for (auto& b : blocks) b.join();
    return all;
  }
  /// The share of a rank in the full buffer: first element and length.
  RingPiece share(std::uint32_t r) const {
    return {layout.share_begin(r), layout.share_begin(r + 1) - layout.share_begin(r)};
  }

  RingLayout layout;
  std::uint64_t limit_ns = 20'000'000'000, latency_ns = 0;
  double ns_per_element = 0;
  bool in_place = false;
  std::vector<std::vector<double>> in, out, stage;
  std::unique_ptr<RingChannel[]> flags;
  std::uint32_t failed = 0;
};

// What rank r puts into element i of the full buffer in a launch: small integers, so that a sum is exact in any order.
double value(std::uint32_t r, std::uint64_t i, int launch) {
  return (r + 1.0) * (static_cast<double>(i % 7) + 1) + launch;
}
// 1 + ... + n = n (n + 1) / 2 times (i mod 7 + 1), and the launch once per rank.
double sum(std::uint32_t n, std::uint64_t i, int launch) {
  return n * (n + 1) / 2.0 * (static_cast<double>(i % 7) + 1) + static_cast<double>(n) * launch;
}

// Ranks; channels; elements. 3 channels of 8 ranks are 24 threads on few cores: every order of events gets its turn.
class RingWalkTest : public testing::TestWithParam<std::tuple<std::uint32_t, std::uint32_t, std::uint64_t>> {
 protected:
  Ring ring{std::get<0>(GetParam()), std::get<1>(GetParam()), std::get<2>(GetParam()), 16};
  std::uint32_t n = ring.layout.ranks;
};

TEST_P(RingWalkTest, AllReducesTwentyTimesInARow) {
  for (int launch = 0; launch < 20; ++launch) {
    for (std::uint32_t r = 0; r < n; ++r)
      for (std::uint64_t i = 0; i < ring.layout.count; ++i)
        ring.in[r][i] = value(r, i, launch), ring.out[r][i] = kUntouched;
    ASSERT_TRUE(ring.run(RingOp::all_reduce));
    for (std::uint32_t r = 0; r < n; ++r)
      for (std::uint64_t i = 0; i < ring.layout.count; ++i)
        ASSERT_EQ(ring.out[r][i], sum(n, i, launch)) << "rank " << r << " element " << i << " launch " << launch;
  }
}

TEST_P(RingWalkTest, ReduceScattersThenGathersTwentyTimesInARow) {
  for (int launch = 0; launch < 20; ++launch) {
    for (std::uint32_t r = 0; r < n; ++r)
      for (std::uint64_t i = 0; i < ring.layout.count; ++i)
        ring.in[r][i] = value(r, i, launch), ring.out[r][i] = kUntouched;
    ASSERT_TRUE(ring.run(RingOp::reduce_scatter));
    for (std::uint32_t r = 0; r < n; ++r) {
      const auto mine = ring.share(r);
      for (std::uint64_t i = 0; i < ring.layout.count; ++i)  // beyond its share a rank writes nothing
        ASSERT_EQ(ring.out[r][i], i < mine.n ? sum(n, mine.at + i, launch) : kUntouched) << "rank " << r;
      std::copy(ring.out[r].begin(), ring.out[r].end(), ring.in[r].begin());
    }
    ASSERT_TRUE(ring.run(RingOp::all_gather));
    for (std::uint32_t r = 0; r < n; ++r)
      for (std::uint64_t i = 0; i < ring.layout.count; ++i)
        ASSERT_EQ(ring.out[r][i], sum(n, i, launch)) << "rank " << r;
  }
}

// 16 elements a slot. 1000: several loops, a last piece that fills no slot; 203: the last share is shorter than the
// others; 40: with 8 ranks the shares of the last three are empty; 5: less than one share.
INSTANTIATE_TEST_SUITE_P(Sizes, RingWalkTest,
                         testing::Combine(testing::Values(2u, 3u, 4u, 8u), testing::Values(1u, 3u),
                                          testing::Values(1000u, 203u, 40u, 5u)));

TEST(RingLayout, CutsEveryElementOnce) {
  for (const std::uint32_t ranks : {2u, 3u, 8u})
    for (const std::uint32_t channels : {1u, 2u, 5u})
      for (const std::uint64_t count : {1u, 8u, 100u, 1000u}) {
        const RingLayout l{.count = count, .slot = 24, .ranks = ranks, .channels = channels};
        std::vector<int> times(count, 0);
        for (std::uint32_t r = 0; r < ranks; ++r)
          for (std::uint32_t c = 0; c < channels; ++c)
            for (std::uint64_t loop = 0; loop < l.loops(c); ++loop) {
              const auto p = l.piece(r, c, loop);
              EXPECT_LE(p.n, l.slot);
              if (p.n) { EXPECT_EQ(p.at % kRingAlign, 0u); }
              for (std::uint64_t i = 0; i < p.n; ++i) ++times[p.at + i];
            }
        for (std::uint64_t i = 0; i < count; ++i) EXPECT_EQ(times[i], 1) << i << " of " << count;
      }
}

TEST(RingLayout, GivesAChannelAsManyLoopsAsItsShareHasSlots) {
  // 1000 elements over 4 ranks: shares of 250, rounded to 256; over 2 channels: 128; in slots of 48: 3.
  const RingLayout l{.count = 1000, .slot = 48, .ranks = 4, .channels = 2};
  EXPECT_EQ(l.share(), 256u);
  EXPECT_EQ(l.loops(0), 3u);
  EXPECT_EQ(l.loops(1), 3u);
  // The last share is 1000 - 3 * 256 = 232 long; its second channel has 232 - 128 = 104, its third slot 104 - 96 = 8.
  EXPECT_EQ(l.piece(3, 1, 2).at, 3 * 256u + 128 + 96);
  EXPECT_EQ(l.piece(3, 1, 2).n, 8u);
}

TEST(RingWalk, EndsEveryBlockWhenARankIsMissing) {
  Ring ring(4, 2, 1000, 16);
  ring.limit_ns = 20'000'000;
  EXPECT_FALSE(ring.run(RingOp::all_reduce, 2));
  EXPECT_EQ(ring.failed, 1u);
}

TEST(RingWalk, GoesOnWhereTheCountersWrap) {
  // All counters as they stand after 2^32 - 8 slots; a collective of 8 elements a share and two ranks passes 2 slots.
  Ring ring(2, 1, 16, 16);
  for (int r = 0; r < 2; ++r) {
    auto& f = ring.flags[static_cast<std::size_t>(r)];
    f.ready = f.freed = f.passed = 0xfffffff8u;
  }
  for (int launch = 0; launch < 8; ++launch) {
    for (std::uint32_t r = 0; r < 2; ++r)
      for (std::uint64_t i = 0; i < 16; ++i) ring.in[r][i] = value(r, i, launch);
    ASSERT_TRUE(ring.run(RingOp::all_reduce));
    for (std::uint32_t r = 0; r < 2; ++r)
      for (std::uint64_t i = 0; i < 16; ++i) ASSERT_EQ(ring.out[r][i], sum(2, i, launch));
  }
  EXPECT_EQ(ring.flags[0].passed, 8u);  // 8 launches of 2 slots: -8 + 16
}

TEST(RingWalk, AllReducesInPlace) {
  Ring ring(4, 2, 1000, 16);
  ring.in_place = true;
  for (std::uint32_t r = 0; r < 4; ++r)
    for (std::uint64_t i = 0; i < 1000; ++i) ring.in[r][i] = value(r, i, 0);
  ASSERT_TRUE(ring.run(RingOp::all_reduce));
  for (std::uint32_t r = 0; r < 4; ++r)
    for (std::uint64_t i = 0; i < 1000; ++i) ASSERT_EQ(ring.in[r][i], sum(4, i, 0));
}

TEST(RingWalk, TakesAtLeastItsLinksTime) {
  // Three ranks, one channel, 24 elements: one loop of 2 (3 - 1) = 4 steps, each 2 ms on the way behind 8 elements at
  // 50 us: 4 * (2 + 0.4) ms = 9.6 ms.
  Ring ring(3, 1, 24, 16);
  ring.latency_ns = 2'000'000, ring.ns_per_element = 50'000;
  for (auto& v : ring.in) v.assign(24, 1);
  const auto begin = HostBlock::now_ns();
  ASSERT_TRUE(ring.run(RingOp::all_reduce));
  EXPECT_GE(HostBlock::now_ns() - begin, 9'600'000u);
  for (const auto& v : ring.out) EXPECT_EQ(v, std::vector<double>(24, 3));
}

}  // namespace
}  // namespace braid::gpu
