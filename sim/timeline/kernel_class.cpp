// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline/kernel_class.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace braid {
namespace {

using enum KernelClass;

struct Rule {
  std::string_view word;
  KernelClass kind;
};

/// The first that fits decides: communication before all, attention before the CUTLASS that it is built from, GEMM
/// before the element types and the elementwise words in its name.
constexpr std::array kRules = std::to_array<Rule>({
    // Kineto: "Memcpy HtoD (Pageable -> Device)"; Nsight Systems: "[CUDA memcpy HtoD]".
    {"memcpy htod", copy_in},
    {"memcpy dtoh", copy_out},
    {"memcpy ptop", copy_peer},
    {"memcpy", copy_device},
    {"memset", copy_device},
    // NCCL 2.19 and newer: ncclDevKernel_AllReduce_Sum_bf16_RING_LL(...); older: ncclKernel_AllReduce_RING_LL_Sum_...
    {"nccldevkernel_allreduce", all_reduce},
    {"nccldevkernel_reducescatter", reduce_scatter},
    {"nccldevkernel_allgather", all_gather},
    {"nccldevkernel_sendrecv", send_recv},
    {"ncclkernel_allreduce", all_reduce},
    {"ncclkernel_reducescatter", reduce_scatter},
    {"ncclkernel_allgather", all_gather},
    {"ncclkernel_sendrecv", send_recv},
    {"nccl", other_communication},
    {"nvshmem", other_communication},
    {"cross_device_reduce", all_reduce},   // custom all-reduce of inference engines
    {"multimem_all_reduce", all_reduce},   // torch symmetric memory
    {"userbuffers", other_communication},  // Transformer Engine
    {"multi_tensor", optimizer},           // Apex and ATen: Adam, clipping, scaling
    {"adam", optimizer},
    {"flash", attention},
    {"fmha", attention},
    {"sdpa", attention},
    {"_attn_fwd", attention},
    {"_attn_bwd", attention},
    {"flex_attention", attention},
    {"softmax", softmax},
    {"cross_entropy", softmax},
    {"nll_loss", softmax},
    {"layer_norm", norm},
    {"layernorm", norm},
    {"rmsnorm", norm},
    {"rms_norm", norm},
    {"ln_fwd", norm},
    {"ln_bwd", norm},
    {"normalization::", norm},
    {"gammabeta", norm},  // ATen: GammaBetaBackwardCUDAKernel of layer norm
    {"nvjet", gemm},      // cuBLAS on Hopper and newer
    {"gemm", gemm},
    {"gemv", gemm},
    {"cutlass", gemm},
    {"xmma", gemm},
    {"splitkreduce", gemm},
    {"cublas", gemm},
    {"matmul", gemm},
    {"triton_tem_fused_mm", gemm},
    {"triton_tem_fused_addmm", gemm},
    {"triton_tem_fused_bmm", gemm},
    {"embedding", embedding},
    {"indexselect", embedding},
    {"index_select", embedding},
    {"elementwise", elementwise},
    {"triton_", elementwise},  // Inductor: poi, red, per
    {"reduce_kernel", elementwise},
    {"catarray", elementwise},
    {"swiglu", elementwise},
    {"silu", elementwise},
    {"gelu", elementwise},
    {"dropout", elementwise},
    {"rotary", elementwise},
    {"rope", elementwise},
    {"transpose", elementwise},
    {"cast", elementwise},
    {"copy", elementwise},
    {"fill", elementwise},
    {"scatter", elementwise},
    {"gather", elementwise},
    {"bias", elementwise},
});

constexpr std::array kCollectives = std::to_array<Rule>({
    {"reduce_scatter", reduce_scatter},
    {"reducescatter", reduce_scatter},
    {"allgather", all_gather},
    {"all_gather", all_gather},
    {"allreduce", all_reduce},
    {"all_reduce", all_reduce},
    {"send", send_recv},
    {"recv", send_recv},
});

struct GroupWord {
  std::string_view word;
  Lane lane;
};

/// Parts of the descriptions of process groups, upper case; the first that fits decides. torch's DeviceMesh writes
/// "mesh_" and the name of the dimension (torchtitan: pp, tp, cp, ep, dp_shard, dp_replicate, dp_shard_cp);
/// Megatron-LM's are those of parallel_state.py. Context and expert parallelism, which Braid does not model,
/// communicate within layers as tp does.
constexpr std::array kGroupWords = std::to_array<GroupWord>({{"PIPELINE_MODEL_PARALLEL", Lane::pp},
                                                             {"TENSOR_MODEL_PARALLEL", Lane::tp},
                                                             {"TENSOR_AND_DATA", Lane::dp},
                                                             {"DATA_PARALLEL", Lane::dp},
                                                             {"DISTRIBUTED_OPTIMIZER", Lane::dp},
                                                             {"EMBEDDING_GROUP", Lane::dp},
                                                             {"CONTEXT_PARALLEL", Lane::tp},
                                                             {"EXPERT", Lane::tp},
                                                             {"MODEL_PARALLEL_GROUP", Lane::dp},
                                                             {"MESH_PP", Lane::pp},
                                                             {"MESH_TP", Lane::tp},
                                                             {"MESH_CP", Lane::tp},
                                                             {"MESH_EP", Lane::tp},
                                                             {"MESH_DP", Lane::dp},
                                                             {"MESH_FSDP", Lane::dp},
                                                             {"DEFAULT_PG", Lane::dp}});

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

template <std::size_t N>
KernelClass first_of(const std::array<Rule, N>& rules, std::string_view text, KernelClass otherwise) {
  const std::string name = lower(text);
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const Rule& r) { return name.find(r.word) != std::string::npos; });
  return found == rules.end() ? otherwise : found->kind;
}

}  // namespace

const char* to_text(KernelClass c) {
  constexpr std::array names{"gemm",           "attention",   "norm",      "elementwise", "softmax",   "embedding",
                             "optimizer",      "copy in GPU", "copy in",   "copy out",    "copy peer", "all_reduce",
                             "reduce_scatter", "all_gather",  "send_recv", "other comm.", "other"};
  static_assert(names.size() == kKernelClasses);
  return names[static_cast<std::size_t>(c)];
}

KernelClass kernel_class(std::string_view name) { return first_of(kRules, name, other); }

KernelClass collective_class(std::string_view collective) {
  return first_of(kCollectives, collective, other_communication);
}

Lane lane_of_group(std::string_view description) {
  std::string text(description);
  for (char& c : text) c = (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  const auto found = std::find_if(kGroupWords.begin(), kGroupWords.end(),
                                  [&](const GroupWord& known) { return text.find(known.word) != std::string::npos; });
  return found == kGroupWords.end() ? Lane::host : found->lane;
}

}  // namespace braid
