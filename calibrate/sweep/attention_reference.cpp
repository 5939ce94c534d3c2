// SPDX-License-Identifier: Apache-2.0
#include "calibrate/sweep/attention_reference.hpp"

#include <cmath>

#include "calibrate/device/check.hpp"

namespace braid::gpu {

using Doubles = std::vector<double>;

AttentionReference attention_reference(const AttentionShape& a, const Doubles& x, const Doubles& g) {
  const std::size_t t = static_cast<std::size_t>(a.tokens()), row = static_cast<std::size_t>(a.qkv_width()),
                    o_row = static_cast<std::size_t>(a.heads * a.head_dim), d = static_cast<std::size_t>(a.head_dim);
  Doubles want_o(t * o_row, 0.0), want(t * row, 0.0);
  const double scale = 1 / std::sqrt(static_cast<double>(d));
  const auto seq = static_cast<std::size_t>(a.seq), group = static_cast<std::size_t>(a.heads / a.kv_heads),
             heads = static_cast<std::size_t>(a.heads);
  for (std::size_t b = 0; b < static_cast<std::size_t>(a.batch); ++b)
    for (std::size_t h = 0; h < heads; ++h) {
      const auto q = [&](std::size_t i) { return (b * seq + i) * row + h * d; };
      const auto k = [&](std::size_t i) { return (b * seq + i) * row + (heads + h / group) * d; };
      const auto v = [&](std::size_t i) {
        return (b * seq + i) * row + (heads + static_cast<std::size_t>(a.kv_heads) + h / group) * d;
      };
      const auto o = [&](std::size_t i) { return (b * seq + i) * o_row + h * d; };
      for (std::size_t i = 0; i < seq; ++i) {
        Doubles p(i + 1);
        double top = -1e300, sum = 0, dot = 0;
        for (std::size_t j = 0; j <= i; ++j) {
          double s = 0;
          for (std::size_t e = 0; e < d; ++e) s += x[q(i) + e] * x[k(j) + e];
          p[j] = s * scale, top = std::max(top, p[j]);
        }
        for (auto& e : p) e = std::exp(e - top), sum += e;
        for (std::size_t j = 0; j <= i; ++j) {
          p[j] /= sum;
          for (std::size_t e = 0; e < d; ++e) want_o[o(i) + e] += p[j] * x[v(j) + e];
        }
        for (std::size_t e = 0; e < d; ++e) dot += want_o[o(i) + e] * g[o(i) + e];
        for (std::size_t j = 0; j <= i; ++j) {
          double dp = 0;
          for (std::size_t e = 0; e < d; ++e) dp += g[o(i) + e] * x[v(j) + e];
          const double ds = p[j] * (dp - dot) * scale;
          for (std::size_t e = 0; e < d; ++e)
            want[q(i) + e] += ds * x[k(j) + e], want[k(j) + e] += ds * x[q(i) + e],
                want[v(j) + e] += p[j] * g[o(i) + e];
        }
      }
    }
  return {std::move(want_o), std::move(want)};
}

std::vector<NumericError> attention_errors(AttentionShape a, cudaStream_t stream) {
  const std::size_t t = static_cast<std::size_t>(a.tokens()), row = static_cast<std::size_t>(a.qkv_width()),
                    o_row = static_cast<std::size_t>(a.heads * a.head_dim), d = static_cast<std::size_t>(a.head_dim);
  const OperandPool qkv(t * row * 2, 1.f, 51), dout(t * o_row * 2, 1.f, 52);
  DeviceBuffer out(t * o_row * 2), dqkv(t * row * 2), stats(a.stats_count() * 4);
  cudnnHandle_t handle{};
  cudnn_check(cudnnCreate(&handle), "cudnnCreate");
  {
    Attention attention(handle, a);
    BRAID_CUDA(cudaMemset(dqkv.as<>(), 0xff, dqkv.bytes()));  // NaN, so that an element left unwritten shows
    BRAID_CUDA(cudaMemset(out.as<>(), 0xff, out.bytes()));
    BRAID_CUDA(cudaDeviceSynchronize());
    attention.forward(qkv.slice(t * row * 2, 0), out.as<Bf16>(), stats.as<float>(), stream);
    attention.backward(qkv.slice(t * row * 2, 0), out.as<Bf16>(), dout.slice(t * o_row * 2, 0), stats.as<float>(),
                       dqkv.as<Bf16>(), stream);
    BRAID_CUDA(cudaStreamSynchronize(stream));
  }
  cudnnDestroy(handle);
  const auto x = read(qkv.slice(t * row * 2, 0), t * row), g = read(dout.slice(t * o_row * 2, 0), t * o_row);
  const auto [want_o, want] = attention_reference(a, x, g);
  const auto heads = static_cast<std::size_t>(a.heads);
  const auto got_o = read(out.as<Bf16>(), t * o_row), got = read(dqkv.as<Bf16>(), t * row);
  const auto error = [](const Doubles& x1, const Doubles& x2, std::size_t stride, std::size_t from, std::size_t to) {
    double e = 0, n = 0;
    for (std::size_t i = 0; i < x2.size(); ++i)
      if (i % stride >= from && i % stride < to) e += (x1[i] - x2[i]) * (x1[i] - x2[i]), n += x2[i] * x2[i];
    const double r = std::sqrt(e / n);
    return std::isnan(r) ? 1e30 : r;
  };
  const std::size_t k0 = heads * d, v0 = k0 + static_cast<std::size_t>(a.kv_heads) * d;
  return {{"attention_out", error(got_o, want_o, o_row, 0, o_row)},
          {"attention_dq", error(got, want, row, 0, k0)},
          {"attention_dk", error(got, want, row, k0, v0)},
          {"attention_dv", error(got, want, row, v0, row)}};
}

}  // namespace braid::gpu
