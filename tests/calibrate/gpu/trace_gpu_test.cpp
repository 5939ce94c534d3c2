// SPDX-License-Identifier: Apache-2.0
// On a GPU: recordings are complete, tagged and cheap, and what should overlap does. One recording per process: each of
// these tests has its own (gpu_main.cpp, CTest).
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "calibrate/cupti/op_tag.hpp"
#include "calibrate/cupti/recorder.hpp"
#include "calibrate/cupti/replay_times.hpp"
#include "calibrate/cupti/trace_timeline.hpp"
#include "calibrate/device/buffer.hpp"
#include "calibrate/device/check.hpp"
#include "calibrate/device/gate.hpp"
#include "calibrate/device/probe.hpp"
#include "calibrate/method/stats.hpp"
#include "calibrate/units/gemm.hpp"
#include "calibrate/units/kernels.hpp"
#if BRAID_HAVE_NCCL
#include "calibrate/comm/nccl_self.hpp"
#endif

namespace braid::gpu {
namespace {

constexpr std::uint64_t kSetUp = 1;  // the tag of what a test prepares
constexpr int kRows = 6144, kWidth = 5120;
constexpr std::size_t kCount = std::size_t{kRows} * kWidth;

#define START_OR_FAIL() \
  if (std::string why; !start_recording(&why)) FAIL() << why

OpKey forward(int microbatch) {
  return {.microbatch = static_cast<std::int16_t>(microbatch), .layer = 0, .chunk = 0, .unit = Unit::pre_attn};
}

// A stream's work as a graph, and the graph's end with its owner's.
class Graph {
 public:
  template <class Body>
  Graph(cudaStream_t s, Body body) {
    BRAID_CUDA(cudaStreamBeginCapture(s, cudaStreamCaptureModeThreadLocal));
    body();
    BRAID_CUDA(cudaStreamEndCapture(s, &graph_));
    BRAID_CUDA(cudaGraphInstantiate(&exec_, graph_, 0));
  }
  ~Graph() {
    if (exec_) cudaGraphExecDestroy(exec_);
    if (graph_) cudaGraphDestroy(graph_);
  }
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;
  void launch(cudaStream_t s) const { BRAID_CUDA(cudaGraphLaunch(exec_, s)); }

 private:
  cudaGraph_t graph_{};
  cudaGraphExec_t exec_{};
};

std::uint64_t common_ns(const GpuActivity& a, const GpuActivity& b) {
  const auto from = std::max(a.start_ns, b.start_ns), to = std::min(a.end_ns, b.end_ns);
  return to > from ? to - from : 0;
}

std::vector<GpuActivity> tagged(const GpuTrace& t, std::uint64_t tag) {
  std::vector<GpuActivity> r;
  for (const auto& a : t.activities)
    if (t.tag(a) == tag) r.push_back(a);
  return r;
}

TEST(Trace, EveryLaunchIsThereAndTagged) {
  START_OR_FAIL();
  constexpr int kOps = 200;
  const Stream s;
  std::vector<char> host(1 << 20);
  {
    const RecordingTag set_up(kSetUp);
    const OperandPool pool(4 * kCount, 1.f, 3);
    const DeviceBuffer out(2 * kCount);
    BRAID_CUDA(cudaDeviceSynchronize());
    for (int i = 0; i < kOps; ++i) {
      const RecordingTag tag(forward(i));
      add(pool.slice(2 * kCount, 0), pool.slice(2 * kCount, 1), out.as<Bf16>(), kCount, s);
    }
    const RecordingTag tag(OpKey{.microbatch = 0, .kind = OpKind::copy_in});
    BRAID_CUDA(cudaMemcpyAsync(out.as<>(), host.data(), host.size(), cudaMemcpyHostToDevice, s));
    BRAID_CUDA(cudaDeviceSynchronize());
  }
  const auto t = stop_recording();
  EXPECT_TRUE(t.complete()) << summary(t);
  const auto untagged = std::count_if(t.activities.begin(), t.activities.end(),
                                      [&](const auto& a) { return a.kind == ActivityKind::kernel && !t.tag(a); });
  EXPECT_EQ(untagged, 0) << summary(t);
  for (int i = 0; i < kOps; ++i) EXPECT_EQ(tagged(t, tag_of(forward(i))).size(), 1u) << i;
  const auto copies = tagged(t, tag_of({.microbatch = 0, .kind = OpKind::copy_in}));
  std::uint64_t copied = 0;
  for (const auto& c : copies) {
    EXPECT_EQ(c.copy, CopyKind::host_to_device);
    copied += c.bytes;
  }
  EXPECT_EQ(copied, host.size());
  // add moves 3 * 63 MB: at 10 TB/s, which no GPU of today has, 19 us.
  for (const auto& a : tagged(t, tag_of(forward(0)))) EXPECT_GT(a.us(), 19);
}

TEST(Trace, ReplaysOfAGraphAreTaggedByNode) {
  START_OR_FAIL();
  constexpr int kOps = 20, kReplays = 3;
  const Stream s;
  GraphTags nodes;
  GpuTrace t;
  {
    const RecordingTag set_up(kSetUp);
    const OperandPool pool(4 * kCount, 1.f, 3);
    const DeviceBuffer out(2 * kCount);
    BRAID_CUDA(cudaDeviceSynchronize());
    const Graph g(s, [&] {
      for (int i = 0; i < kOps; ++i) {
        add(pool.slice(2 * kCount, 0), pool.slice(2 * kCount, 1), out.as<Bf16>(), kCount, s);
        nodes.add(s, forward(i));
      }
    });
    for (int r = 0; r < kReplays; ++r) g.launch(s);
    BRAID_CUDA(cudaDeviceSynchronize());
    t = stop_recording();
  }
  t.node_tags = nodes.by_node();
  EXPECT_EQ(nodes.by_node().size(), static_cast<std::size_t>(kOps));
  EXPECT_TRUE(t.complete()) << summary(t);
  std::vector<std::uint64_t> order;
  for (const auto& a : t.activities)
    if (a.graph_node) order.push_back(t.tag(a));
  ASSERT_EQ(order.size(), static_cast<std::size_t>(kOps * kReplays));
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], tag_of(forward(static_cast<int>(i) % kOps))) << i;
}

