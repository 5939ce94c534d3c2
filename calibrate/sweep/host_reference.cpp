// SPDX-License-Identifier: Apache-2.0
#include "calibrate/sweep/host_reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace braid::gpu::reference {
namespace {

double sigmoid(double a) { return 1 / (1 + std::exp(-a)); }
std::size_t u(int v) { return static_cast<std::size_t>(v); }

}  // namespace

Doubles times_transposed(const Doubles& x, const Doubles& w, int k) {
  const std::size_t kk = u(k), m = x.size() / kk, n = w.size() / kk;
  Doubles r(m * n);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::size_t e = 0; e < kk; ++e) sum += x[i * kk + e] * w[j * kk + e];
      r[i * n + j] = sum;
    }
  return r;
}

Doubles times(const Doubles& x, const Doubles& y, int k) {
  const std::size_t kk = u(k), m = x.size() / kk, n = y.size() / kk;
  Doubles r(m * n, 0.0);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t e = 0; e < kk; ++e)
      for (std::size_t j = 0; j < n; ++j) r[i * n + j] += x[i * kk + e] * y[e * n + j];
  return r;
}

Doubles transposed_times(const Doubles& x, const Doubles& y, int k) {
  const std::size_t kk = u(k), m = x.size() / kk, n = y.size() / kk;
  Doubles r(m * n, 0.0);
  for (std::size_t e = 0; e < kk; ++e)
    for (std::size_t i = 0; i < m; ++i)
      for (std::size_t j = 0; j < n; ++j) r[i * n + j] += x[e * m + i] * y[e * n + j];
  return r;
}

Norm rmsnorm(const Doubles& x, const Doubles& w, double eps) {
  const std::size_t width = w.size();
  Norm r{Doubles(x.size()), Doubles(x.size() / width)};
  for (std::size_t row = 0; row < r.rstd.size(); ++row) {
    double squares = 0;
    for (std::size_t c = 0; c < width; ++c) squares += x[row * width + c] * x[row * width + c];
    r.rstd[row] = 1 / std::sqrt(squares / static_cast<double>(width) + eps);
    for (std::size_t c = 0; c < width; ++c) r.y[row * width + c] = x[row * width + c] * r.rstd[row] * w[c];
  }
  return r;
}

Doubles rmsnorm_dgrad(const Doubles& x, const Doubles& w, const Doubles& rstd, const Doubles& dy) {
  const std::size_t width = w.size();
  Doubles dx(x.size());
  for (std::size_t row = 0; row < rstd.size(); ++row) {
    double dot = 0;
    for (std::size_t c = 0; c < width; ++c) dot += dy[row * width + c] * w[c] * x[row * width + c];
    const double q = rstd[row], back = dot * q * q * q / static_cast<double>(width);
    for (std::size_t c = 0; c < width; ++c)
      dx[row * width + c] = dy[row * width + c] * w[c] * q - x[row * width + c] * back;
  }
  return dx;
}

Doubles rmsnorm_wgrad(const Doubles& x, const Doubles& rstd, const Doubles& dy) {
  const std::size_t width = x.size() / rstd.size();
  Doubles dw(width, 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) dw[i % width] += dy[i] * x[i] * rstd[i / width];
  return dw;
}

Doubles swiglu(const Doubles& in, int width) {
  const std::size_t w = u(width);
  Doubles out(in.size() / 2);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double gate = in[i / w * 2 * w + i % w], up = in[i / w * 2 * w + w + i % w];
    out[i] = gate * sigmoid(gate) * up;
  }
  return out;
}

Doubles swiglu_dgrad(const Doubles& in, const Doubles& dout, int width) {
  const std::size_t w = u(width);
  Doubles din(in.size());
  for (std::size_t i = 0; i < dout.size(); ++i) {
    const std::size_t g = i / w * 2 * w + i % w;
    const double gate = in[g], up = in[g + w], s = sigmoid(gate);
    din[g] = dout[i] * up * s * (1 + gate * (1 - s));
    din[g + w] = dout[i] * gate * s;
  }
  return din;
}

void rope(Doubles& x, const RopeShape& s, double base, int direction) {
  const int half = s.head_dim / 2;
  for (std::size_t token = 0; token < x.size() / u(s.row); ++token)
    for (int head = 0; head < s.heads; ++head)
      for (int i = 0; i < half; ++i) {
        const double angle =
            direction * static_cast<double>(token % u(s.seq)) * std::pow(base, -i / static_cast<double>(half));
        double &lo = x[token * u(s.row) + u(head * s.head_dim + i)], &hi = *(&lo + half);
        const double a = lo, b = hi;
        lo = a * std::cos(angle) - b * std::sin(angle);
        hi = b * std::cos(angle) + a * std::sin(angle);
      }
}

Loss cross_entropy(const Doubles& logits, const std::vector<int>& target) {
  const std::size_t rows = target.size(), vocab = logits.size() / rows;
  Loss r{Doubles(rows), Doubles(logits.size())};
  for (std::size_t row = 0; row < rows; ++row) {
    const double* l = logits.data() + row * vocab;
    const double top = *std::max_element(l, l + vocab);
    double sum = 0;
    for (std::size_t c = 0; c < vocab; ++c) sum += std::exp(l[c] - top);
    r.loss[row] = top + std::log(sum) - l[target[row]];
    for (std::size_t c = 0; c < vocab; ++c)
      r.gradient[row * vocab + c] =
          (std::exp(l[c] - top) / sum - (c == u(target[row]) ? 1 : 0)) / static_cast<double>(rows);
  }
  return r;
}

Doubles adam_step(const Doubles& p, const Doubles& m, const Doubles& v, const Doubles& grad, int step) {
  const double c1 = 1 - std::pow(0.9, step), c2 = 1 - std::pow(0.95, step);
  Doubles r(p.size());
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double mean = 0.9 * m[i] + 0.1 * grad[i], square = 0.95 * v[i] + 0.05 * grad[i] * grad[i];
    r[i] = -1e-4 * (mean / c1 / std::sqrt(square / c2 + 1e-16) + 0.1 * p[i]);
  }
  return r;
}

}  // namespace braid::gpu::reference
