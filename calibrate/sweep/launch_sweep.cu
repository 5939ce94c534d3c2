// SPDX-License-Identifier: Apache-2.0
// What it costs to launch: on the host per call, on the GPU between two kernels of a stream or graph, and across
// streams by an event.
#include <chrono>

#include "calibrate/device/check.hpp"
#include "calibrate/sweep/bench.hpp"

namespace braid::gpu {
namespace {

__global__ void nothing_kernel() {}
__global__ void wait_kernel(unsigned ns) {
  unsigned long long now, begin;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(begin));
  do asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
  while (now - begin < ns);
}
double now_us() {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

void sweep_launch(Bench& b, const Budget& budget) {
  auto csv = b.table("launch", "what,samples,median_us,p10_us,p90_us",
                     "empty kernels of one block of 32 threads unless said; medians of 31 repeats; host_*: "
                     "steady_clock on the host; gpu_*: events or the GPU's timer",
                     1);
  if (csv.complete()) return;
  const cudaStream_t s = b.sampler.stream();
  const Stream s2;
  const Event e0, e1, link(Event::Kind::untimed);
  constexpr int kMany = 200;
  const auto empty = [](cudaStream_t q, int) { nothing_kernel<<<1, 32, 0, q>>>(); };
  const auto record = [&](const std::string& what, auto once) {
    if (csv.has({what}) || budget.spent()) return;
    std::vector<double> t;
    for (int i = 0; i < 34; ++i) {
      const double v = once();
      if (i >= 3) t.push_back(v);
    }
    const auto st = stats(t);
    csv.row({what, st.n, st.median, st.p10, st.p90});
  };
  const auto gpu = [&](auto body) {
    BRAID_CUDA(cudaStreamSynchronize(s));
    wait_kernel<<<1, 1, 0, s>>>(1500000);  // the host gets ahead while this runs
    BRAID_CUDA(cudaEventRecord(e0, s));
    body();
    BRAID_CUDA(cudaEventRecord(e1, s));
    BRAID_CUDA(cudaStreamSynchronize(s));
    return elapsed_us(e0, e1);
  };
  record("gpu_event_pair_with_nothing_between", [&] { return gpu([] {}); });
  record("gpu_event_pair_with_one_empty_kernel", [&] { return gpu([&] { empty(s, 0); }); });
  record("gpu_empty_kernel_in_stream", [&] {
    return gpu([&] {
             for (int i = 0; i < kMany; ++i) empty(s, i);
           }) /
           kMany;
  });
  record("gpu_empty_kernel_with_event_each", [&] {
    return gpu([&] {
             for (int i = 0; i < kMany; ++i) {
               empty(s, i);
               BRAID_CUDA(cudaEventRecord(link, s));
             }
           }) /
           kMany;
  });
  record("gpu_two_streams_ping_pong_per_hop", [&] {
    return gpu([&] {
             for (int i = 0; i < kMany / 2; ++i) {
               empty(s, i);
               BRAID_CUDA(cudaEventRecord(link, s));
               BRAID_CUDA(cudaStreamWaitEvent(s2, link));
               empty(s2, i);
               BRAID_CUDA(cudaEventRecord(link, s2));
               BRAID_CUDA(cudaStreamWaitEvent(s, link));
             }
           }) /
           kMany;
  });
  for (const int nodes : {1, 20, 200}) {
    cudaGraphExec_t g = capture(empty, s, nodes);
    const std::string tail = "_graph_of_" + std::to_string(nodes);
    record("gpu_per_kernel" + tail, [&] { return gpu([&] { BRAID_CUDA(cudaGraphLaunch(g, s)); }) / nodes; });
    record("gpu_per_replay_back_to_back" + tail, [&] {
      return gpu([&] {
               for (int i = 0; i < 10; ++i) BRAID_CUDA(cudaGraphLaunch(g, s));
             }) /
             10;
    });
    record("host_launch_call" + tail, [&] {
      BRAID_CUDA(cudaStreamSynchronize(s));
      const double t = now_us();
      BRAID_CUDA(cudaGraphLaunch(g, s));
      return now_us() - t;
    });
    BRAID_CUDA(cudaStreamSynchronize(s));
    BRAID_CUDA(cudaGraphExecDestroy(g));
  }
  record("host_kernel_launch_call", [&] {
    BRAID_CUDA(cudaStreamSynchronize(s));
    const double t = now_us();
    for (int i = 0; i < kMany; ++i) empty(s, i);
    return (now_us() - t) / kMany;
  });
  record("host_launch_to_synchronised", [&] {
    BRAID_CUDA(cudaStreamSynchronize(s));
    const double t = now_us();
    empty(s, 0);
    BRAID_CUDA(cudaStreamSynchronize(s));
    return now_us() - t;
  });
  record("host_event_record_call", [&] {
    BRAID_CUDA(cudaStreamSynchronize(s));
    const double t = now_us();
    for (int i = 0; i < kMany; ++i) BRAID_CUDA(cudaEventRecord(link, s));
    return (now_us() - t) / kMany;
  });
  BRAID_CUDA(cudaStreamSynchronize(s));
}

}  // namespace braid::gpu
