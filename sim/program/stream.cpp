// SPDX-License-Identifier: Apache-2.0
#include "sim/program/stream.hpp"

#include <utility>

namespace braid {
namespace {

/// Builds segments in issue order; knows how tensor parallelism communicates.
class Writer {
 public:
  Writer(const Plan& plan, AsyncAllReduce async, UnitWorks& works) : plan_(plan), async_(async), works_(works) {}

  void forward(const StageLayers& stage) {
    if (stage.has_embedding) {
      forward_unit(Unit::embedding, -1, OpKind::forward);
      // The rows of other ranks' vocabulary are summed [Shoeybi19, s. 3].
      after_row_parallel(Unit::embedding, -1, CommOf::forward);
    }
    for (int layer = stage.first; layer < stage.first + stage.count; ++layer) {
      layer_forward(layer, OpKind::forward, CommOf::forward);
    }
    if (stage.has_head) {
      forward_unit(Unit::final_norm, -1, OpKind::forward);
      before_column_parallel(Unit::head, -1, CommOf::forward);
      forward_unit(Unit::head, -1, OpKind::forward);
      // Vocabulary-parallel cross entropy reduces three fp32 numbers a token: largest logit, its own, sum of exps.
      if (plan_.tp > 1) comm(OpKind::all_reduce, Unit::head, -1, CommOf::forward, Bytes(3 * 4.0 * tokens()));
      cut();
    }
  }

  void backward(const StageLayers& stage, bool with_w) {
    if (stage.has_head) {
      linear_backward(Unit::head, -1, with_w);
      compute(OpKind::input_grad, Unit::final_norm, -1, works_.input_grad(Unit::final_norm));
    }
    for (int layer = stage.first + stage.count - 1; layer >= stage.first; --layer) {
      if (plan_.recompute == Recompute::full) layer_forward(layer, OpKind::recompute, CommOf::recompute);
      linear_backward(Unit::mlp, layer, with_w);
      compute(OpKind::input_grad, Unit::pre_mlp, layer, works_.input_grad(Unit::pre_mlp));
      if (plan_.recompute == Recompute::selective) {
        compute(OpKind::recompute, Unit::attn, layer, works_.recomputed_attention_core());
      }
      linear_backward(Unit::attn, layer, with_w);
      compute(OpKind::input_grad, Unit::pre_attn, layer, works_.input_grad(Unit::pre_attn));
    }
    if (stage.has_embedding) {
      // Its I has nothing to compute, but its output was scattered over the sequence and W reads every token's
      // gradient.
      if (sharded()) comm(OpKind::all_gather, Unit::embedding, -1, CommOf::input_grad, works_.residual());
      if (with_w) weight(Unit::embedding, -1, WPart::whole, Waits::chain);
    }
    cut();
  }

  void weights(const StageLayers& stage) {
    if (stage.has_head) lone_weight(Unit::head, -1);
    for (int layer = stage.first + stage.count - 1; layer >= stage.first; --layer) {
      lone_weight(Unit::mlp, layer);
      lone_weight(Unit::attn, layer);
    }
    if (stage.has_embedding) {
      weight(Unit::embedding, -1, WPart::whole, Waits::chain);
      cut();
    }
  }

  std::vector<Segment> take() {
    cut();
    return std::move(segments_);
  }

 private:
  double tokens() const { return double(plan_.microbatch_size) * plan_.sequence; }
  bool sharded() const { return plan_.sequence_parallel && plan_.tp > 1; }

  void cut() {
    if (!open_.empty()) segments_.push_back(std::exchange(open_, {}));
  }

  void compute(OpKind kind, Unit unit, int layer, std::uint16_t work) {
    open_.push_back({.lane = Lane::compute, .kind = kind, .unit = unit, .layer = layer, .work = work});
  }

  void comm(OpKind kind, Unit unit, int layer, CommOf of, Bytes bytes, Waits waits = Waits::chain,
            bool extends_chain = true) {
    open_.push_back({.lane = Lane::tp,
                     .kind = kind,
                     .unit = unit,
                     .layer = layer,
                     .index = static_cast<int>(of),
                     .work = works_.collective(kind, Scope::tp, bytes),
                     .waits = waits,
                     .extends_chain = extends_chain});
  }

