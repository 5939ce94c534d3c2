// SPDX-License-Identifier: Apache-2.0
#include "calibrate/units/kernels.hpp"

#include <algorithm>

#include "calibrate/device/check.hpp"

namespace braid::gpu {
namespace {

struct alignas(16) V8 {
  Bf16 v[8];
};
constexpr int kThreads = 256;

__device__ float f(Bf16 x) { return __bfloat162float(x); }
__device__ Bf16 h(float x) { return __float2bfloat16(x); }

__device__ float block_sum(float v) {
  __shared__ float part[kThreads / 32];
  for (int o = 16; o; o >>= 1) v += __shfl_xor_sync(~0u, v, o);
  __syncthreads();
  if (!(threadIdx.x & 31)) part[threadIdx.x >> 5] = v;
  __syncthreads();
  float r = 0;
  for (int i = 0; i < kThreads / 32; ++i) r += part[i];
  return r;
}

// One block per row; V vectors of 8 per thread stay in registers, so x is read once.
template <int V>
__global__ void __launch_bounds__(kThreads)
    rmsnorm_forward_kernel(const V8* x, const V8* w, V8* y, float* rstd, int vecs, float eps) {
  const std::int64_t row = static_cast<std::int64_t>(blockIdx.x) * vecs;
  V8 a[V];
  float ss = 0;
#pragma unroll
  for (int j = 0; j < V; ++j)
    if (const int i = threadIdx.x + j * kThreads; i < vecs) {
      a[j] = x[row + i];
      for (int k = 0; k < 8; ++k) ss += f(a[j].v[k]) * f(a[j].v[k]);
    }
  const float r = rsqrtf(block_sum(ss) / (vecs * 8) + eps);
  if (!threadIdx.x) rstd[blockIdx.x] = r;
#pragma unroll
  for (int j = 0; j < V; ++j)
    if (const int i = threadIdx.x + j * kThreads; i < vecs) {
      const V8 g = w[i];
      for (int k = 0; k < 8; ++k) a[j].v[k] = h(f(a[j].v[k]) * r * f(g.v[k]));
      y[row + i] = a[j];
    }
}

template <int V>
__global__ void __launch_bounds__(kThreads) rmsnorm_dgrad_kernel(const V8* x, const V8* w, const float* rstd,
                                                                 const V8* dy, const V8* residual, V8* dx, int vecs) {
  const std::int64_t row = static_cast<std::int64_t>(blockIdx.x) * vecs;
  const float r = rstd[blockIdx.x];
  V8 a[V], g[V];
  float s = 0;
#pragma unroll
  for (int j = 0; j < V; ++j)
    if (const int i = threadIdx.x + j * kThreads; i < vecs) {
      a[j] = x[row + i];
      g[j] = dy[row + i];
      const V8 ww = w[i];
      for (int k = 0; k < 8; ++k) {
        const float t = f(g[j].v[k]) * f(ww.v[k]);
        s += t * f(a[j].v[k]);
        g[j].v[k] = h(t);
      }
    }
  s = block_sum(s) * r * r * r / (vecs * 8);
#pragma unroll
  for (int j = 0; j < V; ++j)
    if (const int i = threadIdx.x + j * kThreads; i < vecs) {
      V8 q{};
      if (residual) q = residual[row + i];
      for (int k = 0; k < 8; ++k) q.v[k] = h((residual ? f(q.v[k]) : 0.f) + f(g[j].v[k]) * r - f(a[j].v[k]) * s);
      dx[row + i] = q;
    }
}

// Each thread sums eight columns over a slab of rows, then adds its sums into the result.
__global__ void __launch_bounds__(128)
    rmsnorm_wgrad_kernel(const V8* x, const float* rstd, const V8* dy, float* dw, int rows, int vecs) {
  const int c = blockIdx.x * blockDim.x + threadIdx.x;
  if (c >= vecs) return;
  float s[8] = {};
  for (int r = blockIdx.y; r < rows; r += gridDim.y) {
    const V8 a = x[static_cast<std::int64_t>(r) * vecs + c], g = dy[static_cast<std::int64_t>(r) * vecs + c];
    const float q = rstd[r];
    for (int k = 0; k < 8; ++k) s[k] += f(g.v[k]) * f(a.v[k]) * q;
  }
  for (int k = 0; k < 8; ++k) atomicAdd(dw + c * 8 + k, s[k]);
}

__global__ void __launch_bounds__(kThreads) swiglu_forward_kernel(const V8* in, V8* out, int vecs) {
  const int c = blockIdx.x * kThreads + threadIdx.x;
  if (c >= vecs) return;
  const std::int64_t row = blockIdx.y;
  const V8 g = in[row * 2 * vecs + c], u = in[row * 2 * vecs + vecs + c];
  V8 o;
  for (int k = 0; k < 8; ++k) {
    const float a = f(g.v[k]);
    o.v[k] = h(a / (1.f + __expf(-a)) * f(u.v[k]));
  }
  out[row * vecs + c] = o;
}

__global__ void __launch_bounds__(kThreads) swiglu_dgrad_kernel(const V8* in, const V8* dout, V8* din, int vecs) {
  const int c = blockIdx.x * kThreads + threadIdx.x;
  if (c >= vecs) return;
  const std::int64_t row = blockIdx.y;
  const V8 g = in[row * 2 * vecs + c], u = in[row * 2 * vecs + vecs + c], d = dout[row * vecs + c];
  V8 dg, du;
  for (int k = 0; k < 8; ++k) {
    const float a = f(g.v[k]), s = 1.f / (1.f + __expf(-a)), t = f(d.v[k]);
    du.v[k] = h(t * a * s);
    dg.v[k] = h(t * f(u.v[k]) * s * (1.f + a * (1.f - s)));
  }
  din[row * 2 * vecs + c] = dg;
  din[row * 2 * vecs + vecs + c] = du;
}

__global__ void rope_table_kernel(float* cosine, float* sine, int half, float base) {
  const int i = threadIdx.x, t = blockIdx.x;
  if (i >= half) return;
  const float angle = static_cast<float>(t) * powf(base, -static_cast<float>(i) / static_cast<float>(half));
  cosine[t * half + i] = cosf(angle);
  sine[t * half + i] = sinf(angle);
}

__global__ void __launch_bounds__(kThreads) rope_kernel(Bf16* x, const float* cosine, const float* sine, int seq,
                                                        int heads, int half, int row_elements, float direction) {
  const int per_head = half / 8, i = blockIdx.x * kThreads + threadIdx.x, token = blockIdx.y;
  if (i >= heads * per_head) return;
  const int head = i / per_head, k = i % per_head * 8, at = token % seq * half + k;
  Bf16* p = x + static_cast<std::int64_t>(token) * row_elements + head * 2 * half + k;
  V8 lo = *reinterpret_cast<V8*>(p), hi = *reinterpret_cast<V8*>(p + half);
  for (int e = 0; e < 8; ++e) {
    const float a = f(lo.v[e]), b = f(hi.v[e]), c = cosine[at + e], s = direction * sine[at + e];
    lo.v[e] = h(a * c - b * s);
    hi.v[e] = h(b * c + a * s);
  }
  *reinterpret_cast<V8*>(p) = lo;
  *reinterpret_cast<V8*>(p + half) = hi;
}

__global__ void __launch_bounds__(kThreads) add_kernel(const V8* a, const V8* b, V8* y, std::int64_t vecs) {
  const std::int64_t i = blockIdx.x * static_cast<std::int64_t>(kThreads) + threadIdx.x;
  if (i >= vecs) return;
  const V8 p = a[i], q = b[i];
  V8 o;
  for (int k = 0; k < 8; ++k) o.v[k] = h(f(p.v[k]) + f(q.v[k]));
  y[i] = o;
}

// One block per row. First pass: running maximum and sum; second pass: gradient in place (the row mostly comes back
// from L2).
__global__ void __launch_bounds__(1024)
    cross_entropy_kernel(V8* logits, const int* target, float* loss, int vecs, float scale) {
  __shared__ float top[32], sum[32];
  V8* row = logits + static_cast<std::int64_t>(blockIdx.x) * vecs;
  const int want = target[blockIdx.x];
  const float picked = f(reinterpret_cast<Bf16*>(row)[want]);
  float m = -1e30f, s = 0;
  for (int i = threadIdx.x; i < vecs; i += blockDim.x) {
    const V8 a = row[i];
    float t = m;
    for (int k = 0; k < 8; ++k) t = fmaxf(t, f(a.v[k]));
    s *= __expf(m - t);
    for (int k = 0; k < 8; ++k) s += __expf(f(a.v[k]) - t);
    m = t;
  }
  for (int o = 16; o; o >>= 1) {
    const float om = __shfl_xor_sync(~0u, m, o), os = __shfl_xor_sync(~0u, s, o), t = fmaxf(m, om);
    s = s * __expf(m - t) + os * __expf(om - t);
    m = t;
  }
  if (!(threadIdx.x & 31)) top[threadIdx.x >> 5] = m, sum[threadIdx.x >> 5] = s;
  __syncthreads();
  m = -1e30f;
  for (unsigned i = 0; i < blockDim.x / 32; ++i) m = fmaxf(m, top[i]);
  s = 0;
  for (unsigned i = 0; i < blockDim.x / 32; ++i) s += sum[i] * __expf(top[i] - m);
  if (!threadIdx.x) loss[blockIdx.x] = m + __logf(s) - picked;
  const float inv = scale / s;
  for (int i = threadIdx.x; i < vecs; i += blockDim.x) {
    V8 a = row[i];
    for (int k = 0; k < 8; ++k) a.v[k] = h(__expf(f(a.v[k]) - m) * inv - (i * 8 + k == want ? scale : 0.f));
    row[i] = a;
  }
}

__global__ void __launch_bounds__(kThreads) embedding_kernel(const V8* table, const int* ids, V8* out, int vecs) {
  const std::int64_t from = static_cast<std::int64_t>(ids[blockIdx.x]) * vecs,
                     to = static_cast<std::int64_t>(blockIdx.x) * vecs;
  for (int i = threadIdx.x; i < vecs; i += kThreads) out[to + i] = table[from + i];
}

// Neighbouring threads add into neighbouring words, so that the atomics of a warp go out as one transaction.
__global__ void __launch_bounds__(kThreads)
    embedding_backward_kernel(const Bf16* dout, const int* ids, float* dtable, int width) {
  const std::int64_t from = static_cast<std::int64_t>(blockIdx.x) * width,
                     to = static_cast<std::int64_t>(ids[blockIdx.x]) * width;
  for (int c = threadIdx.x; c < width; c += kThreads) atomicAdd(dtable + to + c, f(dout[from + c]));
}

__global__ void __launch_bounds__(kThreads) adam_kernel(Bf16* param, float4* master, float4* m, float4* v,
                                                        const float4* grad, std::int64_t quads, float c1, float c2) {
  const std::int64_t i = blockIdx.x * static_cast<std::int64_t>(kThreads) + threadIdx.x;
  if (i >= quads) return;
  float4 p = master[i], a = m[i], b = v[i];
  const float4 g = grad[i];
  const auto step = [&](float& pp, float& aa, float& bb, float gg) {
    aa = 0.9f * aa + 0.1f * gg;
    bb = 0.95f * bb + 0.05f * gg * gg;
    pp -= 1e-4f * (aa * c1 * rsqrtf(bb * c2 + 1e-16f) + 0.1f * pp);
  };
  step(p.x, a.x, b.x, g.x), step(p.y, a.y, b.y, g.y), step(p.z, a.z, b.z, g.z), step(p.w, a.w, b.w, g.w);
  master[i] = p, m[i] = a, v[i] = b;
  struct alignas(8) H4 {
    Bf16 v[4];
  };
  reinterpret_cast<H4*>(param)[i] = H4{{h(p.x), h(p.y), h(p.z), h(p.w)}};
}

// A width that is no multiple of what a thread reads would leave elements out without a word.
void expect_multiple(const char* what, std::int64_t width, int of) {
  if (width % of) throw Error(what, "takes multiples of " + std::to_string(of) + ", not " + std::to_string(width));
}

unsigned blocks(std::int64_t items, int per) { return static_cast<unsigned>((items + per - 1) / per); }
const V8* vec(const Bf16* p) { return reinterpret_cast<const V8*>(p); }
V8* vec(Bf16* p) { return reinterpret_cast<V8*>(p); }

// Calls `launch` with the number of 8-element vectors a thread must hold, as a compile-time constant.
template <class Launch>
void by_vectors(int width, Launch launch) {
  expect_multiple("rmsnorm", width, 8);
  switch ((width / 8 + kThreads - 1) / kThreads) {
    case 1:
      return launch.template operator()<1>();
    case 2:
      return launch.template operator()<2>();
    case 3:
      return launch.template operator()<3>();
    case 4:
      return launch.template operator()<4>();
    case 5:
    case 6:
      return launch.template operator()<6>();
    case 7:
    case 8:
      return launch.template operator()<8>();
    default:
      throw Error("rmsnorm", "built for widths up to 16384, not " + std::to_string(width));
  }
}

}  // namespace

void rmsnorm_forward(const Bf16* x, const Bf16* w, Bf16* y, float* rstd, int rows, int width, float eps,
                     cudaStream_t s) {
  by_vectors(width, [&]<int V>() {
    rmsnorm_forward_kernel<V><<<rows, kThreads, 0, s>>>(vec(x), vec(w), vec(y), rstd, width / 8, eps);
  });
  BRAID_CUDA(cudaGetLastError());
}
void rmsnorm_dgrad(const Bf16* x, const Bf16* w, const float* rstd, const Bf16* dy, const Bf16* residual, Bf16* dx,
                   int rows, int width, cudaStream_t s) {
  by_vectors(width, [&]<int V>() {
    rmsnorm_dgrad_kernel<V><<<rows, kThreads, 0, s>>>(vec(x), vec(w), rstd, vec(dy), vec(residual), vec(dx), width / 8);
  });
  BRAID_CUDA(cudaGetLastError());
}
void rmsnorm_wgrad(const Bf16* x, const float* rstd, const Bf16* dy, float* dw, int rows, int width, cudaStream_t s) {
  expect_multiple("rmsnorm", width, 8);
  rmsnorm_wgrad_kernel<<<dim3(blocks(width / 8, 128), static_cast<unsigned>(std::min(rows, 128))), 128, 0, s>>>(
      vec(x), rstd, vec(dy), dw, rows, width / 8);
  BRAID_CUDA(cudaGetLastError());
}
void swiglu_forward(const Bf16* in, Bf16* out, int rows, int width, cudaStream_t s) {
  expect_multiple("swiglu", width, 8);
  swiglu_forward_kernel<<<dim3(blocks(width / 8, kThreads), static_cast<unsigned>(rows)), kThreads, 0, s>>>(
      vec(in), vec(out), width / 8);
  BRAID_CUDA(cudaGetLastError());
}
void swiglu_dgrad(const Bf16* in, const Bf16* dout, Bf16* din, int rows, int width, cudaStream_t s) {
  expect_multiple("swiglu", width, 8);
  swiglu_dgrad_kernel<<<dim3(blocks(width / 8, kThreads), static_cast<unsigned>(rows)), kThreads, 0, s>>>(
      vec(in), vec(dout), vec(din), width / 8);
  BRAID_CUDA(cudaGetLastError());
}
void rope_table(float* cosine, float* sine, int seq, int head_dim, float base, cudaStream_t s) {
  if (head_dim > 256) throw Error("rope", "takes heads of up to 256, not " + std::to_string(head_dim));
  rope_table_kernel<<<static_cast<unsigned>(seq), 128, 0, s>>>(cosine, sine, head_dim / 2, base);
  BRAID_CUDA(cudaGetLastError());
}
void rope(Bf16* x, const float* cosine, const float* sine, int tokens, int seq, int heads, int head_dim,
          int row_elements, float direction, cudaStream_t s) {
  expect_multiple("rope", head_dim, 16);
  expect_multiple("rope", row_elements, 8);
  const dim3 grid(blocks(static_cast<std::int64_t>(heads) * head_dim / 16, kThreads), static_cast<unsigned>(tokens));
  rope_kernel<<<grid, kThreads, 0, s>>>(x, cosine, sine, seq, heads, head_dim / 2, row_elements, direction);
  BRAID_CUDA(cudaGetLastError());
}
void add(const Bf16* a, const Bf16* b, Bf16* y, std::int64_t n, cudaStream_t s) {
  expect_multiple("add", n, 8);
  add_kernel<<<blocks(n / 8, kThreads), kThreads, 0, s>>>(vec(a), vec(b), vec(y), n / 8);
  BRAID_CUDA(cudaGetLastError());
}
void cross_entropy(Bf16* logits, const int* target, float* loss, int rows, int vocab, cudaStream_t s) {
  expect_multiple("cross-entropy", vocab, 8);
  cross_entropy_kernel<<<static_cast<unsigned>(rows), 1024, 0, s>>>(vec(logits), target, loss, vocab / 8,
                                                                    1.f / static_cast<float>(rows));
  BRAID_CUDA(cudaGetLastError());
}
void embedding_forward(const Bf16* table, const int* ids, Bf16* out, int rows, int width, cudaStream_t s) {
  expect_multiple("embedding", width, 8);
  embedding_kernel<<<static_cast<unsigned>(rows), kThreads, 0, s>>>(vec(table), ids, vec(out), width / 8);
  BRAID_CUDA(cudaGetLastError());
}
void embedding_backward(const Bf16* dout, const int* ids, float* dtable, int rows, int width, cudaStream_t s) {
  embedding_backward_kernel<<<static_cast<unsigned>(rows), kThreads, 0, s>>>(dout, ids, dtable, width);
  BRAID_CUDA(cudaGetLastError());
}
void adam(Bf16* param, float* master, float* m, float* v, const float* grad, std::int64_t n, int step, cudaStream_t s) {
  expect_multiple("adam", n, 4);
  const float c1 = 1.f / (1.f - powf(0.9f, static_cast<float>(step))),
              c2 = 1.f / (1.f - powf(0.95f, static_cast<float>(step)));
  adam_kernel<<<blocks(n / 4, kThreads), kThreads, 0, s>>>(param, reinterpret_cast<float4*>(master),
                                                           reinterpret_cast<float4*>(m), reinterpret_cast<float4*>(v),
                                                           reinterpret_cast<const float4*>(grad), n / 4, c1, c2);
  BRAID_CUDA(cudaGetLastError());
}

}  // namespace braid::gpu