// Both ways of telling the ops of a replay: a memset and two kernels as one op, a kernel as another.
TEST(Trace, OpsOfReplaysAreToldByTagAndByOrder) {
  START_OR_FAIL();
  constexpr std::size_t kReplays = 5;
  const Stream s;
  GraphTags nodes;
  GpuTrace t;
  OpByOp pass{.ops = {forward(0), forward(1)}, .bounds_ns = {}};
  {
    const OperandPool pool(4 * kCount, 1.f, 3);
    const DeviceBuffer out(2 * kCount);
    const auto run = [&](std::size_t op) {
      if (op == 0) BRAID_CUDA(cudaMemsetAsync(out.as<>(), 0, out.bytes(), s));
      for (std::size_t i = 0; i < 2 - op; ++i)
        add(pool.slice(2 * kCount, 0), pool.slice(2 * kCount, 1), out.as<Bf16>(), kCount, s);
    };
    const Graph g(s, [&] {
      for (std::size_t op = 0; op < 2; ++op) {
        run(op);
        nodes.add(s, pass.ops[op]);
      }
    });
    const auto bound = [&] {
      BRAID_CUDA(cudaDeviceSynchronize());
      std::this_thread::sleep_for(std::chrono::microseconds(100));
      pass.bounds_ns.push_back(recording_clock_ns());
    };
    for (std::size_t op = 0; op < 2; ++op) {
      bound();
      const RecordingTag tag(pass.ops[op]);
      run(op);
    }
    bound();
    for (std::size_t r = 0; r < kReplays; ++r) g.launch(s);
    BRAID_CUDA(cudaDeviceSynchronize());
    t = stop_recording();
  }
  t.node_tags = nodes.by_node();
  const auto times = replay_times(t, pass, kReplays);
  EXPECT_EQ(times.launches[0].size(), 3u) << summary(times);
  EXPECT_EQ(times.launches[1].size(), 1u) << summary(times);
  EXPECT_EQ(times.pass_untagged + times.pass_astray, 0u) << summary(times);
  EXPECT_EQ(times.by, MappedBy::tag) << summary(times);
  EXPECT_EQ(times.agree, true) << summary(times);
  for (std::size_t op = 0; op < 2; ++op) EXPECT_EQ(times.us[op].size(), kReplays);
}

// Memory-bound kernels of a layer's sizes: their clock does not wander with the power limit, so that 2 % can be seen.
TEST(Trace, CostsLessThanTwoPercent) {
  const Stream s;
  const OperandPool pool(4 * kCount, 1.f, 3);
  const DeviceBuffer out(2 * kCount), rstd(kRows * 4);
  BRAID_CUDA(cudaDeviceSynchronize());
  const Graph g(s, [&] {
    for (int i = 0; i < 60; ++i) {
      add(pool.slice(2 * kCount, 0), pool.slice(2 * kCount, 1), out.as<Bf16>(), kCount, s);
      rmsnorm_forward(pool.slice(2 * kCount, 0), pool.slice(2 * kCount, 1), out.as<Bf16>(), rstd.as<float>(), kRows,
                      kWidth, 1e-5f, s);
    }
  });
  const auto median_us = [&] {
    const auto begin = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(300)) {
      g.launch(s);
      BRAID_CUDA(cudaStreamSynchronize(s));
    }
    std::vector<double> us;
    const Event from, to;
    for (int i = 0; i < 41; ++i) {
      BRAID_CUDA(cudaEventRecord(from, s));
      g.launch(s);
      BRAID_CUDA(cudaEventRecord(to, s));
      BRAID_CUDA(cudaStreamSynchronize(s));
      us.push_back(elapsed_us(from, to));
    }
    return stats(us).median;
  };
  const double untraced = median_us();
  START_OR_FAIL();
  const double traced = median_us();
  const auto t = stop_recording();
  EXPECT_TRUE(t.complete()) << summary(t);
  EXPECT_GE(t.activities.size(), 41u * 120u);
  EXPECT_LT(traced / untraced, 1.02) << traced << " us traced, " << untraced << " us untraced";
  RecordProperty("traced_over_untraced", std::to_string(traced / untraced));
  std::printf("traced over untraced: %.4f\n", traced / untraced);
}

