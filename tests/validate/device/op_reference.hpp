// SPDX-License-Identifier: Apache-2.0
// What one op of a Program should make of its inputs, in double precision on the host, against what the GPU made.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "validate/device/op_kernels.hpp"

namespace braid::gpu {

struct OpError {
  std::string what;  ///< op and tensor
  double error = 0;  ///< norm of the difference over norm of the reference
};

/// Runs ops of a rank one after the other and holds each against the reference. Every reference starts from what the
/// GPU gave the op, so that errors of one do not pass for another's.
class OpReference {
 public:
  OpReference(const Program& program, int pp_rank, const OpKernels& kernels, cudaStream_t stream);
  /// Runs the op, waits for it, and compares what it wrote. Empty for ops that compute nothing.
  std::vector<OpError> run(std::uint32_t op);

 private:
  using Doubles = std::vector<double>;
  void forward();
  void input_grad();
  void weight_grad();
  void embedding_forward();
  void loss();

  Doubles tensor(Role role) const;
  std::map<Role, Doubles> tensors() const;
  Doubles weight(const Parameter& p) const;
  /// What the op has added to a gradient.
  Doubles added(const Parameter& p) const;
  const LayerParameters& layer() const;
  const Parameter& gain() const;
  void compare(const char* what, const Doubles& got, const Doubles& want);
  Doubles turned(Doubles qkv, int direction) const;
  int width() const { return shape_.qkv(); }

  const Program& program_;
  const RankProgram& rank_;
  const OpKernels& kernels_;
  cudaStream_t stream_;
  ProgramShape shape_;
  std::uint32_t op_ = 0;
  OpKey key_;
  std::map<Role, Doubles> in_, out_;  ///< of the op's tensors, before and after it ran
  Doubles gradients_;                 ///< before it ran
  std::vector<OpError> errors_;
};

}  // namespace braid::gpu
