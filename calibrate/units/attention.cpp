// SPDX-License-Identifier: Apache-2.0
#include "calibrate/units/attention.hpp"

#include <algorithm>
#include <cmath>

#include "calibrate/device/check.hpp"

namespace braid::gpu {
namespace {

enum Uid : std::int64_t { kQ = 1, kK, kV, kOut, kStats, kDOut, kDQ, kDK, kDV, kScale, kMinusInf, kOne, kSum, kDQAcc };
constexpr auto kBf16 = CUDNN_DATA_BFLOAT16;
constexpr auto kF32 = CUDNN_DATA_FLOAT;

struct Layout {  // [b, h, s, d] views of rows that hold `row` elements per token
  std::int64_t s, d, row;
  CudnnDims plain() const { return {s * row, d, row, 1}; }
  CudnnDims transposed() const { return {s * row, d, 1, row}; }
};

struct Builder {
  CudnnGraph g;
  std::int64_t b, h, hk, s, d;
  Layout qkv, out;
  explicit Builder(const AttentionShape& a)
      : b(a.batch),
        h(a.heads),
        hk(a.kv_heads),
        s(a.seq),
        d(a.head_dim),
        qkv{s, d, a.qkv_width()},
        out{s, d, std::int64_t{a.heads} * a.head_dim} {}
  CudnnDims scores() const { return {b, h, s, s}; }
  CudnnDims rows() const { return {b, h, s, 1}; }
  CudnnDims q_dims() const { return {b, h, s, d}; }
  CudnnDims kv_dims() const { return {b, hk, s, d}; }
  CudnnDims kv_transposed() const { return {b, hk, d, s}; }

