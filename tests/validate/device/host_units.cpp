// SPDX-License-Identifier: Apache-2.0
// The kernels of calibrate/units on the host, in host memory, one after the other: linked in place of those of a GPU,
// so that what OpKernels wires together can be run and its numbers held against a reference. Slow; small shapes only.
#include <cudnn.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "calibrate/device/check.hpp"
#include "calibrate/sweep/attention_reference.hpp"
#include "calibrate/sweep/host_reference.hpp"
#include "calibrate/units/gemm.hpp"
#include "calibrate/units/kernels.hpp"

namespace braid::gpu {
namespace {

using reference::Doubles;

template <class T>
Doubles doubles(const T* p, std::size_t n) {
  Doubles d(n);
  for (std::size_t i = 0; i < n; ++i) d[i] = static_cast<double>(static_cast<float>(p[i]));
  return d;
}
void put(const Doubles& d, Bf16* p) {
  for (std::size_t i = 0; i < d.size(); ++i) p[i] = __float2bfloat16(static_cast<float>(d[i]));
}
void add_to(const Doubles& d, float* p) {
  for (std::size_t i = 0; i < d.size(); ++i) p[i] += static_cast<float>(d[i]);
}
std::size_t area(int rows, int columns) { return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns); }

double uniform(std::size_t i, std::uint32_t seed) {
  std::uint64_t x = i * 0x9e3779b97f4a7c15ull + seed * 0xbf58476d1ce4e5b9ull + 1;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return static_cast<double>((x ^ (x >> 31)) >> 11) * 0x1p-53;
}
template <class T>
void normal(T* p, std::size_t n, float deviation, std::uint32_t seed) {
  for (std::size_t i = 0; i < n; ++i) {
    const double radius = std::sqrt(-2 * std::log(uniform(2 * i, seed) + 1e-12));
    p[i] = T(static_cast<float>(deviation * radius * std::cos(6.283185307179586 * uniform(2 * i + 1, seed))));
  }
}

}  // namespace

DeviceBuffer::DeviceBuffer(std::size_t bytes) : p_(bytes ? std::malloc(bytes) : nullptr), bytes_(bytes) {
  if (bytes) std::memset(p_, 0xff, bytes);  // no number, until something is written
}
DeviceBuffer::~DeviceBuffer() { std::free(p_); }
void fill_normal(Bf16* p, std::size_t n, float deviation, std::uint32_t seed) { normal(p, n, deviation, seed); }
void fill_normal(float* p, std::size_t n, float deviation, std::uint32_t seed) { normal(p, n, deviation, seed); }
void fill_uniform(int* p, std::size_t n, int limit, std::uint32_t seed) {
  for (std::size_t i = 0; i < n; ++i) p[i] = static_cast<int>(uniform(i, seed) * limit);
}

std::vector<Bf16> read_strided(const Bf16* p, std::size_t stride, std::size_t n) {
  std::vector<Bf16> host(n);
  for (std::size_t i = 0; i < n; ++i) host[i] = p[i * stride];
  return host;
}
OperandPool::OperandPool(std::size_t bytes, float, std::uint32_t) : buffer_(bytes) {}
Bf16* OperandPool::slice(std::size_t, int) const { return buffer_.as<Bf16>(); }

LtHandle::LtHandle() = default;
LtHandle::~LtHandle() = default;
struct Gemm::Descriptors {
  double residual = 0;
};
Gemm::Gemm(const LtHandle& lt, GemmShape s, int, float residual)
    : lt_(&lt), shape_(s), d_(std::make_unique<Descriptors>(Descriptors{residual})) {}
Gemm::~Gemm() = default;
Gemm::Gemm(Gemm&&) noexcept = default;
double spot_check(const GemmShape&, const Bf16*, const Bf16*, const void*, int) { return 0; }
void Gemm::tune(int, const std::function<double()>& time_us) { time_us(); }
void Gemm::run(const Bf16* a, const Bf16* b, void* c, cudaStream_t, const Bf16* d) const {
  const auto [m, n, k, pass] = shape_;
  const Doubles x = doubles(a, area(m, k)), y = doubles(b, area(n, k));
  if (pass == Pass::W) return add_to(reference::transposed_times(x, y, k), static_cast<float*>(c));
  Doubles z = pass == Pass::F ? reference::times_transposed(x, y, k) : reference::times(x, y, k);
  if (d) {
    for (std::size_t i = 0; i < z.size(); ++i) z[i] += d_->residual * static_cast<float>(d[i]);
  }
  put(z, static_cast<Bf16*>(c));
}

