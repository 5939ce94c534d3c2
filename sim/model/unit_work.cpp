// SPDX-License-Identifier: Apache-2.0
// Matrix products and memory traffic of each unit and pass. An elementwise kernel moves what it reads and writes once.
#include "sim/model/shard.hpp"

namespace braid {
namespace {

constexpr double kMask = 1;        // bytes of an element of a dropout mask
constexpr int kFlashBackward = 3;  // dO*O row sums, the pass itself, dQ to bf16: FlashAttention-2
// Vocab-parallel cross entropy as Megatron-LM writes it, per logit: cast to fp32 (writes 4), row maximum (reads 4),
// subtraction in place (8), exponential (8), row sum (4), division in place (8); backward scales in place (8) and casts
// (reads 4). Reading and writing the bf16 logit itself comes on top.
constexpr double kLossForward = 36, kLossBackward = 12;
constexpr int kLossForwardKernels = 6, kLossBackwardKernels = 2;
// Megatron-LM's fused softmax takes its scores four heads or samples at a time; if their number does not divide, plain
// kernels run [Megatron-LM, megatron/model/fused_softmax.py: attn_batches % 4 == 0]. Per score: cast to fp32 (reads 2,
// writes 4), scale (8), mask (8), softmax (8), cast back (6); backward the same in turn with a softmax that reads two
// (6, 12, 8, 8, 6).
constexpr int kFusedSoftmaxBatches = 4, kPlainSoftmaxKernels = 5;
constexpr double kPlainSoftmaxForward = 36, kPlainSoftmaxBackward = 40;

/// Collects what a pass does; every addition is one kernel unless it says otherwise.
struct Tally {
  Work work;

