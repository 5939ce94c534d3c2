// SPDX-License-Identifier: Apache-2.0
// The activations and their gradients of one rank of a Program: which tensors its ops read and write, how long each
// lives, and where it lies in one block of memory.
//
// What an op touches follows from what its kernels do, not from WorkItem::alloc. With T tokens and two-byte elements:
//     norm      x, normed [T, hidden], rstd [T] fp32; I: d_normed, d_output -> d_input
//     attn      normed, x -> qkv, attended [T, query], statistics [T heads] fp32, y; I: d_output -> d_attended, d_qkv,
//               d_normed; W row_parallel: d_output, attended; W column_parallel: d_qkv, normed
//     mlp       normed, x -> gate_up [T, 2 ffn], activated [T, ffn], y; I: d_output -> d_activated, d_gate_up,
//               d_normed; W: d_output, activated; d_gate_up, normed
//     head      normed -> logits [T, vocab], which the loss overwrites with their gradient, loss [3 T] fp32
// y is the residual stream behind the unit, and the x of the next. A tensor is allocated by the op that writes it first
// and freed when the last op that reads it has ended: the deferral of W and the recomputation of units (which makes new
// tensors in place of those of the forward) need no rules of their own. Selective recomputation keeps the forward's
// `attended` for W and makes another, `attended_again`, with new statistics for I.
//
// A place is reused when that is safe in every run of the program: all ops that touch the old tensor have ended before
// the op that writes the new one first starts. For compute ops that is their order. A tensor that communication touches
// (a residual that is sent, a gradient under its all-reduce) is given back for the first compute op that must start
// after that communication, and for later ones; where nothing has to, it is never reused. A recv writes when its sender
// sends: it takes only what is free because of what the sender had waited for (OpOrder). Steps must not overlap.
//
// fp32 tensors lie apart from bf16 ones, and the loss, which an all-reduce adds up as bf16, from both: whoever times
// ops out of order reads what was there before, and half an fp32 number is as bf16 anything, NaN included.
//
// What is received lies apart, so that nothing but residuals and their gradients is ever written there: in a replay,
// where messages only take time, the units read what these places were filled with in the beginning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/program/program.hpp"
#include "validate/runner/program_shape.hpp"

namespace braid {

/// What a tensor is to an op that uses it.
enum class Role : std::uint8_t {
  x,
  normed,
  rstd,
  qkv,
  attended,
  attended_again,
  statistics,
  gate_up,
  activated,
  logits,
  loss,
  y,
  d_output,
  d_attended,
  d_qkv,
  d_activated,
  d_gate_up,
  d_normed,
  d_input,
};
const char* to_text(Role role);

struct PlannedTensor {
  Role role = Role::x;  ///< to the op that writes it first
  OpKey key;            ///< of that op
  std::size_t bytes = 0;
  std::size_t offset = 0;           ///< in the block
  bool received = false;            ///< comes from another rank
  std::vector<std::uint32_t> uses;  ///< every op that touches it, in the order of issue; the first one writes all of it
};

struct TensorUse {
  Role role = Role::x;
  std::uint32_t tensor = 0;  ///< into TensorPlan::tensors
};

struct TensorPlan {
  std::vector<PlannedTensor> tensors;     ///< in the order of their first use
  std::vector<TensorUse> uses;            ///< of all ops, one after the other
  std::vector<std::uint32_t> uses_begin;  ///< by op, and once more for the end
  std::size_t arena = 0;                  ///< bytes of the block
  std::size_t received_at = 0;            ///< offset of the part that is received into, at the end of the block
  std::size_t most_live = 0;  ///< bytes of tensors between their first and last use, at most, in issue order

  std::span<const TensorUse> of(std::uint32_t op) const {
    return std::span(uses).subspan(uses_begin[op], uses_begin[op + 1] - uses_begin[op]);
  }
  /// What the op uses in this role. It must use one.
  const PlannedTensor& tensor(std::uint32_t op, Role role) const;
};

/// The program must have passed check(). Throws Error as shape_of does.
TensorPlan tensor_plan(const Program& program, int pp_rank);

}  // namespace braid
