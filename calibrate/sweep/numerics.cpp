// SPDX-License-Identifier: Apache-2.0
#include "calibrate/sweep/numerics.hpp"

#include <algorithm>
#include <cmath>

#include "calibrate/device/check.hpp"
#include "calibrate/sweep/host_reference.hpp"
#include "calibrate/units/kernels.hpp"

namespace braid::gpu {
namespace {

constexpr int kRows = 48, kWidth = 5120;
constexpr std::size_t kCount = std::size_t{kRows} * kWidth;
using Doubles = reference::Doubles;

// Random inputs on the GPU and what they are on the host. Everything runs on one stream, copies and fills too: the
// default stream does not wait for it.
class KernelCheck {
 public:
  explicit KernelCheck(cudaStream_t s) : s_(s) {
    BRAID_CUDA(cudaDeviceSynchronize());
    hx_ = read(x_, kCount), hdy_ = read(dy_, kCount);
  }

  std::vector<NumericError> all() {
    norm();
    sum();
    swiglu();
    rope_both_ways();
    loss();
    embedding();
    adam_step();
    return std::move(results_);
  }

 private:
  void norm() {
    const auto *residual = pool_.slice(kCount * 2, 2), *w = pool_.slice(kCount * 2, 3);
    const auto hres = read(residual, kCount), hw = read(w, kWidth);
    auto *rstd = f_.as<float>(), *dw = f_.as<float>() + 1024;
    const auto want = reference::rmsnorm(hx_, hw, 1e-5);
    rmsnorm_forward(x_, w, y_, rstd, kRows, kWidth, 1e-5f, s_);
    compare("rmsnorm_forward", y_, want.y);
    compare("rmsnorm_rstd", rstd, want.rstd);
    const auto dgrad = reference::rmsnorm_dgrad(hx_, hw, want.rstd, hdy_);
    auto with_residual = dgrad;
    for (std::size_t i = 0; i < kCount; ++i) with_residual[i] += hres[i];
    rmsnorm_dgrad(x_, w, rstd, dy_, residual, y_, kRows, kWidth, s_);
    compare("rmsnorm_dgrad_residual", y_, with_residual);
    rmsnorm_dgrad(x_, w, rstd, dy_, nullptr, y_, kRows, kWidth, s_);
    compare("rmsnorm_dgrad", y_, dgrad);
    zero(dw, kWidth * 4);
    rmsnorm_wgrad(x_, rstd, dy_, dw, kRows, kWidth, s_);
    compare("rmsnorm_wgrad", dw, reference::rmsnorm_wgrad(hx_, want.rstd, hdy_));
  }

  void sum() {
    Doubles want(kCount);
    for (std::size_t i = 0; i < kCount; ++i) want[i] = hx_[i] + hdy_[i];
    add(x_, dy_, y_, kCount, s_);
    compare("add", y_, want);
  }

  void swiglu() {
    const auto* wide = pool_.slice(kCount * 4, 2);
    const auto h = read(wide, 2 * kCount);
    swiglu_forward(wide, y_, kRows, kWidth, s_);
    compare("swiglu_forward", y_, reference::swiglu(h, kWidth));
    swiglu_dgrad(wide, dy_, y_, kRows, kWidth, s_);
    compare("swiglu_dgrad", y_, reference::swiglu_dgrad(h, hdy_, kWidth));
  }

  // Rows of four heads of which the first three turn; two sequences of half the rows each.
  void rope_both_ways() {
    constexpr int kDim = 128, kHeads = 3, kRow = (kHeads + 1) * kDim, kSeq = kRows / 2;
    constexpr std::size_t n = std::size_t{kRows} * kRow;
    auto *cosine = f_.as<float>(), *sine = f_.as<float>() + kSeq * kDim / 2;
    const Doubles before(hx_.begin(), hx_.begin() + n);
    auto want = before;
    reference::rope(want, {.seq = kSeq, .heads = kHeads, .head_dim = kDim, .row = kRow}, 1e4, 1);
    BRAID_CUDA(cudaMemcpyAsync(y_, x_, n * 2, cudaMemcpyDeviceToDevice, s_));
    rope_table(cosine, sine, kSeq, kDim, 1e4f, s_);
    rope(y_, cosine, sine, kRows, kSeq, kHeads, kDim, kRow, 1, s_);
    compare("rope", y_, want);
    rope(y_, cosine, sine, kRows, kSeq, kHeads, kDim, kRow, -1, s_);
    compare("rope_and_back", y_, before);
  }

  std::vector<int> choose(int limit, std::uint32_t seed) {
    fill_uniform(ids_.as<int>(), kRows, limit, seed);
    BRAID_CUDA(cudaDeviceSynchronize());
    std::vector<int> chosen(kRows);
    BRAID_CUDA(cudaMemcpy(chosen.data(), ids_.as<>(), kRows * sizeof(int), cudaMemcpyDeviceToHost));
    return chosen;
  }

  void loss() {
    const auto want = reference::cross_entropy(hx_, choose(kWidth, 42));
    auto* losses = f_.as<float>();
    BRAID_CUDA(cudaMemcpyAsync(y_, x_, kCount * 2, cudaMemcpyDeviceToDevice, s_));
    cross_entropy(y_, ids_.as<int>(), losses, kRows, kWidth, s_);
    compare("cross_entropy_loss", losses, want.loss);
    compare("cross_entropy_gradient", y_, want.gradient);
  }

