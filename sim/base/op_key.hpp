// SPDX-License-Identifier: Apache-2.0
// The one name of an op: in a Program, of a span in a Timeline, and of a range in a real run.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace braid {

/// Where an op runs. Ops on an ordered lane run one after the other; messages on `pp` may be under way together.
enum class Lane : std::uint8_t { compute, tp, pp, dp, h2d, d2h, host };
inline constexpr int kLanes = 7;
const char* to_text(Lane lane);

/// What an op does. `cell` is a whole cell of a schedule played at abstract costs.
enum class OpKind : std::uint8_t {
  forward,
  recompute,
  input_grad,
  weight_grad,
  cell,
  all_reduce,
  reduce_scatter,
  all_gather,
  send,
  recv,
  optimizer,
  copy_out,
  copy_in,
};
const char* to_text(OpKind kind);

/// The part of a transformer that an op belongs to; `none` for whole chunks, buckets and cells.
enum class Unit : std::uint8_t { none, embedding, pre_attn, attn, pre_mlp, mlp, final_norm, head };
const char* to_text(Unit unit);

/// Which pass a communication op serves; kept in OpKey::index so that F and B of one unit stay apart.
enum class CommOf : std::uint8_t { forward, recompute, input_grad, weight_grad };

/// Ranks here are pipeline ranks of one replica in a Program, global ranks in a Timeline that was unfolded.
struct OpKey {
  std::int32_t rank = 0;
  std::int32_t index = 0;        ///< bucket, repeat, cell number, part of a split W, or CommOf
  std::int16_t microbatch = -1;  ///< -1: belongs to the step, not to a microbatch
  std::int16_t layer = -1;       ///< in the model, from 0; -1 none
  std::int8_t chunk = -1;        ///< the rank's share of layers, from 0; -1 none
  OpKind kind = OpKind::forward;
  Unit unit = Unit::none;

  auto operator<=>(const OpKey&) const = default;
};
static_assert(sizeof(OpKey) == 16, "ten million of these must fit in memory");

/// "F attn mb3 chunk0 layer12", for people.
std::string to_text(const OpKey& key);

}  // namespace braid
