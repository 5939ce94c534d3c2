// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/parameter_layout.hpp"

#include <fmt/format.h>

#include <set>

namespace braid {
namespace {

constexpr std::size_t kPadding = 128;
constexpr double kElement = 2;

/// What the ops of a rank work on.
struct Holds {
  std::set<int> layers;
  bool embedding = false, head = false;
};

Holds holds(const RankProgram& rank) {
  Holds h;
  for (const Op& op : rank.ops) {
    if (op.lane != Lane::compute) continue;
    if (op.key.layer >= 0) h.layers.insert(op.key.layer);
    h.embedding |= op.key.unit == Unit::embedding;
    h.head |= op.key.unit == Unit::head;
  }
  return h;
}

class Row {
 public:
  explicit Row(ParameterLayout& layout) : layout_(layout) {}
  Parameter add(std::size_t count) {
    const Parameter p{.offset = layout_.elements, .count = count};
    layout_.elements += (count + kPadding - 1) / kPadding * kPadding;
    layout_.count += count;
    return p;
  }
  Parameter matrix(int out, int in) { return add(static_cast<std::size_t>(out) * static_cast<std::size_t>(in)); }
  Parameter gain(int width) { return add(static_cast<std::size_t>(width)); }

 private:
  ParameterLayout& layout_;
};

}  // namespace

ParameterLayout parameter_layout(const Program& program, int pp_rank) {
  const ProgramShape s = shape_of(program);
  const RankProgram& rank = program.ranks[static_cast<std::size_t>(pp_rank)];
  const Holds h = holds(rank);
  ParameterLayout layout;
  Row row(layout);
  for (const int layer : h.layers) {
    layout.layers[layer] = {.pre_attn = row.gain(s.hidden),
                            .qkv = row.matrix(s.qkv(), s.hidden),
                            .out_proj = row.matrix(s.hidden, s.query()),
                            .pre_mlp = row.gain(s.hidden),
                            .gate_up = row.matrix(2 * s.ffn, s.hidden),
                            .down = row.matrix(s.hidden, s.ffn)};
  }
  const double stated = rank.resident[static_cast<std::size_t>(MemoryClass::parameters)].value / kElement;
  const double vocabulary = double(s.vocab) * s.hidden;
  if ((h.embedding || h.head) && s.vocab == 0) {
    throw Error(fmt::format("program:rank {}", pp_rank), "the width of its vocabulary is nowhere to be seen");
  }
  if (h.head) layout.final_norm = row.gain(s.hidden);
  const double without_ends = static_cast<double>(layout.count);
  if (h.embedding) layout.embedding = row.matrix(s.vocab, s.hidden);
  layout.tied = h.embedding && h.head && stated == without_ends + vocabulary;
  if (h.head) layout.head = layout.tied ? layout.embedding : row.matrix(s.vocab, s.hidden);

  const double counted = static_cast<double>(layout.count);
  const double norms = 2 * static_cast<double>(h.layers.size()) + (h.head ? 1 : 0);
  if (stated == counted) return layout;
  throw Error(fmt::format("program:rank {}", pp_rank),
              stated == counted + norms * s.hidden
                  ? "LayerNorm is not run: kernels are those of RMSNorm"
                  : fmt::format("holds {:.0f} parameters, its units have {:.0f}", stated, counted));
}

}  // namespace braid
