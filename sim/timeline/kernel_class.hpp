// SPDX-License-Identifier: Apache-2.0
// What a kernel of somebody else's run does, told by its name.
//
// Names come from cuBLAS, CUTLASS, cuDNN, FlashAttention, Triton, ATen, Transformer Engine, Apex and NCCL; they are
// habits, not promises, so whatever no rule knows is `other` and is shown as such.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/base/op_key.hpp"

namespace braid {

enum class KernelClass : std::uint8_t {
  gemm,
  attention,
  norm,
  elementwise,  ///< activations, additions, casts, copies by a kernel, reductions, RoPE
  softmax,      ///< softmax and cross entropy
  embedding,
  optimizer,
  copy_device,  ///< memcpy within the GPU, memset
  copy_in,      ///< host to device
  copy_out,     ///< device to host
  copy_peer,    ///< GPU to GPU
  all_reduce,
  reduce_scatter,
  all_gather,
  send_recv,
  other_communication,  ///< broadcast, reduce, all-to-all
  other,
};
inline constexpr int kKernelClasses = 17;
const char* to_text(KernelClass c);

/// By the first rule of a table whose word is in the name; letters of either case.
KernelClass kernel_class(std::string_view name);

/// Of torch's name of a collective ("allreduce", "_reduce_scatter_base", "send"): kernels of several operations have a
/// name that tells nothing. `other_communication` if it is none of Braid's.
KernelClass collective_class(std::string_view collective);

/// The lane of a process group by torch's or Megatron-LM's description of it ("mesh_tp",
/// "TENSOR_MODEL_PARALLEL_GROUP"); `host`, where no communication runs, if that says nothing.
Lane lane_of_group(std::string_view description);

inline bool is_communication(KernelClass c) {
  return c == KernelClass::copy_peer || (c >= KernelClass::all_reduce && c <= KernelClass::other_communication);
}
/// Occupies the lane `compute`: neither communication nor a copy to or from the host.
inline bool is_computing(KernelClass c) {
  return !is_communication(c) && c != KernelClass::copy_in && c != KernelClass::copy_out;
}

}  // namespace braid
