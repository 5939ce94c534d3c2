// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/attention.hpp"

#include <algorithm>
#include <cmath>

#include "sim/cost/gemm.hpp"

namespace braid {
namespace {

constexpr double kElementBytes = 2;
constexpr double kRowsOfTile = 128;
constexpr double kBackwardProducts = 2.5;
/// Rate of head dimension d over that of 128 = (d / 128)^0.25: cuDNN on H100, causal backward, 16k tokens: 433 TFLOP/s
/// at 64, 516 at 128 [FlashAttention-3, arXiv 2407.08608, figure 6]. Above 128 no gain is assumed.
constexpr double kHeadDimExponent = 0.25;
constexpr double kFullHeadDim = 128;

/// What cuDNN's fused backward moves outside its main kernel: an fp32 accumulator of dQ cleared (4 bytes), read and
/// written as bf16 (6), dO O summed (4), and with grouped heads dK and dV of every head summed into those that are
/// kept.
Bytes small_kernels_bytes(const AttentionShape& a) {
  const double grouped = a.kv_heads < a.heads ? 2 * kElementBytes * (a.heads + a.kv_heads) : 0;
  return Bytes(a.samples * a.sequence * a.head_dim * (14 * a.heads + grouped));
}

Seconds flash_time(const AttentionShape& a, const Gpu& gpu, const Parameters& p) {
  const double efficiency = a.backward ? p.attention_backward_efficiency : p.attention_forward_efficiency;
  const double ramp = a.backward ? p.attention_backward_ramp : p.attention_forward_ramp;
  const double tail = a.backward ? p.attention_backward_tail : p.attention_forward_tail;
  const double overhead = a.backward ? p.attention_backward_overhead_s : p.attention_forward_overhead_s;
  const double width = std::pow(std::min(1.0, a.head_dim / kFullHeadDim), kHeadDimExponent);
  const FlopsPerSecond rate = gpu.bf16_dense * (p.sustained_clock * efficiency * width);
  const Flops flops = flash_flops(a);
  // Each tile has a start-up that is worth `ramp` tokens, and rows that fill up the last one are computed for nothing.
  const double rows = std::ceil(a.sequence / kRowsOfTile) * kRowsOfTile;
  const Flops done = flops * (rows / a.sequence) * (1 + ramp / a.sequence);
  // Under a causal mask the longest tile is twice the mean.
  const Flops longest = done / flash_tiles(a) * (a.causal ? 2.0 : 1.0);
  // The longest tile takes its time in any case; with more tiles than SMs, SMs that ran out of work wait for the last.
  Flops critical = gpu.sms * longest;
  if (flash_tiles(a) > gpu.sms) critical = std::max(critical, done + tail * critical);
  const Seconds compute = critical / rate;
  const Seconds memory = attention_bytes(a) / (gpu.memory_bandwidth * p.memory_efficiency);
  const Seconds small = small_kernels_bytes(a) / (gpu.memory_bandwidth * p.memory_efficiency);
  return std::max(compute, memory) + Seconds(overhead) + small * (a.backward ? p.attention_backward_extra : 0);
}

Seconds unfused_time(const AttentionShape& a, const Gpu& gpu, const Parameters& p) {
  const double heads = a.samples * a.heads;
  const Gemm scores{.m = a.sequence, .n = a.sequence, .k = a.head_dim, .count = heads};
  const Gemm sums{.m = a.sequence, .n = a.head_dim, .k = a.sequence, .count = heads};
  // Backward: gradients of both operands of both products, two of each shape. Compute alone: their traffic is in the
  // demand's elementwise bytes.
  const double products = a.backward ? 2 : 1;
  const Seconds compute = plan_gemm(scores, Pass::F, gpu, p).compute + plan_gemm(sums, Pass::F, gpu, p).compute;
  return products * (compute + 2 * Seconds(p.gemm_overhead_s));
}

}  // namespace

Flops flash_flops(const AttentionShape& a) {
  const double forward = 4.0 * a.samples * a.heads * a.sequence * a.sequence * a.head_dim;
  return Flops(forward * (a.causal ? 0.5 : 1.0) * (a.backward ? kBackwardProducts : 1.0));
}

double flash_tiles(const AttentionShape& a) { return a.samples * a.heads * std::ceil(a.sequence / kRowsOfTile); }

Seconds attention_time(const AttentionShape& a, const Gpu& gpu, const Parameters& p) {
  if (!(a.samples > 0 && a.sequence > 0 && a.heads > 0 && a.head_dim > 0)) return {};
  return a.flash ? flash_time(a, gpu, p) : unfused_time(a, gpu, p);
}

Bytes attention_bytes(const AttentionShape& a) {
  const double rows = a.samples * a.sequence * a.head_dim * kElementBytes;
  // Forward reads Q, K, V and writes O; backward reads these and dO and writes dQ, dK, dV.
  const double operands = a.backward ? rows * (4 * a.heads + 4 * a.kv_heads) : rows * (2 * a.heads + 2 * a.kv_heads);
  return Bytes(operands);
}

int attention_kernels(const AttentionShape& a) {
  if (a.flash) return a.backward ? 3 : 1;
  return a.backward ? 4 : 2;
}

}  // namespace braid
