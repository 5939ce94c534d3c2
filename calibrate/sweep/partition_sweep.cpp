// SPDX-License-Identifier: Apache-2.0
// Units on SM partitions of one GPU, one partition busy or all of them: what sharing L2, device memory and power costs
// a virtual GPU.
#include <memory>

#include "calibrate/device/check.hpp"
#include "calibrate/device/partition.hpp"
#include "calibrate/sweep/bench.hpp"
#include "calibrate/units/kernels.hpp"

namespace braid::gpu {
namespace {

struct Unit {
  std::string name;
  double flops, bytes;
  std::vector<Enqueue> on;  // one per partition, with buffers of its own
};

}  // namespace

void sweep_partition(Bench& b, const Budget& budget) {
  auto csv = b.table(
      "partition",
      "unit,parts,sms,busy_parts,samples,median_us,p10_us,p90_us,tflop_per_s_per_part,gb_per_s_per_part,slowdown_"
      "loaded,clock_mhz",
      "green contexts; every busy partition runs the same unit over and over on buffers of its own; time per run on "
      "the first partition, events at the ends of 10 runs; matrix products planned for the partition's SMs");
  struct Own {
    OperandPool a{std::size_t{256} << 20, 1.f, 71}, w{std::size_t{256} << 20, 0.02f, 72};
    DeviceBuffer c{std::size_t{256} << 20}, stats{std::size_t{8} << 20}, workspace{std::size_t{64} << 20};
  };
  cudaEvent_t e[2 * 12];
  for (auto& x : e) BRAID_CUDA(cudaEventCreate(&x));
  ClockStamps stamps(2);
  for (const auto& [count, sms] : {std::pair{4u, 32u}, {2u, 64u}, {8u, 16u}}) {
    if (budget.spent()) break;
    const Partitions parts(count, sms);
    std::vector<std::unique_ptr<Own>> own;
    std::vector<std::unique_ptr<LtHandle>> lt;  // a workspace each: partitions run at the same time
    for (unsigned i = 0; i < count; ++i)
      own.push_back(std::make_unique<Own>()), lt.push_back(std::make_unique<LtHandle>());
    BRAID_CUDA(cudaDeviceSynchronize());
    std::vector<Unit> units;
    std::vector<std::unique_ptr<Gemm>> gemms;
    const int sm = static_cast<int>(parts.sms());
    for (const auto& [name, s] : {std::pair{"gemm_F_4096x2048x2048", GemmShape{4096, 2048, 2048, Pass::F}},
                                  {"gemm_W_2048x2048x4096", {2048, 2048, 4096, Pass::W}},
                                  {"gemm_F_2048x8192x1024", {2048, 8192, 1024, Pass::F}}}) {
      Unit u{name, s.flops(), s.bytes(), {}};
      for (unsigned i = 0; i < count; ++i) {
        gemms.push_back(std::make_unique<Gemm>(*lt[i], s, sm));
        auto* g = gemms.back().get();
        auto* mine = own[i].get();
        const std::size_t ab = static_cast<std::size_t>(s.m) * static_cast<std::size_t>(s.k) * 2,
                          bb = static_cast<std::size_t>(s.n) * static_cast<std::size_t>(s.k) * 2;
        u.on.push_back([=](cudaStream_t q, int set) {
          g->run(mine->a.slice(ab, set), (s.pass == Pass::W ? mine->a : mine->w).slice(bb, set + 1), mine->c.as<>(), q);
        });
      }
      units.push_back(std::move(u));
    }
    const int rows = 2048, width = 4096;
    const std::size_t nb = std::size_t{rows} * width * 2;
    Unit norm{"rmsnorm_forward_2048x4096", 0, 2.0 * static_cast<double>(nb), {}},
        swiglu{"swiglu_forward_2048x4096", 0, 3.0 * static_cast<double>(nb), {}};
    for (unsigned i = 0; i < count; ++i) {
      auto* mine = own[i].get();
      norm.on.push_back([=](cudaStream_t q, int set) {
        rmsnorm_forward(mine->a.slice(nb, set), mine->w.slice(8192, 0),
                        mine->c.as<Bf16>(static_cast<std::size_t>(set % 8) * nb), mine->stats.as<float>(), rows, width,
                        1e-5f, q);
      });
      swiglu.on.push_back([=](cudaStream_t q, int set) {
        swiglu_forward(mine->a.slice(2 * nb, set), mine->c.as<Bf16>(static_cast<std::size_t>(set % 8) * nb), rows,
                       width, q);
      });
    }
    units.push_back(std::move(norm));
    units.push_back(std::move(swiglu));
    for (const auto& u : units) {
      double idle = 0;
      for (const unsigned busy : {1u, count}) {
        for (unsigned i = 0; i < busy; ++i)
          for (int k = 0; k < 10; ++k) u.on[i](parts.stream(i), k);
        BRAID_CUDA(cudaDeviceSynchronize());
        stamps.stamp(parts.stream(0), 0);
        for (int r = 0; r < 12; ++r)
          for (unsigned i = 0; i < busy; ++i) {
            if (i == 0) BRAID_CUDA(cudaEventRecord(e[2 * r], parts.stream(0)));
            for (int k = 0; k < 10; ++k) u.on[i](parts.stream(i), k + r);
            if (i == 0) BRAID_CUDA(cudaEventRecord(e[2 * r + 1], parts.stream(0)));
          }
        stamps.stamp(parts.stream(0), 1);
        BRAID_CUDA(cudaDeviceSynchronize());
        stamps.fetch();
        std::vector<double> t;
        for (int r = 2; r < 11; ++r) {
          float ms = 0;
          BRAID_CUDA(cudaEventElapsedTime(&ms, e[2 * r], e[2 * r + 1]));
          t.push_back(ms * 1e3 / 10);
        }
        const auto st = stats(t);
        if (busy == 1) idle = st.median;
        csv.row({u.name, count, parts.sms(), busy, st.n, st.median, st.p10, st.p90, u.flops / st.median / 1e6,
                 u.bytes / st.median / 1e3, st.median / idle, stamps.mhz(0, 1)});
      }
    }
    BRAID_CUDA(cudaDeviceSynchronize());
  }
  for (auto& x : e) cudaEventDestroy(x);
  std::printf("partition: %d rows%s\n", csv.rows(), budget.spent() ? ", budget spent" : "");
}

}  // namespace braid::gpu
