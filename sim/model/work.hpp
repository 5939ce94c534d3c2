// SPDX-License-Identifier: Apache-2.0
// What one unit asks of one GPU: matrix products, attention, bytes through memory, and bytes it keeps.
//
// Pure arithmetic of the model and the split; every formula is cited where it is implemented. Time is not here.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

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
  int microbatch = 1;             ///< samples in a microbatch
  int sequence = 0;               ///< tokens a sample
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
  Bytes elementwise;      ///< bytes moved through memory by kernels that are neither GEMM nor attention
  int kernels = 0;        ///< launched in all
  Flops flops;            ///< of gemms and attention: what MFU counts (causal attention counted as half)
  bool operator==(const Work&) const = default;
};

/// Bytes that a forward of a unit keeps for its backward. Residual streams belong to the unit that reads them.
struct Kept {
  Bytes saved;             ///< allocated when F starts
  Bytes saved_for_weight;  ///< the part of `saved` that I does not release: the inputs that W needs
  Bytes gradient;          ///< allocated by I for W: output gradients; released with saved_for_weight when W ends
  bool operator==(const Kept&) const = default;
};

/// Throws Error("model.<key>", ...) with what would divide, if the model cannot be split so.
void check_split(const Model& model, const Split& split);

/// Demands of one pass of a unit. `part` matters for W alone.
Work unit_work(const Model& model, Unit unit, Pass pass, const Split& split, WPart part = WPart::whole);

/// What a forward of the unit keeps. Selective recomputation keeps nothing of the attention core.
Kept unit_kept(const Model& model, Unit unit, const Split& split, bool recompute_attention_core = false);

/// Parameters of the unit on one rank of the tensor-parallel group.
double unit_parameters(const Model& model, Unit unit, const Split& split);

/// Parameters of the whole model, unsplit, without vocabulary padding.
double total_parameters(const Model& model);

/// The vocabulary padded to a multiple of vocab_padding * tp.
double padded_vocab(const Model& model, int tp);

/// Flops of one sample's forward and backward through the whole model, no recomputation, causal attention as half:
/// MFU's numerator.
Flops model_flops(const Model& model, int sequence);

/// Bytes of one activation message between stages, or of one all-reduce of a unit's output: tokens * hidden.
Bytes boundary_bytes(const Model& model, const Split& split);

}  // namespace braid
