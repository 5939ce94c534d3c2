// SPDX-License-Identifier: Apache-2.0
// Builds small Programs op by op, each op with a duration of its own, and plays them by relaxing start times until
// nothing moves: slow, a few lines, and no code in common with the engine.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <vector>

#include "sim/cost/costs.hpp"
#include "sim/program/program.hpp"
#include "sim/timeline/timeline.hpp"

namespace braid::tiny {

using Deps = std::vector<std::uint32_t>;

/// One message of a batch: the bytes take `seconds` once all that the batch waits for is posted.
struct Post {
  int from = 0;
  int to = 0;
  double seconds = 0;
  Deps send_deps;
  Deps recv_deps;
};

struct Sent {
  std::uint32_t send = 0;
  std::uint32_t recv = 0;
};

class Tiny {
 public:
  explicit Tiny(int pipeline_ranks, int tp = 1, int dp = 1);

  std::uint32_t compute(int rank, double seconds, Deps deps = {}, OpKind kind = OpKind::forward);
  /// A compute op that takes `alloc` bytes when it starts and gives back `release` when it ends.
  std::uint32_t compute_with_memory(int rank, double seconds, Deps deps, double alloc, double release);
  std::uint32_t collective(int rank, Lane lane, double seconds, Deps deps = {});
  std::uint32_t copy(int rank, Lane lane, double seconds, Deps deps = {});
  /// A transfer that starts when its producer has ended.
  Sent eager(int from, int to, double seconds, Deps send_deps = {});
  /// Transfers that start together when all their sends and receives are posted.
  std::vector<Sent> batch(const std::vector<Post>& posts);

  const Program& program() const { return program_; }
  Program& program() { return program_; }
  /// The next ops launch so many kernels each; communication and copies launch one whatever is said here.
  void kernels(int count) { kernels_ = count; }
  /// Duration of an op of a pipeline rank.
  double seconds(int rank, std::uint32_t op) const { return seconds_[static_cast<std::size_t>(rank)][op]; }

  struct Play {
    bool unfold = false;
    double launch = 0;  ///< seconds a kernel
    /// Factor on the compute ops of a GPU; 1 unless given.
    std::function<double(int gpu)> slowdown;
  };
  Timeline play() const { return play(Play{}); }
  Timeline play(const Play& how) const;
  /// What the report has to be told of such a play.
  Launches launches(double launch) const;
  /// By op of a pipeline rank: the earliest start that a host at so many seconds a kernel allows, when ops end so.
  std::vector<double> issued(int rank, double launch, const std::vector<double>& end) const;

 private:
  std::uint32_t add(int rank, Op op, const WorkItem& work, double seconds, const Deps& deps);

  Program program_;
  std::vector<std::vector<double>> seconds_;
  int kernels_ = 1;
};

}  // namespace braid::tiny
