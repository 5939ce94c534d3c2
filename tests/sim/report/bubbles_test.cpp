// SPDX-License-Identifier: Apache-2.0
#include "sim/report/bubbles.hpp"

#include <gtest/gtest.h>

#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using tiny::Tiny;

/// The idle time of one rank by cause, as {tp, pp_wait, pp_transfer, dp, offload, host, warm_up, drain}.
std::array<double, kCauses> idle_of(const Tiny& tiny, const Timeline& timeline, std::size_t rank, double launch = 0) {
  const Played played = join_complete(tiny.program(), timeline);
  const RankTime time = account(played, tiny.launches(launch))[rank];
  std::array<double, kCauses> idle{};
  for (std::size_t c = 0; c < kCauses; ++c) idle[c] = time.idle[c].value;
  return idle;
}

using Idle = std::array<double, kCauses>;

TEST(Bubbles, BlamesACollectiveInFlight) {
  // Computes 0..1, all-reduces 1..3, computes 3..4: idle for 2 s of tp.
  Tiny tiny(1);
  const auto a = tiny.compute(0, 1);
  const auto t = tiny.collective(0, Lane::tp, 2, {a});
  tiny.compute(0, 1, {t});
  EXPECT_EQ(idle_of(tiny, tiny.play(), 0), (Idle{2, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Bubbles, CutsAReceiveWhereTheProducerEnds) {
  // Rank 0 computes 0..3, its bytes move 3..5. Rank 1 computes 0..1 and then needs them: waits 1..3, transfer 3..5.
  Tiny tiny(2);
  const auto a = tiny.compute(0, 3);
  tiny.compute(1, 1);
  const auto sent = tiny.eager(0, 1, 2, {a});
  tiny.compute(1, 1, {sent.recv});
  EXPECT_EQ(idle_of(tiny, tiny.play(), 1), (Idle{0, 2, 2, 0, 0, 0, 0, 0}));
}

TEST(Bubbles, BlamesTheGradientsOfOtherReplicas) {
  // Computes 0..1, reduces gradients 1..5, optimizer 5..6.
  Tiny tiny(1, 1, 2);
  const auto a = tiny.compute(0, 1);
  const auto d = tiny.collective(0, Lane::dp, 4, {a});
  tiny.compute(0, 1, {d}, OpKind::optimizer);
  EXPECT_EQ(idle_of(tiny, tiny.play(), 0), (Idle{0, 0, 0, 4, 0, 0, 0, 0}));
}

TEST(Bubbles, BlamesCopiesInBothDirections) {
  // Computes 0..1; out 1..3; computes 3..4; in 4..5; computes 5..6: 2 s + 1 s.
  Tiny tiny(1);
  const auto a = tiny.compute(0, 1);
  const auto out = tiny.copy(0, Lane::d2h, 2, {a});
  const auto b = tiny.compute(0, 1, {out});
  const auto in = tiny.copy(0, Lane::h2d, 1, {b});
  tiny.compute(0, 1, {in});
  EXPECT_EQ(idle_of(tiny, tiny.play(), 0), (Idle{0, 0, 0, 0, 3, 0, 0, 0}));
}

TEST(Bubbles, BlamesTheHostWhereLaunchesAreLate) {
  // Op k is launched at 2(k+1): 2..3 and 4..5. Up to the first op all is warm-up.
  Tiny tiny(1);
  tiny.compute(0, 1);
  tiny.compute(0, 1);
  EXPECT_EQ(idle_of(tiny, tiny.play({.unfold = false, .launch = 2, .slowdown = {}}), 0, 2),
            (Idle{0, 0, 0, 0, 0, 1, 2, 0}));
}

TEST(Bubbles, BlamesTheHostForWhatComesBehindAMessageItWaitsFor) {
  // A launch is 1 s. Rank 0 computes 1..3 and sends 3..7; its next op needs nothing of that, but its host waits until
  // 7 and launches it at 8: host 3..8.
  Tiny tiny(2);
  const auto a = tiny.compute(0, 2);
  tiny.eager(0, 1, 4, {a});
  tiny.compute(0, 1);
  tiny.program().host_waits = true;
  EXPECT_EQ(idle_of(tiny, tiny.play({.unfold = false, .launch = 1, .slowdown = {}}), 0, 1),
            (Idle{0, 0, 0, 0, 0, 5, 1, 0}));
  // A host that does not wait has launched it, as op 2, at 3.
  tiny.program().host_waits = false;
  EXPECT_EQ(idle_of(tiny, tiny.play({.unfold = false, .launch = 1, .slowdown = {}}), 0, 1),
            (Idle{0, 0, 0, 0, 0, 0, 1, 3}));
}

TEST(Bubbles, CountsWhatIsBeforeTheFirstAndAfterTheLastOp) {
  // Rank 1 gets its input at 3 and computes 3..5; rank 0 computes 0..2 and 2..9.
  Tiny tiny(2);
  const auto a = tiny.compute(0, 2);
  tiny.compute(0, 7);
  tiny.compute(1, 2, {tiny.eager(0, 1, 1, {a}).recv});
  EXPECT_EQ(idle_of(tiny, tiny.play(), 1), (Idle{0, 0, 0, 0, 0, 0, 3, 4}));
  EXPECT_EQ(idle_of(tiny, tiny.play(), 0), (Idle{0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Bubbles, AsksWhatACollectiveItselfWaitsFor) {
  // Rank 1 computes 0..1; its next op needs an all-reduce of what rank 0 computes 0..2 and sends 2..5: all-reduce 5..6.
  Tiny tiny(2);
  const auto a = tiny.compute(0, 2);
  tiny.compute(1, 1);
  const auto sent = tiny.eager(0, 1, 3, {a});
  const auto t = tiny.collective(1, Lane::tp, 1, {sent.recv});
  tiny.compute(1, 1, {t});
  EXPECT_EQ(idle_of(tiny, tiny.play(), 1), (Idle{1, 1, 3, 0, 0, 0, 0, 0}));
}

TEST(Bubbles, AsksWhatTheOpBeforeOnTheLaneWaitsFor) {
  // T2 is short but runs behind T1, which runs 1..4: tp 1..5, though T2 itself is in flight for 1 s only.
  Tiny tiny(1);
  const auto a = tiny.compute(0, 1);
  tiny.collective(0, Lane::tp, 3, {a});
  const auto t2 = tiny.collective(0, Lane::tp, 1, {a});
  tiny.compute(0, 1, {t2});
  EXPECT_EQ(idle_of(tiny, tiny.play(), 0), (Idle{4, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Bubbles, BlamesTheDependenceThatEndsLast) {
  // After 0..1 both run: tp 1..3, dp 1..4. dp ends last, so all three seconds are dp's.
  Tiny tiny(1);
  const auto a = tiny.compute(0, 1);
  const auto t = tiny.collective(0, Lane::tp, 2, {a});
  const auto d = tiny.collective(0, Lane::dp, 3, {a});
  tiny.compute(0, 1, {t, d});
  EXPECT_EQ(idle_of(tiny, tiny.play(), 0), (Idle{0, 0, 0, 3, 0, 0, 0, 0}));
}

TEST(Bubbles, BreaksTiesInTheListedOrder) {
  // All three run 1..3: tp comes first; without it dp.
  Tiny with_tp(1), without(1);
  for (Tiny* tiny : {&with_tp, &without}) {
    const auto a = tiny->compute(0, 1);
    const auto c = tiny->copy(0, Lane::h2d, 2, {a});
    const auto d = tiny->collective(0, Lane::dp, 2, {a});
    tiny::Deps deps{c, d};
    if (tiny == &with_tp) deps.push_back(tiny->collective(0, Lane::tp, 2, {a}));
    tiny->compute(0, 1, deps);
  }
  EXPECT_EQ(idle_of(with_tp, with_tp.play(), 0), (Idle{2, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(idle_of(without, without.play(), 0), (Idle{0, 0, 0, 2, 0, 0, 0, 0}));
}

TEST(Bubbles, CountsWaitingForAPeerAsTp) {
  // GPU 1 computes three times as long: GPU 0 is ready for the all-reduce at 1, it runs 3..4 on both.
  Tiny tiny(1, 2);
  const auto a = tiny.compute(0, 1);
  const auto t = tiny.collective(0, Lane::tp, 1, {a});
  tiny.compute(0, 1, {t});
  const Timeline timeline =
      tiny.play({.unfold = true, .launch = 0, .slowdown = [](int gpu) { return gpu == 1 ? 3.0 : 1.0; }});
  // GPU 0: 0..1, idle 1..4, 4..5, then GPU 1 still computes to 7.
  EXPECT_EQ(idle_of(tiny, timeline, 0), (Idle{3, 0, 0, 0, 0, 0, 0, 2}));
  EXPECT_EQ(idle_of(tiny, timeline, 1), (Idle{1, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Bubbles, CountsAPartnerThatHasNotPostedAsPpWait) {
  // A group links both: rank 0 sends after 0..1, rank 1 posts its receive after 0..4. Both wait for the group; bytes
  // move 4..5. Rank 0: wait 1..4, transfer 4..5. Rank 1: transfer only.
  Tiny tiny(2);
  const auto a = tiny.compute(0, 1);
  const auto b = tiny.compute(1, 4);
  const auto sent = tiny.batch({{0, 1, 1, {a}, {b}}});
  tiny.compute(0, 1, {sent[0].send});
  tiny.compute(1, 1, {sent[0].recv});
  EXPECT_EQ(idle_of(tiny, tiny.play(), 0), (Idle{0, 3, 1, 0, 0, 0, 0, 0}));
  EXPECT_EQ(idle_of(tiny, tiny.play(), 1), (Idle{0, 0, 1, 0, 0, 0, 0, 0}));
}

TEST(Bubbles, AsksWhatAPostOfItsOwnWaitsFor) {
  // Rank 0 may post its send only after an all-reduce 1..4; the partner is ready at 2. Bytes move 4..6.
  Tiny tiny(2);
  const auto a = tiny.compute(0, 1);
  const auto t = tiny.collective(0, Lane::tp, 3, {a});
  const auto b = tiny.compute(1, 2);
  const auto sent = tiny.batch({{0, 1, 2, {t}, {b}}});
  tiny.compute(0, 1, {sent[0].send});
  tiny.compute(1, 1, {sent[0].recv});
  EXPECT_EQ(idle_of(tiny, tiny.play(), 0), (Idle{3, 0, 2, 0, 0, 0, 0, 0}));
  EXPECT_EQ(idle_of(tiny, tiny.play(), 1), (Idle{0, 2, 2, 0, 0, 0, 0, 0}));
}

TEST(Bubbles, BlameParametersThatAreGatheredBeforeTheFirstOp) {
  // Rank 0 gathers parameters 0..3 and computes 3..5; rank 1 gathers 0..3 as well but has its input only at 6.
  Tiny tiny(2);
  const auto g = tiny.collective(0, Lane::dp, 3);
  const auto a = tiny.compute(0, 2, {g});
  const auto h = tiny.collective(1, Lane::dp, 3);
  tiny.compute(1, 1, {h, tiny.eager(0, 1, 1, {a}).recv});
  EXPECT_EQ(idle_of(tiny, tiny.play(), 0), (Idle{0, 0, 0, 3, 0, 0, 0, 2}));
  EXPECT_EQ(idle_of(tiny, tiny.play(), 1), (Idle{0, 0, 0, 0, 0, 0, 6, 0}));
}

TEST(Bubbles, BlamesWhatStillRunsAfterTheLastComputeOp) {
  // Parameters are gathered 1..4 behind the last compute op; the other rank computes to 6, so 4..6 is drain.
  Tiny tiny(2);
  const auto a = tiny.compute(0, 1);
  tiny.collective(0, Lane::dp, 3, {a});
  tiny.compute(1, 6);
  EXPECT_EQ(idle_of(tiny, tiny.play(), 0), (Idle{0, 0, 0, 3, 0, 0, 0, 2}));
}

TEST(Bubbles, AreWarmUpThroughoutOnARankThatNeverComputes) {
  Tiny tiny(2);
  tiny.compute(0, 4);
  EXPECT_EQ(idle_of(tiny, tiny.play(), 1), (Idle{0, 0, 0, 0, 0, 0, 4, 0}));
}

TEST(Bubbles, KeepStretchApartFromWork) {
  Tiny tiny(1);
  tiny.compute(0, 5);
  Timeline timeline = tiny.play();
  timeline.ranks[0].lanes[0][0].stretch = Seconds(2);
  const RankTime time = account(join_complete(tiny.program(), timeline))[0];
  EXPECT_EQ(time.busy, 3_s);
  EXPECT_EQ(time.stretch, 2_s);
  EXPECT_EQ(time.idle_total(), 0_s);
}

/// A program in which rank 1 is idle for every cause there is, for 1, 2, 3, ... seconds in the order of causes.
struct EveryCause {
  static constexpr double kLaunch = 6.5;
  Tiny tiny{2};
  EveryCause() {
    // Rank 1, op numbers in brackets; op k is launched at 6.5 (k + 1).
    // [0] computes 6.5..16.5 (warm-up 6.5); tp [1] 16.5..17.5; [2] 19.5..: launched at 19.5, so host 17.5..19.5.
    const auto c0 = tiny.compute(1, 10);
    const auto t = tiny.collective(1, Lane::tp, 1, {c0});
    const auto c2 = tiny.compute(1, 40.5, {t});            // 19.5..60
    const auto d = tiny.collective(1, Lane::dp, 4, {c2});  // 60..64
    const auto c4 = tiny.compute(1, 1, {d});               // 64..65
    const auto o = tiny.copy(1, Lane::h2d, 5, {c4});       // 65..70
    const auto c6 = tiny.compute(1, 2, {o});               // 70..72
    // Rank 0 computes 6.5..74; its bytes move 74..77: pp_wait 72..74, pp_transfer 74..77.
    const auto a = tiny.compute(0, 67.5);
    const auto sent = tiny.eager(0, 1, 3, {a});
    tiny.compute(1, 3, {sent.recv, c6});  // 77..80
    tiny.compute(0, 14, {a});             // 74..88: drain 80..88
  }
};

TEST(Bubbles, AccountForEverySecondWithEveryCause) {
  const EveryCause every;
  const Timeline timeline = every.tiny.play({.unfold = false, .launch = EveryCause::kLaunch, .slowdown = {}});
  const Played played = join_complete(every.tiny.program(), timeline);
  const RankTime time = account(played, every.tiny.launches(EveryCause::kLaunch))[1];
  const Idle expected{1, 2, 3, 4, 5, 2, 6.5, 8};
  double sum = time.busy.value + time.stretch.value;
  for (std::size_t c = 0; c < kCauses; ++c) {
    EXPECT_NEAR(time.idle[c].value, expected[c], 1e-9) << to_text(static_cast<Cause>(c));
    // If this cause were dropped, the account would not close.
    EXPECT_GT(time.idle[c].value, 0.5) << to_text(static_cast<Cause>(c));
    sum += time.idle[c].value;
  }
  // 10 + 40.5 + 1 + 2 + 3 = 56.5 busy, 31.5 idle, 88 in all.
  EXPECT_NEAR(time.busy.value, 56.5, 1e-9);
  EXPECT_NEAR(sum, 88, 1e-9);
  EXPECT_EQ(timeline.step_time, 88_s);
}

TEST(Gaps, AreInOrderAndNameWhoWaitsForWhom) {
  Tiny tiny(2);
  const auto a = tiny.compute(0, 3);
  tiny.compute(1, 1);
  const auto sent = tiny.eager(0, 1, 2, {a});
  const auto b = tiny.compute(1, 1, {sent.recv});
  const Timeline timeline = tiny.play();
  const std::vector<Gap> gaps = gaps_of(join_complete(tiny.program(), timeline), 1);
  ASSERT_EQ(gaps.size(), 2u);
  EXPECT_EQ(gaps[0].cause, Cause::pp_wait);
  EXPECT_EQ(gaps[0].start, 1_s);
  EXPECT_EQ(gaps[0].end, 3_s);
  EXPECT_EQ(gaps[0].waiting, tiny.program().ranks[1].ops[b].key);
  EXPECT_EQ(gaps[0].blamed, tiny.program().ranks[0].ops[sent.send].key);
  EXPECT_EQ(gaps[0].blamed_rank, 0);
  EXPECT_EQ(gaps[1].cause, Cause::pp_transfer);
  EXPECT_EQ(gaps[1].end, 5_s);
  EXPECT_EQ(gaps[1].blamed_rank, 1);
}

TEST(BubblesDeathTest, DoNotCallAnUnexplainedGapAnything) {
  // The second op starts a second after all that it waits for has ended.
  Tiny tiny(1);
  tiny.compute(0, 1);
  tiny.compute(0, 1);
  Timeline timeline = tiny.play();
  timeline.ranks[0].lanes[0][1].start = Seconds(2);
  timeline.ranks[0].lanes[0][1].end = Seconds(3);
  timeline.step_time = Seconds(3);
  EXPECT_DEATH(account(join_complete(tiny.program(), timeline)), "all that it waits for has ended");
  // Of a measured run the host's part is not known, so there it is the host's.
  timeline.provenance.kind = "measured";
  EXPECT_EQ(idle_of(tiny, timeline, 0), (Idle{0, 0, 0, 0, 0, 1, 0, 0}));
}

}  // namespace
}  // namespace braid
