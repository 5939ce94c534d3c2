// SPDX-License-Identifier: Apache-2.0
// One rank's transformer layers as ops that can be run alone or in sequence: buffers, chosen algorithms, and the order
// of a forward and of a backward split into activation gradient (I) and weight gradient (W). Collectives are left out:
// this is what a rank computes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "calibrate/sweep/bench.hpp"
#include "calibrate/units/attention.hpp"
#include "sim/base/op_key.hpp"

namespace braid::gpu {

struct LayerShape {
  ModelShape model;
  int tp, batch, seq;
  int tokens() const { return batch * seq; }
};

struct LayerOp {
  std::string name;
  Pass pass;
  double flops, bytes;
  std::function<void(cudaStream_t, int layer)> run;
};

/// The unit of a layer that an op belongs to. Throws Error for an op that no unit has.
Unit unit_of(const LayerOp&);

class LayerOps {
 public:
  /// Builds `layers` layers with weights, gradients and activations of their own, runs a forward and a backward once so
  /// that every buffer holds real data. Gated models only. Throws Error when memory is short.
  LayerOps(Bench&, cudnnHandle_t, LayerShape, int layers);
  ~LayerOps();
  /// In the order a layer runs them: forward; backward I; backward W.
  const std::vector<LayerOp>& forward() const { return f_; }
  const std::vector<LayerOp>& backward_i() const { return i_; }
  const std::vector<LayerOp>& backward_w() const { return w_; }
  int layers() const { return layers_; }
  /// The ops of one unit in one pass, in order: what runs between two points where STP may interleave. Empty for a unit
  /// that a layer does not have.
  std::vector<const LayerOp*> unit(Unit, Pass) const;
  /// What the ops of layer 0 read and write, by its name in the .cpp, for checks. Throws Error for another name.
  const DeviceBuffer& buffer(const std::string& name) const;

 private:
  struct Buffers;
  void build(Bench&, const LayerShape&);
  std::unique_ptr<Buffers> m_;
  std::vector<std::unique_ptr<Gemm>> gemms_;
  std::unique_ptr<Attention> attention_;
  std::vector<LayerOp> f_, i_, w_;
  int layers_;
};

}  // namespace braid::gpu
