// SPDX-License-Identifier: Apache-2.0
// Causal attention, forward and backward, through cuDNN: bf16, grouped query heads, Q, K and V side by side in one row
// per token as the QKV projection writes them.
#pragma once

#include <cudnn.h>

#include "calibrate/device/buffer.hpp"
#include "calibrate/units/cudnn_graph.hpp"

namespace braid::gpu {

struct AttentionShape {
  int batch, seq, heads, kv_heads, head_dim = 128;
  int tokens() const { return batch * seq; }
  std::size_t stats_count() const { return static_cast<std::size_t>(tokens()) * static_cast<std::size_t>(heads); }
  /// Elements of one token's row of Q, K and V.
  int qkv_width() const { return (heads + 2 * kv_heads) * head_dim; }
  /// Causal: half of 4 b h s^2 d in forward; two and a half times that in backward.
  double flops(bool backward) const {
    return 2.0 * batch * heads * static_cast<double>(seq) * seq * head_dim * (backward ? 2.5 : 1.0);
  }
};

/// The operations of one pass as a cuDNN graph. Throws Error when the heads do not divide by the KV heads, a size is
/// not positive, or cuDNN refuses an operation.
CudnnGraph attention_graph(const AttentionShape&, bool backward);

/// Owns its plans and work buffers; one stream at a time. The softmax statistics that the backward needs (fp32, tokens
/// * heads) are the caller's, one buffer per layer.
class Attention {
 public:
  /// Throws Error, naming the shape, when cuDNN has no plan for it or memory is short.
  Attention(cudnnHandle_t, AttentionShape);
  /// out[tokens, heads * d] and the statistics from qkv[tokens, qkv_width].
  void forward(const Bf16* qkv, Bf16* out, float* stats, cudaStream_t);
  /// dqkv from the forward's qkv, out and statistics, and dout.
  void backward(const Bf16* qkv, const Bf16* out, const Bf16* dout, const float* stats, Bf16* dqkv, cudaStream_t);
  const AttentionShape& shape() const { return shape_; }
  std::int64_t forward_engine() const { return forward_.engine; }
  std::int64_t backward_engine() const { return backward_.engine; }

 private:
  cudnnHandle_t handle_;
  AttentionShape shape_;
  CudnnGraph::Plan forward_, backward_;
  DeviceBuffer sum_, dq_accumulator_, workspace_;
};

}  // namespace braid::gpu
