// SPDX-License-Identifier: Apache-2.0
// The compute ops that the overlap sweep runs beside communication: units of the 12.1B model at 6144 tokens, and one
// large product.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "calibrate/sweep/bench.hpp"

namespace braid::gpu {

struct OverlapOp {
  std::string name;
  Enqueue enqueue;
};

class OverlapOps {
 public:
  explicit OverlapOps(Bench&);
  ~OverlapOps();
  const std::vector<OverlapOp>& all() const { return ops_; }
  /// The matrix products planned for fewer SMs, so that they leave room for communication. Valid until the next call.
  std::vector<OverlapOp> planned_for(int sms);

 private:
  struct Parts;
  Bench& bench_;
  std::unique_ptr<Parts> parts_;
  std::vector<OverlapOp> ops_;
};

}  // namespace braid::gpu
