// SPDX-License-Identifier: Apache-2.0
#include "validate/device/op_calls.hpp"

#include "calibrate/units/kernels.hpp"

namespace braid::gpu {
namespace {

constexpr float kEps = 1e-5f;

class Caller {
 public:
  Caller(const RankOperands& operands, const Op& op, std::uint32_t index)
      : o_(operands), s_(*operands.shape), key_(op.key), index_(index) {}

  std::vector<OpCall> calls() {
    switch (key_.kind) {
      case OpKind::forward:
      case OpKind::recompute:
        forward();
        break;
      case OpKind::input_grad:
        input_grad();
        break;
      case OpKind::weight_grad:
        weight_grad(static_cast<WPart>(key_.index));
        break;
      default:
        break;
    }
    return std::move(calls_);
  }

 private:
  void forward() {
    switch (key_.unit) {
      case Unit::embedding:
        call([table = weight(*o_.layout->embedding), ids = ids(o_.tokens), y = bf16(Role::y), t = s_.tokens(),
              h = s_.hidden](cudaStream_t q) { embedding_forward(table, ids, y, t, h, q); });
        break;
      case Unit::pre_attn:
      case Unit::pre_mlp:
      case Unit::final_norm:
        call([x = bf16(Role::x), w = weight(gain()), y = bf16(Role::normed), rstd = f32(Role::rstd), t = s_.tokens(),
              h = s_.hidden](cudaStream_t q) { rmsnorm_forward(x, w, y, rstd, t, h, kEps, q); });
        break;
      case Unit::attn:
        if (uses(Role::attended_again)) return attention(Role::attended_again);
        product(Linear::qkv, Pass::F, bf16(Role::normed), weight(layer().qkv), bf16(Role::qkv));
        turn(Role::qkv, 1);
        attention(Role::attended);
        product(Linear::out_proj, Pass::F, bf16(Role::attended), weight(layer().out_proj), bf16(Role::y),
                bf16(Role::x));
        break;
      case Unit::mlp:
        product(Linear::gate_up, Pass::F, bf16(Role::normed), weight(layer().gate_up), bf16(Role::gate_up));
        call([in = bf16(Role::gate_up), out = bf16(Role::activated), t = s_.tokens(), f = s_.ffn](cudaStream_t q) {
          swiglu_forward(in, out, t, f, q);
        });
        product(Linear::down, Pass::F, bf16(Role::activated), weight(layer().down), bf16(Role::y), bf16(Role::x));
        break;
      case Unit::head:
        product(Linear::head, Pass::F, bf16(Role::normed), weight(*o_.layout->head), bf16(Role::logits));
        call([logits = bf16(Role::logits), target = ids(o_.targets), loss = f32(Role::loss), t = s_.tokens(),
              v = s_.vocab](cudaStream_t q) { cross_entropy(logits, target, loss, t, v, q); });
        break;
      case Unit::none:
        break;
    }
  }

  void input_grad() {
    switch (key_.unit) {
      case Unit::pre_attn:
      case Unit::pre_mlp:
      case Unit::final_norm: {
        const Bf16* by = uses(Role::d_output) ? bf16(Role::d_output) : nullptr;
        call([x = bf16(Role::x), w = weight(gain()), rstd = f32(Role::rstd), dy = bf16(Role::d_normed), by,
              dx = bf16(Role::d_input), t = s_.tokens(),
              h = s_.hidden](cudaStream_t q) { rmsnorm_dgrad(x, w, rstd, dy, by, dx, t, h, q); });
        call([x = bf16(Role::x), rstd = f32(Role::rstd), dy = bf16(Role::d_normed), dw = gradient(gain()),
              t = s_.tokens(), h = s_.hidden](cudaStream_t q) { rmsnorm_wgrad(x, rstd, dy, dw, t, h, q); });
        break;
      }
      case Unit::attn:
        product(Linear::out_proj, Pass::I, bf16(Role::d_output), weight(layer().out_proj), bf16(Role::d_attended));
        call([a = o_.attention, qkv = bf16(Role::qkv),
              out = bf16(uses(Role::attended_again) ? Role::attended_again : Role::attended),
              dout = bf16(Role::d_attended), stats = f32(Role::statistics),
              dqkv = bf16(Role::d_qkv)](cudaStream_t q) { a->backward(qkv, out, dout, stats, dqkv, q); });
        turn(Role::d_qkv, -1);
        product(Linear::qkv, Pass::I, bf16(Role::d_qkv), weight(layer().qkv), bf16(Role::d_normed));
        break;
      case Unit::mlp:
        product(Linear::down, Pass::I, bf16(Role::d_output), weight(layer().down), bf16(Role::d_activated));
        call([in = bf16(Role::gate_up), dout = bf16(Role::d_activated), din = bf16(Role::d_gate_up), t = s_.tokens(),
              f = s_.ffn](cudaStream_t q) { swiglu_dgrad(in, dout, din, t, f, q); });
        product(Linear::gate_up, Pass::I, bf16(Role::d_gate_up), weight(layer().gate_up), bf16(Role::d_normed));
        break;
      case Unit::head:
        product(Linear::head, Pass::I, bf16(Role::logits), weight(*o_.layout->head), bf16(Role::d_normed));
        break;
      case Unit::embedding:
      case Unit::none:
        break;
    }
  }

