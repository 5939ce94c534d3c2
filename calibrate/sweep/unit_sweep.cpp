// SPDX-License-Identifier: Apache-2.0
// Whole units as a schedule moves them: the kernels of one unit in one pass, in order, timed as one. Pre-Attn, Attn,
// Pre-MLP and MLP of a layer; the embedding; the head with its loss.
#include <algorithm>
#include <memory>

#include "calibrate/device/check.hpp"
#include "calibrate/sweep/bench.hpp"
#include "calibrate/sweep/layer_ops.hpp"
#include "calibrate/units/kernels.hpp"

namespace braid::gpu {
namespace {

constexpr int kLayers = 2;  // so that a unit does not find its own weights in L2

struct UnitRun {
  Unit unit;
  Pass pass;
  int ops;
  double flops, bytes;
  Enqueue run;
};

/// Embedding and head of one rank, whose vocabulary is split over the ranks. Every token falls into this rank's part.
class Ends {
 public:
  Ends(Bench& b, const LayerShape& s)
      : tokens_(s.tokens()),
        hidden_(s.model.hidden),
        vocab_(s.model.vocab / s.tp),
        weight_(elements(vocab_) * 2),
        gradient_(elements(vocab_) * 4),
        x_(elements(tokens_) * 2),
        dx_(elements(tokens_) * 2),
        logits_(static_cast<std::size_t>(tokens_) * static_cast<std::size_t>(vocab_) * 2),
        ids_(static_cast<std::size_t>(tokens_) * 4),
        loss_(static_cast<std::size_t>(tokens_) * 4) {
    fill_normal(weight_.as<Bf16>(), elements(vocab_), 0.02f, 71);
    fill_normal(x_.as<Bf16>(), elements(tokens_), 1.f, 72);
    fill_normal(dx_.as<Bf16>(), elements(tokens_), 1.f, 73);
    fill_uniform(ids_.as<int>(), static_cast<std::size_t>(tokens_), vocab_, 74);
    BRAID_CUDA(cudaMemset(gradient_.as<>(), 0, gradient_.bytes()));
    BRAID_CUDA(cudaDeviceSynchronize());
    const LinearShape head = linear_shapes(s.model, s.tp).back();
    for (const Pass p : {Pass::F, Pass::I, Pass::W}) {
      gemms_.push_back(std::make_unique<Gemm>(b.lt, gemm_shape(head, tokens_, p), b.sampler.sms()));
      gemms_.back()->tune(8, [&] { return b.sampler.quick_us([&](cudaStream_t q, int) { product(p, q); }, 2); });
      // The loss leaves the gradient in the logits: what I and W are tuned and timed on.
      if (p == Pass::F) head_forward(b.sampler.stream());
    }
    BRAID_CUDA(cudaStreamSynchronize(b.sampler.stream()));
  }
  std::vector<UnitRun> runs() const {
    const double th = static_cast<double>(elements(tokens_));
    const auto flops = [&](Pass p) { return gemm(p).shape().flops(); };
    const auto bytes = [&](Pass p) { return gemm(p).shape().bytes(); };
    return {
        {Unit::embedding, Pass::F, 1, 0, 4 * th,
         [this](cudaStream_t q, int) {
           embedding_forward(weight_.as<Bf16>(), ids_.as<int>(), dx_.as<Bf16>(), tokens_, hidden_, q);
         }},
        {Unit::embedding, Pass::W, 1, 0, 10 * th,
         [this](cudaStream_t q, int) {
           embedding_backward(x_.as<Bf16>(), ids_.as<int>(), gradient_.as<float>(), tokens_, hidden_, q);
         }},
        // The loss reads the logits and writes their gradient.
        {Unit::head, Pass::F, 2, flops(Pass::F), bytes(Pass::F) + 2.0 * static_cast<double>(logits_.bytes()),
         [this](cudaStream_t q, int) { head_forward(q); }},
        {Unit::head, Pass::I, 1, flops(Pass::I), bytes(Pass::I), [this](cudaStream_t q, int) { product(Pass::I, q); }},
        {Unit::head, Pass::W, 1, flops(Pass::W), bytes(Pass::W), [this](cudaStream_t q, int) { product(Pass::W, q); }}};
  }

