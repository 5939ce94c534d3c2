// SPDX-License-Identifier: Apache-2.0
#include "calibrate/device/versions.hpp"

#include <cublasLt.h>
#include <cuda_runtime.h>
#if BRAID_HAVE_CUDNN
#include <cudnn.h>
#endif
#if BRAID_HAVE_NCCL
#include <nccl.h>
#endif
#if BRAID_HAVE_CUPTI
#include <cupti.h>
#endif

namespace braid::gpu {

std::string library_versions() {
  int cuda = 0;
  cudaRuntimeGetVersion(&cuda);
  std::string s = "CUDA runtime " + std::to_string(cuda / 1000) + "." + std::to_string(cuda % 1000 / 10) +
                  ", cuBLASLt " + std::to_string(cublasLtGetVersion());
#if BRAID_HAVE_CUDNN
  s += ", cuDNN " + std::to_string(cudnnGetVersion());
#else
  s += ", cuDNN none";
#endif
#if BRAID_HAVE_NCCL
  int nccl = 0;
  ncclGetVersion(&nccl);
  s += ", NCCL " + std::to_string(nccl);
#else
  s += ", NCCL none";
#endif
#if BRAID_HAVE_CUPTI
  uint32_t cupti = 0;
  cuptiGetVersion(&cupti);
  s += ", CUPTI " + std::to_string(cupti);
#else
  s += ", CUPTI none";
#endif
  return s;
}

}  // namespace braid::gpu
