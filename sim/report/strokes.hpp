// SPDX-License-Identifier: Apache-2.0
// The compute lane of a rank as a person reads it: passes of microbatches and braids of two, not units.
//
// Units of one pass that follow one another are one stroke. Two passes that take turns (a unit of one, a unit of the
// other, and back) are a braid, found by looking at the timeline, so measured runs have them as well.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/memory/played.hpp"

namespace braid {

/// What a stroke is drawn as. B is a pass that does both halves, I and W.
enum class Paint : std::uint8_t { F, B, I, W, braid, recompute, optimizer, other };
inline constexpr int kPaints = 8;
const char* to_text(Paint paint);
/// One letter a paint, for terminals.
char letter_of(Paint paint);

struct Stroke {
  double start = 0;
  double end = 0;
  Paint paint = Paint::other;
  std::uint32_t first = 0;  ///< span of the compute lane
  std::uint32_t last = 0;   ///< inclusive
};

/// The strokes of a rank in order of time. Where the lane is idle for more than `longest_gap` a stroke is cut in two.
std::vector<Stroke> strokes_of(const RankTimeline& rank, Seconds longest_gap);

/// The same, a pass cut (and what is left of it told anew) before the spans for which `cut_before` holds, and nowhere
/// else; a braid is never cut.
std::vector<Stroke> strokes_of(const RankTimeline& rank, const std::function<bool(std::uint32_t span)>& cut_before);

/// One side of a stroke: a pass of a microbatch through a chunk, or ops of one kind that belong to none.
struct StrokePass {
  Paint paint = Paint::other;
  OpKind kind = OpKind::forward;  ///< of its last op
  int microbatch = -1;            ///< -1 none
  int chunk = -1;
};
/// One, or of a braid the two, in order of their first ops.
std::vector<StrokePass> passes_of(const RankTimeline& rank, const Stroke& stroke);

/// "F mb5 chunk0 + B mb2 chunk1".
std::string label_of(const RankTimeline& rank, const Stroke& stroke);

/// One rank for each pipeline rank (its first tensor-parallel and data-parallel copy), at most `most` of them, by
/// position in the timeline, in the order of the pipeline.
std::vector<std::size_t> ranks_to_show(const Played& played, std::size_t most);

}  // namespace braid
