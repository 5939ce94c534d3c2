// SPDX-License-Identifier: Apache-2.0
// The widths of a model's tensors on one rank of its tensor-parallel group: what work, memory and parameters share.
//
// Column-parallel linears (QKV, gate/up, head) are cut by outputs, row-parallel ones (out projection, down) by inputs
// [Shoeybi19, s. 3]. Norms, residuals and dropout see every token, or 1/TP of them with sequence parallelism
// [Korthikanti22, s. 4.2].
#pragma once

#include "sim/model/work.hpp"

namespace braid {

struct Shard {
  double tokens;       ///< of a microbatch: rows of every GEMM
  double norm_tokens;  ///< rows that norms, residuals and dropout work on
  double hidden;
  double query;         ///< width of Q on this rank
  double key_value;     ///< width of K, and of V, on this rank
  double qkv;           ///< Q, K and V side by side
  double ffn;           ///< width of the activation on this rank
  double ffn_in;        ///< width of the input projection: twice ffn with SwiGLU
  double vocab;         ///< padded, on this rank
  double scores;        ///< elements of the attention scores on this rank, all samples and heads
  double element;       ///< bytes of an activation
  double norm_element;  ///< bytes of a kept norm output
};

Shard shard_of(const Model& model, const Split& split);

}  // namespace braid
