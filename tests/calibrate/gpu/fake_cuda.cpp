// SPDX-License-Identifier: Apache-2.0
#include <cuda.h>
#include <cuda_runtime_api.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "tests/calibrate/gpu/fake.hpp"

namespace braid::fake {

Calls& calls() {
  static Calls c;
  return c;
}

bool refuses(const char* name) {
  auto& c = calls();
  const int n = ++c.made[name];
  return c.fail == name && (!c.at || n == c.at);
}

namespace {

cudaError_t cuda(const char* name, cudaError_t bad = cudaErrorUnknown) {
  const auto s = status(name, cudaSuccess, bad);
  if (s != cudaSuccess) calls().last = s;
  return s;
}
CUresult driver(const char* name, CUresult bad = CUDA_ERROR_UNKNOWN) { return status(name, CUDA_SUCCESS, bad); }

template <class Handle>
cudaError_t make(const char* name, const char* kind, Handle* h) {
  const auto s = cuda(name);
  if (s == cudaSuccess) *h = create<Handle>(kind);
  return s;
}

CUresult get_resource(CUdevice, CUdevResource* r, CUdevResourceType) {
  r->sm.smCount = calls().sms;
  return driver("cuDeviceGetDevResource");
}
CUresult split(CUdevResource* parts, unsigned* count, const CUdevResource* all, CUdevResource*, unsigned,
               unsigned sms) {
  const auto s = driver("cuDevSmResourceSplitByCount");
  const unsigned fit = all->sm.smCount / sms;
  if (*count > fit) *count = fit;
  for (unsigned i = 0; i < *count; ++i) parts[i].sm.smCount = sms;
  return s;
}
CUresult describe(CUdevResourceDesc*, CUdevResource*, unsigned) { return driver("cuDevResourceGenerateDesc"); }
CUresult create_green(CUgreenCtx* g, CUdevResourceDesc, CUdevice, unsigned) {
  const auto s = driver("cuGreenCtxCreate");
  if (s == CUDA_SUCCESS) *g = create<CUgreenCtx>("green context");
  return s;
}
CUresult destroy_green(CUgreenCtx g) { return destroy("green context", g), CUDA_SUCCESS; }
CUresult green_stream(CUstream* h, CUgreenCtx, unsigned, int) {
  const auto s = driver("cuGreenCtxStreamCreate", CUDA_ERROR_OUT_OF_MEMORY);
  if (s == CUDA_SUCCESS) *h = create<CUstream>("stream");
  return s;
}
CUresult context_of(CUcontext* c, CUgreenCtx g) {
  *c = reinterpret_cast<CUcontext>(g);
  return driver("cuCtxFromGreenCtx");
}
CUresult push_context(CUcontext) { return driver("cuCtxPushCurrent"); }
CUresult pop_context(CUcontext*) { return driver("cuCtxPopCurrent"); }
CUresult wait_value(CUstream, CUdeviceptr, cuuint32_t, unsigned) { return driver("cuStreamWaitValue32"); }
CUresult error_string(CUresult r, const char** text) {
  *text = r == CUDA_ERROR_OUT_OF_MEMORY ? "driver out of memory" : "driver trouble";
  return CUDA_SUCCESS;
}

}  // namespace
}  // namespace braid::fake

using namespace braid::fake;

