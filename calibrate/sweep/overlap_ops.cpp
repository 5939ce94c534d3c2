// SPDX-License-Identifier: Apache-2.0
#include "calibrate/sweep/overlap_ops.hpp"

#include <algorithm>
#include <array>

#include "calibrate/device/check.hpp"
#include "calibrate/units/kernels.hpp"
#if BRAID_HAVE_CUDNN
#include "calibrate/units/attention.hpp"
#endif

namespace braid::gpu {
namespace {

constexpr int kTokens = 6144, kTokens70b = 4096, kTuned = 8;
constexpr std::size_t kMiB = std::size_t{1} << 20;

const ModelShape& model(const std::string& name) {
  const auto& all = model_shapes();
  const auto m = std::find_if(all.begin(), all.end(), [&](const ModelShape& x) { return x.name == name; });
  if (m == all.end()) throw Error("overlap", "no model named " + name);
  return *m;
}
const ModelShape& small() { return model("qwen2-12.1b"); }
const ModelShape& large() { return model("llama3-70b"); }

GemmShape product(const ModelShape& m, const char* unit, Pass pass, int tp, int tokens) {
  for (const auto& l : linear_shapes(m, tp))
    if (l.unit == unit) return gemm_shape(l, tokens, pass);
  throw Error("overlap", "no linear layer named " + std::string(unit));
}
std::string product_name(const char* unit, Pass pass, int tp) {
  return std::string(unit) + "_" + name(pass) + "_tp" + std::to_string(tp);
}

}  // namespace

struct OverlapOps::Parts {
  GemmRig rig;
  std::vector<std::unique_ptr<Gemm>> gemms, planned;
  OperandPool a{1024 * kMiB, 1.f, 21}, b{1024 * kMiB, 1.f, 22};
  DeviceBuffer out{512 * kMiB}, stats{64 * kMiB};
#if BRAID_HAVE_CUDNN
  static constexpr std::size_t kEach = 64 * kMiB;  // results of attention, by use
  DeviceBuffer attention_results{6 * kEach};
  cudnnHandle_t cudnn{};
  std::vector<std::unique_ptr<Attention>> attention;
  ~Parts() {
    attention.clear();
    if (cudnn) cudnnDestroy(cudnn);
  }
#endif
  explicit Parts(Bench& bench) : rig(bench, 1024 * kMiB, 2048 * kMiB) {}
};

OverlapOps::OverlapOps(Bench& b, bool quick) : bench_(b), parts_(std::make_unique<Parts>(b)) {
  BRAID_CUDA(cudaMemset(parts_->stats.as<>(), 0x3f, parts_->stats.bytes()));
  BRAID_CUDA(cudaDeviceSynchronize());  // the pools are filled on the default stream
  const auto of_small = [&](const char* unit, Pass pass, int tp) {
    add_product(product_name(unit, pass, tp), product(small(), unit, pass, tp, kTokens));
  };
  const auto of_large = [&](const char* unit, Pass pass, int tp) {
    add_product("70b_" + product_name(unit, pass, tp), product(large(), unit, pass, tp, kTokens70b));
  };
  of_small("gate_up", Pass::F, 4);
  of_small("gate_up", Pass::W, 4);
  of_small("out_proj", Pass::F, 8);
  add_attention(4, !quick);
  if (quick) return;
  of_small("down", Pass::F, 4);
  of_small("qkv", Pass::F, 4);
  add_memory_bound();
  of_small("gate_up", Pass::I, 4);
  of_large("gate_up", Pass::F, 8);
  of_large("down", Pass::I, 8);
  of_large("qkv", Pass::W, 8);
  of_small("gate_up", Pass::F, 8);
  of_small("down", Pass::I, 8);
  of_small("gate_up", Pass::W, 8);
  of_large("down", Pass::F, 4);
  of_large("out_proj", Pass::F, 8);
  of_large("gate_up", Pass::W, 8);
  of_large("qkv", Pass::F, 4);
  of_small("qkv", Pass::W, 4);
  add_attention(8, false);
  of_large("gate_up", Pass::I, 4);
  add_product("cube_8192", {8192, 8192, 8192, Pass::F});
}
OverlapOps::~OverlapOps() = default;

void OverlapOps::add_product(const std::string& name, const GemmShape& shape) {
  auto& p = *parts_;
  if (!p.rig.fits(shape)) throw Error("overlap", name + " does not fit the operand pools");
  p.gemms.push_back(std::make_unique<Gemm>(bench_.lt, shape));
  auto& g = *p.gemms.back();
  p.rig.tune(g, kTuned);
  ops_.push_back({name, p.rig.enqueue(g), shape.pass, shape.m, shape.n, shape.k, g.algo()});
}

void OverlapOps::add_memory_bound() {
  auto& p = *parts_;
  const int hidden = small().hidden, width = small().ffn / 4;
  const std::size_t n = static_cast<std::size_t>(kTokens) * static_cast<std::size_t>(hidden),
                    m = static_cast<std::size_t>(kTokens) * static_cast<std::size_t>(width);
  ops_.push_back({"rmsnorm_forward",
                  [&p, n, hidden](cudaStream_t s, int i) {
                    rmsnorm_forward(p.a.slice(2 * n, i), p.b.slice(2 * static_cast<std::size_t>(hidden), 0),
                                    p.out.as<Bf16>(static_cast<std::size_t>(i) % 4 * 2 * n), p.stats.as<float>(),
                                    kTokens, hidden, 1e-5f, s);
                  },
                  Pass::F, kTokens, hidden, 0});
  ops_.push_back({"swiglu_forward_tp4",
                  [&p, m, width](cudaStream_t s, int i) {
                    swiglu_forward(p.a.slice(4 * m, i), p.out.as<Bf16>(static_cast<std::size_t>(i) % 4 * 2 * m),
                                   kTokens, width, s);
                  },
                  Pass::F, kTokens, width, 0});
}

#if BRAID_HAVE_CUDNN
void OverlapOps::add_attention(int tp, bool backward) {
  auto& p = *parts_;
  const AttentionShape shape{
      .batch = 1, .seq = kTokens, .heads = small().heads / tp, .kv_heads = small().kv_heads / tp};
  if (!p.cudnn) cudnn_check(cudnnCreate(&p.cudnn), "cudnnCreate");
  const auto index = p.attention.size();
  p.attention.push_back(std::make_unique<Attention>(p.cudnn, shape));
  auto* attention = p.attention.back().get();
  const std::size_t qkv = static_cast<std::size_t>(shape.tokens()) * static_cast<std::size_t>(shape.qkv_width()) * 2,
                    o = shape.stats_count() * static_cast<std::size_t>(shape.head_dim) * 2;
  const auto result = [&](std::size_t use) { return p.attention_results.as<Bf16>((3 * index + use) * Parts::kEach); };
  const auto stats = [&](std::size_t use) { return p.stats.as<float>((2 * index + use + 1) * 8 * kMiB); };
  if (index > 1 || qkv > Parts::kEach) throw Error("overlap", "no room for the results of attention");
  const std::string suffix = "_tp" + std::to_string(tp);
  ops_.push_back({"attention_F" + suffix,
                  [&p, attention, qkv, out = result(0), sums = stats(0)](cudaStream_t s, int i) {
                    attention->forward(p.a.slice(qkv, i), out, sums, s);
                  },
                  Pass::F, shape.tokens(), shape.heads, 0});
  if (!backward) return;
  // The backward's inputs: one forward's, which nothing overwrites.
  attention->forward(p.a.slice(qkv, 0), result(1), stats(1), bench_.sampler.stream());
  BRAID_CUDA(cudaStreamSynchronize(bench_.sampler.stream()));
  ops_.push_back({"attention_B" + suffix,
                  [&p, attention, qkv, o, out = result(1), dqkv = result(2), sums = stats(1)](cudaStream_t s, int i) {
                    attention->backward(p.a.slice(qkv, 0), out, p.b.slice(o, i), sums, dqkv, s);
                  },
                  Pass::I, shape.tokens(), shape.heads, 0});
}
#else
void OverlapOps::add_attention(int, bool) {}
#endif

std::vector<OverlapOp> OverlapOps::planned_for(int sms) {
  parts_->planned.clear();
  const std::pair<std::string, GemmShape> chosen[] = {
      {product_name("gate_up", Pass::F, 4), product(small(), "gate_up", Pass::F, 4, kTokens)},
      {product_name("down", Pass::F, 4), product(small(), "down", Pass::F, 4, kTokens)},
      {product_name("gate_up", Pass::F, 8), product(small(), "gate_up", Pass::F, 8, kTokens)},
      {"cube_8192", {8192, 8192, 8192, Pass::F}}};
  std::vector<OverlapOp> r;
  for (const auto& [name, shape] : chosen) {
    parts_->planned.push_back(std::make_unique<Gemm>(bench_.lt, shape, sms));
    auto& g = *parts_->planned.back();
    parts_->rig.tune(g, kTuned);
    r.push_back({name, parts_->rig.enqueue(g), shape.pass, shape.m, shape.n, shape.k, g.algo()});
  }
  return r;
}

}  // namespace braid::gpu
