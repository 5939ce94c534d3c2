// SPDX-License-Identifier: Apache-2.0
#include "sim/report/strokes.hpp"

#include <gtest/gtest.h>

#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

/// A compute lane from a text such as "F1 F1 I2 W2": kind and microbatch, each op 1 s, "." an idle second.
RankTimeline lane_of(const std::string& text) {
  RankTimeline rank;
  double now = 0;
  for (std::size_t at = 0; at < text.size(); at += 3, now += 1) {
    if (text[at] == '.') continue;
    Span span{.key = {}, .start = Seconds(now), .end = Seconds(now + 1), .stretch = {}};
    span.key.kind = text[at] == 'F'   ? OpKind::forward
                    : text[at] == 'I' ? OpKind::input_grad
                    : text[at] == 'W' ? OpKind::weight_grad
                    : text[at] == 'R' ? OpKind::recompute
                                      : OpKind::optimizer;
    if (text[at] != 'O') span.key.microbatch = static_cast<std::int16_t>(text[at + 1] - '0');
    rank.lanes[0].push_back(span);
  }
  return rank;
}

/// "F[0,2) B[2,4)": what the strokes are.
std::string strokes_of(const std::string& text, double longest_gap = 100) {
  std::string out;
  for (const Stroke& s : strokes_of(lane_of(text), Seconds(longest_gap))) {
    if (!out.empty()) out += ' ';
    out += to_text(s.paint) + std::string("[") + std::to_string(static_cast<int>(s.start)) + "," +
           std::to_string(static_cast<int>(s.end)) + ")";
  }
  return out;
}

std::string label_of_first(const std::string& text) {
  const RankTimeline rank = lane_of(text);
  return label_of(rank, strokes_of(rank, Seconds(100)).front());
}

TEST(Strokes, JoinTheUnitsOfAPass) { EXPECT_EQ(strokes_of("F1 F1 F1 F2 F2"), "F[0,3) F[3,5)"); }

TEST(Strokes, CallAPassWithBothHalvesB) {
  EXPECT_EQ(strokes_of("I1 W1 I1 W1"), "B[0,4)");
  EXPECT_EQ(strokes_of("I1 I1 W2 W2"), "I[0,2) W[2,4)");
}

TEST(Strokes, FindABraidWherePassesTakeTurns) {
  EXPECT_EQ(strokes_of("F5 I2 F5 I2 W2"), "braid[0,5)");
  EXPECT_EQ(strokes_of("F5 W1 F5"), "braid[0,3)");
  EXPECT_EQ(strokes_of("F5 F6 F5 F6"), "braid[0,4)");
}

TEST(Strokes, TellOneBraidFromTheNext) { EXPECT_EQ(strokes_of("F5 I2 F5 I2 F6 I3 F6 I3"), "braid[0,4) braid[4,8)"); }

TEST(Strokes, SeeNoBraidInAlternation) { EXPECT_EQ(strokes_of("F5 I2 F6 I3"), "F[0,1) I[1,2) F[2,3) I[3,4)"); }

TEST(Strokes, CountARecomputedForwardToItsBackward) {
  EXPECT_EQ(strokes_of("R1 I1 W1"), "B[0,3)");
  EXPECT_EQ(strokes_of("R1 R1"), "recompute[0,2)");
}

TEST(Strokes, AreCutAtLongGapsOnly) { EXPECT_EQ(strokes_of("F1 .  F1 .  .  F1", 1), "F[0,3) F[5,6)"); }

TEST(Strokes, KeepTheOptimizerApart) { EXPECT_EQ(strokes_of("I1 W1 O"), "B[0,2) optimizer[2,3)"); }

TEST(StrokeLabels, NameBothSidesOfABraid) {
  EXPECT_EQ(label_of_first("F5 I2 F5 W2"), "F mb5 + B mb2");
  EXPECT_EQ(label_of_first("F5 W1 F5"), "F mb5 + W mb1");
  EXPECT_EQ(label_of_first("F7 F7"), "F mb7");
}

TEST(StrokePasses, AreTheSidesOfAStroke) {
  const RankTimeline rank = lane_of("F5 I2 F5 W2");
  const auto passes = passes_of(rank, strokes_of(rank, Seconds(100)).front());
  ASSERT_EQ(passes.size(), 2u);
  EXPECT_EQ(passes[0].paint, Paint::F);
  EXPECT_EQ(passes[0].microbatch, 5);
  EXPECT_EQ(passes[1].paint, Paint::B);
  EXPECT_EQ(passes[1].microbatch, 2);
}

TEST(Strokes, AreCutWhereTheyAreToldTo) {
  const auto cut_at = [](const std::string& text, std::uint32_t at) {
    std::string out;
    for (const Stroke& s : strokes_of(lane_of(text), [&](std::uint32_t span) { return span == at; })) {
      out += letter_of(s.paint);
    }
    return out;
  };
  EXPECT_EQ(cut_at("I1 W1 W1", 1), "IW");
  EXPECT_EQ(cut_at("F1 F1 F1 F1", 2), "FF");
  // A braid stays whole.
  EXPECT_EQ(cut_at("F5 I2 F5 I2", 2), "#");
}

TEST(RanksToShow, AreOneAPipelineRank) {
  tiny::Tiny tiny(3, 2, 2);
  for (int rank = 0; rank < 3; ++rank) tiny.compute(rank, 1);
  const Timeline timeline = tiny.play({.unfold = true, .launch = 0, .slowdown = {}});
  const Played played = join_complete(tiny.program(), timeline);
  // tp_dp_pp: GPU of (0, pp, 0) is 4 pp.
  EXPECT_EQ(ranks_to_show(played, 10), (std::vector<std::size_t>{0, 4, 8}));
  EXPECT_EQ(ranks_to_show(played, 2), (std::vector<std::size_t>{0, 4}));
}

}  // namespace
}  // namespace braid