  void weight_grad(WPart part) {
    const bool row = part != WPart::column_parallel, column = part != WPart::row_parallel;
    switch (key_.unit) {
      case Unit::embedding:
        call([dout = bf16(Role::d_output), ids = ids(o_.tokens), d = gradient(*o_.layout->embedding), t = s_.tokens(),
              h = s_.hidden](cudaStream_t q) { embedding_backward(dout, ids, d, t, h, q); });
        break;
      case Unit::attn:
        if (row) {
          product(Linear::out_proj, Pass::W, bf16(Role::d_output), bf16(Role::attended), gradient(layer().out_proj));
        }
        if (column) product(Linear::qkv, Pass::W, bf16(Role::d_qkv), bf16(Role::normed), gradient(layer().qkv));
        break;
      case Unit::mlp:
        if (row) product(Linear::down, Pass::W, bf16(Role::d_output), bf16(Role::activated), gradient(layer().down));
        if (column) {
          product(Linear::gate_up, Pass::W, bf16(Role::d_gate_up), bf16(Role::normed), gradient(layer().gate_up));
        }
        break;
      case Unit::head:
        product(Linear::head, Pass::W, bf16(Role::logits), bf16(Role::normed), gradient(*o_.layout->head));
        break;
      default:
        break;  // norms have theirs in I
    }
  }

  void product(Linear linear, Pass pass, const Bf16* a, const Bf16* b, void* c, const Bf16* residual = nullptr) {
    call([g = &o_.products->of(linear, pass), a, b, c, residual](cudaStream_t q) { g->run(a, b, c, q, residual); });
  }
  void attention(Role out) {
    call([a = o_.attention, qkv = bf16(Role::qkv), to = bf16(out), stats = f32(Role::statistics)](cudaStream_t q) {
      a->forward(qkv, to, stats, q);
    });
  }
  /// Q and K, which lie side by side.
  void turn(Role role, float direction) {
    call([x = bf16(role), cosine = o_.cosine, sine = o_.sine, s = s_, direction](cudaStream_t q) {
      rope(x, cosine, sine, s.tokens(), s.sequence, s.heads + s.kv_heads, s.head_dim, s.qkv(), direction, q);
    });
  }

  template <class F>
  void call(F f) {
    calls_.emplace_back(std::move(f));
  }

  const LayerParameters& layer() const { return o_.layout->layers.at(key_.layer); }
  const Parameter& gain() const {
    if (key_.unit == Unit::final_norm) return *o_.layout->final_norm;
    return key_.unit == Unit::pre_attn ? layer().pre_attn : layer().pre_mlp;
  }
  const Bf16* weight(const Parameter& p) const { return o_.weights + p.offset; }
  float* gradient(const Parameter& p) const { return o_.gradients + p.offset; }
  bool uses(Role role) const {
    for (const TensorUse& use : o_.plan->of(index_)) {
      if (use.role == role) return true;
    }
    return false;
  }
  std::byte* place(Role role) const { return o_.block + o_.plan->tensor(index_, role).offset; }
  Bf16* bf16(Role role) const { return reinterpret_cast<Bf16*>(place(role)); }
  float* f32(Role role) const { return reinterpret_cast<float*>(place(role)); }
  const int* ids(const int* of) const {
    return of + static_cast<std::ptrdiff_t>(key_.microbatch) * static_cast<std::ptrdiff_t>(s_.tokens());
  }

  const RankOperands& o_;
  const ProgramShape& s_;
  OpKey key_;
  std::uint32_t index_;
  std::vector<OpCall> calls_;
};

}  // namespace

std::vector<OpCall> op_calls(const RankOperands& operands, const Op& op, std::uint32_t index) {
  return Caller(operands, op, index).calls();
}

}  // namespace braid::gpu
