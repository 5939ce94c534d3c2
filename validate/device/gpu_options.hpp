// SPDX-License-Identifier: Apache-2.0
// How a program is placed on real GPUs. Plain C++: the command line needs it where CUDA is not built, too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/program/program.hpp"

namespace braid::gpu {

enum class GpuPlacement : std::uint8_t {
  partition,  ///< every rank on SMs of its own of one GPU
  replay,     ///< one rank on a whole GPU, its peers played by stand-ins that keep to the prediction
  multi,      ///< every rank a GPU of this node
};
const char* to_text(GpuPlacement placement);

/// An op that is left out when the step is enqueued, so that a test sees what its absence does.
struct OmittedOp {
  int rank = 0;  ///< Instance::rank
  std::uint32_t op = 0;
};

struct GpuRunnerOptions {
  GpuPlacement placement = GpuPlacement::partition;
  /// partition: SMs of each rank; 0: equal shares of the GPU, in multiples of 8.
  int sms = 0;
  /// Blocks of a collective. partition: of the ring on each rank, 0 is 4. replay: SMs that its stand-in holds, 0 is
  /// 24. multi: NCCL's CTAs, 0 leaves them to NCCL.
  int collective_ctas = 0;
  /// Blocks that copy a message. partition: 0 is 4. replay: 0 is 8. multi: NCCL's own choice.
  int message_ctas = 0;
  double soak_s = 1;  ///< of the same step before anything is timed: clock and power settle
  std::optional<OmittedOp> omitted{};
};

/// With what the zeros stand for.
GpuRunnerOptions with_defaults(GpuRunnerOptions options);

/// What keeps the program from being placed so on GPUs of `sms` SMs, `gpus` of them: too few SMs or GPUs, blocks that
/// do not fit beside each other, ops that no kernel exists for. Options without zeros. Empty if it can be placed.
std::vector<Issue> check(const GpuRunnerOptions& options, const Program& program, int gpus, int sms);

}  // namespace braid::gpu