TEST(Overlap, TwoStreamsRunTogether) {
  START_OR_FAIL();
  constexpr double kSeconds = 5e-3;
  const OpKey compute = forward(0), reduce{.microbatch = 0, .layer = 0, .chunk = 0, .kind = OpKind::all_reduce};
  const Stream a, b;
  {
    const RecordingTag warm(kSetUp);  // loads the kernel, which would hold the second stream back
    spin(1, 1e-6, a);
    BRAID_CUDA(cudaDeviceSynchronize());
  }
  Gate gate;
  gate.close({a, b});
  {
    const RecordingTag tag(compute);
    spin(4, kSeconds, a);
  }
  {
    const RecordingTag tag(reduce);
    spin(4, kSeconds, b);
  }
  gate.open();
  BRAID_CUDA(cudaDeviceSynchronize());
  ASSERT_FALSE(gate.gave_up());
  const auto t = stop_recording();
  const auto x = tagged(t, tag_of(compute)), y = tagged(t, tag_of(reduce));
  ASSERT_EQ(x.size(), 1u);
  ASSERT_EQ(y.size(), 1u);
  EXPECT_NE(x[0].stream, y[0].stream);
  EXPECT_GE(x[0].us(), kSeconds * 1e6 * 0.99);
  EXPECT_GE(static_cast<double>(common_ns(x[0], y[0])), 0.9 * kSeconds * 1e9);
}

#if BRAID_HAVE_NCCL
// The exchange is released together with a queue of products that lasts several times as long.
TEST(Overlap, NcclExchangeRunsBesideProducts) {
  START_OR_FAIL();
  constexpr std::size_t kBytes = std::size_t{256} << 20;
  constexpr int kProducts = 40;
  const GemmShape shape{4096, 4096, 4096, Pass::F};
  const OpKey product = forward(0), exchange{.microbatch = 0, .layer = 0, .chunk = 0, .kind = OpKind::all_reduce};
  const Stream compute, comm(Stream::Priority::highest);
  GpuTrace t;
  {
    const RecordingTag set_up(kSetUp);
    const auto from = std::make_shared<DeviceBuffer>(kBytes), to = std::make_shared<DeviceBuffer>(kBytes);
    const NcclSelf self(8, from, to);
    const LtHandle lt;
    const Gemm g(lt, shape);
    const std::size_t bytes = std::size_t{4096} * 4096 * 2;
    const OperandPool operands(2 * bytes, 1.f, 5);
    const DeviceBuffer result(bytes);
    const auto multiply = [&] { g.run(operands.slice(bytes, 0), operands.slice(bytes, 1), result.as<>(), compute); };
    BRAID_CUDA(cudaDeviceSynchronize());
    self.exchange(kBytes, comm);
    multiply();
    BRAID_CUDA(cudaDeviceSynchronize());
    Gate gate;
    gate.close({compute, comm});
    {
      const RecordingTag tag(exchange);
      self.exchange(kBytes, comm);
    }
    for (int i = 0; i < kProducts; ++i) {
      const RecordingTag tag(product);
      multiply();
    }
    gate.open();
    BRAID_CUDA(cudaDeviceSynchronize());
    ASSERT_FALSE(gate.gave_up());
    t = stop_recording();
  }
  EXPECT_TRUE(t.complete()) << summary(t);
  const auto x = tagged(t, tag_of(exchange)), products = tagged(t, tag_of(product));
  ASSERT_GE(products.size(), static_cast<std::size_t>(kProducts));
  ASSERT_FALSE(x.empty());
  std::uint64_t beside = 0, whole = 0;
  for (const auto& e : x) {
    whole += e.end_ns - e.start_ns;
    for (const auto& p : products) beside += common_ns(e, p);
  }
  EXPECT_GE(static_cast<double>(beside), 0.5 * static_cast<double>(whole));
  std::printf("of %.0f us of exchange %.0f us ran beside products\n", static_cast<double>(whole) / 1e3,
              static_cast<double>(beside) / 1e3);
}
#endif

}  // namespace
}  // namespace braid::gpu
