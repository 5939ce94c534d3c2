// SPDX-License-Identifier: Apache-2.0
#include "calibrate/sweep/layer_ops.hpp"

#include <map>

#include "calibrate/device/check.hpp"
#include "calibrate/units/kernels.hpp"

namespace braid::gpu {
namespace {

constexpr float kEps = 1e-5f;

struct Layer {
  DeviceBuffer w_qkv, w_out, w_gu, w_down, g1, g2;    // bf16 weights
  DeviceBuffer d_qkv, d_out, d_gu, d_down, dg1, dg2;  // fp32 gradients
  DeviceBuffer n1, rstd1, qkv, stats, attn, x2, n2, rstd2, gu, act, y;
};

Bf16* bf(const DeviceBuffer& b) { return b.as<Bf16>(); }
float* f32(const DeviceBuffer& b) { return b.as<float>(); }

}  // namespace

struct LayerOps::Buffers {
  std::vector<Layer> layer;
  DeviceBuffer x0, cosine, sine;
  DeviceBuffer dy, dact, dgu, dn2, dx2, dattn, dqkv, dn1, dx;  // gradients of one layer at a time
  const Bf16* input(int l) const { return l ? bf(layer[static_cast<std::size_t>(l) - 1].y) : bf(x0); }
};

LayerOps::LayerOps(Bench& b, cudnnHandle_t cudnn, LayerShape s, int layers)
    : m_(std::make_unique<Buffers>()), layers_(layers) {
  const auto& m = s.model;
  const auto t = static_cast<std::size_t>(s.tokens()), h = static_cast<std::size_t>(m.hidden);
  const AttentionShape a{
      .batch = s.batch, .seq = s.seq, .heads = m.heads / s.tp, .kv_heads = m.kv_heads / s.tp, .head_dim = m.head_dim};
  const auto qkv = static_cast<std::size_t>(a.qkv_width()), o = static_cast<std::size_t>(a.heads * a.head_dim),
             f = static_cast<std::size_t>(m.ffn / s.tp);
  std::uint32_t seed = 100;
  const auto random = [&](std::size_t n, float deviation) {
    DeviceBuffer d(n * 2);
    fill_normal(d.as<Bf16>(), n, deviation, seed++);
    return d;
  };
  const auto zero = [](std::size_t n) {
    DeviceBuffer d(n * 4);
    BRAID_CUDA(cudaMemset(d.as<>(), 0, n * 4));
    return d;
  };
  const auto room = [](std::size_t n) { return DeviceBuffer(n * 2); };
  for (int l = 0; l < layers; ++l) {
    Layer y;
    y.w_qkv = random(qkv * h, 0.02f), y.w_out = random(h * o, 0.02f), y.w_gu = random(2 * f * h, 0.02f),
    y.w_down = random(h * f, 0.02f), y.g1 = random(h, 0.5f), y.g2 = random(h, 0.5f);
    y.d_qkv = zero(qkv * h), y.d_out = zero(h * o), y.d_gu = zero(2 * f * h), y.d_down = zero(h * f), y.dg1 = zero(h),
    y.dg2 = zero(h);
    y.n1 = room(t * h), y.rstd1 = room(2 * t), y.qkv = room(t * qkv), y.stats = room(2 * a.stats_count()),
    y.attn = room(t * o), y.x2 = room(t * h), y.n2 = room(t * h), y.rstd2 = room(2 * t);
    y.gu = room(2 * t * f), y.act = room(t * f), y.y = room(t * h);
    m_->layer.push_back(std::move(y));
  }
  m_->x0 = random(t * h, 1.f), m_->dy = random(t * h, 1.f);
  m_->dact = room(t * f), m_->dgu = room(2 * t * f), m_->dn2 = room(t * h), m_->dx2 = room(t * h),
  m_->dattn = room(t * o), m_->dqkv = room(t * qkv), m_->dn1 = room(t * h), m_->dx = room(t * h);
  m_->cosine = DeviceBuffer(static_cast<std::size_t>(s.seq * m.head_dim / 2) * 4),
  m_->sine = DeviceBuffer(m_->cosine.bytes());
  BRAID_CUDA(cudaDeviceSynchronize());
  rope_table(f32(m_->cosine), f32(m_->sine), s.seq, m.head_dim, 1e6f, b.sampler.stream());
  attention_ = std::make_unique<Attention>(cudnn, a);
  build(b, s);
}
LayerOps::~LayerOps() = default;

const DeviceBuffer& LayerOps::buffer(const std::string& name) const {
  const auto& m = *m_;
  const auto& l = m.layer[0];
  const std::map<std::string, const DeviceBuffer*> known = {
      {"x0", &m.x0},       {"n1", &l.n1},     {"qkv", &l.qkv},       {"attn", &l.attn}, {"x2", &l.x2},
      {"n2", &l.n2},       {"gu", &l.gu},     {"act", &l.act},       {"y", &l.y},       {"w_qkv", &l.w_qkv},
      {"w_out", &l.w_out}, {"w_gu", &l.w_gu}, {"w_down", &l.w_down}, {"g1", &l.g1},     {"g2", &l.g2},
      {"dy", &m.dy},       {"dact", &m.dact}, {"dgu", &m.dgu},       {"dn2", &m.dn2},   {"dx2", &m.dx2},
      {"dattn", &m.dattn}, {"dqkv", &m.dqkv}, {"dn1", &m.dn1},       {"dx", &m.dx},     {"d_qkv", &l.d_qkv},
      {"d_out", &l.d_out}, {"d_gu", &l.d_gu}, {"d_down", &l.d_down}, {"dg1", &l.dg1},   {"dg2", &l.dg2}};
  const auto at = known.find(name);
  if (at == known.end()) throw Error("layer", "has no buffer " + name);
  return *at->second;
}

Unit unit_of(const LayerOp& op) {
  static const std::map<std::string, Unit> units = {{"pre_attn_norm", Unit::pre_attn},
                                                    {"qkv", Unit::attn},
                                                    {"rope", Unit::attn},
                                                    {"attention", Unit::attn},
                                                    {"out_proj", Unit::attn},
                                                    {"pre_mlp_norm", Unit::pre_mlp},
                                                    {"gate_up", Unit::mlp},
                                                    {"swiglu", Unit::mlp},
                                                    {"down", Unit::mlp}};
  const auto at = units.find(op.name);
  if (at == units.end()) throw Error("layer", "no unit has the op " + op.name);
  return at->second;
}

std::vector<const LayerOp*> LayerOps::unit(Unit unit, Pass pass) const {
  std::vector<const LayerOp*> r;
  for (const LayerOp& op : pass == Pass::F ? f_ : pass == Pass::I ? i_ : w_)
    if (unit_of(op) == unit) r.push_back(&op);
  return r;
}

void LayerOps::build(Bench& b, const LayerShape& s) {
  auto* m = m_.get();
  const int t = s.tokens(), h = s.model.hidden, f = s.model.ffn / s.tp;
  const auto a = attention_->shape();
  const int row = a.qkv_width(), turned = a.heads + a.kv_heads;
  const auto at = [m](int l) -> Layer& { return m->layer[static_cast<std::size_t>(l)]; };
  const auto stream = b.sampler.stream();
  const double th = 2.0 * t * h, tf = 2.0 * t * f, ta = 2.0 * t * a.heads * a.head_dim, tq = 2.0 * t * row;
  // Each op is tuned and then run on every layer as it is added, so that the next one finds real data.
  const auto add_op = [&](std::vector<LayerOp>& to, LayerOp op) {
    for (int l = 0; l < layers_; ++l) op.run(stream, l);
    to.push_back(std::move(op));
    BRAID_CUDA(cudaStreamSynchronize(stream));
  };
  using Operand = std::function<const Bf16*(int)>;
  const auto gemm = [&](std::vector<LayerOp>& to, const char* name, const LinearShape& l, Pass p, Operand x, Operand y,
                        std::function<void*(int)> z, Operand residual = nullptr) {
    gemms_.push_back(std::make_unique<Gemm>(b.lt, gemm_shape(l, t, p), b.sampler.sms(), residual ? 1.f : 0.f));
    auto* g = gemms_.back().get();
    const auto run = [=](cudaStream_t q, int layer) {
      g->run(x(layer), y(layer), z(layer), q, residual ? residual(layer) : nullptr);
    };
    g->tune(8, [&] { return b.sampler.quick_us([&](cudaStream_t q, int i) { run(q, i % layers_); }, 5); });
    add_op(to, {name, p, g->shape().flops(), g->shape().bytes() + (residual ? th : 0), run});
  };
  const auto lin = linear_shapes(s.model, s.tp);
  const auto &qkv = lin[0], &out = lin[1], &gu = lin[2], &down = lin[3];

  // Forward, layer by layer in the order of the data.
  const auto build_forward = [&] {
    add_op(f_, {"pre_attn_norm", Pass::F, 0, 2 * th, [=](cudaStream_t q, int l) {
                  rmsnorm_forward(m->input(l), bf(at(l).g1), bf(at(l).n1), f32(at(l).rstd1), t, h, kEps, q);
                }});
    gemm(
        f_, "qkv", qkv, Pass::F, [=](int l) { return bf(at(l).n1); }, [=](int l) { return bf(at(l).w_qkv); },
        [=](int l) -> void* { return bf(at(l).qkv); });
    add_op(f_, {"rope", Pass::F, 0, 4.0 * t * turned * 128, [=](cudaStream_t q, int l) {
                  rope(bf(at(l).qkv), f32(m->cosine), f32(m->sine), t, s.seq, turned, 128, row, 1, q);
                }});
    auto* attention = attention_.get();
    add_op(f_, {"attention", Pass::F, a.flops(false), tq + ta, [=](cudaStream_t q, int l) {
                  attention->forward(bf(at(l).qkv), bf(at(l).attn), f32(at(l).stats), q);
                }});
    gemm(
        f_, "out_proj", out, Pass::F, [=](int l) { return bf(at(l).attn); }, [=](int l) { return bf(at(l).w_out); },
        [=](int l) -> void* { return bf(at(l).x2); }, [=](int l) { return m->input(l); });
    add_op(f_, {"pre_mlp_norm", Pass::F, 0, 2 * th, [=](cudaStream_t q, int l) {
                  rmsnorm_forward(bf(at(l).x2), bf(at(l).g2), bf(at(l).n2), f32(at(l).rstd2), t, h, kEps, q);
                }});
    gemm(
        f_, "gate_up", gu, Pass::F, [=](int l) { return bf(at(l).n2); }, [=](int l) { return bf(at(l).w_gu); },
        [=](int l) -> void* { return bf(at(l).gu); });
    add_op(f_, {"swiglu", Pass::F, 0, 3 * tf,
                [=](cudaStream_t q, int l) { swiglu_forward(bf(at(l).gu), bf(at(l).act), t, f, q); }});
    gemm(
        f_, "down", down, Pass::F, [=](int l) { return bf(at(l).act); }, [=](int l) { return bf(at(l).w_down); },
        [=](int l) -> void* { return bf(at(l).y); }, [=](int l) { return bf(at(l).x2); });
  };
  // Random input of the first run through reaches a layer only after the layer before it: fill what the first op of
  // each needs.
  for (int l = 0; l < layers_; ++l)
    fill_normal(bf(at(l).y), static_cast<std::size_t>(t) * static_cast<std::size_t>(h), 1.f,
                900u + static_cast<unsigned>(l));
  BRAID_CUDA(cudaDeviceSynchronize());
  build_forward();
  for (int l = 0; l < layers_; ++l)  // once more in order, now that every op exists
    for (const auto& op : f_) op.run(stream, l);

  // Backward I. The gradient that enters a layer is `dy`; what leaves it, `dx`, has the same deviation to within the
  // weights' gain.
  gemm(
      i_, "down", down, Pass::I, [=](int) { return bf(m->dy); }, [=](int l) { return bf(at(l).w_down); },
      [=](int) -> void* { return bf(m->dact); });
  add_op(i_, {"swiglu", Pass::I, 0, 5 * tf,
              [=](cudaStream_t q, int l) { swiglu_dgrad(bf(at(l).gu), bf(m->dact), bf(m->dgu), t, f, q); }});
  gemm(
      i_, "gate_up", gu, Pass::I, [=](int) { return bf(m->dgu); }, [=](int l) { return bf(at(l).w_gu); },
      [=](int) -> void* { return bf(m->dn2); });
  add_op(i_, {"pre_mlp_norm", Pass::I, 0, 4 * th, [=](cudaStream_t q, int l) {
                rmsnorm_dgrad(bf(at(l).x2), bf(at(l).g2), f32(at(l).rstd2), bf(m->dn2), bf(m->dy), bf(m->dx2), t, h, q);
              }});
  gemm(
      i_, "out_proj", out, Pass::I, [=](int) { return bf(m->dx2); }, [=](int l) { return bf(at(l).w_out); },
      [=](int) -> void* { return bf(m->dattn); });
  auto* attention = attention_.get();
  add_op(i_, {"attention", Pass::I, a.flops(true), 2 * tq + 2 * ta, [=](cudaStream_t q, int l) {
                attention->backward(bf(at(l).qkv), bf(at(l).attn), bf(m->dattn), f32(at(l).stats), bf(m->dqkv), q);
              }});
  add_op(i_, {"rope", Pass::I, 0, 4.0 * t * turned * 128, [=](cudaStream_t q, int) {
                rope(bf(m->dqkv), f32(m->cosine), f32(m->sine), t, s.seq, turned, 128, row, -1, q);
              }});
  gemm(
      i_, "qkv", qkv, Pass::I, [=](int) { return bf(m->dqkv); }, [=](int l) { return bf(at(l).w_qkv); },
      [=](int) -> void* { return bf(m->dn1); });
  add_op(i_, {"pre_attn_norm", Pass::I, 0, 4 * th, [=](cudaStream_t q, int l) {
                rmsnorm_dgrad(m->input(l), bf(at(l).g1), f32(at(l).rstd1), bf(m->dn1), bf(m->dx2), bf(m->dx), t, h, q);
              }});

  // Backward W.
  gemm(
      w_, "down", down, Pass::W, [=](int) { return bf(m->dy); }, [=](int l) { return bf(at(l).act); },
      [=](int l) -> void* { return f32(at(l).d_down); });
  gemm(
      w_, "gate_up", gu, Pass::W, [=](int) { return bf(m->dgu); }, [=](int l) { return bf(at(l).n2); },
      [=](int l) -> void* { return f32(at(l).d_gu); });
  add_op(w_, {"pre_mlp_norm", Pass::W, 0, 2 * th, [=](cudaStream_t q, int l) {
                rmsnorm_wgrad(bf(at(l).x2), f32(at(l).rstd2), bf(m->dn2), f32(at(l).dg2), t, h, q);
              }});
  gemm(
      w_, "out_proj", out, Pass::W, [=](int) { return bf(m->dx2); }, [=](int l) { return bf(at(l).attn); },
      [=](int l) -> void* { return f32(at(l).d_out); });
  gemm(
      w_, "qkv", qkv, Pass::W, [=](int) { return bf(m->dqkv); }, [=](int l) { return bf(at(l).n1); },
      [=](int l) -> void* { return f32(at(l).d_qkv); });
  add_op(w_, {"pre_attn_norm", Pass::W, 0, 2 * th, [=](cudaStream_t q, int l) {
                rmsnorm_wgrad(m->input(l), f32(at(l).rstd1), bf(m->dn1), f32(at(l).dg1), t, h, q);
              }});
}

}  // namespace braid::gpu
