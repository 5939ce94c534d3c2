// SPDX-License-Identifier: Apache-2.0
// How long one compute op takes alone: the sum of its kernels by the rules, or a measured point.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/cost/profile.hpp"
#include "sim/program/program.hpp"

namespace braid {

/// What limits a kernel, and so what losing SMs or memory bandwidth does to it.
enum class KernelKind : std::uint8_t {
  gemm,       ///< equal tiles dealt to SMs in waves
  attention,  ///< unequal tiles dealt as SMs become free
  memory,     ///< bytes
  fixed,      ///< nothing that communication could take
};

/// One stretch of an op that one resource limits.
struct KernelCost {
  KernelKind kind = KernelKind::fixed;
  Seconds time{};
  Bytes traffic{};      ///< through memory
  double tiles = 0;     ///< CTAs of a matrix product
  HeldSlowdown held{};  ///< measured for this very kernel; empty: the rule applies
};

struct ComputeCost {
  Seconds duration;
  std::vector<KernelCost> kernels;  ///< their times add up to the duration
};

/// Cost of a work item of kind compute. A point for the whole op wins over points and rules of its parts.
ComputeCost compute_cost(const WorkItem& work, const Gpu& gpu, const Profile& profile);

}  // namespace braid
