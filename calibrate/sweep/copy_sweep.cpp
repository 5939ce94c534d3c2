// SPDX-License-Identifier: Apache-2.0
// Pinned copies between host and device: by size, both ways at once, and beside a matrix product.
#include "calibrate/device/check.hpp"
#include "calibrate/sweep/bench.hpp"

namespace braid::gpu {
namespace {

double elapsed_us(cudaEvent_t a, cudaEvent_t b) {
  float ms = 0;
  BRAID_CUDA(cudaEventElapsedTime(&ms, a, b));
  return ms * 1e3;
}

}  // namespace

void sweep_copy(Bench& b, const Budget& budget) {
  auto csv = b.table("copy",
                     "direction,beside,bytes,samples,median_us,p10_us,p90_us,gb_per_s,compute_alone_us,compute_beside_"
                     "us,compute_slowdown",
                     "cudaMemcpyAsync, pinned host memory of this process, events around each copy; beside gemm: "
                     "products of 6144x9472x5120 run throughout on another stream");
  constexpr std::size_t kMax = std::size_t{256} << 20;
  char *host_in = nullptr, *host_out = nullptr;
  BRAID_CUDA(cudaHostAlloc(&host_in, kMax, cudaHostAllocDefault));
  BRAID_CUDA(cudaHostAlloc(&host_out, kMax, cudaHostAllocDefault));
  DeviceBuffer in(kMax), out(kMax);
  fill_normal(out.as<Bf16>(), kMax / 2, 1.f, 31);
  BRAID_CUDA(cudaMemcpy(host_in, out.as<>(), kMax, cudaMemcpyDeviceToHost));
  cudaStream_t up{}, down{}, s = b.sampler.stream();
  BRAID_CUDA(cudaStreamCreateWithFlags(&up, cudaStreamNonBlocking));
  BRAID_CUDA(cudaStreamCreateWithFlags(&down, cudaStreamNonBlocking));
  const GemmRig rig(b, std::size_t{1} << 30, std::size_t{1} << 30);
  Gemm g(b.lt, {6144, 9472, 5120, Pass::F});
  rig.tune(g, 8);
  const auto op = rig.enqueue(g);
  constexpr int kN = 9;
  std::vector<cudaEvent_t> e(4 * (kN + 1)), c(2);
  for (auto* v : {&e, &c})
    for (auto& x : *v) BRAID_CUDA(cudaEventCreate(&x));
  const auto h2d = [&](std::size_t n) {
    BRAID_CUDA(cudaMemcpyAsync(in.as<>(), host_in, n, cudaMemcpyHostToDevice, up));
  };
  const auto d2h = [&](std::size_t n) {
    BRAID_CUDA(cudaMemcpyAsync(host_out, out.as<>(), n, cudaMemcpyDeviceToHost, down));
  };
  double gemm_us = 0;
  const auto run = [&](bool use_up, bool use_down, std::size_t bytes, int gemms) {
    if (gemms) {
      for (int i = 0; i < 4; ++i) op(s, i);
      BRAID_CUDA(cudaEventRecord(c[0], s));
      for (int i = 0; i < gemms; ++i) op(s, i);
      BRAID_CUDA(cudaEventRecord(c[1], s));
    }
    for (int i = 0; i <= kN; ++i) {
      BRAID_CUDA(cudaEventRecord(e[4 * i], up));
      if (use_up) h2d(bytes);
      BRAID_CUDA(cudaEventRecord(e[4 * i + 1], up));
      BRAID_CUDA(cudaEventRecord(e[4 * i + 2], down));
      if (use_down) d2h(bytes);
      BRAID_CUDA(cudaEventRecord(e[4 * i + 3], down));
    }
    BRAID_CUDA(cudaDeviceSynchronize());
    const double beside = gemms ? elapsed_us(c[0], c[1]) / gemms : 0;
    for (const int way : {0, 1}) {
      if (way == 0 ? !use_up : !use_down) continue;
      std::vector<double> t;
      for (int i = 1; i <= kN; ++i) t.push_back(elapsed_us(e[4 * i + 2 * way], e[4 * i + 2 * way + 1]));
      const auto st = stats(t);
      csv.row({way == 0 ? "h2d" : "d2h",
               std::string(use_up && use_down ? "other_way" : "nothing") + (gemms ? "+gemm" : ""), bytes, st.n,
               st.median, st.p10, st.p90, static_cast<double>(bytes) / st.median / 1e3, gemms ? gemm_us : 0.0, beside,
               gemms ? beside / gemm_us : 0.0});
    }
  };
  for (std::size_t bytes = 4096; bytes <= kMax && !budget.spent(); bytes *= 4) {
    run(true, false, bytes, 0);
    run(false, true, bytes, 0);
    run(true, true, bytes, 0);
  }
  gemm_us = b.sampler.measure(op, {.cold_samples = 0}).sustained_us.median;
  for (const auto& [u, d] : {std::pair{true, false}, {false, true}, {true, true}})
    if (!budget.spent()) run(u, d, kMax, 40);  // ten copies of 256 MiB outlast forty products
  for (auto* v : {&e, &c})
    for (auto& x : *v) cudaEventDestroy(x);
  cudaStreamDestroy(up);
  cudaStreamDestroy(down);
  cudaFreeHost(host_in);
  cudaFreeHost(host_out);
  std::printf("copy: %d rows%s\n", csv.rows(), budget.spent() ? ", budget spent" : "");
}

}  // namespace braid::gpu
