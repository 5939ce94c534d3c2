// SPDX-License-Identifier: Apache-2.0
// What one unit asks of one GPU: matrix products, attention, bytes through memory, and bytes it keeps.
//
// Pure arithmetic of the model and the split; every formula is cited where it is implemented. Time is not here.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/base/op_key.hpp"
#include "sim/base/units.hpp"
#include "sim/model/model.hpp"

namespace braid {

enum class Pass : std::uint8_t { F, I, W };
/// A W can be done in two parts: of the row-parallel linear (out projection, down), which no all-reduce waits for,
/// and of the column-parallel one (QKV, gate/up, head), behind which Megatron hides the all-reduce of I.
enum class WPart : std::uint8_t { whole, row_parallel, column_parallel };

/// How one microbatch is cut over the ranks of a tensor-parallel group.
struct Split {
  int microbatch = 1;  ///< samples in a microbatch
  int sequence = 0;    ///< tokens a sample
  int tp = 1;
  bool sequence_parallel = false;
  double tokens() const { return double(microbatch) * sequence; }
  bool operator==(const Split&) const = default;
};

/// C[m, n] = A[m, k] B[k, n], once for every one of `count` independent products.
struct Gemm {
  double m = 0, n = 0, k = 0;
  double count = 1;
  bool operator==(const Gemm&) const = default;
};

/// One attention of `samples` sequences on this rank's heads.
struct AttentionShape {
  double samples = 0, sequence = 0, heads = 0, kv_heads = 0, head_dim = 0;
  bool causal = true;
  bool flash = true;
  bool backward = false;
  bool operator==(const AttentionShape&) const = default;
};

/// The demands of one op on one GPU.
struct Work {
  Unit unit = Unit::none;
  Pass pass = Pass::F;
  WPart part = WPart::whole;
  std::vector<Gemm> gemms;
  std::optional<AttentionShape> attention;
  Bytes elementwise;  ///< bytes moved through memory by kernels that are neither GEMM nor attention
  int kernels = 0;    ///< launched in all
  Flops flops;        ///< of gemms and attention: what MFU counts (causal attention counted as half)
  bool operator==(const Work&) const = default;
};

/// Bytes that a forward of a unit keeps for its backward. Residual streams belong to the unit that reads them.
struct Kept {
  Bytes saved;             ///< allocated when F starts
  Bytes saved_for_weight;  ///< the part of `saved` that I does not release: the inputs that W needs
  Bytes gradient;          ///< allocated by I for W: output gradients; released with saved_for_weight when W ends
  bool operator==(const Kept&) const = default;
};

/// Why the model cannot be split so, each with what would divide; where = "plan.tp" or "plan.sequence_parallel".
/// KV heads are never replicated: as in Megatron, TP must divide them.
std::vector<Issue> split_check(const Model& model, const Split& split);

/// Throws Error with every issue of split_check.
void check_split(const Model& model, const Split& split);

/// Demands of one pass of a unit. `part` matters for W alone, and its two parts add up to the whole.
///
/// Norms have no W: their weight gradient is a by-product of I. Embedding has no I; its W is row_parallel, as nothing
/// hides behind it. The backward residual add belongs to I of the norm where the branch began, the forward one to
/// attn and mlp. Left out: row statistics, norm weights, the RoPE table, the dense accumulation of the embedding's
/// gradient, the scalars a token that cross entropy exchanges. GEMM shapes [Shoeybi19, s. 3]; flops 2mnk
/// [Narayanan21, appendix]; causal attention 2 s^2 d a a sample forward and twice that backward.
Work unit_work(const Model& model, Unit unit, Pass pass, const Split& split, WPart part = WPart::whole);

/// The forward of the attention core alone (scores, softmax, values): what selective recomputation runs again.
Work attention_core_work(const Model& model, const Split& split);

/// What a forward of the unit keeps. Selective recomputation keeps nothing of the attention core.
///
/// GELU, LayerNorm, dropout and unfused attention as [Korthikanti22, eq. 1-6], s. 4.3 for embedding and head; SwiGLU,
/// grouped-query and flash attention counted tensor by tensor in the same way. A norm's output belongs to the unit
/// that multiplies it. With sequence parallelism norms and their outputs are kept as shards and W gathers them again,
/// while the output gradient is kept as I has gathered it. The embedding has no I: W releases all that it keeps.
Kept unit_kept(const Model& model, Unit unit, const Split& split, bool recompute_attention_core = false);

/// Parameters of the unit on one rank of the tensor-parallel group, vocabulary padded. A tied head counts its copy of
/// the embedding: a last stage on another rank holds one; whoever has both on one rank counts it once.
double unit_parameters(const Model& model, Unit unit, const Split& split);

/// Parameters of the whole model, unsplit, without vocabulary padding, a tied head once.
double total_parameters(const Model& model);

/// The vocabulary padded to a multiple of vocab_padding * tp.
double padded_vocab(const Model& model, int tp);

/// Flops of one sample's forward and backward through the whole model, no recomputation, causal attention as half:
/// MFU's numerator. 6 flops a token and matrix weight, head included [Chowdhery22, appendix B], and attention 3 times
/// its causal forward; the vocabulary is not padded.
Flops model_flops(const Model& model, int sequence);

/// Bytes of one activation message between stages, or of one all-reduce of a unit's output: tokens * hidden.
Bytes boundary_bytes(const Model& model, const Split& split);

}  // namespace braid
