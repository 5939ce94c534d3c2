// SPDX-License-Identifier: Apache-2.0
// Stand-ins for communication on one GPU: messages between its partitions, and kernels that only hold the SMs that a
// collective would. All asynchronous.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>

namespace braid::gpu {

/// Copies with so many blocks of 640 threads, as NCCL's point-to-point kernels have. Pointers and bytes are multiples
/// of 16.
void copy_message(const void* from, void* to, std::size_t bytes, int blocks, cudaStream_t);

/// Keeps the SMs of so many blocks for `seconds` of the GPU's timer each, from the block's own start: shaped like an
/// NCCL CTA (640 threads, 82 240 bytes of shared memory), so that no CTA of a matrix product fits beside it. Moves no
/// bytes.
void hold_sms(int blocks, double seconds, cudaStream_t);

/// One thread that does nothing: the end of its record is the release of the step.
void mark_release(cudaStream_t);

/// Loads these kernels: a first launch beside a block that spins could wait for it.
void load_stand_ins();

}  // namespace braid::gpu
