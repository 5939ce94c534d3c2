// SPDX-License-Identifier: Apache-2.0
// Names as profilers of real runs show them; the library that each is from is beside it.
#include "sim/timeline/kernel_class.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

using enum KernelClass;

TEST(KernelClass, MatrixProducts) {
  for (const char* name : {
           "nvjet_tst_128x256_64x4_1x2_h_bz_coopA_TNT",                    // cuBLAS on Hopper
           "ampere_bf16_s16816gemm_bf16_128x256_ldg8_f2f_stages_64x3_nn",  // cuBLAS on Ampere
           "sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize128x128x64_warpgroupsize1x1x1_execute_segment_k_off_kernel"
           "__5x_cublas",  // cuBLAS on Hopper
           "void cutlass::Kernel2<cutlass_80_tensorop_bf16_s16816gemm_relu_bf16_256x128_32x3_tn_align8>(T1::Params)",
           "void cublasLt::splitKreduce_kernel<32, 16, int, float, __nv_bfloat16, float, false>(...)",
           "triton_tem_fused_mm_3",  // Inductor
       }) {
    EXPECT_EQ(kernel_class(name), gemm) << name;
  }
}

TEST(KernelClass, AttentionThoughItsNameHoldsCutlassOrSoftmax) {
  for (const char* name : {
           "void flash_fwd_kernel<Flash_fwd_kernel_traits<128, 128, 64, 4, false, false, cutlass::bfloat16_t>>",
           "void pytorch_flash::flash_bwd_dq_dk_dv_loop_seqk_parallel_kernel<...>",
           "cudnn_generated_fort_native_sdpa_sm90_flash_bprop_wgmma_f16_knob_26_64x64x128_1x1x1_cga1x1x1_kernel0_0",
           "fmha_cutlassF_bf16_aligned_64x128_rf_sm80(PyTorchMemEffAttention::AttentionKernel<...>)",
           "void cutlass::device_kernel<flash::enable_sm90_or_later<flash::FlashAttnFwdSm90<...>>>",
           "_attn_fwd",
       }) {
    EXPECT_EQ(kernel_class(name), attention) << name;
  }
}

TEST(KernelClass, CollectivesOfOldAndNewNccl) {
  EXPECT_EQ(kernel_class("ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevKernelArgsStorage<4096ul>)"), all_reduce);
  EXPECT_EQ(kernel_class("ncclKernel_AllReduce_RING_LL_Sum_float(ncclWorkElem)"), all_reduce);
  EXPECT_EQ(kernel_class("ncclDevKernel_ReduceScatter_Sum_bf16_RING_LL"), reduce_scatter);
  EXPECT_EQ(kernel_class("ncclDevKernel_AllGather_RING_LL"), all_gather);
  EXPECT_EQ(kernel_class("ncclKernel_SendRecv_RING_SIMPLE_Sum_int8_t"), send_recv);
  EXPECT_EQ(kernel_class("ncclDevKernel_Broadcast_RING_LL"), other_communication);
  EXPECT_EQ(kernel_class("ncclDevKernel_Generic_4"), other_communication);
}

TEST(KernelClass, TheRest) {
  EXPECT_EQ(kernel_class("void transformer_engine::normalization::rmsnorm_fwd_general_kernel<...>"), norm);
  EXPECT_EQ(kernel_class("void at::native::(anonymous namespace)::vectorized_layer_norm_kernel<float, float>"), norm);
  EXPECT_EQ(kernel_class("void at::native::vectorized_elementwise_kernel<4, at::native::CUDAFunctor_add<float>>"),
            elementwise);
  EXPECT_EQ(kernel_class("triton_poi_fused_mul_silu_2"), elementwise);
  EXPECT_EQ(kernel_class("triton_red_fused__to_copy_mean_mul_pow_rsqrt_0"), elementwise);
  EXPECT_EQ(kernel_class("transformer_engine::fused_rope_forward_kernel"), elementwise);
  EXPECT_EQ(kernel_class("void (anonymous namespace)::cunn_SoftMaxForward<8, float, float, float, LogSoftMax>"),
            softmax);
  EXPECT_EQ(kernel_class("void at::native::(anonymous namespace)::multi_tensor_apply_kernel<FusedOptimizerTensorList>"),
            optimizer);
  EXPECT_EQ(kernel_class("void at::native::(anonymous namespace)::indexSelectLargeIndex<...>"), embedding);
  EXPECT_EQ(kernel_class("Memcpy HtoD (Pageable -> Device)"), copy_in);  // Kineto
  EXPECT_EQ(kernel_class("Memcpy DtoD (Device -> Device)"), copy_device);
  EXPECT_EQ(kernel_class("Memset (Device)"), copy_device);
  EXPECT_EQ(kernel_class("[CUDA memcpy DtoH]"), copy_out);  // Nsight Systems
  EXPECT_EQ(kernel_class("moe_align_block_size"), other);
}

TEST(KernelClass, OfTorchsNamesOfCollectives) {
  EXPECT_EQ(collective_class("allreduce"), all_reduce);
  EXPECT_EQ(collective_class("_allgather_base"), all_gather);
  EXPECT_EQ(collective_class("_reduce_scatter_base"), reduce_scatter);
  EXPECT_EQ(collective_class("recv"), send_recv);
  EXPECT_EQ(collective_class("all_to_allv"), other_communication);
}

TEST(KernelClass, PeerCopiesCommunicateAndDeviceCopiesCompute) {
  EXPECT_TRUE(is_communication(copy_peer));
  EXPECT_FALSE(is_computing(copy_peer));
  EXPECT_TRUE(is_computing(copy_device));
  EXPECT_FALSE(is_computing(copy_in));
  EXPECT_TRUE(is_computing(other));
}

}  // namespace
}  // namespace braid
