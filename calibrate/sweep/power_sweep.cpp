// SPDX-License-Identifier: Apache-2.0
// How the SM clock follows the load: from idle into sustained products, into a memory-bound kernel, and back. Tells how
// long a soak must be before a measurement stands for a training step.
#include <chrono>
#include <thread>

#include "calibrate/device/check.hpp"
#include "calibrate/sweep/bench.hpp"
#include "calibrate/units/kernels.hpp"

namespace braid::gpu {

void sweep_power(Bench& b, const Budget& budget) {
  auto csv = b.table("power", "phase,t_ms,op_us,clock_mhz,power_w,temperature_c,slowdown_bits",
                     "one row per about 5 ms of back-to-back launches; op_us: mean of those launches by events; clock "
                     "from device cycle counters; NVML read when the slice ended");
  if (csv.complete()) return;
  const GemmRig rig(b, std::size_t{1} << 30, std::size_t{1} << 30);
  Gemm large(b.lt, {8192, 8192, 8192, Pass::F}), wide(b.lt, {9472, 5120, 6144, Pass::W});
  rig.tune(large, 8);
  rig.tune(wide, 8);
  const OperandPool x(std::size_t{1} << 30, 1.f, 61);
  DeviceBuffer y(std::size_t{1} << 30), rstd(1 << 20);
  const std::size_t n = std::size_t{6144} * 5120 * 2;
  const Enqueue norm = [&](cudaStream_t s, int i) {
    rmsnorm_forward(x.slice(n, i), x.slice(10240, 0), y.as<Bf16>(), rstd.as<float>(), 6144, 5120, 1e-5f, s);
  };
  const auto s = b.sampler.stream();
  ClockStamps stamps(2);
  const Event e0, e1;
  const auto begin = std::chrono::steady_clock::now();
  // The table is one piece: a history that was cut means nothing.
  const auto phase = [&](const char* name, const Enqueue& op, double seconds) {
    if (budget.spent()) return;
    const int count = std::max(1, static_cast<int>(5000 / b.sampler.quick_us(op, 1)));
    const auto from = std::chrono::steady_clock::now();
    while (std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count() < seconds) {
      stamps.stamp(s, 0);
      BRAID_CUDA(cudaEventRecord(e0, s));
      for (int i = 0; i < count; ++i) op(s, i);
      BRAID_CUDA(cudaEventRecord(e1, s));
      stamps.stamp(s, 1);
      for (int i = 0; i < count / 4; ++i) op(s, i);  // keeps the GPU busy while the slice is read
      BRAID_CUDA(cudaEventSynchronize(e1));
      const auto state = b.nvml.state();
      const double t = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
      BRAID_CUDA(cudaStreamSynchronize(s));
      stamps.fetch();
      csv.row(
          {name, t, elapsed_us(e0, e1) / count, stamps.mhz(0, 1), state.power_w, state.temperature_c, state.slowdown});
    }
  };
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  phase("gemm_from_idle", rig.enqueue(large), 2.5);
  phase("rmsnorm_after_gemm", norm, 0.8);
  phase("gemm_after_rmsnorm", rig.enqueue(large), 1.2);
  phase("wgrad_after_gemm", rig.enqueue(wide), 1.2);
  for (int i = 0; i < 30; ++i) {  // a duty cycle of 30 ms each
    phase("duty_gemm", rig.enqueue(large), 0.03);
    phase("duty_rmsnorm", norm, 0.03);
  }
}

}  // namespace braid::gpu
