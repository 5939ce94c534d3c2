// SPDX-License-Identifier: Apache-2.0
// Which way of switching CUPTI on yields external ids? Usage: cupti_attach MODE, 0..4. Build: nvcc -std=c++17
// -arch=sm_90 cupti_attach.cu -lcupti -lnccl (C++17: nvcc 13.0 fails on std::vector of an untagged C struct in C++20
// mode). 0: after the CUDA context, single calls enabled. 1: after it, whole RUNTIME and DRIVER kinds. 2, 3: the same
// before any CUDA call. 4: as 0, with the other activity kinds. Mode 1 also shows the grid that NCCL launches for a
// requested CTA count.
#include <cuda_runtime.h>
#include <cupti.h>
#include <nccl.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <set>
#include <string>
#include <vector>

static std::mutex mutex;
static std::vector<std::pair<uint8_t*, size_t>> buffers;
static void CUPTIAPI request(uint8_t** b, size_t* size, size_t* n) {
  *size = 8 << 20, *n = 0, *b = static_cast<uint8_t*>(aligned_alloc(8, *size));
}
static void CUPTIAPI complete(CUcontext, uint32_t, uint8_t* b, size_t, size_t valid) {
  std::lock_guard<std::mutex> lock(mutex);
  buffers.push_back({b, valid});
}
static void CUPTIAPI callback(void*, CUpti_CallbackDomain, CUpti_CallbackId, const void*) {}
static void check(CUptiResult r, const char* what) {
  const char* text = "?";
  if (r != CUPTI_SUCCESS) cuptiGetResultString(r, &text), std::printf("  %s: %s\n", what, text);
}
__global__ void nothing() {}

static void start(int mode) {
  static CUpti_SubscriberHandle subscriber;
  char old[CUPTI_OLD_SUBSCRIBER_NAME_MIN_LEN] = {};
  CUpti_SubscriberParams p{};
  p.structSize = CUpti_SubscriberParams_STRUCT_SIZE, p.subscriberName = "attach", p.oldSubscriberName = old,
  p.oldSubscriberSize = sizeof old;
  check(cuptiSubscribe_v2(&subscriber, callback, nullptr, &p), "subscribe");
  check(cuptiActivityRegisterCallbacks(request, complete), "register");
  for (auto k : {CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL, CUPTI_ACTIVITY_KIND_EXTERNAL_CORRELATION})
    check(cuptiActivityEnable(k), "enable");
  if (mode == 4)
    for (auto k : {CUPTI_ACTIVITY_KIND_MEMCPY, CUPTI_ACTIVITY_KIND_SYNCHRONIZATION, CUPTI_ACTIVITY_KIND_CUDA_EVENT,
                   CUPTI_ACTIVITY_KIND_MARKER, CUPTI_ACTIVITY_KIND_CONTEXT})
      check(cuptiActivityEnable(k), "enable");
  if (mode == 1 || mode == 3) {
    for (auto k : {CUPTI_ACTIVITY_KIND_RUNTIME, CUPTI_ACTIVITY_KIND_DRIVER}) check(cuptiActivityEnable(k), "enable");
    return;
  }
  for (CUpti_CallbackId c : {CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel, CUPTI_DRIVER_TRACE_CBID_cuLaunchKernelEx})
    check(cuptiActivityEnableDriverApi(c, 1), "driver call");
  for (CUpti_CallbackId c :
       {CUPTI_RUNTIME_TRACE_CBID_cudaLaunchKernel_v7000, CUPTI_RUNTIME_TRACE_CBID_cudaLaunchKernelExC_v11060})
    check(cuptiActivityEnableRuntimeApi(c, 1), "runtime call");
}

int main(int argc, char** argv) {
  const int mode = argc > 1 ? std::atoi(argv[1]) : 0;
  const bool early = mode == 2 || mode == 3;
  int devices = 0;
  if (early) start(mode);
  if (cudaGetDeviceCount(&devices) != cudaSuccess || !devices) return std::printf("SKIP: no GPU\n"), 77;
  cudaStream_t s;
  cudaStreamCreate(&s);
  nothing<<<1, 32, 0, s>>>();
  cudaDeviceSynchronize();
  if (!early) start(mode);
  uint64_t last = 0;
  for (int i = 0; i < 10; ++i) {
    cuptiActivityPushExternalCorrelationId(CUPTI_EXTERNAL_CORRELATION_KIND_CUSTOM0, 100 + i);
    nothing<<<1, 32, 0, s>>>();
    cuptiActivityPopExternalCorrelationId(CUPTI_EXTERNAL_CORRELATION_KIND_CUSTOM0, &last);
  }
  const size_t bytes = 256 << 20;
  char *a, *b;
  cudaMalloc(&a, bytes), cudaMalloc(&b, bytes);
  if (mode == 1)
    for (int ctas : {1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32}) {
      ncclUniqueId id;
      ncclComm_t comm;
      ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
      config.minCTAs = config.maxCTAs = ctas, config.cgaClusterSize = 1;
      ncclGetUniqueId(&id), ncclCommInitRankConfig(&comm, 1, id, 0, &config);
      ncclGroupStart(), ncclSend(a, bytes, ncclInt8, 0, comm, s), ncclRecv(b, bytes, ncclInt8, 0, comm, s),
          ncclGroupEnd();
      cudaDeviceSynchronize();
      std::printf("  asked %d CTAs\n", ctas);
      ncclCommDestroy(comm);
    }
  cudaDeviceSynchronize();
  check(cuptiActivityFlushAll(1), "flush");
  size_t external = 0, runtime = 0, driver = 0, other = 0, matched = 0;
  std::set<uint32_t> tagged;
  std::vector<CUpti_ActivityKernel10> kernels;
  for (auto& [buffer, valid] : buffers) {
    CUpti_Activity* r = nullptr;
    while (valid && cuptiActivityGetNextRecord(buffer, valid, &r) == CUPTI_SUCCESS) switch (r->kind) {
        case CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL:
          kernels.push_back(*reinterpret_cast<CUpti_ActivityKernel10*>(r));
          break;
        case CUPTI_ACTIVITY_KIND_EXTERNAL_CORRELATION:
          ++external, tagged.insert(reinterpret_cast<CUpti_ActivityExternalCorrelation*>(r)->correlationId);
          break;
        case CUPTI_ACTIVITY_KIND_RUNTIME:
          ++runtime;
          break;
        case CUPTI_ACTIVITY_KIND_DRIVER:
          ++driver;
          break;
        default:
          ++other;
      }
  }
  for (auto& k : kernels) {
    matched += tagged.count(k.correlationId);
    if (std::string(k.name).find("nccl") != std::string::npos)
      std::printf("  %.40s grid %d block %d regs %d smem %d+%d %.1f us\n", k.name, k.gridX, k.blockX,
                  k.registersPerThread, k.staticSharedMemory, k.dynamicSharedMemory, (k.end - k.start) / 1e3);
  }
  std::printf("mode %d kernels %zu external %zu runtime %zu driver %zu other %zu kernels with tag %zu\n", mode,
              kernels.size(), external, runtime, driver, other, matched);
}
