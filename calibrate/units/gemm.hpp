// SPDX-License-Identifier: Apache-2.0
// bf16 matrix products through cuBLASLt, as the linear layers of a transformer run them: fp32 accumulation, row-major
// operands, the weight gradient added into an fp32 buffer, the algorithm chosen by timing what the heuristic offers.
#pragma once

#include <cublasLt.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "calibrate/device/buffer.hpp"
#include "calibrate/units/shapes.hpp"

namespace braid::gpu {

class Sampler;

/// A cuBLASLt handle and its workspace.
class LtHandle {
 public:
  LtHandle();
  ~LtHandle();
  LtHandle(const LtHandle&) = delete;
  LtHandle& operator=(const LtHandle&) = delete;
  cublasLtHandle_t get() const { return handle_; }
  void* workspace() const { return workspace_.as<>(); }
  std::size_t workspace_bytes() const { return workspace_.bytes(); }

 private:
  cublasLtHandle_t handle_{};
  DeviceBuffer workspace_;
};

/// What the chosen algorithm is; tile_m and tile_n are 0 when cuBLASLt reports none.
struct GemmAlgo {
  int rank = 0, id = 0, tile_m = 0, tile_n = 0, stages_id = 0, cluster_id = 0, split_k = 0;
  double waves = 0;  ///< as the heuristic counts them
};

class Gemm {
 public:
  /// `sm_target` tells cuBLASLt how many SMs to plan for (0: all). A `residual` that is not 0 computes C = op(A) op(B)
  /// + residual D with a bf16 D (F only). Throws Error when cuBLASLt offers no algorithm.
  Gemm(const LtHandle&, GemmShape, int sm_target = 0, float residual = 0);
  ~Gemm();
  Gemm(Gemm&&) noexcept;
  Gemm& operator=(Gemm&&) = delete;

  /// Operands as the pass names them. F: X, W, Y. I: dY, W, dX. W: dY, X, dW (fp32, added into). `d` only with a
  /// residual.
  void run(const Bf16* a, const Bf16* b, void* c, cudaStream_t, const Bf16* d = nullptr) const;
  /// Times up to `limit` offered algorithms with `time_us` and keeps the fastest.
  void tune(int limit, const std::function<double()>& time_us);
  const GemmAlgo& algo() const { return algo_; }
  const GemmShape& shape() const { return shape_; }

 private:
  void pick(int rank);
  struct Descriptors;
  const LtHandle* lt_;
  GemmShape shape_;
  std::unique_ptr<Descriptors> d_;
  GemmAlgo algo_;
};

/// Largest relative error of a few sampled elements of C against a double-precision dot product on the host; C must
/// hold one plain run (for W: into a zeroed accumulator). Relative to sqrt(k) times the operands' deviations, so that
/// cancellation does not inflate it.
double spot_check(const GemmShape&, const Bf16* a, const Bf16* b, const void* c, int samples = 6);

}  // namespace braid::gpu
