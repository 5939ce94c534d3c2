// SPDX-License-Identifier: Apache-2.0
// Start, end and stretch of every op of a play: flat memory that a child process can write for its parent, and that
// is given back instance by instance while the Timeline grows, so that the two never exist whole together.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/engine/core/replicas.hpp"
#include "sim/program/program.hpp"

namespace braid {

/// Seconds from the start of the step.
struct OpTimes {
  double start = 0;
  double end = 0;
  double stretch = 0;
};

class PlayMemory {
 public:
  enum class Sharing { own, with_children };

  /// All zero. Throws Error if the system has not the memory.
  PlayMemory(const Program& program, const Replicas& replicas, Sharing sharing);
  ~PlayMemory();
  PlayMemory(const PlayMemory&) = delete;
  PlayMemory& operator=(const PlayMemory&) = delete;

  std::span<OpTimes> instance(int instance) const;
  /// The instance's values are gone afterwards.
  void release(int instance);

 private:
  void* base_ = nullptr;
  std::size_t bytes_ = 0;
  Sharing sharing_;
  std::vector<std::size_t> begin_;  ///< first op of each instance, and the end of the last
};

}  // namespace braid
