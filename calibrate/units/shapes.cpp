// SPDX-License-Identifier: Apache-2.0
#include "calibrate/units/shapes.hpp"

#include <stdexcept>

namespace braid::gpu {

const char* name(Pass p) { return p == Pass::F ? "F" : p == Pass::I ? "I" : "W"; }

const std::vector<ModelShape>& model_shapes() {
  static const std::vector<ModelShape> models = {
      {"qwen2-12.1b", 5120, 40, 8, 128, 18944, true, 152064}, {"qwen2-26.3b", 7168, 56, 8, 128, 18944, true, 152064},
      {"llama3-70b", 8192, 64, 8, 128, 28672, true, 128256},  {"llama3-8b", 4096, 32, 8, 128, 14336, true, 128256},
      {"gpt3-175b", 12288, 96, 96, 128, 49152, false, 51200},
  };
  return models;
}

std::vector<LinearShape> linear_shapes(const ModelShape& m, int tp) {
  if (m.heads % tp || m.kv_heads % tp || m.ffn % tp || m.vocab % tp)
    throw std::invalid_argument(m.name + " does not divide by tp " + std::to_string(tp));
  const int h = m.hidden, q = m.heads * m.head_dim / tp, kv = m.kv_heads * m.head_dim / tp, f = m.ffn / tp;
  return {{"qkv", h, q + 2 * kv},
          {"out_proj", q, h},
          {m.gated ? "gate_up" : "up", h, m.gated ? 2 * f : f},
          {"down", f, h},
          {"lm_head", h, m.vocab / tp}};
}

double GemmShape::bytes() const {
  const double a = 2.0 * m * k, b = 2.0 * n * k, c = static_cast<double>(m) * n;
  return a + b + (pass == Pass::W ? 8 * c : 2 * c);
}

GemmShape gemm_shape(const LinearShape& l, int tokens, Pass p) {
  switch (p) {
    case Pass::F:
      return {tokens, l.out, l.in, p};
    case Pass::I:
      return {tokens, l.in, l.out, p};
    case Pass::W:
      break;
  }
  return {l.out, l.in, tokens, p};
}

}  // namespace braid::gpu