void cudnn_check(cudnnStatus_t, const char*, const std::source_location&) {}
Attention::Attention(cudnnHandle_t handle, AttentionShape a) : handle_(handle), shape_(a) {}
/// A statistic here is the sum of its row of Q: enough to see in backward whether it is that of the forward.
void Attention::forward(const Bf16* qkv, Bf16* out, float* stats, cudaStream_t) {
  const Doubles x = doubles(qkv, area(shape_.tokens(), shape_.qkv_width()));
  const Doubles nothing(area(shape_.tokens(), shape_.heads * shape_.head_dim), 0.0);
  put(attention_reference(shape_, x, nothing).out, out);
  for (int row = 0; row < shape_.tokens() * shape_.heads; ++row) {
    double sum = 0;
    for (int e = 0; e < shape_.head_dim; ++e)
      sum += x[area(row / shape_.heads, shape_.qkv_width()) + area(row % shape_.heads, shape_.head_dim) +
               static_cast<std::size_t>(e)];
    stats[row] = static_cast<float>(sum);
  }
}
void Attention::backward(const Bf16* qkv, const Bf16* out, const Bf16* dout, const float* stats, Bf16* dqkv,
                         cudaStream_t q) {
  const std::size_t wide = area(shape_.tokens(), shape_.heads * shape_.head_dim);
  std::vector<Bf16> again(wide);
  std::vector<float> stats_again(shape_.stats_count());
  forward(qkv, again.data(), stats_again.data(), q);
  Doubles d =
      attention_reference(shape_, doubles(qkv, area(shape_.tokens(), shape_.qkv_width())), doubles(dout, wide)).dqkv;
  const bool same = std::memcmp(again.data(), out, 2 * wide) == 0 &&
                    std::memcmp(stats_again.data(), stats, 4 * stats_again.size()) == 0;
  if (!same) std::fill(d.begin(), d.end(), std::nan(""));
  put(d, dqkv);
}

void rmsnorm_forward(const Bf16* x, const Bf16* w, Bf16* y, float* rstd, int rows, int width, float eps, cudaStream_t) {
  const auto norm =
      reference::rmsnorm(doubles(x, area(rows, width)), doubles(w, area(1, width)), static_cast<double>(eps));
  put(norm.y, y);
  for (std::size_t i = 0; i < norm.rstd.size(); ++i) rstd[i] = static_cast<float>(norm.rstd[i]);
}
void rmsnorm_dgrad(const Bf16* x, const Bf16* w, const float* rstd, const Bf16* dy, const Bf16* residual, Bf16* dx,
                   int rows, int width, cudaStream_t) {
  const std::size_t n = area(rows, width);
  Doubles d =
      reference::rmsnorm_dgrad(doubles(x, n), doubles(w, area(1, width)), doubles(rstd, area(rows, 1)), doubles(dy, n));
  for (std::size_t i = 0; residual && i < n; ++i) d[i] += static_cast<float>(residual[i]);
  put(d, dx);
}
void rmsnorm_wgrad(const Bf16* x, const float* rstd, const Bf16* dy, float* dw, int rows, int width, cudaStream_t) {
  const std::size_t n = area(rows, width);
  add_to(reference::rmsnorm_wgrad(doubles(x, n), doubles(rstd, area(rows, 1)), doubles(dy, n)), dw);
}
void swiglu_forward(const Bf16* in, Bf16* out, int rows, int width, cudaStream_t) {
  put(reference::swiglu(doubles(in, 2 * area(rows, width)), width), out);
}
void swiglu_dgrad(const Bf16* in, const Bf16* dout, Bf16* din, int rows, int width, cudaStream_t) {
  put(reference::swiglu_dgrad(doubles(in, 2 * area(rows, width)), doubles(dout, area(rows, width)), width), din);
}
void rope_table(float* cosine, float* sine, int seq, int head_dim, float base, cudaStream_t) {
  for (int t = 0; t < seq; ++t) {
    for (int i = 0; i < head_dim / 2; ++i) {
      const double angle = t * std::pow(static_cast<double>(base), -2.0 * i / head_dim);
      cosine[t * (head_dim / 2) + i] = static_cast<float>(std::cos(angle));
      sine[t * (head_dim / 2) + i] = static_cast<float>(std::sin(angle));
    }
  }
}
void rope(Bf16* x, const float* cosine, const float* sine, int tokens, int seq, int heads, int head_dim,
          int row_elements, float direction, cudaStream_t) {
  for (int token = 0; token < tokens; ++token) {
    for (int pair = 0; pair < heads * (head_dim / 2); ++pair) {
      const int half = head_dim / 2, head = pair / half, i = pair % half, at = token % seq * half + i;
      Bf16* p = x + area(token, row_elements) + area(head, head_dim) + static_cast<std::size_t>(i);
      const float a = __bfloat162float(p[0]), b = __bfloat162float(p[half]), c = cosine[at], s = direction * sine[at];
      p[0] = __float2bfloat16(a * c - b * s);
      p[half] = __float2bfloat16(b * c + a * s);
    }
  }
}
void add(const Bf16* a, const Bf16* b, Bf16* y, std::int64_t n, cudaStream_t) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = __float2bfloat16(__bfloat162float(a[i]) + __bfloat162float(b[i]));
}
void cross_entropy(Bf16* logits, const int* target, float* loss, int rows, int vocab, cudaStream_t) {
  const auto l = reference::cross_entropy(doubles(logits, area(rows, vocab)), {target, target + rows});
  put(l.gradient, logits);
  for (std::size_t i = 0; i < l.loss.size(); ++i) loss[i] = static_cast<float>(l.loss[i]);
}
void embedding_forward(const Bf16* table, const int* ids, Bf16* out, int rows, int width, cudaStream_t) {
  for (int r = 0; r < rows; ++r) std::memcpy(out + area(r, width), table + area(ids[r], width), 2 * area(1, width));
}
void embedding_backward(const Bf16* dout, const int* ids, float* dtable, int rows, int width, cudaStream_t) {
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < width; ++c)
      dtable[area(ids[r], width) + static_cast<std::size_t>(c)] +=
          __bfloat162float(dout[area(r, width) + static_cast<std::size_t>(c)]);
  }
}
void adam(Bf16* param, float* master, float* m, float* v, const float* grad, std::int64_t n, int step, cudaStream_t) {
  const auto count = static_cast<std::size_t>(n);
  const Doubles change =
      reference::adam_step(doubles(master, count), doubles(m, count), doubles(v, count), doubles(grad, count), step);
  for (std::size_t i = 0; i < count; ++i) {
    master[i] += static_cast<float>(change[i]);
    m[i] = 0.9f * m[i] + 0.1f * grad[i];
    v[i] = 0.95f * v[i] + 0.05f * grad[i] * grad[i];
    param[i] = __float2bfloat16(master[i]);
  }
}

}  // namespace braid::gpu

