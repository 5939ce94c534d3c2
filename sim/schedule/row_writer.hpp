// SPDX-License-Identifier: Apache-2.0
// Writes one rank's row pass by pass, so that a generator reads like its rule: "F of chunk 0, then F and B of chunk 1".
//
// Microbatches count up by themselves, per chunk, forward and backward apart. An I leaves its W in a queue, first in,
// first out over all chunks. Also the placements, and the refusals that all generators share.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "sim/schedule/generators.hpp"

namespace braid {

/// One chunk of a rank: its stage and the first of its microbatches (not 0 in DualPipe's reverse direction).
struct ChunkPlace {
  int stage = 0;
  int first_microbatch = 0;
};

class RowWriter {
 public:
  explicit RowWriter(std::vector<ChunkPlace> chunks);

  void forward(int chunk) { put({next_forward(chunk)}); }
  void backward(int chunk) { put({next_backward(chunk)}); }
  void input_grad(int chunk) { put({next_input_grad(chunk)}); }
  void weight_grad() { put({next_weight_grad()}); }
  /// I then its own W, past whatever is queued.
  void input_then_weight_grad(int chunk);
  /// The given W, wherever it is in the queue.
  void weight_grad_of(int chunk, int microbatch);
  void forward_with_backward(int f_chunk, int b_chunk);
  void forward_with_input_grad(int f_chunk, int i_chunk);
  void forward_with_weight_grad(int f_chunk);
  void forward_with_forward(int first_chunk, int second_chunk);
  /// `n` deliberate bubbles, as torch's own files have them; none if n is negative.
  void pause(int n);

  int forwards(int chunk) const { return forwards_[static_cast<std::size_t>(chunk)]; }
  int backwards(int chunk) const { return backwards_[static_cast<std::size_t>(chunk)]; }
  int pending_weight_grads() const { return static_cast<int>(pending_.size()); }
  std::vector<Cell> take() { return std::move(row_); }

 private:
  Action next_forward(int chunk);
  Action next_backward(int chunk);
  Action next_input_grad(int chunk);
  Action next_weight_grad();
  void put(std::vector<Action> actions) { row_.push_back({std::move(actions)}); }

  std::vector<ChunkPlace> chunks_;
  std::vector<int> forwards_;
  std::vector<int> backwards_;
  std::deque<Action> pending_;
  std::vector<Cell> row_;
};

/// Stage s on rank s mod p.
std::vector<int> loop_placement(int ranks, int chunks);
/// Stage s on rank s for s < p, else on rank 2p-1-s.
std::vector<int> v_placement(int ranks);
/// The chunks of a rank of a loop: stages r, p+r, 2p+r, ...
std::vector<ChunkPlace> loop_chunks(int ranks, int chunks, int rank);
/// The two chunks of a rank of a V: stages r and 2p-1-r.
std::vector<ChunkPlace> v_chunks(int ranks, int rank);

/// Which of the optional fields of a request a generator knows how to honour.
struct Honours {
  bool chunks = false;
  bool group = false;
  bool memory_limit = false;
};
/// Refuses what no schedule can have (p < 1, m < 1, absurd sizes) and what this one does not honour.
void check_request(std::string_view name, const ScheduleRequest& request, Honours honours = {});
/// Throws Error("schedule:<name>", what) unless `holds`.
void require(bool holds, std::string_view name, const std::string& what);

}  // namespace braid