 private:
  std::size_t elements(int rows) const { return static_cast<std::size_t>(rows) * static_cast<std::size_t>(hidden_); }
  const Gemm& gemm(Pass p) const { return *gemms_[static_cast<std::size_t>(p)]; }
  void head_forward(cudaStream_t q) const {
    product(Pass::F, q);
    cross_entropy(logits_.as<Bf16>(), ids_.as<int>(), loss_.as<float>(), tokens_, vocab_, q);
  }
  void product(Pass p, cudaStream_t q) const {
    const auto *x = x_.as<Bf16>(), *w = weight_.as<Bf16>();
    auto* const logits = logits_.as<Bf16>();
    if (p == Pass::F) gemm(p).run(x, w, logits, q);
    if (p == Pass::I) gemm(p).run(logits, w, dx_.as<>(), q);
    if (p == Pass::W) gemm(p).run(logits, x, gradient_.as<>(), q);
  }
  int tokens_, hidden_, vocab_;
  DeviceBuffer weight_, gradient_, x_, dx_, logits_, ids_, loss_;
  std::vector<std::unique_ptr<Gemm>> gemms_;
};

std::vector<UnitRun> layer_units(const LayerOps& layer) {
  std::vector<UnitRun> r;
  for (const Unit unit : {Unit::pre_attn, Unit::attn, Unit::pre_mlp, Unit::mlp})
    for (const Pass pass : {Pass::F, Pass::I, Pass::W}) {
      const auto ops = layer.unit(unit, pass);
      UnitRun u{unit, pass, static_cast<int>(ops.size()), 0, 0, [ops](cudaStream_t q, int set) {
                  for (const LayerOp* op : ops) op->run(q, set % kLayers);
                }};
      for (const LayerOp* op : ops) u.flops += op->flops, u.bytes += op->bytes;
      r.push_back(std::move(u));
    }
  return r;
}

std::vector<LayerShape> shapes(bool quick) {
  const auto& m = model_shapes();
  if (quick) return {{m[0], 4, 1, 6144}};
  // The paper's model and lengths first; whatever the budget cuts off is the least wanted.
  std::vector<LayerShape> r;
  for (const auto& [batch, seq] : {std::pair{1, 6144}, {1, 4096}, {2, 3072}, {1, 2048}})
    for (const int tp : {4, 8, 1, 2}) r.push_back({m[0], tp, batch, seq});
  for (const std::size_t model : {1, 2, 3})
    for (const int tp : {8, 4, 1})
      for (const int seq : {6144, 4096}) r.push_back({m[model], tp, 1, seq});
  return r;
}

}  // namespace

void sweep_unit(Bench& b, const Budget& budget) {
  auto csv = b.table(
      "unit",
      std::string("model,unit,pass,tp,tokens,batch,seq,hidden,heads,kv_heads,head_dim,ffn,vocab,ops,flops,bytes,") +
          kTimingColumns,
      "the kernels of one unit in one pass, in order on one stream, without collectives; sizes of the whole model, tp "
      "says what one rank has of them; two layers in turn; "
      "embedding: every token falls into this rank's part of the vocabulary, W adds into fp32; head: F is the product "
      "and the loss with its gradient over this rank's part; timing as in the gemm table, in turns, at most 0.3 s of "
      "samples",
      7);
  if (csv.complete()) return;
  const CudnnHandle cudnn;
  const SampleOptions options{.soak_ms = b.quick ? 3.0 : 6.0, .rule = {.seconds = b.quick ? 0.1 : 0.3}};
  const auto key = [](const LayerShape& s, Unit unit, Pass pass) {
    return std::vector<Field>{s.model.name, to_text(unit), name(pass), s.tp, s.tokens(), s.batch, s.seq};
  };
  const auto measure = [&](const LayerShape& s) {
    const LayerOps layer(b, cudnn.get(), s, kLayers);
    const Ends ends(b, s);
    std::vector<UnitRun> units = layer_units(layer);
    for (UnitRun& u : ends.runs()) units.push_back(std::move(u));
    std::vector<Enqueue> ops;
    for (const UnitRun& u : units) ops.push_back(u.run);
    const auto timings = b.sampler.measure_in_turns(ops, options, 3);
    for (std::size_t i = 0; i < units.size(); ++i) {
      auto row = key(s, units[i].unit, units[i].pass);
      row.insert(row.end(), {s.model.hidden, s.model.heads, s.model.kv_heads, s.model.head_dim, s.model.ffn,
                             s.model.vocab, units[i].ops, units[i].flops, units[i].bytes});
      put(csv, b, row, timings[i]);
    }
  };
  std::vector<Point> points;
  for (const LayerShape& s : shapes(b.quick))
    if (!csv.has(key(s, Unit::head, Pass::W)))  // the last row that a shape writes
      points.push_back({.measure = [&measure, s] { measure(s); }});
  b.measure(points, budget);
}

}  // namespace braid::gpu