extern "C" {

const char* cudaGetErrorString(cudaError_t e) {
  switch (e) {
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorNoDevice:
      return "no CUDA-capable device is detected";
    case cudaErrorLaunchOutOfResources:
      return "too many resources requested for launch";
    default:
      return "unknown error";
  }
}
cudaError_t cudaGetDeviceCount(int* n) { return *n = calls().devices, cuda("cudaGetDeviceCount", cudaErrorNoDevice); }
cudaError_t cudaGetDevice(int* d) { return *d = 0, cuda("cudaGetDevice", cudaErrorNoDevice); }
cudaError_t cudaSetDevice(int) { return cuda("cudaSetDevice", cudaErrorNoDevice); }
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr, int) {
  return *value = static_cast<int>(calls().sms), cuda("cudaDeviceGetAttribute");
}
// So that NVML has nothing to look for.
cudaError_t cudaDeviceGetPCIBusId(char* id, int, int) { return *id = 0, cudaErrorNoDevice; }
cudaError_t cudaDeviceSynchronize() { return cuda("cudaDeviceSynchronize"); }
cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  return *free = calls().free_bytes, *total = std::size_t{80} << 30, cuda("cudaMemGetInfo");
}
cudaError_t cudaMemset(void*, int, size_t) { return cuda("cudaMemset"); }
cudaError_t cudaMemsetAsync(void*, int, size_t, cudaStream_t) { return cuda("cudaMemsetAsync"); }
cudaError_t cudaDeviceGetStreamPriorityRange(int* low, int* high) {
  return *low = 0, *high = -5, cuda("cudaDeviceGetStreamPriorityRange");
}
cudaError_t cudaMalloc(void** p, size_t) {
  const auto s = cuda("cudaMalloc", cudaErrorMemoryAllocation);
  if (s == cudaSuccess) *p = create<void*>("memory");
  return s;
}
cudaError_t cudaFree(void* p) {
  const auto s = cuda("cudaFree");
  if (p) destroy("memory", p);
  return s;
}
cudaError_t cudaHostAlloc(void** p, size_t, unsigned) { return make("cudaHostAlloc", "host memory", p); }
cudaError_t cudaFreeHost(void* p) { return destroy("host memory", p), cudaSuccess; }
cudaError_t cudaHostGetDevicePointer(void** d, void* h, unsigned) { return *d = h, cuda("cudaHostGetDevicePointer"); }
cudaError_t cudaMemcpy(void*, const void*, size_t, cudaMemcpyKind) { return cuda("cudaMemcpy"); }
cudaError_t cudaMemcpyAsync(void*, const void*, size_t, cudaMemcpyKind, cudaStream_t) {
  return cuda("cudaMemcpyAsync");
}
// Also the status of a launch, whose call itself returns nothing.
cudaError_t cudaGetLastError() {
  const auto launch = status("cudaGetLastError", cudaSuccess, cudaErrorLaunchOutOfResources);
  const auto last = static_cast<cudaError_t>(std::exchange(calls().last, 0));
  return launch != cudaSuccess ? launch : last;
}
cudaError_t cudaEventQuery(cudaEvent_t) { return cuda("cudaEventQuery", cudaErrorNotReady); }
cudaError_t cudaStreamCreateWithPriority(cudaStream_t* s, unsigned, int) {
  return make("cudaStreamCreateWithPriority", "stream", s);
}
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* s, unsigned) {
  return make("cudaStreamCreateWithFlags", "stream", s);
}
cudaError_t cudaStreamDestroy(cudaStream_t s) { return destroy("stream", s), cudaSuccess; }
cudaError_t cudaStreamSynchronize(cudaStream_t) { return cuda("cudaStreamSynchronize"); }
cudaError_t cudaStreamQuery(cudaStream_t) { return cuda("cudaStreamQuery", cudaErrorNotReady); }
cudaError_t cudaStreamWaitEvent(cudaStream_t s, cudaEvent_t e, unsigned) {
  if (calls().on_event) calls().on_event("wait", e, s);
  return cuda("cudaStreamWaitEvent");
}
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* e, unsigned) { return make("cudaEventCreateWithFlags", "event", e); }
cudaError_t cudaEventDestroy(cudaEvent_t e) { return destroy("event", e), cudaSuccess; }
cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t s) {
  if (calls().on_event) calls().on_event("record", e, s);
  return cuda("cudaEventRecord");
}
cudaError_t cudaEventElapsedTime(float* ms, cudaEvent_t, cudaEvent_t) {
  return *ms = 0.25f, cuda("cudaEventElapsedTime");
}
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes*, const void*) { return cuda("cudaFuncGetAttributes"); }
cudaError_t cudaFuncSetAttribute(const void*, cudaFuncAttribute, int) { return cuda("cudaFuncSetAttribute"); }
cudaError_t cudaGraphGetNodes(cudaGraph_t, cudaGraphNode_t*, size_t* n) { return *n = 0, cuda("cudaGraphGetNodes"); }
cudaError_t cudaStreamGetCaptureInfo(cudaStream_t, cudaStreamCaptureStatus* s, unsigned long long*, cudaGraph_t*,
                                     const cudaGraphNode_t**, const cudaGraphEdgeData**, size_t*) {
  return *s = cudaStreamCaptureStatusNone, cuda("cudaStreamGetCaptureInfo");
}

cudaError_t cudaGetDriverEntryPointByVersion(const char* name, void** p, unsigned, unsigned long long,
                                             cudaDriverEntryPointQueryResult* found) {
  const std::map<std::string, void*> known = {
      {"cuDeviceGetDevResource", reinterpret_cast<void*>(get_resource)},
      {"cuDevSmResourceSplitByCount", reinterpret_cast<void*>(split)},
      {"cuDevResourceGenerateDesc", reinterpret_cast<void*>(describe)},
      {"cuGreenCtxCreate", reinterpret_cast<void*>(create_green)},
      {"cuGreenCtxDestroy", reinterpret_cast<void*>(destroy_green)},
      {"cuGreenCtxStreamCreate", reinterpret_cast<void*>(green_stream)},
      {"cuCtxFromGreenCtx", reinterpret_cast<void*>(context_of)},
      {"cuCtxPushCurrent", reinterpret_cast<void*>(push_context)},
      {"cuCtxPopCurrent", reinterpret_cast<void*>(pop_context)},
      {"cuStreamWaitValue32", reinterpret_cast<void*>(wait_value)},
      {"cuGetErrorString", reinterpret_cast<void*>(error_string)},
  };
  const auto at = known.find(name);
  const bool there = at != known.end() && calls().missing != name;
  *p = there ? at->second : nullptr;
  *found = there ? cudaDriverEntryPointSuccess : cudaDriverEntryPointSymbolNotFound;
  return cuda("cudaGetDriverEntryPointByVersion");
}

// What the compiler puts round a kernel launch: nothing is launched.
void** __cudaRegisterFatBinary(void*) {
  static void* handle = nullptr;
  return &handle;
}
void __cudaRegisterFatBinaryEnd(void**) {}
void __cudaUnregisterFatBinary(void**) {}
void __cudaRegisterFunction(void**, const char*, char*, const char*, int, uint3*, uint3*, dim3*, dim3*, int*) {}
unsigned __cudaPushCallConfiguration(dim3, dim3, size_t, CUstream_st*) { return 0; }
cudaError_t __cudaPopCallConfiguration(dim3*, dim3*, size_t*, void*) { return cudaSuccess; }
cudaError_t __cudaGetKernel(cudaKernel_t*, const void*) { return cudaSuccess; }
cudaError_t __cudaLaunchKernel(cudaKernel_t, dim3, dim3, void**, size_t, cudaStream_t) { return cuda("launch"); }
cudaError_t cudaLaunchKernel(const void*, dim3, dim3, void**, size_t, cudaStream_t) { return cuda("launch"); }

}  // extern "C"
