// SPDX-License-Identifier: Apache-2.0
// What a stretch of a row is coloured and counted as: the kinds of work, and the causes of idleness.
#pragma once

#include <cstdint>

#include "sim/base/op_key.hpp"

namespace braid {

/// Work first, then idleness by cause, in the order of Cause (sim/report/bubbles.hpp). The numbers are in files: new
/// ones go to the end, and a file with a number that is not here was written by a newer Braid.
enum class Category : std::uint8_t {
  forward,       ///< F
  backward,      ///< B, where I and W are one
  input_grad,    ///< I
  weight_grad,   ///< W
  recompute,     ///< the forward that is run again before a backward
  optimizer,     ///<
  compute,       ///< other kernels
  tp,            ///< tensor-parallel collectives
  pp,            ///< messages of the pipeline
  dp,            ///< data-parallel collectives
  copy,          ///< to and from host memory
  host,          ///< work of the CPU
  other,         ///< of foreign traces: nothing is known but the name
  idle_tp,       ///< the compute lane waits for a tensor-parallel collective
  idle_pp_wait,  ///< for a producer of the pipeline that is still running
  idle_pp_transfer,
  idle_dp,
  idle_offload,
  idle_host,
  idle_warm_up,
  idle_drain,
};
inline constexpr int kCategories = 21;

inline constexpr bool is_idle(Category c) { return c >= Category::idle_tp; }
/// Collectives and messages.
inline constexpr bool is_communication(Category c) { return c >= Category::tp && c <= Category::dp; }
/// What occupies the compute lane.
inline constexpr bool is_compute(Category c) { return c <= Category::compute; }

/// "F", "I", "tp", "idle: pp_wait": as legends and tables call it.
const char* to_text(Category category);

/// Of an op on a lane. An op of kind `cell` on the compute lane is `compute`, on pp `pp`.
Category category_of(OpKind kind, Lane lane);

}  // namespace braid
