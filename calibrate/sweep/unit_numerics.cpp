// SPDX-License-Identifier: Apache-2.0
#include "calibrate/sweep/unit_numerics.hpp"

#include "calibrate/device/check.hpp"
#include "calibrate/sweep/attention_reference.hpp"
#include "calibrate/sweep/host_reference.hpp"

namespace braid::gpu {
namespace {

using reference::Doubles;

constexpr double kEps = 1e-5, kRopeBase = 1e6;  // as LayerOps has them

Doubles sum(Doubles a, const Doubles& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
  return a;
}

class UnitCheck {
 public:
  UnitCheck(const LayerOps& ops, const LayerShape& s)
      : ops_(ops),
        h_(s.model.hidden),
        f_(s.model.ffn),
        t_(s.tokens()),
        attention_{s.batch, s.seq, s.model.heads, s.model.kv_heads, s.model.head_dim} {}

  std::vector<NumericError> all() {
    forward();
    input_gradients();
    weight_gradients();
    return std::move(results_);
  }

 private:
  void forward() {
    const auto n1 = bf16("n1"), x2 = bf16("x2"), n2 = bf16("n2");
    compare("pre_attn_F", n1, reference::rmsnorm(bf16("x0"), bf16("g1"), kEps).y);
    auto qkv = reference::times_transposed(n1, bf16("w_qkv"), h_);
    reference::rope(qkv, turned(), kRopeBase, 1);
    compare("attn_F_qkv", bf16("qkv"), qkv);
    const auto attn = attention_reference(attention_, qkv, Doubles(rows(attention_.heads), 0.0)).out;
    compare("attn_F_attention", bf16("attn"), attn);
    compare("attn_F", x2, sum(reference::times_transposed(attn, bf16("w_out"), head_width()), bf16("x0")));
    compare("pre_mlp_F", n2, reference::rmsnorm(x2, bf16("g2"), kEps).y);
    const auto act = reference::swiglu(reference::times_transposed(n2, bf16("w_gu"), h_), f_);
    compare("mlp_F_swiglu", bf16("act"), act);
    compare("mlp_F", bf16("y"), sum(reference::times_transposed(act, bf16("w_down"), f_), x2));
  }

  void input_gradients() {
    const auto dy = bf16("dy"), dn2 = bf16("dn2"), dx2 = bf16("dx2"), dn1 = bf16("dn1"), x0 = bf16("x0"),
               x2 = bf16("x2"), g1 = bf16("g1"), g2 = bf16("g2");
    const auto dgu = reference::swiglu_dgrad(bf16("gu"), reference::times(dy, bf16("w_down"), h_), f_);
    compare("mlp_I_swiglu", bf16("dgu"), dgu);
    compare("mlp_I", dn2, reference::times(dgu, bf16("w_gu"), 2 * f_));
    const auto rstd2 = reference::rmsnorm(x2, g2, kEps).rstd, rstd1 = reference::rmsnorm(x0, g1, kEps).rstd;
    compare("pre_mlp_I", dx2, sum(reference::rmsnorm_dgrad(x2, g2, rstd2, dn2), dy));
    const auto dattn = reference::times(dx2, bf16("w_out"), h_);
    compare("attn_I_out_proj", bf16("dattn"), dattn);
    auto dqkv = attention_reference(attention_, bf16("qkv"), dattn).dqkv;
    reference::rope(dqkv, turned(), kRopeBase, -1);
    compare("attn_I_attention", bf16("dqkv"), dqkv);
    compare("attn_I", dn1, reference::times(dqkv, bf16("w_qkv"), attention_.qkv_width()));
    compare("pre_attn_I", bf16("dx"), sum(reference::rmsnorm_dgrad(x0, g1, rstd1, dn1), dx2));
  }

  void weight_gradients() {
    const auto x0 = bf16("x0"), x2 = bf16("x2");
    compare("mlp_W_down", fp32("d_down"), reference::transposed_times(bf16("dy"), bf16("act"), t_));
    compare("mlp_W_gate_up", fp32("d_gu"), reference::transposed_times(bf16("dgu"), bf16("n2"), t_));
    compare("pre_mlp_W", fp32("dg2"),
            reference::rmsnorm_wgrad(x2, reference::rmsnorm(x2, bf16("g2"), kEps).rstd, bf16("dn2")));
    compare("attn_W_out_proj", fp32("d_out"), reference::transposed_times(bf16("dx2"), bf16("attn"), t_));
    compare("attn_W_qkv", fp32("d_qkv"), reference::transposed_times(bf16("dqkv"), bf16("n1"), t_));
    compare("pre_attn_W", fp32("dg1"),
            reference::rmsnorm_wgrad(x0, reference::rmsnorm(x0, bf16("g1"), kEps).rstd, bf16("dn1")));
  }

  // Q and K turn, V does not.
  reference::RopeShape turned() const {
    return {.seq = attention_.seq,
            .heads = attention_.heads + attention_.kv_heads,
            .head_dim = attention_.head_dim,
            .row = attention_.qkv_width()};
  }
  int head_width() const { return attention_.heads * attention_.head_dim; }
  std::size_t rows(int heads) const {
    return static_cast<std::size_t>(t_) * static_cast<std::size_t>(heads * attention_.head_dim);
  }
  Doubles bf16(const char* name) const {
    const auto& b = ops_.buffer(name);
    return read(b.as<Bf16>(), b.bytes() / 2);
  }
  Doubles fp32(const char* name) const {
    const auto& b = ops_.buffer(name);
    return read(b.as<float>(), b.bytes() / 4);
  }
  void compare(const char* what, const Doubles& got, const Doubles& want) {
    results_.push_back({std::string("unit_") + what, relative_error(got, want)});
  }

  const LayerOps& ops_;
  int h_, f_, t_;
  AttentionShape attention_;
  std::vector<NumericError> results_;
};

}  // namespace

std::vector<NumericError> unit_errors(Bench& b) {
  const LayerShape s{{"check", 512, 4, 2, 128, 1024, true, 1024}, 1, 2, 128};
  const CudnnHandle cudnn;
  LayerOps ops(b, cudnn.get(), s, 1);
  const auto q = b.sampler.stream();
  for (const auto* gradient : {"d_qkv", "d_out", "d_gu", "d_down", "dg1", "dg2"}) {  // they hold many runs by now
    const auto& g = ops.buffer(gradient);
    BRAID_CUDA(cudaMemsetAsync(g.as<>(), 0, g.bytes(), q));
  }
  for (const auto* list : {&ops.forward(), &ops.backward_i(), &ops.backward_w()})
    for (const auto& op : *list) op.run(q, 0);
  BRAID_CUDA(cudaStreamSynchronize(q));
  return UnitCheck(ops, s).all();
}

}  // namespace braid::gpu