extern "C" {

cudaError_t cudaSetDevice(int) { return cudaSuccess; }
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr, int) { return *value = 132, cudaSuccess; }
cudaError_t cudaDeviceSynchronize() { return cudaSuccess; }
cudaError_t cudaStreamSynchronize(cudaStream_t) { return cudaSuccess; }
cudaError_t cudaMemGetInfo(size_t* free, size_t* total) { return *free = *total = size_t{4} << 30, cudaSuccess; }
cudaError_t cudaMemcpy(void* to, const void* from, size_t n, cudaMemcpyKind) {
  return std::memcpy(to, from, n), cudaSuccess;
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t n, cudaMemcpyKind kind, cudaStream_t) {
  return cudaMemcpy(to, from, n, kind);
}
cudaError_t cudaHostAlloc(void** p, size_t n, unsigned) { return *p = std::malloc(n), cudaSuccess; }
cudaError_t cudaFreeHost(void* p) { return std::free(p), cudaSuccess; }
cudaError_t cudaMemset(void* p, int value, size_t n) { return std::memset(p, value, n), cudaSuccess; }
cudaError_t cudaMemsetAsync(void* p, int value, size_t n, cudaStream_t) {
  return std::memset(p, value, n), cudaSuccess;
}
cudaError_t cudaGetLastError() { return cudaSuccess; }
const char* cudaGetErrorString(cudaError_t) { return "none"; }
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* e, unsigned) { return *e = nullptr, cudaSuccess; }
cudaError_t cudaEventDestroy(cudaEvent_t) { return cudaSuccess; }
cudaError_t cudaEventRecord(cudaEvent_t, cudaStream_t) { return cudaSuccess; }
cudaError_t cudaEventQuery(cudaEvent_t) { return cudaSuccess; }
cudaError_t cudaEventElapsedTime(float* ms, cudaEvent_t, cudaEvent_t) { return *ms = 1, cudaSuccess; }
cudaError_t cudaStreamCreateWithPriority(cudaStream_t* s, unsigned, int) { return *s = nullptr, cudaSuccess; }
cudaError_t cudaStreamDestroy(cudaStream_t) { return cudaSuccess; }
cudaError_t cudaDeviceGetStreamPriorityRange(int* low, int* high) { return *low = *high = 0, cudaSuccess; }
cudnnStatus_t cudnnCreate(cudnnHandle_t* h) { return *h = nullptr, CUDNN_STATUS_SUCCESS; }
cudnnStatus_t cudnnDestroy(cudnnHandle_t) { return CUDNN_STATUS_SUCCESS; }
cudnnStatus_t cudnnSetStream(cudnnHandle_t, cudaStream_t) { return CUDNN_STATUS_SUCCESS; }
cudaError_t cudaGetDriverEntryPointByVersion(const char*, void** p, unsigned, unsigned long long,
                                             cudaDriverEntryPointQueryResult* found) {
  return *p = nullptr, *found = cudaDriverEntryPointSymbolNotFound, cudaSuccess;
}

}  // extern "C"
