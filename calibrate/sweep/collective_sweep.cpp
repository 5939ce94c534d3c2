// SPDX-License-Identifier: Apache-2.0
// Collectives: NCCL on the GPUs present, and on one GPU what can stand for it there.
//
// Points: on one GPU 7 x 16 of nccl_self and 13 x 3 x 16 of partition_ring, about 10 ms each, the largest ones of few
// blocks up to half a second: 25 s. On eight GPUs three groups x 6 x 4 x 16 more, and 18 communicators: about 60 s.
#include "calibrate/sweep/collective_timer.hpp"

#include <cstdio>
#include <memory>

#include "calibrate/comm/on_device.hpp"
#include "calibrate/comm/partition_ring.hpp"
#include "calibrate/device/partition.hpp"
#include "calibrate/device/probe.hpp"
#if BRAID_HAVE_NCCL
#include "calibrate/comm/nccl_group.hpp"
#include "calibrate/comm/nccl_self.hpp"
#endif

namespace braid::gpu {
namespace {

constexpr std::size_t kBuffer = std::size_t{256} << 20;

// What one rank sends and receives, filled on its own GPU.
struct RankMemory {
  int device;
  DeviceBuffer from, to;
  RankMemory(int on, std::uint32_t seed) : device(on) {
    const OnDevice there(device);
    from = DeviceBuffer(kBuffer), to = DeviceBuffer(kBuffer);
    fill_normal(from.as<Bf16>(), kBuffer / 2, 1.f, seed);
    BRAID_CUDA(cudaDeviceSynchronize());
  }
};
std::vector<RankBuffers> buffers(const std::vector<std::unique_ptr<RankMemory>>& memory, std::size_t ranks) {
  std::vector<RankBuffers> b;
  for (std::size_t r = 0; r < ranks; ++r)
    b.push_back({memory[r]->device, memory[r]->from.as<Bf16>(), memory[r]->to.as<Bf16>()});
  return b;
}

#if BRAID_HAVE_NCCL
void several_gpus(Bench& b, CollectiveTimer& timer, const Budget& budget) {
  const int present = gpu_count();
  if (present < 2) return;
  std::vector<std::unique_ptr<RankMemory>> memory;
  std::vector<Stream> streams;
  for (int d = 0; d < present; ++d) {
    memory.push_back(std::make_unique<RankMemory>(d, static_cast<std::uint32_t>(41 + d)));
    const OnDevice there(d);
    streams.emplace_back(Stream::Priority::highest);
  }
  for (int n = 2; n <= present; n *= 2)
    for (const int ctas : b.quick ? std::vector{0, 16} : std::vector{0, 4, 8, 16, 24, 32}) {
      if (budget.spent()) return;
      const auto all = buffers(memory, static_cast<std::size_t>(n));
      std::vector<NcclRank> ranks;
      std::vector<cudaStream_t> on;
      for (int r = 0; r < n; ++r) {
        const auto& m = *memory[static_cast<std::size_t>(r)];
        on.push_back(streams[static_cast<std::size_t>(r)]);
        ranks.push_back({r, on.back(), m.from.as<>(), m.to.as<>()});
      }
      NcclGroup group(ranks, ctas);
      timer.measure({.backend = "nccl",
                     .ctas = ctas,
                     .streams = on,
                     .buffers = all,
                     .collectives = {std::begin(kCollectives), std::end(kCollectives)},
                     .enqueue = [&](Collective c, std::size_t bytes) { group.enqueue(c, bytes); },
                     .estimate_us = [&](Collective c, std::size_t bytes) { return group.estimate_us(c, bytes); },
                     .sound = [] { return true; },
                     .abort = [&] { group.abort(); }},
                    budget);
    }
}

void self_exchange(Bench& b, CollectiveTimer& timer, const Budget& budget) {
  const auto from = std::make_shared<DeviceBuffer>(kBuffer), to = std::make_shared<DeviceBuffer>(kBuffer);
  fill_normal(from->as<Bf16>(), kBuffer / 2, 1.f, 51);
  BRAID_CUDA(cudaDeviceSynchronize());
  const Stream stream(Stream::Priority::highest);
  for (const int ctas : b.quick ? std::vector{0, 8} : std::vector{0, 1, 2, 4, 8, 16, 32}) {
    if (budget.spent()) return;
    NcclSelf nccl(ctas, from, to);
    timer.measure({.backend = "nccl_self",
                   .ctas = ctas,
                   .streams = {stream},
                   .buffers = {{0, from->as<Bf16>(), to->as<Bf16>()}},
                   .collectives = {Collective::send_recv},
                   .enqueue = [&](Collective, std::size_t bytes) { nccl.exchange(bytes, stream); },
                   .estimate_us = nullptr,
                   .sound = [] { return true; },
                   .abort = [&] { nccl.abort(); }},
                  budget);
  }
}
#endif

RingOp ring_op(Collective c) {
  return c == Collective::all_reduce   ? RingOp::all_reduce
         : c == Collective::all_gather ? RingOp::all_gather
                                       : RingOp::reduce_scatter;
}

void between_partitions(Bench& b, CollectiveTimer& timer, const Budget& budget) {
  std::vector<std::unique_ptr<RankMemory>> memory;
  for (const int count : b.quick ? std::vector{4} : std::vector{4, 2, 8}) {
    if (budget.spent()) return;
    const int sms =
        static_cast<int>(equal_partition(static_cast<unsigned>(b.facts.sm_count), static_cast<unsigned>(count)));
    if (!sms) continue;
    const Partitions parts(static_cast<unsigned>(count), static_cast<unsigned>(sms));
    while (memory.size() < parts.count())
      memory.push_back(std::make_unique<RankMemory>(0, static_cast<std::uint32_t>(61 + memory.size())));
    PartitionRing ring(count, 16);
    const auto all = buffers(memory, parts.count());
    std::vector<cudaStream_t> streams;
    for (std::size_t r = 0; r < parts.count(); ++r) {
      // What a stream's first launch sets up must not have to wait for a rank that waits for it.
      streams.push_back(parts.stream(r));
      spin(1, 1e-6, streams.back());
    }
    BRAID_CUDA(cudaDeviceSynchronize());
    for (const int ctas : b.quick ? std::vector{8} : std::vector{1, 2, 4, 8, 16}) {
      if (2 * ctas > sms) continue;  // as much as a collective may take of its rank
      timer.measure({.backend = "partition_ring",
                     .ctas = ctas,
                     .streams = streams,
                     .buffers = all,
                     .collectives = {Collective::all_reduce, Collective::all_gather, Collective::reduce_scatter},
                     .enqueue =
                         [&](Collective c, std::size_t bytes) {
                           for (int r = 0; r < count; ++r) {
                             const auto& m = *memory[static_cast<std::size_t>(r)];
                             ring.enqueue(r,
                                          {.op = ring_op(c),
                                           .in = m.from.as<Bf16>(),
                                           .out = m.to.as<Bf16>(),
                                           .count = bytes / 2,
                                           .ctas = ctas},
                                          streams[static_cast<std::size_t>(r)]);
                           }
                         },
                     .estimate_us = nullptr,
                     .sound = [&] { return ring.recover_if_failed(); },
                     .abort = [] {}},  // its waits end by themselves
                    budget);
    }
    BRAID_CUDA(cudaDeviceSynchronize());
  }
}

}  // namespace

void sweep_collective(Bench& b, const Budget& budget) {
  auto csv = b.table(
      "collective", kCollectiveColumns,
      "out of place, bf16, sum, random normal data; size and bandwidths as nccl-tests define them (algbw = size / "
      "time; "
      "busbw = algbw x 2(n-1)/n all_reduce, (n-1)/n all_gather and reduce_scatter, 1 send_recv); time per collective "
      "of "
      "a batch enqueued beforehand, events on the first rank's stream; ctas_asked 0: NCCL's own choice; error: sampled "
      "elements against the sum on the host, relative to the sum of absolute values; samples 0: did not end in time. "
      "backend nccl: several GPUs, one process. On one GPU nothing crosses a link: nccl_self is NCCL's send/receive "
      "kernel of one rank to itself, partition_ring a ring between SM partitions of one GPU through its own memory; "
      "neither says anything about NVLink",
      kCollectiveKeys);
  if (csv.complete()) return;
  CollectiveTimer timer(b, csv);
#if BRAID_HAVE_NCCL
  several_gpus(b, timer, budget);
  self_exchange(b, timer, budget);
#endif
  between_partitions(b, timer, budget);
  std::printf("collective: %d rows%s\n", csv.rows(), budget.cut() ? ", cut short" : "");
}

}  // namespace braid::gpu
