// SPDX-License-Identifier: Apache-2.0
// Running programs on GPUs, for the command line, which is built with and without CUDA: gpu_runners_gpu.cpp where
// braid_validate_gpu exists, gpu_runners_none.cpp where it does not.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "validate/device/gpu_options.hpp"
#include "validate/prediction/measured_works.hpp"
#include "validate/runner/runner.hpp"

namespace braid {

inline constexpr int kNoGpuCode = 77;  ///< exit code: no GPU, or built without CUDA

/// Nothing to run on. The command prints what() and ends with kNoGpuCode.
class NoGpu : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;  ///< "SKIP: no GPU", or "built without CUDA: <why>"
};

/// Why this build cannot run on GPUs; "" if it can.
std::string why_no_gpu_runs();

/// Of the first GPU. Throws NoGpu.
Bytes gpu_memory();

/// Throws NoGpu where there is none or the build has no CUDA; Error for options that cannot be met.
std::unique_ptr<Runner> gpu_runner(const gpu::GpuRunnerOptions& options);

/// gpu::measure_works (validate/device/gpu_runner.hpp), or NoGpu.
MeasuredWorks measure_works(const gpu::GpuRunnerOptions& options, const RunRequest& request);

}  // namespace braid
