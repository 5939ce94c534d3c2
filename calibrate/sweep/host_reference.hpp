// SPDX-License-Identifier: Apache-2.0
// What the kernels of a transformer compute, in double precision on the host. Matrices are row-major; a gradient is
// that of sum(dy * y). Host only.
#pragma once

#include <vector>

namespace braid::gpu::reference {

using Doubles = std::vector<double>;

/// x[m,k] w[n,k]^T -> [m,n]
Doubles times_transposed(const Doubles& x, const Doubles& w, int k);
/// x[m,k] y[k,n] -> [m,n]
Doubles times(const Doubles& x, const Doubles& y, int k);
/// x[k,m]^T y[k,n] -> [m,n]
Doubles transposed_times(const Doubles& x, const Doubles& y, int k);

struct Norm {
  Doubles y, rstd;
};
/// y = x * rstd * w by rows of w.size(), rstd = 1 / sqrt(mean(x^2) + eps)
Norm rmsnorm(const Doubles& x, const Doubles& w, double eps);
Doubles rmsnorm_dgrad(const Doubles& x, const Doubles& w, const Doubles& rstd, const Doubles& dy);
Doubles rmsnorm_wgrad(const Doubles& x, const Doubles& rstd, const Doubles& dy);

/// silu(gate) * up by rows of gate then up, `width` each
Doubles swiglu(const Doubles& in, int width);
Doubles swiglu_dgrad(const Doubles& in, const Doubles& dout, int width);

struct RopeShape {
  int seq, heads, head_dim, row;
};
/// Rotates pairs (i, i + head_dim/2) of the first `heads` heads of each row by position * base^(-2i/head_dim), forward
/// (+1) or back (-1).
void rope(Doubles& x, const RopeShape&, double base, int direction);

struct Loss {
  Doubles loss, gradient;  ///< per row; of the mean loss by logit
};
Loss cross_entropy(const Doubles& logits, const std::vector<int>& target);

/// One step by rates 0.9 and 0.95, 1e-4, decay 0.1: what is added to the parameters.
Doubles adam_step(const Doubles& p, const Doubles& m, const Doubles& v, const Doubles& grad, int step);

}  // namespace braid::gpu::reference
