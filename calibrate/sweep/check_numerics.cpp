// SPDX-License-Identifier: Apache-2.0
// Every kernel that is timed, held against a double-precision reference on the host, at sizes small enough for it.
#include <cmath>
#include <functional>

#include "calibrate/device/check.hpp"
#include "calibrate/sweep/bench.hpp"
#include "calibrate/units/kernels.hpp"
#if BRAID_HAVE_CUDNN
#include "calibrate/sweep/attention_reference.hpp"
#endif

namespace braid::gpu {
namespace {

constexpr double kLimit = 1e-2;  // bf16 keeps 8 bits: one rounding is 2e-3 of a value
using Doubles = std::vector<double>;

Doubles read(const Bf16* p, std::size_t n) {
  std::vector<Bf16> h(n);
  BRAID_CUDA(cudaMemcpy(h.data(), p, n * 2, cudaMemcpyDeviceToHost));
  Doubles r(n);
  for (std::size_t i = 0; i < n; ++i) r[i] = __bfloat162float(h[i]);
  return r;
}
Doubles read(const float* p, std::size_t n) {
  std::vector<float> h(n);
  BRAID_CUDA(cudaMemcpy(h.data(), p, n * 4, cudaMemcpyDeviceToHost));
  return {h.begin(), h.end()};
}

struct Tally {
  int bad = 0;
  void operator()(const char* what, const Doubles& got, const Doubles& want) {
    double e = 0, n = 0;
    for (std::size_t i = 0; i < want.size(); ++i) e += (got[i] - want[i]) * (got[i] - want[i]), n += want[i] * want[i];
    const double r = std::sqrt(e / n);
    const bool ok = r < kLimit;  // false for NaN
    bad += !ok;
    std::printf("check %-24s relative error %.2e %s\n", what, r, ok ? "ok" : "BAD");
  }
};

}  // namespace

int check_numerics(Bench& b) {
  Tally tally;
  const auto s = b.sampler.stream();
  constexpr int kRows = 48, kWidth = 5120, kHeads = 3;
  constexpr std::size_t n = std::size_t{kRows} * kWidth;
  const OperandPool pool(16 * n * 2, 1.f, 41);
  DeviceBuffer out(4 * n * 4), f(8 * n * 4), ids(4096);
  const Bf16 *x = pool.slice(n * 2, 0), *dy = pool.slice(n * 2, 1), *res = pool.slice(n * 2, 2),
             *w = pool.slice(n * 2, 3), *wide = pool.slice(4 * n, 2);
  BRAID_CUDA(cudaDeviceSynchronize());
  const auto hx = read(x, n), hdy = read(dy, n), hres = read(res, n), hw = read(w, kWidth), hwide = read(wide, 2 * n);
  auto* y = out.as<Bf16>();
  auto* rstd = f.as<float>();
  auto* dw = f.as<float>() + 1024;
  const auto sync = [&] { BRAID_CUDA(cudaStreamSynchronize(s)); };
  Doubles want(n), want_rstd(kRows), want_dw(kWidth, 0.0);
  for (int r = 0; r < kRows; ++r) {
    double ss = 0;
    for (int c = 0; c < kWidth; ++c) ss += hx[r * kWidth + c] * hx[r * kWidth + c];
    want_rstd[r] = 1 / std::sqrt(ss / kWidth + 1e-5);
  }
  const auto each = [&](auto value) {
    for (int r = 0; r < kRows; ++r)
      for (int c = 0; c < kWidth; ++c)
        want[static_cast<std::size_t>(r * kWidth + c)] = value(r, c, static_cast<std::size_t>(r * kWidth + c));
  };
  rmsnorm_forward(x, w, y, rstd, kRows, kWidth, 1e-5f, s), sync();
  each([&](int r, int c, std::size_t i) { return hx[i] * want_rstd[r] * hw[c]; });
  tally("rmsnorm_forward", read(y, n), want);
  tally("rmsnorm_rstd", read(rstd, kRows), want_rstd);
  rmsnorm_dgrad(x, w, rstd, dy, res, y, kRows, kWidth, s), sync();
  Doubles dot(kRows, 0.0);
  each([&](int r, int c, std::size_t i) { return dot[r] += hdy[i] * hw[c] * hx[i], 0.0; });
  each([&](int r, int c, std::size_t i) {
    return hres[i] + hdy[i] * hw[c] * want_rstd[r] - hx[i] * dot[r] * std::pow(want_rstd[r], 3) / kWidth;
  });
  tally("rmsnorm_dgrad_residual", read(y, n), want);
  BRAID_CUDA(cudaMemset(dw, 0, kWidth * 4));
  rmsnorm_wgrad(x, rstd, dy, dw, kRows, kWidth, s), sync();
  each([&](int r, int c, std::size_t i) { return want_dw[c] += hdy[i] * hx[i] * want_rstd[r], 0.0; });
  tally("rmsnorm_wgrad", read(dw, kWidth), want_dw);
  add(x, dy, y, n, s), sync();
  each([&](int, int, std::size_t i) { return hx[i] + hdy[i]; });
  tally("add", read(y, n), want);

  swiglu_forward(wide, y, kRows, kWidth, s), sync();
  const auto gate = [&](int r, int c) { return hwide[static_cast<std::size_t>(r) * 2 * kWidth + c]; };
  const auto up = [&](int r, int c) { return hwide[static_cast<std::size_t>(r) * 2 * kWidth + kWidth + c]; };
  each([&](int r, int c, std::size_t) { return gate(r, c) / (1 + std::exp(-gate(r, c))) * up(r, c); });
  tally("swiglu_forward", read(y, n), want);
  swiglu_dgrad(wide, dy, y, kRows, kWidth, s), sync();
  Doubles want2(2 * n);
  each([&](int r, int c, std::size_t i) {
    const double a = gate(r, c), sg = 1 / (1 + std::exp(-a));
    want2[static_cast<std::size_t>(r) * 2 * kWidth + c] = hdy[i] * up(r, c) * sg * (1 + a * (1 - sg));
    want2[static_cast<std::size_t>(r) * 2 * kWidth + kWidth + c] = hdy[i] * a * sg;
    return 0.0;
  });
  tally("swiglu_dgrad", read(y, 2 * n), want2);

  constexpr int kDim = 128, kRow = (kHeads + 1) * kDim, kTurned = kHeads * kDim;
  BRAID_CUDA(cudaMemcpy(y, x, kRows * kRow * 2, cudaMemcpyDeviceToDevice));
  rope_table(dw, dw + kRows * 64, kRows / 2, kDim, 1e4f, s),
      rope(y, dw, dw + kRows * 64, kRows, kRows / 2, kHeads, kDim, kRow, 1, s), sync();
  Doubles turned(hx.begin(), hx.begin() + kRows * kRow);
  for (int t = 0; t < kRows; ++t)
    for (int c = 0; c < kTurned; ++c) {
      const int i = c % kDim, half = i % 64, head = c / kDim * kDim;
      const double angle = t % (kRows / 2) * std::pow(1e4, -half / 64.0), lo = hx[t * kRow + head + half],
                   hi = hx[t * kRow + head + half + 64];
      turned[static_cast<std::size_t>(t * kRow + c)] =
          i < 64 ? lo * std::cos(angle) - hi * std::sin(angle) : hi * std::cos(angle) + lo * std::sin(angle);
    }
  tally("rope", read(y, kRows * kRow), turned);
  rope(y, dw, dw + kRows * 64, kRows, kRows / 2, kHeads, kDim, kRow, -1, s), sync();
  tally("rope_and_back", read(y, kRows * kRow), {hx.begin(), hx.begin() + kRows * kRow});

  BRAID_CUDA(cudaMemcpy(y, x, n * 2, cudaMemcpyDeviceToDevice));
  fill_uniform(ids.as<int>(), kRows, kWidth, 42);
  BRAID_CUDA(cudaDeviceSynchronize());
  std::vector<int> target(kRows);
  BRAID_CUDA(cudaMemcpy(target.data(), ids.as<>(), kRows * 4, cudaMemcpyDeviceToHost));
  cross_entropy(y, ids.as<int>(), rstd, kRows, kWidth, s), sync();
  Doubles z(kRows, 0.0), loss(kRows);
  each([&](int r, int, std::size_t i) { return z[r] += std::exp(hx[i]), 0.0; });
  for (int r = 0; r < kRows; ++r) loss[r] = std::log(z[r]) - hx[static_cast<std::size_t>(r * kWidth + target[r])];
  each([&](int r, int c, std::size_t i) { return (std::exp(hx[i]) / z[r] - (c == target[r])) / kRows; });
  tally("cross_entropy_loss", read(rstd, kRows), loss);
  tally("cross_entropy_gradient", read(y, n), want);

  auto* p = f.as<float>() + 65536;
  fill_normal(p, 4 * 4096, 1.f, 43);
  BRAID_CUDA(cudaMemset(p + 2 * 4096, 0x3c, 4096 * 4));
  BRAID_CUDA(cudaDeviceSynchronize());
  const auto before = read(p, 4 * 4096);
  adam(y, p, p + 4096, p + 2 * 4096, p + 3 * 4096, 4096, 3, s), sync();
  Doubles stepped(4096);
  for (std::size_t i = 0; i < 4096; ++i) {
    const double g = before[3 * 4096 + i], m = 0.9 * before[4096 + i] + 0.1 * g,
                 v = 0.95 * before[2 * 4096 + i] + 0.05 * g * g;
    stepped[i] =
        -1e-4 * (m / (1 - std::pow(0.9, 3)) / std::sqrt(v / (1 - std::pow(0.95, 3)) + 1e-16) + 0.1 * before[i]);
  }
  auto after = read(p, 4096);
  for (std::size_t i = 0; i < 4096; ++i) after[i] -= before[i];
  tally("adam_step", after, stepped);

  const GemmRig rig(b, std::size_t{64} << 20, std::size_t{64} << 20);
  for (const Pass pass : {Pass::F, Pass::I, Pass::W}) {
    Gemm g(b.lt, gemm_shape({"check", 1536, 2304}, 1024, pass));
    rig.tune(g, 8);
    const double e = rig.check(g);
    tally.bad += !(e < kLimit);
    std::printf("check gemm_%-19s relative error %.2e %s\n", name(pass), e, e < kLimit ? "ok" : "BAD");
  }
#if BRAID_HAVE_CUDNN
  for (const auto& c : attention_errors({.batch = 2, .seq = 192, .heads = 4, .kv_heads = 2}, s)) {
    tally.bad += !(c.error < kLimit);
    std::printf("check attention_%-14s relative error %.2e %s\n", c.what, c.error, c.error < kLimit ? "ok" : "BAD");
  }
#endif
  return tally.bad;
}

}  // namespace braid::gpu
