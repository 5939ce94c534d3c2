// SPDX-License-Identifier: Apache-2.0
// Causal attention, forward and backward, over sequence lengths and the head counts that tensor parallelism leaves a
// rank.
#include <set>
#include <tuple>

#include "calibrate/device/check.hpp"
#include "calibrate/sweep/bench.hpp"
#include "calibrate/sweep/layer_ops.hpp"

namespace braid::gpu {

void sweep_attention(Bench& b, const Budget& budget) {
  auto csv = b.table(
      "attention",
      std::string("pass,batch,seq,heads,kv_heads,head_dim,engine,") + kTimingColumns + ",tflop_per_s,cold_tflop_per_s",
      "cuDNN backend graph, causal, bf16, Q K V in one row per token, normal data, rotating slices; flops: half of 4 b "
      "h s^2 d forward, 2.5 times that backward; timing as in the gemm table, alone, at most 0.3 s of samples",
      6);
  if (csv.complete()) return;
  const CudnnHandle handle;
  const OperandPool pool(std::size_t{2} << 30, 1.f, 3);
  DeviceBuffer out(std::size_t{1} << 30), dqkv(std::size_t{1} << 30);
  BRAID_CUDA(cudaDeviceSynchronize());
  const auto in_bytes = [](const AttentionShape& a) {
    return static_cast<std::size_t>(a.tokens()) * static_cast<std::size_t>(a.qkv_width()) * 2;
  };
  const auto key = [](const AttentionShape& a, bool backward) {
    return std::vector<Field>{backward ? "B" : "F", a.batch, a.seq, a.heads, a.kv_heads, a.head_dim};
  };
  const auto point = [&](const AttentionShape& a) {
    const std::size_t in = in_bytes(a), o_bytes = static_cast<std::size_t>(a.tokens()) *
                                                  static_cast<std::size_t>(a.heads * a.head_dim) * 2;
    Attention attention(handle.get(), a);
    DeviceBuffer stats(a.stats_count() * 4);
    // The backward reads the output and statistics of one forward on slice 0; its other operands rotate.
    const Enqueue f = [&](cudaStream_t s, int set) {
      attention.forward(pool.slice(in, set), out.as<Bf16>(), stats.as<float>(), s);
    };
    const Enqueue g = [&](cudaStream_t s, int set) {
      attention.backward(pool.slice(in, 0), out.as<Bf16>(), pool.slice(o_bytes, set + 3), stats.as<float>(),
                         dqkv.as<Bf16>(), s);
    };
    SampleOptions o{.soak_ms = 15, .rule = {.seconds = 0.3}};
    if (b.quick) o = {.soak_ms = 5, .rule = {.seconds = 0.1}, .cold_samples = 5};
    for (const bool backward : {false, true}) {
      if (backward) f(b.sampler.stream(), 0);
      const auto t = b.sampler.measure(backward ? g : f, o);
      auto row = key(a, backward);
      row.emplace_back(static_cast<long>(backward ? attention.backward_engine() : attention.forward_engine()));
      put(csv, b, row, t,
          {a.flops(backward) / t.sustained_us.median / 1e6, a.flops(backward) / t.cold_us.median / 1e6});
    }
  };
  std::set<std::tuple<int, int, int, int>> seen;
  std::vector<Point> points;
  const auto add = [&](AttentionShape a) {
    if (in_bytes(a) > dqkv.bytes() || !seen.emplace(a.batch, a.seq, a.heads, a.kv_heads).second) return;
    if (!csv.has(key(a, true))) points.push_back({.measure = [&point, a] { point(a); }});
  };
  // Heads per rank of 12.1B, 26.3B, 70B, 8B, 175B at TP 1, 2, 4, 8; the paper's lengths first.
  const std::pair<int, int> qwen[] = {{40, 8}, {10, 2}, {5, 1}, {20, 4}, {56, 8}, {14, 2}, {7, 1}, {28, 4}},
                            others[] = {{64, 8}, {8, 1}, {32, 8}, {16, 2}, {4, 1}, {96, 96}, {12, 12}};
  if (b.quick) {
    for (const auto& [h, hk] : {std::pair{40, 8}, {10, 2}, {5, 1}})
      for (const int seq : {6144, 2048}) add({.batch = 1, .seq = seq, .heads = h, .kv_heads = hk});
    b.measure(points, budget);
    return;
  }
  for (const auto& [h, hk] : qwen)
    for (const auto& [batch, seq] : {std::pair{1, 6144}, {2, 3072}, {1, 4096}, {1, 2048}, {1, 8192}, {1, 3072}})
      add({.batch = batch, .seq = seq, .heads = h, .kv_heads = hk});
  for (const auto& [h, hk] : {std::pair{40, 8}, {10, 2}, {5, 1}})
    for (const int seq : {1024, 16384}) add({.batch = 1, .seq = seq, .heads = h, .kv_heads = hk});
  for (const auto& [h, hk] : others)
    for (const auto& [batch, seq] : {std::pair{1, 4096}, {1, 8192}, {4, 2048}, {1, 2048}})
      add({.batch = batch, .seq = seq, .heads = h, .kv_heads = hk});
  b.measure(points, budget);
}

}  // namespace braid::gpu
