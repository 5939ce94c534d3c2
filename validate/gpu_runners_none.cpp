// SPDX-License-Identifier: Apache-2.0
#include "validate/gpu_runners.hpp"

namespace braid {

std::string why_no_gpu_runs() { return BRAID_WHY_NO_GPU_RUNS; }

Bytes gpu_memory() { throw NoGpu("built without CUDA: " + why_no_gpu_runs()); }

std::unique_ptr<Runner> gpu_runner(const gpu::GpuRunnerOptions&) {
  throw NoGpu("built without CUDA: " + why_no_gpu_runs());
}

MeasuredWorks measure_works(const gpu::GpuRunnerOptions&, const RunRequest&) {
  throw NoGpu("built without CUDA: " + why_no_gpu_runs());
}

}  // namespace braid
