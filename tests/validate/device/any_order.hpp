// SPDX-License-Identifier: Apache-2.0
// Runs a Program with kernels on the host in an order drawn at random from all that its dependences, lanes and batches
// allow: an op as late or as early as may be, a message at any time between its posting and its reader.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "validate/device/op_kernels.hpp"

namespace braid::gpu {

class AnyOrder {
 public:
  AnyOrder(const Program& program, const std::vector<std::unique_ptr<OpKernels>>& kernels, std::uint32_t seed)
      : program_(program), kernels_(kernels), random_(seed), to_post_(program.batch_size) {
    for (const RankProgram& rank : program.ranks) {
      done_.emplace_back(rank.ops.size(), false);
      posted_.emplace_back(rank.ops.size(), false);
    }
  }

  /// False if nothing can run any more before all has.
  bool run() {
    for (std::size_t left = program_.op_count(); left > 0;) {
      const std::vector<Next> ready = what_can_run();
      if (ready.empty()) return false;
      const Next next = ready[std::uniform_int_distribution<std::size_t>(0, ready.size() - 1)(random_)];
      left -= step(next);
    }
    return true;
  }

 private:
  struct Next {
    std::size_t rank = 0;
    std::uint32_t op = 0;  ///< a send stands for its message
    bool post = false;
  };

  std::vector<Next> what_can_run() const {
    std::vector<Next> ready;
    for (std::size_t r = 0; r < program_.ranks.size(); ++r) {
      const RankProgram& rank = program_.ranks[r];
      std::array<bool, kLanes> blocked{};
      for (std::uint32_t i = 0; i < rank.ops.size(); ++i) {
        const Op& op = rank.ops[i];
        auto& lane = blocked[static_cast<std::size_t>(op.lane)];
        if (done_[r][i] || (op.lane != Lane::pp && lane)) continue;
        lane = true;
        bool waits = false;
        for (const std::uint32_t dep : rank.deps_of(op)) waits |= !done_[r][dep];
        if (op.message == kNoMessage) {
          if (!waits) ready.push_back({r, i});
        } else if (!posted_[r][i]) {
          if (!waits) ready.push_back({.rank = r, .op = i, .post = true});
        } else if (op.key.kind == OpKind::send && to_post_[program_.messages[op.message].batch] == 0) {
          ready.push_back({r, i});
        }
      }
    }
    return ready;
  }

  std::size_t step(const Next& next) {
    const Op& op = program_.ranks[next.rank].ops[next.op];
    if (next.post) {
      posted_[next.rank][next.op] = true;
      const bool counts = program_.p2p == P2pMode::batched || op.key.kind == OpKind::send;
      if (counts) --to_post_[program_.messages[op.message].batch];
      return 0;
    }
    done_[next.rank][next.op] = true;
    const CommBuffers from = kernels_[next.rank]->buffers(next.op);
    if (op.message != kNoMessage) {
      const Message& m = program_.messages[op.message];
      done_[static_cast<std::size_t>(m.to)][m.recv_op] = true;
      posted_[static_cast<std::size_t>(m.to)][m.recv_op] = true;
      const CommBuffers to = kernels_[static_cast<std::size_t>(m.to)]->buffers(m.recv_op);
      std::memcpy(to.out, from.in, sizeof(Bf16) * from.elements);
      return 2;
    }
    if (op.lane == Lane::compute) {
      kernels_[next.rank]->enqueue(next.op, nullptr);
    } else {
      // All ranks of the group are this one: the sum is tp times it.
      auto* sum = static_cast<Bf16*>(from.out);
      for (std::size_t i = 0; i < from.elements; ++i) {
        sum[i] = __float2bfloat16(__bfloat162float(sum[i]) * static_cast<float>(program_.placement.tp));
      }
    }
    return 1;
  }

  const Program& program_;
  const std::vector<std::unique_ptr<OpKernels>>& kernels_;
  std::mt19937 random_;
  std::vector<std::uint32_t> to_post_;
  std::vector<std::vector<bool>> done_, posted_;
};

}  // namespace braid::gpu
