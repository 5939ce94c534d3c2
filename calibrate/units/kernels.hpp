// SPDX-License-Identifier: Apache-2.0
// The memory-bound kernels of a transformer: RMSNorm, RoPE, SwiGLU, residual add, cross-entropy, embedding, Adam. bf16
// storage, fp32 arithmetic, 16-byte accesses. Widths must be multiples of 8 (Adam's length of 4, RoPE's heads of 16),
// RoPE's heads at most 256 and RMSNorm's width at most 16384 wide; others throw Error. All asynchronous on the stream
// given.
#pragma once

#include <cstdint>

#include "calibrate/device/buffer.hpp"

namespace braid::gpu {

/// y = x * rsqrt(mean(x^2) + eps) * w per row; keeps 1/rms per row in `rstd`.
void rmsnorm_forward(const Bf16* x, const Bf16* w, Bf16* y, float* rstd, int rows, int width, float eps, cudaStream_t);
/// dx = gradient of rmsnorm_forward with respect to x, plus `residual` where that is not null (the gradient that passes
/// the block by).
void rmsnorm_dgrad(const Bf16* x, const Bf16* w, const float* rstd, const Bf16* dy, const Bf16* residual, Bf16* dx,
                   int rows, int width, cudaStream_t);
/// dw += column sums of dy * x * rstd (fp32).
void rmsnorm_wgrad(const Bf16* x, const float* rstd, const Bf16* dy, float* dw, int rows, int width, cudaStream_t);
/// out[r, c] = silu(in[r, c]) * in[r, width + c]; `in` has rows of 2 * width: gate, then up.
void swiglu_forward(const Bf16* in, Bf16* out, int rows, int width, cudaStream_t);
void swiglu_dgrad(const Bf16* in, const Bf16* dout, Bf16* din, int rows, int width, cudaStream_t);
/// Cosine and sine of position * base^(-2i/d), both [seq, d/2].
void rope_table(float* cosine, float* sine, int seq, int head_dim, float base, cudaStream_t);
/// Rotates pairs (i, i + d/2) of `heads` heads per token, in place; rows are `row_elements` apart. direction +1
/// forward, -1 backward.
void rope(Bf16* x, const float* cosine, const float* sine, int tokens, int seq, int heads, int head_dim,
          int row_elements, float direction, cudaStream_t);
/// y = a + b.
void add(const Bf16* a, const Bf16* b, Bf16* y, std::int64_t n, cudaStream_t);
/// Softmax cross-entropy of rows of logits: loss per row, and the logits overwritten by their gradient / rows.
void cross_entropy(Bf16* logits, const int* target, float* loss, int rows, int vocab, cudaStream_t);
/// out[r] = table[ids[r]].
void embedding_forward(const Bf16* table, const int* ids, Bf16* out, int rows, int width, cudaStream_t);
/// dtable[ids[r]] += dout[r] (fp32, by atomic addition: the order of equal ids is not fixed).
void embedding_backward(const Bf16* dout, const int* ids, float* dtable, int rows, int width, cudaStream_t);
/// One Adam step with fp32 master weights: 16 bytes read and 14 written per parameter.
void adam(Bf16* param, float* master, float* m, float* v, const float* grad, std::int64_t n, int step, cudaStream_t);

}  // namespace braid::gpu
