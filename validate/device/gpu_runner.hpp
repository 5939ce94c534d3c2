// SPDX-License-Identifier: Apache-2.0
// Runs programs on real GPUs and measures them.
//
// A run: three warm-up steps (the first without a gate: what is loaded or connected late happens there), the same step
// over and over for `soak_s`, untraced repeats timed by events at the two ends, then traced repeats, from which the
// timeline comes. A step that ran while the driver reported throttling, or that was released by the gate's limit, is
// dropped and counted; up to as many again are run in its place. Wall clock: about (2 repeats + warm-up) steps +
// soak_s.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "validate/device/gpu_options.hpp"
#include "validate/device/step_player.hpp"
#include "validate/prediction/measured_works.hpp"
#include "validate/runner/runner.hpp"

namespace braid::gpu {

/// The environment that runs need, as far as the user has not set it: 32 hardware queues, kernels loaded at start,
/// NCCL's launch order. Before the process's first CUDA call.
void set_environment();

/// Whether there is a GPU to run on. Never throws.
bool any_gpu();

/// Memory of the current GPU. Throws Error without one.
Bytes memory_of_gpu();

/// Needs a GPU. Implements the placements of gpu_options.hpp; `replay` runs programs made by replay_of().
std::unique_ptr<Runner> gpu_runner(const GpuRunnerOptions& options);

/// Each class of work of the program by itself on the partitions that run it (placement partition): computing while
/// the other ranks go through their own compute ops, collectives and messages alone, and computing beside each of
/// them. Throws Error for other placements, RunFailed when something does not end.
MeasuredWorks measure_works(const GpuRunnerOptions& options, const RunRequest& request);

}  // namespace braid::gpu
