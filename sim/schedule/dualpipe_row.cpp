// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/dualpipe_row.hpp"

namespace braid {
namespace {

/// The last backwards in pairs {1, 0}; from the middle of the pairs on their W wait, to fill the drain.
void last_pairs(RowWriter& row, int place) {
  bool zero_bubble = false;
  const auto backward = [&](int chunk) { zero_bubble ? row.input_grad(chunk) : row.backward(chunk); };
  for (int i = 0; i < place + 1; ++i) {
    const bool middle = i == (place + 1) / 2;
    if (middle && place % 2 == 1) zero_bubble = true;
    backward(1);
    if (middle && place % 2 == 0) zero_bubble = true;
    backward(0);
  }
}

}  // namespace

std::vector<Cell> dualpipe_row(const DualPipePosition& at, std::vector<ChunkPlace> chunks) {
  RowWriter row(std::move(chunks));
  const int r = at.place;
  const int behind = at.depth - 1 - r;
  for (int i = 0; i < 2 * behind; ++i) row.forward(0);
  for (int i = 0; i < r + 1; ++i) {
    row.forward(0);
    row.forward(1);
  }
  for (int i = 0; i < behind; ++i) {
    row.input_then_weight_grad(1);
    row.forward(1);
  }
  for (int i = 0; i < at.microbatches - 2 * at.depth + r + 1; ++i) {
    if (i == 0 && behind == 0) {  // at the turn the first backward's input is this forward's neighbour: no braid
      row.forward(0);
      row.backward(1);
    } else {
      row.forward_with_backward(0, 1);
    }
    row.forward_with_backward(1, 0);
  }
  for (int i = 0; i < behind; ++i) {
    row.backward(1);
    row.forward_with_backward(1, 0);
  }
  last_pairs(row, r);
  for (int i = 0; i < behind; ++i) {
    row.weight_grad();
    row.input_grad(0);
  }
  while (row.pending_weight_grads() > 0) row.weight_grad();
  return row.take();
}

}  // namespace braid
