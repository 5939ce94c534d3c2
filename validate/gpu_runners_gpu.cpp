// SPDX-License-Identifier: Apache-2.0
#include "validate/device/gpu_runner.hpp"
#include "validate/gpu_runners.hpp"

namespace braid {
namespace {

void need_gpu() {
  gpu::set_environment();
  if (!gpu::any_gpu()) throw NoGpu("SKIP: no GPU");
}

}  // namespace

std::string why_no_gpu_runs() { return ""; }

Bytes gpu_memory() {
  need_gpu();
  return gpu::memory_of_gpu();
}

std::unique_ptr<Runner> gpu_runner(const gpu::GpuRunnerOptions& options) {
  need_gpu();
  return gpu::gpu_runner(options);
}

MeasuredWorks measure_works(const gpu::GpuRunnerOptions& options, const RunRequest& request) {
  need_gpu();
  return gpu::measure_works(options, request);
}

}  // namespace braid