  // Rows are looked up among the first kRows, so that some are met twice and some never.
  void embedding() {
    const auto id = choose(kRows, 44);
    auto* dtable = f_.as<float>();
    embedding_forward(x_, ids_.as<int>(), y_, kRows, kWidth, s_);
    Doubles looked_up(kCount), gathered(kCount, 0.0);
    for (std::size_t i = 0; i < kCount; ++i) {
      const auto from = static_cast<std::size_t>(id[i / kWidth]) * kWidth + i % kWidth;
      looked_up[i] = hx_[from];
      gathered[from] += hdy_[i];
    }
    compare("embedding_forward", y_, looked_up);
    zero(dtable, kCount * 4);
    embedding_backward(dy_, ids_.as<int>(), dtable, kRows, kWidth, s_);
    compare("embedding_backward", dtable, gathered);
  }

  // The step itself is compared, which the parameters would hide: master weights before and after.
  void adam_step() {
    constexpr std::size_t n = 4096;
    auto* p = f_.as<float>();
    fill_normal(p, 4 * n, 1.f, 43);
    BRAID_CUDA(cudaMemset(p + 2 * n, 0x3c, n * 4));  // second moments must be positive: 0.0115
    BRAID_CUDA(cudaDeviceSynchronize());
    const auto before = read(p, 4 * n);
    adam(y_, p, p + n, p + 2 * n, p + 3 * n, n, 3, s_);
    BRAID_CUDA(cudaStreamSynchronize(s_));
    const auto part = [&](std::size_t i) {
      return Doubles(before.begin() + static_cast<std::ptrdiff_t>(i * n),
                     before.begin() + static_cast<std::ptrdiff_t>((i + 1) * n));
    };
    const auto want = reference::adam_step(part(0), part(1), part(2), part(3), 3);
    auto got = read(p, n);
    const auto rounded = read(y_, n);
    results_.push_back({"adam_parameter", relative_error(rounded, got)});
    for (std::size_t i = 0; i < n; ++i) got[i] -= before[i];
    results_.push_back({"adam_step", relative_error(got, want)});
  }

  template <class T>
  void compare(const char* what, const T* got, const Doubles& want) {
    BRAID_CUDA(cudaStreamSynchronize(s_));
    results_.push_back({what, relative_error(read(got, want.size()), want)});
  }
  void zero(void* p, std::size_t bytes) { BRAID_CUDA(cudaMemsetAsync(p, 0, bytes, s_)); }

  cudaStream_t s_;
  OperandPool pool_{16 * kCount * 2, 1.f, 41};
  DeviceBuffer out_{4 * kCount * 4}, f_{2 * kCount * 4}, ids_{kRows * sizeof(int)};
  const Bf16 *x_ = pool_.slice(kCount * 2, 0), *dy_ = pool_.slice(kCount * 2, 1);
  Bf16* y_ = out_.as<Bf16>();
  Doubles hx_, hdy_;
  std::vector<NumericError> results_;
};

}  // namespace

std::vector<double> read(const Bf16* p, std::size_t n) {
  std::vector<Bf16> h(n);
  BRAID_CUDA(cudaMemcpy(h.data(), p, n * 2, cudaMemcpyDeviceToHost));
  Doubles r(n);
  for (std::size_t i = 0; i < n; ++i) r[i] = __bfloat162float(h[i]);
  return r;
}
std::vector<double> read(const float* p, std::size_t n) {
  std::vector<float> h(n);
  BRAID_CUDA(cudaMemcpy(h.data(), p, n * 4, cudaMemcpyDeviceToHost));
  return {h.begin(), h.end()};
}

double relative_error(const std::vector<double>& got, const std::vector<double>& want) {
  double e = 0, n = 0;
  for (std::size_t i = 0; i < want.size(); ++i) e += (got[i] - want[i]) * (got[i] - want[i]), n += want[i] * want[i];
  const double r = std::sqrt(e / n);
  return std::isnan(r) ? 1e30 : r;
}

std::vector<NumericError> kernel_errors(cudaStream_t s) { return KernelCheck(s).all(); }

std::vector<NumericError> gemm_errors(const LtHandle& lt, int algorithms, cudaStream_t s) {
  const LinearShape layer{"check", 1536, 2304};
  constexpr int kTokens = 1024;
  const std::size_t most = std::size_t{2304} * 1536;  // elements of the largest operand or result
  const OperandPool a(most * 2, 1.f, 1), b(most * 2, 0.02f, 2);
  const DeviceBuffer c(most * 4);
  BRAID_CUDA(cudaDeviceSynchronize());
  std::vector<NumericError> r;
  for (const Pass pass : {Pass::F, Pass::I, Pass::W}) {
    Gemm g(lt, gemm_shape(layer, kTokens, pass));
    int tried = 0;
    g.tune(algorithms, [&] {
      BRAID_CUDA(cudaMemsetAsync(c.as<>(), pass == Pass::W ? 0 : 0xff, c.bytes(), s));  // 0xff: NaN where not written
      g.run(a.slice(most * 2, 0), b.slice(most * 2, 0), c.as<>(), s);
      BRAID_CUDA(cudaStreamSynchronize(s));
      r.push_back({std::string("gemm_") + name(pass) + "_algorithm_" + std::to_string(tried),
                   spot_check(g.shape(), a.slice(most * 2, 0), b.slice(most * 2, 0), c.as<>(), 8)});
      return static_cast<double>(tried++);
    });
  }
  return r;
}

}  // namespace braid::gpu
