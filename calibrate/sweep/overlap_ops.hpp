// SPDX-License-Identifier: Apache-2.0
// The compute ops that the overlap sweep runs beside communication: products of the 12.1B and the 70B model under TP4
// and TP8, attention, memory-bound kernels, and one large product.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "calibrate/sweep/bench.hpp"

namespace braid::gpu {

struct OverlapOp {
  std::string name;
  Enqueue enqueue;
  /// What a model needs to count its tiles: of products m, n, k and the kernel chosen; of memory-bound kernels m rows
  /// of n elements; of attention m tokens of one sequence and n heads. Zeros for what an op does not have.
  Pass pass;
  int m, n, k;
  GemmAlgo algo{};
};

class OverlapOps {
 public:
  /// In the order of interest: a run that is cut short has the first ones whole. `quick`: the first few only.
  OverlapOps(Bench&, bool quick);
  ~OverlapOps();
  const std::vector<OverlapOp>& all() const { return ops_; }
  /// Four of the products planned for fewer SMs, so that they leave room for communication. Valid until the next call.
  std::vector<OverlapOp> planned_for(int sms);

 private:
  struct Parts;
  void add_product(const std::string& name, const GemmShape& shape);
  void add_memory_bound();
  void add_attention(int tp, bool backward);
  Bench& bench_;
  std::unique_ptr<Parts> parts_;
  std::vector<OverlapOp> ops_;
};

}  // namespace braid::gpu
