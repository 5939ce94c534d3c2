// SPDX-License-Identifier: Apache-2.0
#include "calibrate/units/gemm.hpp"

#include <algorithm>
#include <cmath>

#include "calibrate/device/check.hpp"

#define BRAID_LT(call)                                                                                         \
  do {                                                                                                         \
    const cublasStatus_t braid_status = (call);                                                                \
    ::braid::gpu::gpu_check(braid_status == CUBLAS_STATUS_SUCCESS, status_text(braid_status), #call, __FILE__, \
                            __LINE__);                                                                         \
  } while (0)

namespace braid::gpu {
namespace {

std::string status_text(cublasStatus_t s) { return cublasLtGetStatusString(s); }

struct TileName {
  int id, m, n;
};
constexpr TileName kTiles[] = {
#include "cublaslt_tiles.inc"
    {0, 0, 0}};

template <class T>
int config(const cublasLtMatmulAlgo_t& algo, cublasLtMatmulAlgoConfigAttributes_t what) {
  T v{};
  std::size_t written = 0;
  return cublasLtMatmulAlgoConfigGetAttribute(&algo, what, &v, sizeof v, &written) == CUBLAS_STATUS_SUCCESS
             ? static_cast<int>(v)
             : -1;
}

}  // namespace

LtHandle::LtHandle() : workspace_(std::size_t{64} << 20) { BRAID_LT(cublasLtCreate(&handle_)); }
LtHandle::~LtHandle() { cublasLtDestroy(handle_); }

struct Gemm::Descriptors {
  cublasLtMatmulDesc_t op{};
  cublasLtMatrixLayout_t a{}, b{}, c{};
  float beta = 0;
  // A named struct: nvcc 13.0 fails on a std::vector of an untagged C typedef.
  struct Candidate : cublasLtMatmulHeuristicResult_t {};
  std::vector<Candidate> offered;
  cublasLtMatmulAlgo_t algo{};
  cublasLtMatmulPreference_t preference{};  // only while algorithms are asked for
  void drop_preference() {
    if (preference) cublasLtMatmulPreferenceDestroy(preference);
    preference = nullptr;
  }
  ~Descriptors() {
    drop_preference();
    for (auto* layout : {a, b, c})
      if (layout) cublasLtMatrixLayoutDestroy(layout);
    if (op) cublasLtMatmulDescDestroy(op);
  }
};

// cuBLASLt is column-major: row-major C = op(A) op(B) is column-major C^T = op(B)^T op(A)^T, so B goes first.
Gemm::Gemm(const LtHandle& lt, GemmShape s, int sm_target, float residual)
    : lt_(&lt), shape_(s), d_(std::make_unique<Descriptors>()) {
  const bool ta = s.pass == Pass::W, tb = s.pass == Pass::F, fp32 = s.pass == Pass::W;
  const cublasOperation_t op_a = tb ? CUBLAS_OP_T : CUBLAS_OP_N, op_b = ta ? CUBLAS_OP_T : CUBLAS_OP_N;
  BRAID_LT(cublasLtMatmulDescCreate(&d_->op, CUBLAS_COMPUTE_32F, CUDA_R_32F));
  BRAID_LT(cublasLtMatmulDescSetAttribute(d_->op, CUBLASLT_MATMUL_DESC_TRANSA, &op_a, sizeof op_a));
  BRAID_LT(cublasLtMatmulDescSetAttribute(d_->op, CUBLASLT_MATMUL_DESC_TRANSB, &op_b, sizeof op_b));
  if (sm_target)
    BRAID_LT(
        cublasLtMatmulDescSetAttribute(d_->op, CUBLASLT_MATMUL_DESC_SM_COUNT_TARGET, &sm_target, sizeof sm_target));
  const auto u = [](int v) { return static_cast<uint64_t>(v); };
  BRAID_LT(cublasLtMatrixLayoutCreate(&d_->a, CUDA_R_16BF, u(tb ? s.k : s.n), u(tb ? s.n : s.k), tb ? s.k : s.n));
  BRAID_LT(cublasLtMatrixLayoutCreate(&d_->b, CUDA_R_16BF, u(ta ? s.m : s.k), u(ta ? s.k : s.m), ta ? s.m : s.k));
  BRAID_LT(cublasLtMatrixLayoutCreate(&d_->c, fp32 ? CUDA_R_32F : CUDA_R_16BF, u(s.n), u(s.m), s.n));
  d_->beta = fp32 ? 1.f : residual;
  const std::size_t room = lt.workspace_bytes();
  int got = 0;
  BRAID_LT(cublasLtMatmulPreferenceCreate(&d_->preference));
  BRAID_LT(cublasLtMatmulPreferenceSetAttribute(d_->preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &room,
                                                sizeof room));
  d_->offered.resize(16);
  const auto status = cublasLtMatmulAlgoGetHeuristic(lt.get(), d_->op, d_->a, d_->b, d_->c, d_->c, d_->preference, 16,
                                                     d_->offered.data(), &got);
  d_->drop_preference();
  const auto what = "no algorithm offered for " + std::to_string(s.m) + " x " + std::to_string(s.n) + " x " +
                    std::to_string(s.k) + ", pass " + name(s.pass);
  gpu_check(status == CUBLAS_STATUS_SUCCESS && got > 0,
            what + (status == CUBLAS_STATUS_SUCCESS ? "" : ": " + status_text(status)),
            "cublasLtMatmulAlgoGetHeuristic", __FILE__, __LINE__);
  d_->offered.resize(static_cast<std::size_t>(got));
  pick(0);
}
Gemm::~Gemm() = default;
Gemm::Gemm(Gemm&&) noexcept = default;

void Gemm::pick(int rank) {
  const auto& h = d_->offered[static_cast<std::size_t>(rank)];
  d_->algo = h.algo;
  const int tile = config<uint32_t>(h.algo, CUBLASLT_ALGO_CONFIG_TILE_ID);
  const auto* t = std::find_if(std::begin(kTiles), std::end(kTiles), [&](const TileName& x) { return x.id == tile; });
  algo_ = {.rank = rank,
           .id = config<int32_t>(h.algo, CUBLASLT_ALGO_CONFIG_ID),
           .tile_m = t == std::end(kTiles) ? 0 : t->n,  // ours is the transpose of theirs
           .tile_n = t == std::end(kTiles) ? 0 : t->m,
           .stages_id = config<uint32_t>(h.algo, CUBLASLT_ALGO_CONFIG_STAGES_ID),
           .cluster_id = config<uint16_t>(h.algo, CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID),
           .split_k = config<int32_t>(h.algo, CUBLASLT_ALGO_CONFIG_SPLITK_NUM),
           .waves = h.wavesCount};
}

void Gemm::tune(int limit, const std::function<double()>& time_us) {
  int best = 0;
  double best_us = 1e300;
  for (int i = 0; i < std::min(limit, static_cast<int>(d_->offered.size())); ++i) {
    pick(i);
    if (const double t = time_us(); t < best_us) best_us = t, best = i;
  }
  pick(best);
}

void Gemm::run(const Bf16* a, const Bf16* b, void* c, cudaStream_t s, const Bf16* d) const {
  const float one = 1;
  BRAID_LT(cublasLtMatmul(lt_->get(), d_->op, &one, b, d_->a, a, d_->b, &d_->beta, d ? d : c, d_->c, c, d_->c,
                          &d_->algo, lt_->workspace(), lt_->workspace_bytes(), s));
}

double spot_check(const GemmShape& s, const Bf16* a, const Bf16* b, const void* c, int samples) {
  const bool ta = s.pass == Pass::W, tb = s.pass == Pass::F;
  const auto k = static_cast<std::size_t>(s.k);
  double worst = 0;
  // One row or column of an operand: contiguous, or strided by its row length.
  const auto take = [&](const Bf16* p, std::size_t index, std::size_t row, bool contiguous) {
    return contiguous ? read_strided(p + index * k, 1, k) : read_strided(p + index, row, k);
  };
  for (int q = 0; q < samples; ++q) {
    const std::size_t i = static_cast<std::size_t>(q) * 7919u % static_cast<std::size_t>(s.m),
                      j = static_cast<std::size_t>(q) * 104729u % static_cast<std::size_t>(s.n);
    const auto x = take(a, i, static_cast<std::size_t>(s.m), !ta), y = take(b, j, static_cast<std::size_t>(s.n), tb);
    double dot = 0, xx = 0, yy = 0;
    for (std::size_t e = 0; e < k; ++e) {
      const double u = __bfloat162float(x[e]), v = __bfloat162float(y[e]);
      dot += u * v, xx += u * u, yy += v * v;
    }
    const std::size_t at = i * static_cast<std::size_t>(s.n) + j;
    double got = 0;
    if (s.pass == Pass::W) {
      float f = 0;
      BRAID_CUDA(cudaMemcpy(&f, static_cast<const float*>(c) + at, 4, cudaMemcpyDeviceToHost));
      got = f;
    } else {
      Bf16 h;
      BRAID_CUDA(cudaMemcpy(&h, static_cast<const Bf16*>(c) + at, 2, cudaMemcpyDeviceToHost));
      got = __bfloat162float(h);
    }
    const double error = std::fabs(got - dot) / std::sqrt(xx * yy / s.k);
    worst = std::isnan(error) ? 1e30 : std::max(worst, error);
  }
  return worst;
}

}  // namespace braid::gpu