  void forward_unit(Unit unit, int layer, OpKind kind) {
    compute(kind, unit, layer, kind == OpKind::recompute ? works_.recomputed(unit) : works_.forward(unit));
  }

  /// Sequence parallelism gathers the slices of the sequence before a column-parallel linear.
  void before_column_parallel(Unit unit, int layer, CommOf of) {
    if (!sharded()) return;
    comm(OpKind::all_gather, unit, layer, of, works_.residual());
    cut();
  }

  /// The sum over ranks behind a row-parallel linear.
  void after_row_parallel(Unit unit, int layer, CommOf of) {
    if (plan_.tp > 1) comm(sharded() ? OpKind::reduce_scatter : OpKind::all_reduce, unit, layer, of, works_.residual());
    cut();
  }

  void layer_forward(int layer, OpKind kind, CommOf of) {
    for (const auto& [norm, unit] : {std::pair{Unit::pre_attn, Unit::attn}, std::pair{Unit::pre_mlp, Unit::mlp}}) {
      forward_unit(norm, layer, kind);
      before_column_parallel(unit, layer, of);
      forward_unit(unit, layer, kind);
      after_row_parallel(unit, layer, of);
    }
  }

  void weight(Unit unit, int layer, WPart part, Waits waits) {
    open_.push_back({.lane = Lane::compute,
                     .kind = OpKind::weight_grad,
                     .unit = unit,
                     .layer = layer,
                     .index = static_cast<int>(part),
                     .work = works_.weight_grad(unit, part),
                     .waits = waits,
                     .extends_chain = false});
  }

  /// W of a column-parallel linear reads the whole sequence, of which each rank has kept a slice.
  bool regather(Unit unit, int layer) {
    if (!sharded()) return false;
    comm(OpKind::all_gather, unit, layer, CommOf::weight_grad, works_.residual(), Waits::nothing, false);
    return true;
  }

  void lone_weight(Unit unit, int layer) {
    const bool gathered = regather(unit, layer);
    weight(unit, layer, WPart::whole, gathered ? Waits::regather : Waits::nothing);
    cut();
  }

  /// I of a unit of linears, the sum of its input gradient over ranks, and W where the action has it.
  void linear_backward(Unit unit, int layer, bool with_w) {
    // The gradient of a row-parallel linear's output is sliced like the output was; the head has no such linear.
    if (sharded() && unit != Unit::head) {
      comm(OpKind::all_gather, unit, layer, CommOf::input_grad, works_.residual());
      cut();
    }
    const bool gathered = with_w && regather(unit, layer);
    const bool split = with_w && async_ == AsyncAllReduce::column && unit != Unit::head;
    if (split) weight(unit, layer, WPart::row_parallel, Waits::chain);
    compute(OpKind::input_grad, unit, layer, works_.input_grad(unit));
    if (plan_.tp > 1) {
      comm(sharded() ? OpKind::reduce_scatter : OpKind::all_reduce, unit, layer, CommOf::input_grad, works_.residual());
    }
    if (with_w) {
      Waits waits = gathered ? Waits::regather : Waits::nothing;
      if (async_ == AsyncAllReduce::none) waits = Waits::chain;
      weight(unit, layer, split ? WPart::column_parallel : WPart::whole, waits);
    }
    cut();
  }

  const Plan& plan_;
  AsyncAllReduce async_;
  UnitWorks& works_;
  Segment open_;
  std::vector<Segment> segments_;
};

}  // namespace

std::vector<Segment> segments_of(ActionType type, const StageLayers& stage, const Plan& plan, AsyncAllReduce async,
                                 UnitWorks& works) {
  Writer writer(plan, async, works);
  switch (type) {
    case ActionType::F:
      writer.forward(stage);
      break;
    case ActionType::I:
      writer.backward(stage, false);
      break;
    case ActionType::B:
      writer.backward(stage, true);
      break;
    case ActionType::W:
      writer.weights(stage);
      break;
  }
  return writer.take();
}

}  // namespace braid
