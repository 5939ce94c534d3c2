// SPDX-License-Identifier: Apache-2.0
#include "sim/screen/block_prices.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

/// Ops on compute and tp, each with its length in seconds; works are numbered like the ops.
struct Hand {
  BlockClass one;
  std::vector<WorkItem> works;
  Costs costs;

  std::uint32_t add(Lane lane, double seconds, std::vector<std::uint32_t> deps = {}, double alloc = 0,
                    double release = 0) {
    const auto number = static_cast<std::uint32_t>(one.units.ops.size());
    Op op{.lane = lane, .work = static_cast<std::uint16_t>(number)};
    op.key.index = static_cast<int>(number);
    op.dep_begin = static_cast<std::uint32_t>(one.units.deps.size());
    op.dep_count = static_cast<std::uint16_t>(deps.size());
    one.units.deps.insert(one.units.deps.end(), deps.begin(), deps.end());
    one.units.ops.push_back(op);
    works.push_back(
        {.kind = WorkKind::fixed, .fixed = Seconds(seconds), .alloc = Bytes(alloc), .release = Bytes(release)});
    return number;
  }

  BlockPrice price() {
    for (const WorkItem& work : works) costs.duration.push_back(work.fixed);
    costs.collective.resize(works.size());
    costs.message.resize(works.size());
    return block_prices({.all = {one}, .of = {{0}}}, works, 1, costs)[0];
  }
};

TEST(BlockPrices, LeaveTheLastCollectiveBehind) {
  // compute 2, all-reduce 1, compute 3, all-reduce 4: of 6 s of compute lane 1 s is a wait, 4 s are the tail.
  Hand hand;
  const auto a = hand.add(Lane::compute, 2), first = hand.add(Lane::tp, 1, {a});
  const auto b = hand.add(Lane::compute, 3, {first});
  const auto last = hand.add(Lane::tp, 4, {b});
  hand.one.sides = {{.entry = a, .exit = last}};
  const BlockPrice price = hand.price();
  EXPECT_EQ(price.cut, (BlockCut{.pieces = 1, .tails = 1, .entry = {0, -1}, .exit = {1, -1}}));
  ASSERT_EQ(price.duration.size(), 2u);
  EXPECT_DOUBLE_EQ(price.duration[0].value, 6);
  EXPECT_DOUBLE_EQ(price.duration[1].value, 4);
  EXPECT_EQ(price.communicates, (std::vector<int>{-1, static_cast<int>(last)}));
  EXPECT_DOUBLE_EQ(price.busy.value, 5);
  EXPECT_DOUBLE_EQ(price.waits.value, 1);
}

TEST(BlockPrices, BeginWithTheGatherThatNeedsTheInput) {
  // A gather of 2 s, then 3 s of compute: the input is wanted 2 s before the compute lane.
  Hand hand;
  const auto gather = hand.add(Lane::tp, 2);
  const auto compute = hand.add(Lane::compute, 3, {gather});
  hand.one.sides = {{.entry = gather, .exit = compute}};
  const BlockPrice price = hand.price();
  EXPECT_EQ(price.cut, (BlockCut{.head = true, .pieces = 1, .entry = {0, -1}, .exit = {1, -1}}));
  EXPECT_DOUBLE_EQ(price.duration[0].value, 2);
  EXPECT_DOUBLE_EQ(price.duration[1].value, 3);
  EXPECT_DOUBLE_EQ(price.waits.value, 0);
}

TEST(BlockPrices, CutABraidWhereSidesEnterAndLeave) {
  // Side one: 1 s and, behind the first of side two, 2 s and a collective of 1 s. Side two: 3 s, then 4 s.
  // 0-1 one, 1-4 two (enters at 1), 4-6 one, 6-10 two; the collective of one ends at 7, inside the last.
  Hand hand;
  const auto one = hand.add(Lane::compute, 1), two = hand.add(Lane::compute, 3);
  const auto one_again = hand.add(Lane::compute, 2);
  const auto sum = hand.add(Lane::tp, 1, {one_again});
  const auto two_again = hand.add(Lane::compute, 4);
  hand.one.sides = {{.entry = one, .exit = sum}, {.entry = two, .exit = two_again}};
  const BlockPrice price = hand.price();
  EXPECT_EQ(price.cut, (BlockCut{.pieces = 3, .entry = {0, 1}, .exit = {1, 2}}));
  ASSERT_EQ(price.duration.size(), 3u);
  EXPECT_DOUBLE_EQ(price.duration[0].value, 1);
  EXPECT_DOUBLE_EQ(price.duration[1].value, 6);
  EXPECT_DOUBLE_EQ(price.duration[2].value, 3);
}

TEST(BlockPrices, CutWhereGradientsAreThere) {
  // 2, 3 and 4 s of weight gradients, the first two of which buckets wait for: pieces of 2, 3 and 4 s.
  Hand hand;
  for (const double seconds : {2.0, 3.0, 4.0}) hand.add(Lane::compute, seconds);
  hand.one.sides = {{.type = ActionType::W, .entry = 0}};
  hand.one.gradients = {{.op = 1}, {.op = 0}};
  const BlockPrice price = hand.price();
  EXPECT_EQ(price.cut, (BlockCut{.pieces = 3, .entry = {0, -1}, .gradients = {1, 0}}));
  EXPECT_DOUBLE_EQ(price.duration[1].value, 3);
}

TEST(BlockPrices, KnowHowFarAheadTheHostMustBe) {
  // Launches of 1 s each, no kernel runs ahead of its own: ops of 1, 5, 1 s start 0, 1, 6 s behind the block's begin
  // and are issued 1, 2, 3 s behind the block before: 1 s, so 2 s of the 3 may come later.
  Hand hand;
  for (const double seconds : {1.0, 5.0, 1.0}) hand.add(Lane::compute, seconds);
  hand.one.sides = {{.entry = 0, .exit = 2}};
  hand.costs.launches = {.time = {Seconds(1), Seconds(1), Seconds(1)}, .lead = {Seconds(0), Seconds(0), Seconds(0)}};
  const BlockPrice price = hand.price();
  EXPECT_DOUBLE_EQ(price.launch.value, 3);
  EXPECT_DOUBLE_EQ(price.lead.value, 2);
}

TEST(BlockPrices, SumUpTheMemoryInOrder) {
  // +8, -3; +4, -6: 8, 5, 9, 3.
  Hand hand;
  hand.add(Lane::compute, 1, {}, 8, 3);
  hand.add(Lane::compute, 1, {}, 4, 6);
  hand.one.sides = {{.entry = 0, .exit = 1}};
  const BlockPrice price = hand.price();
  EXPECT_EQ(price.peak, Bytes(9));
  EXPECT_EQ(price.net, Bytes(3));
}

TEST(MeanStretch, WeighsPartsByTheirTime) {
  // Beside 2 s of a work that stretches by 0.5 and 1 s of one that does by 0.2, over [1, 4) with 1 s of waiting:
  // (1 * 0.5 + 1 * 0.2) / 3.
  BlockPrice price;
  price.parts = {{.start = 0, .end = 2, .alone = 2, .work = 0}, {.start = 3, .end = 4, .alone = 1, .work = 1}};
  const double x = mean_stretch(price, 1, 4, [](std::uint16_t work) { return work == 0 ? 0.5 : 0.2; });
  EXPECT_DOUBLE_EQ(x, 0.7 / 3);
}

}  // namespace
}  // namespace braid