  void gemm(double m, double n, double k) {
    work.gemms.push_back({.m = m, .n = n, .k = k, .count = 1});
    work.flops += Flops(2 * m * n * k);
    ++work.kernels;
  }
  void elementwise(double bytes, int kernels = 1) {
    work.elementwise += Bytes(bytes);
    work.kernels += kernels;
  }
};

/// Residual add behind a branch and its dropout: reads the branch and the stream, writes the stream (and the mask).
void residual_add(Tally& t, const Model& m, const Shard& s) {
  t.elementwise((3 * s.element + (m.dropout ? kMask : 0)) * s.norm_tokens * s.hidden);
}

void dropout_backward(Tally& t, const Model& m, const Shard& s) {
  if (m.dropout) t.elementwise((2 * s.element + kMask) * s.norm_tokens * s.hidden);
}

/// One kernel reads and writes Q, one K; backward the same.
void rope(Tally& t, const Model& m, const Shard& s) {
  if (m.positions == PositionKind::rope) t.elementwise(2 * s.element * s.tokens * (s.query + s.key_value), 2);
}

/// A column sum of the output gradient.
void bias_gradient(Tally& t, const Model& m, const Shard& s, double width) {
  if (m.biases) t.elementwise(s.element * s.tokens * width);
}

bool fused_softmax(const Model& m, const Split& split) {
  return static_cast<long>(split.microbatch) * m.heads / split.tp % kFusedSoftmaxBatches == 0;
}

void attention_forward(Tally& t, const Model& m, const Split& split, const Shard& s) {
  if (m.attention == AttentionKind::flash) {
    t.work.kernels += 1;
    return;
  }
  t.work.kernels += 2;                         // Q K^T and P V
  t.elementwise(2 * s.element * s.scores, 0);  // the first writes the scores, the second reads P
  if (fused_softmax(m, split)) {
    t.elementwise(2 * s.element * s.scores);
  } else {
    t.elementwise(kPlainSoftmaxForward * s.scores, kPlainSoftmaxKernels);
  }
  if (m.dropout) t.elementwise((2 * s.element + kMask) * s.scores);
}

void attention_backward(Tally& t, const Model& m, const Split& split, const Shard& s) {
  if (m.attention == AttentionKind::flash) {
    t.work.kernels += kFlashBackward;
    return;
  }
  t.work.kernels += 4;  // dP writes; dV, dQ and dK read
  t.elementwise(4 * s.element * s.scores, 0);
  if (fused_softmax(m, split)) {
    t.elementwise(3 * s.element * s.scores);  // reads dP and P, writes dS
  } else {
    t.elementwise(kPlainSoftmaxBackward * s.scores, kPlainSoftmaxKernels);
  }
  if (m.dropout) t.elementwise((2 * s.element + kMask) * s.scores);
}

void attention(Tally& t, const Model& m, const Split& split, const Shard& s, bool backward) {
  t.work.attention = AttentionShape{.samples = double(split.microbatch),
                                    .sequence = double(split.sequence),
                                    .heads = double(m.heads) / split.tp,
                                    .kv_heads = double(m.kv_heads) / split.tp,
                                    .head_dim = double(m.head_dim),
                                    .causal = true,
                                    .flash = m.attention == AttentionKind::flash,
                                    .backward = backward};
  const double forward = 2 * s.scores * m.head_dim;  // two products of 2 s^2 d a head, half of it masked
  t.work.flops += Flops(backward ? 2 * forward : forward);
  if (backward) {
    attention_backward(t, m, split, s);
  } else {
    attention_forward(t, m, split, s);
  }
}

void norm(Tally& t, const Shard& s, Pass pass, bool branch) {
  const double element = s.element * s.norm_tokens * s.hidden;
  if (pass == Pass::F) t.elementwise(2 * element);
  if (pass == Pass::I) {
    t.elementwise(3 * element, 2);           // reads x and dy, writes dx; then sums the partial weight gradients
    if (branch) t.elementwise(3 * element);  // adds the gradient that came along the residual stream
  }
}

void attn(Tally& t, const Model& m, const Split& split, const Shard& s, Pass pass, bool row, bool column) {
  if (pass == Pass::F) {
    t.gemm(s.tokens, s.qkv, s.hidden);
    rope(t, m, s);
    attention(t, m, split, s, false);
    t.gemm(s.tokens, s.hidden, s.query);
    residual_add(t, m, s);
  } else if (pass == Pass::I) {
    dropout_backward(t, m, s);
    t.gemm(s.tokens, s.query, s.hidden);
    attention(t, m, split, s, true);
    rope(t, m, s);
    t.gemm(s.tokens, s.hidden, s.qkv);
  } else {
    if (row) {
      t.gemm(s.hidden, s.query, s.tokens);
      bias_gradient(t, m, s, s.hidden);
    }
    if (column) {
      t.gemm(s.qkv, s.hidden, s.tokens);
      bias_gradient(t, m, s, s.qkv);
    }
  }
}

void mlp(Tally& t, const Model& m, const Shard& s, Pass pass, bool row, bool column) {
  if (pass == Pass::F) {
    t.gemm(s.tokens, s.ffn_in, s.hidden);
    t.elementwise(s.element * s.tokens * (s.ffn_in + s.ffn));
    t.gemm(s.tokens, s.hidden, s.ffn);
    residual_add(t, m, s);
  } else if (pass == Pass::I) {
    dropout_backward(t, m, s);
    t.gemm(s.tokens, s.ffn, s.hidden);
    t.elementwise(s.element * s.tokens * (2 * s.ffn_in + s.ffn));  // reads dy and its inputs, writes their gradients
    t.gemm(s.tokens, s.hidden, s.ffn_in);
  } else {
    if (row) {
      t.gemm(s.hidden, s.ffn, s.tokens);
      bias_gradient(t, m, s, s.hidden);
    }
    if (column) {
      t.gemm(s.ffn_in, s.hidden, s.tokens);
      bias_gradient(t, m, s, s.ffn_in);
    }
  }
}

void embedding(Tally& t, const Model& m, const Shard& s, Pass pass, bool row) {
  const double element = s.element * s.tokens * s.hidden;
  const bool learned = m.positions == PositionKind::learned;
  if (pass == Pass::F) {
    t.elementwise(2 * element);
    if (learned) t.elementwise(3 * element);
    if (m.dropout) t.elementwise((2 * s.element + kMask) * s.norm_tokens * s.hidden);
  } else if (pass == Pass::W && row) {
    t.elementwise(3 * element);           // reads the gradient, reads and writes the rows it is added to
    if (learned) t.elementwise(element);  // sums over samples
  }
}

void head(Tally& t, const Shard& s, Pass pass, bool column) {
  const double logits = s.tokens * s.vocab;
  if (pass == Pass::F) {
    t.gemm(s.tokens, s.vocab, s.hidden);
    t.elementwise((s.element + kLossForward) * logits, kLossForwardKernels);
  } else if (pass == Pass::I) {
    t.elementwise((kLossBackward + s.element) * logits, kLossBackwardKernels);
    t.gemm(s.tokens, s.hidden, s.vocab);
  } else if (column) {
    t.gemm(s.vocab, s.hidden, s.tokens);
  }
}

}  // namespace

Work unit_work(const Model& m, Unit unit, Pass pass, const Split& split, WPart part) {
  const Shard s = shard_of(m, split);
  Tally t;
  t.work.unit = unit;
  t.work.pass = pass;
  t.work.part = part;
  const bool row = part != WPart::column_parallel;
  const bool column = part != WPart::row_parallel;
  switch (unit) {
    case Unit::none:
      break;
    case Unit::embedding:
      embedding(t, m, s, pass, row);
      break;
    case Unit::pre_attn:
    case Unit::pre_mlp:
      norm(t, s, pass, true);
      break;
    case Unit::final_norm:
      norm(t, s, pass, false);
      break;
    case Unit::attn:
      attn(t, m, split, s, pass, row, column);
      break;
    case Unit::mlp:
      mlp(t, m, s, pass, row, column);
      break;
    case Unit::head:
      head(t, s, pass, column);
      break;
  }
  return t.work;
}

Work attention_core_work(const Model& m, const Split& split) {
  Tally t;
  t.work.unit = Unit::attn;
  attention(t, m, split, shard_of(m, split), false);
  return t.work;
}

}  // namespace braid
