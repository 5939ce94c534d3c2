// SPDX-License-Identifier: Apache-2.0
// The ops of one rank of a Program as real kernels on real tensors: what a span of a measured run is the time of.
//
// Forward, input gradient, weight gradient and recomputation of every unit, with the products, attention and small
// kernels of calibrate/units at the shapes of the op's Work. Each microbatch and layer has activations of its own from
// the moment its forward starts until its W (or I) ends, in one block of memory that is taken before the first step:
// what a training run would hold, deferred W included (validate/runner/tensor_plan.hpp says what, and why it is safe).
//
// Numbers stay sane over many steps: every rank of a tensor-parallel group adds 1/tp of the residual stream, so that
// the all-reduce holds it once; all ranks have the same weights. Gradients are not set to zero between steps, as no op
// of a Program does that.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "calibrate/device/buffer.hpp"
#include "sim/base/units.hpp"
#include "sim/program/program.hpp"
#include "validate/runner/parameter_layout.hpp"
#include "validate/runner/tensor_plan.hpp"

namespace braid::gpu {

/// Where a rank's kernels run. A partition may take its SMs' share of the device's memory; optimizer states take what
/// is left of that.
struct KernelSite {
  int device = 0;
  int sms = 0;            ///< of the partition; 0: the whole GPU
  cudaStream_t stream{};  ///< for tuning and for filling tensors before the first step
  /// Of the partition; made current while kernels are enqueued, where cuDNN does not take the partition's stream
  /// otherwise.
  void* context = nullptr;
};

/// What a communication op moves. A collective of tensor parallelism works in place on a unit's output or input
/// gradient (of the head: on three fp32 numbers a token, which nobody reads), a send reads, a recv writes. What belongs
/// to the step (gradients and parameters over replicas or between the two ends of a tied model) moves a buffer that has
/// no other use, of the same size.
struct CommBuffers {
  const void* in = nullptr;
  void* out = nullptr;
  std::size_t elements = 0;  ///< bf16, of the full buffer
};

class OpKernels {
 public:
  /// Plans memory, takes it, fills weights and inputs with random numbers, chooses algorithms by timing, and runs every
  /// kind of op once. Makes the device current. Throws Error naming the op for one that no kernel exists for (shape_of,
  /// parameter_layout; widths that calibrate/units/kernels.hpp does not take), and Error with bytes needed and free
  /// when memory is short. `program` must outlive it.
  OpKernels(const Program& program, int pp_rank, const KernelSite& site);
  ~OpKernels();
  OpKernels(const OpKernels&) = delete;
  OpKernels& operator=(const OpKernels&) = delete;

  /// Enqueues the kernels of a compute op, in order, or a copy to or from pinned host memory: of a buffer of its own,
  /// for no plan of tensors knows which are away. Nothing is allocated, nothing synchronises.
  void enqueue(std::uint32_t op, cudaStream_t stream) const;
  /// The tensors of a collective, send or recv op. A recv of a replay, which is no message, has no elements.
  CommBuffers buffers(std::uint32_t op) const;
  /// Bytes of parameters, gradients, optimizer state that are held, and the most that activations took at once in the
  /// order of issue.
  Bytes held() const;
  /// What differs from the program's model of the work, a line each, for the report's notes.
  std::vector<std::string> notes() const;

  /// Whether weights and gradients, as far as sampled, are still numbers: others draw less power and are multiplied
  /// faster. Synchronises the device, which must be the current one.
  bool finite() const;

  // For checks: where an op's tensor lies, and the parameters by their layout.
  const void* tensor(std::uint32_t op, Role role) const;
  const TensorPlan& plan() const;
  const ParameterLayout& layout() const;
  const Bf16* weights() const;
  const float* gradients() const;

 private:
  struct Rank;
  std::unique_ptr<Rank> rank_;
};

}  // namespace braid::gpu
