// SPDX-License-Identifier: Apache-2.0
// Small kernels that show where and when work runs.
#pragma once

#include <cuda_runtime.h>

#include <set>

namespace braid::gpu {

/// The SMs that blocks launched on the stream ran on, in a grid of several blocks per SM of the whole device.
/// Synchronises the stream.
std::set<int> sms_of(cudaStream_t);

/// A kernel of `blocks` blocks of one warp that each wait for `seconds` of the GPU's timer. Asynchronous.
void spin(int blocks, double seconds, cudaStream_t);

}  // namespace braid::gpu