  CudnnNode map(cudnnPointwiseMode_t mode, const CudnnNode& x, const CudnnNode& y, const CudnnDims& dims,
                cudnnDataType_t type = kF32) {
    auto r = g.inner(dims, type);
    g.pointwise({.mode = mode, .x = x, .b = y, .y = r});
    return r;
  }
  CudnnNode fold(cudnnReduceTensorOp_t op, const CudnnNode& x) {
    auto r = g.inner(rows());
    g.reduce(op, x, r);
    return r;
  }
  CudnnNode causal(const CudnnNode& x, const CudnnNode& minus_inf) {
    auto row = g.inner(scores(), CUDNN_DATA_INT32), col = g.inner(scores(), CUDNN_DATA_INT32),
         keep = g.inner(scores(), CUDNN_DATA_BOOLEAN), r = g.inner(scores());
    g.pointwise({.mode = CUDNN_POINTWISE_GEN_INDEX, .x = x, .y = row, .axis = 2});
    g.pointwise({.mode = CUDNN_POINTWISE_GEN_INDEX, .x = x, .y = col, .axis = 3});
    g.pointwise({.mode = CUDNN_POINTWISE_CMP_GE, .x = row, .b = col, .y = keep, .precision = CUDNN_DATA_BOOLEAN});
    g.pointwise({.mode = CUDNN_POINTWISE_BINARY_SELECT, .x = x, .b = minus_inf, .y = r, .t = keep});
    return r;
  }
};

CudnnGraph forward_graph(const AttentionShape& a) {
  Builder t(a);
  auto& g = t.g;
  auto q = g.tensor(kQ, t.q_dims(), t.qkv.plain(), kBf16),
       kt = g.tensor(kK, t.kv_transposed(), t.qkv.transposed(), kBf16),
       v = g.tensor(kV, t.kv_dims(), t.qkv.plain(), kBf16);
  auto o = g.tensor(kOut, t.q_dims(), t.out.plain(), kBf16),
       stats = g.tensor(kStats, t.rows(), packed_strides(t.rows()), kF32);
  auto qk = g.inner(t.scores());
  g.matmul(q, kt, qk);
  auto x = t.causal(t.map(CUDNN_POINTWISE_MUL, qk, g.scalar(kScale), t.scores()), g.scalar(kMinusInf));
  auto top = t.fold(CUDNN_REDUCE_TENSOR_MAX, x);
  auto e = t.map(CUDNN_POINTWISE_EXP, t.map(CUDNN_POINTWISE_SUB, x, top, t.scores()), nullptr, t.scores());
  auto sum = t.fold(CUDNN_REDUCE_TENSOR_ADD, e);
  g.pointwise(
      {.mode = CUDNN_POINTWISE_ADD, .x = top, .b = t.map(CUDNN_POINTWISE_LOG, sum, nullptr, t.rows()), .y = stats});
  g.matmul(t.map(CUDNN_POINTWISE_DIV, e, sum, t.scores(), kBf16), v, o);
  return std::move(g);
}

CudnnGraph backward_graph(const AttentionShape& a) {
  Builder t(a);
  auto& g = t.g;
  auto q = g.tensor(kQ, t.q_dims(), t.qkv.plain(), kBf16),
       kt = g.tensor(kK, t.kv_transposed(), t.qkv.transposed(), kBf16),
       vt = g.tensor(kV, t.kv_transposed(), t.qkv.transposed(), kBf16);
  auto o = g.tensor(kOut, t.q_dims(), t.out.plain(), kBf16), dout = g.tensor(kDOut, t.q_dims(), t.out.plain(), kBf16);
  auto stats = g.tensor(kStats, t.rows(), packed_strides(t.rows()), kF32),
       sum = g.tensor(kSum, t.rows(), packed_strides(t.rows()), kF32);
  auto dq = g.tensor(kDQ, t.q_dims(), t.qkv.plain(), kBf16), dk = g.tensor(kDK, t.kv_dims(), t.qkv.plain(), kBf16),
       dv = g.tensor(kDV, t.kv_dims(), t.qkv.plain(), kBf16);
  auto dq_acc = g.tensor(kDQAcc, t.q_dims(), packed_strides(t.q_dims()), kF32);
  auto scale = g.scalar(kScale), minus_inf = g.scalar(kMinusInf), one = g.scalar(kOne);
  // The row sums of dO * O, stored because the engine asks for a place.
  g.pointwise({.mode = CUDNN_POINTWISE_MUL,
               .x = t.fold(CUDNN_REDUCE_TENSOR_ADD, t.map(CUDNN_POINTWISE_MUL, dout, o, t.q_dims())),
               .b = one,
               .y = sum});
  // P = exp(mask(scale Q K^T - stats))
  auto qk = g.inner(t.scores());
  g.matmul(q, kt, qk);
  auto x = t.map(CUDNN_POINTWISE_SUB, t.map(CUDNN_POINTWISE_MUL, qk, scale, t.scores()), stats, t.scores());
  auto p = t.map(CUDNN_POINTWISE_EXP, t.causal(x, minus_inf), nullptr, t.scores());
  const CudnnDims flipped{t.h * t.s * t.s, t.s * t.s, 1, t.s};
  const auto transpose = [&](const CudnnNode& m) {
    auto r = g.inner(t.scores(), kBf16, flipped);
    g.reshape(m, r);
    return r;
  };
  // Grouped heads: the gradient of a shared K or V is the sum over its query heads.
  const auto product = [&](const CudnnNode& left, const CudnnNode& right, const CudnnNode& result) {
    if (t.h == t.hk) return g.matmul(left, right, result);
    auto full = g.inner(t.q_dims(), kBf16);
    g.matmul(left, right, full);
    g.reduce(CUDNN_REDUCE_TENSOR_ADD, full, result);
  };
  product(transpose(p), dout, dv);
  auto dp = g.inner(t.scores());
  g.matmul(dout, vt, dp);
  auto ds = t.map(CUDNN_POINTWISE_MUL,
                  t.map(CUDNN_POINTWISE_MUL, t.map(CUDNN_POINTWISE_SUB, dp, sum, t.scores()), p, t.scores()), scale,
                  t.scores());
  product(transpose(ds), q, dk);
  auto k = g.inner(t.kv_dims(), kBf16, t.qkv.plain());
  g.reshape(kt, k);
  g.matmul(ds, k, dq_acc);
  g.pointwise({.mode = CUDNN_POINTWISE_IDENTITY, .x = dq_acc, .y = dq});
  return std::move(g);
}

std::string text(const AttentionShape& a, bool backward) {
  return std::string("attention ") + (backward ? "backward" : "forward") + ", batch " + std::to_string(a.batch) +
         ", sequence " + std::to_string(a.seq) + ", heads " + std::to_string(a.heads) + "/" +
         std::to_string(a.kv_heads) + " of " + std::to_string(a.head_dim);
}

CudnnGraph::Plan attention_plan(cudnnHandle_t handle, const AttentionShape& a, bool backward) try {
  return attention_graph(a, backward).plan(handle);
} catch (const Error& e) { throw Error(text(a, backward), e.what()); }

}  // namespace

CudnnGraph attention_graph(const AttentionShape& a, bool backward) {
  if (a.batch < 1 || a.seq < 1 || a.kv_heads < 1 || a.heads < 1 || a.head_dim < 1 || a.heads % a.kv_heads)
    throw Error(text(a, backward), "sizes must be positive and heads a multiple of KV heads");
  return backward ? backward_graph(a) : forward_graph(a);
}

Attention::Attention(cudnnHandle_t handle, AttentionShape a)
    : handle_(handle),
      shape_(a),
      forward_(attention_plan(handle, a, false)),
      backward_(attention_plan(handle, a, true)),
      sum_(a.stats_count() * 4),
      dq_accumulator_(a.stats_count() * 4 * static_cast<std::size_t>(a.head_dim)),
      workspace_(static_cast<std::size_t>(std::max(forward_.workspace_bytes, backward_.workspace_bytes))) {}

void Attention::forward(const Bf16* qkv, Bf16* out, float* stats, cudaStream_t s) {
  float scale = 1.f / std::sqrt(static_cast<float>(shape_.head_dim)), minus_inf = -1e30f;
  auto* q = const_cast<Bf16*>(qkv);
  auto* k = q + shape_.heads * shape_.head_dim;
  auto* v = k + shape_.kv_heads * shape_.head_dim;
  cudnn_check(cudnnSetStream(handle_, s), "cudnnSetStream");
  run_plan(handle_, forward_, {kQ, kK, kV, kOut, kStats, kScale, kMinusInf}, {q, k, v, out, stats, &scale, &minus_inf},
           workspace_.as<>());
}

void Attention::backward(const Bf16* qkv, const Bf16* out, const Bf16* dout, const float* stats, Bf16* dqkv,
                         cudaStream_t s) {
  float scale = 1.f / std::sqrt(static_cast<float>(shape_.head_dim)), minus_inf = -1e30f, one = 1.f;
  auto* q = const_cast<Bf16*>(qkv);
  const auto k_at = shape_.heads * shape_.head_dim, v_at = k_at + shape_.kv_heads * shape_.head_dim;
  cudnn_check(cudnnSetStream(handle_, s), "cudnnSetStream");
  run_plan(handle_, backward_, {kQ, kK, kV, kOut, kStats, kDOut, kDQ, kDK, kDV, kScale, kMinusInf, kOne, kSum, kDQAcc},
           {q, q + k_at, q + v_at, const_cast<Bf16*>(out), const_cast<float*>(stats), const_cast<Bf16*>(dout), dqkv,
            dqkv + k_at, dqkv + v_at, &scale, &minus_inf, &one, sum_.as<>(), dq_accumulator_.as<>()},
           workspace_.as<>());
}

}  // namespace braid::gpu
