// SPDX-License-Identifier: Apache-2.0
#include "calibrate/sweep/overlap_ops.hpp"

#include "calibrate/device/check.hpp"
#include "calibrate/units/kernels.hpp"
#if BRAID_HAVE_CUDNN
#include "calibrate/units/attention.hpp"
#endif

namespace braid::gpu {
namespace {

constexpr int kTokens = 6144, kHidden = 5120, kFfnTp4 = 4736;

struct Named {
  const char* name;
  GemmShape shape;
};
const Named kGemms[] = {
    {"gate_up_F_tp4", {kTokens, 9472, kHidden, Pass::F}}, {"gate_up_I_tp4", {kTokens, kHidden, 9472, Pass::I}},
    {"gate_up_W_tp4", {9472, kHidden, kTokens, Pass::W}}, {"down_F_tp4", {kTokens, kHidden, kFfnTp4, Pass::F}},
    {"qkv_F_tp4", {kTokens, 1792, kHidden, Pass::F}},     {"out_proj_F_tp8", {kTokens, kHidden, 640, Pass::F}},
    {"gate_up_F_tp8", {kTokens, 4736, kHidden, Pass::F}}, {"cube_8192", {8192, 8192, 8192, Pass::F}},
};

}  // namespace

struct OverlapOps::Parts {
  GemmRig rig;
  std::vector<std::unique_ptr<Gemm>> gemms, planned;
  OperandPool a{std::size_t{1} << 30, 1.f, 21}, b{std::size_t{1} << 30, 1.f, 22};
  DeviceBuffer out{std::size_t{1} << 30}, stats{std::size_t{16} << 20};
#if BRAID_HAVE_CUDNN
  cudnnHandle_t cudnn{};
  std::unique_ptr<Attention> attention;
  ~Parts() {
    attention.reset();
    cudnnDestroy(cudnn);
  }
#endif
  explicit Parts(Bench& bench) : rig(bench, std::size_t{1} << 30, std::size_t{2} << 30) {}
};

OverlapOps::OverlapOps(Bench& b) : bench_(b), parts_(std::make_unique<Parts>(b)) {
  auto& p = *parts_;
  for (const auto& g : kGemms) {
    p.gemms.push_back(std::make_unique<Gemm>(b.lt, g.shape));
    p.rig.tune(*p.gemms.back(), 8);
    ops_.push_back({g.name, p.rig.enqueue(*p.gemms.back())});
  }
  BRAID_CUDA(cudaMemset(p.stats.as<>(), 0x3f, p.stats.bytes()));
  const std::size_t n = std::size_t{kTokens} * kHidden, m = std::size_t{kTokens} * kFfnTp4;
  ops_.push_back({"rmsnorm_forward", [&p, n](cudaStream_t s, int i) {
                    rmsnorm_forward(p.a.slice(2 * n, i), p.b.slice(2 * kHidden, 0),
                                    p.out.as<Bf16>(static_cast<std::size_t>(i) % 4 * 2 * n), p.stats.as<float>(),
                                    kTokens, kHidden, 1e-5f, s);
                  }});
  ops_.push_back({"swiglu_forward_tp4", [&p, m](cudaStream_t s, int i) {
                    swiglu_forward(p.a.slice(4 * m, i), p.out.as<Bf16>(static_cast<std::size_t>(i) % 4 * 2 * m),
                                   kTokens, kFfnTp4, s);
                  }});
#if BRAID_HAVE_CUDNN
  cudnn_check(cudnnCreate(&p.cudnn), "cudnnCreate");
  p.attention =
      std::make_unique<Attention>(p.cudnn, AttentionShape{.batch = 1, .seq = kTokens, .heads = 10, .kv_heads = 2});
  const std::size_t qkv = std::size_t{kTokens} * 14 * 128 * 2, o = std::size_t{kTokens} * 10 * 128 * 2;
  auto* out = p.out.as<Bf16>();
  auto* dqkv = p.out.as<Bf16>(std::size_t{256} << 20);
  p.attention->forward(p.a.slice(qkv, 0), out, p.stats.as<float>(), b.sampler.stream());
  BRAID_CUDA(cudaStreamSynchronize(b.sampler.stream()));
  ops_.push_back({"attention_F_tp4", [&p, qkv](cudaStream_t s, int i) {
                    p.attention->forward(p.a.slice(qkv, i), p.out.as<Bf16>(std::size_t{512} << 20),
                                         p.stats.as<float>() + (1 << 20), s);
                  }});
  ops_.push_back({"attention_B_tp4", [&p, qkv, o, out, dqkv](cudaStream_t s, int i) {
                    p.attention->forward(p.a.slice(qkv, 0), out, p.stats.as<float>() + (2 << 20), s);
                    p.attention->backward(p.a.slice(qkv, 0), out, p.b.slice(o, i), p.stats.as<float>() + (2 << 20),
                                          dqkv, s);
                  }});
  ops_.back().name = "attention_F_and_B_tp4";
#endif
}
OverlapOps::~OverlapOps() = default;

std::vector<OverlapOp> OverlapOps::planned_for(int sms) {
  parts_->planned.clear();
  std::vector<OverlapOp> r;
  for (const auto& g : {kGemms[0], kGemms[3], kGemms[6], kGemms[7]}) {
    parts_->planned.push_back(std::make_unique<Gemm>(bench_.lt, g.shape, sms));
    parts_->rig.tune(*parts_->planned.back(), 8);
    r.push_back({g.name, parts_->rig.enqueue(*parts_->planned.back())});
  }
  return r;
}

}  // namespace braid::gpu
