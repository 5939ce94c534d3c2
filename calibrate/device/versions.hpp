// SPDX-License-Identifier: Apache-2.0
// Versions of the libraries this build measures with.
#pragma once

#include <string>

namespace braid::gpu {

/// "CUDA runtime 13.0, cuBLASLt 130100, cuDNN 91900, NCCL 22809, CUPTI 130001"; a library that this build lacks says
/// "none".
std::string library_versions();

}  // namespace braid::gpu
