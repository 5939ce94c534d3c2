// SPDX-License-Identifier: Apache-2.0
// cuBLASLt and cuDNN.
#include <cublasLt.h>
#include <cudnn.h>

#include <cstdio>
#include <cstring>

#include "tests/calibrate/gpu/fake.hpp"

using namespace braid::fake;

namespace {

cublasStatus_t lt(const char* name, cublasStatus_t bad = CUBLAS_STATUS_INTERNAL_ERROR) {
  return status(name, CUBLAS_STATUS_SUCCESS, bad);
}
template <class Handle>
cublasStatus_t make(const char* name, const char* kind, Handle* h) {
  const auto s = lt(name);
  if (s == CUBLAS_STATUS_SUCCESS) *h = create<Handle>(kind);
  return s;
}
cudnnStatus_t dnn(const char* name, cudnnStatus_t bad = CUDNN_STATUS_NOT_SUPPORTED) {
  return status(name, CUDNN_STATUS_SUCCESS, bad);
}

}  // namespace

extern "C" {

const char* cublasLtGetStatusString(cublasStatus_t s) {
  return s == CUBLAS_STATUS_NOT_SUPPORTED ? "CUBLAS_STATUS_NOT_SUPPORTED" : "CUBLAS_STATUS_INTERNAL_ERROR";
}
cublasStatus_t cublasLtCreate(cublasLtHandle_t* h) { return make("cublasLtCreate", "cublasLt handle", h); }
cublasStatus_t cublasLtDestroy(cublasLtHandle_t h) { return destroy("cublasLt handle", h), CUBLAS_STATUS_SUCCESS; }
cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t* d, cublasComputeType_t, cudaDataType_t) {
  return make("cublasLtMatmulDescCreate", "product", d);
}
cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t d) {
  return destroy("product", d), CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t, cublasLtMatmulDescAttributes_t, const void*,
                                              size_t) {
  return lt("cublasLtMatmulDescSetAttribute");
}
cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t* l, cudaDataType, uint64_t, uint64_t, int64_t) {
  return make("cublasLtMatrixLayoutCreate", "layout", l);
}
cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t l) {
  return destroy("layout", l), CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* p) {
  return make("cublasLtMatmulPreferenceCreate", "preference", p);
}
cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t p) {
  return destroy("preference", p), CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t, cublasLtMatmulPreferenceAttributes_t,
                                                    const void*, size_t) {
  return lt("cublasLtMatmulPreferenceSetAttribute");
}
cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t, cublasLtMatmulDesc_t, cublasLtMatrixLayout_t,
                                              cublasLtMatrixLayout_t, cublasLtMatrixLayout_t, cublasLtMatrixLayout_t,
                                              cublasLtMatmulPreference_t, int, cublasLtMatmulHeuristicResult_t* r,
                                              int* got) {
  *got = calls().offered;
  for (int i = 0; i < *got; ++i) r[i] = {.algo = {}, .wavesCount = 1.f + static_cast<float>(i)};
  return lt("cublasLtMatmulAlgoGetHeuristic", CUBLAS_STATUS_NOT_SUPPORTED);
}
cublasStatus_t cublasLtMatmulAlgoConfigGetAttribute(const cublasLtMatmulAlgo_t*, cublasLtMatmulAlgoConfigAttributes_t a,
                                                    void* value, size_t bytes, size_t* written) {
  std::memset(value, 0, bytes);
  if (a == CUBLASLT_ALGO_CONFIG_TILE_ID) std::memcpy(value, &calls().tile_id, sizeof calls().tile_id);
  *written = bytes;
  return lt("cublasLtMatmulAlgoConfigGetAttribute");
}
cublasStatus_t cublasLtMatmul(cublasLtHandle_t, cublasLtMatmulDesc_t, const void*, const void*, cublasLtMatrixLayout_t,
                              const void*, cublasLtMatrixLayout_t, const void*, const void*, cublasLtMatrixLayout_t,
                              void*, cublasLtMatrixLayout_t, const cublasLtMatmulAlgo_t*, void*, size_t, cudaStream_t) {
  return lt("cublasLtMatmul");
}

const char* cudnnGetErrorString(cudnnStatus_t s) {
  return s == CUDNN_STATUS_SUCCESS ? "CUDNN_STATUS_SUCCESS" : "CUDNN_STATUS_NOT_SUPPORTED";
}
void cudnnGetLastErrorString(char* text, size_t bytes) { std::snprintf(text, bytes, "told to fail"); }
cudnnStatus_t cudnnCreate(cudnnHandle_t* h) {
  const auto s = dnn("cudnnCreate");
  if (s == CUDNN_STATUS_SUCCESS) *h = create<cudnnHandle_t>("cuDNN handle");
  return s;
}
cudnnStatus_t cudnnDestroy(cudnnHandle_t h) { return destroy("cuDNN handle", h), CUDNN_STATUS_SUCCESS; }
cudnnStatus_t cudnnSetStream(cudnnHandle_t, cudaStream_t) { return dnn("cudnnSetStream"); }
cudnnStatus_t cudnnBackendCreateDescriptor(cudnnBackendDescriptorType_t, cudnnBackendDescriptor_t* d) {
  const auto s = dnn("cudnnBackendCreateDescriptor");
  if (s == CUDNN_STATUS_SUCCESS) *d = create<cudnnBackendDescriptor_t>("descriptor");
  return s;
}
cudnnStatus_t cudnnBackendDestroyDescriptor(cudnnBackendDescriptor_t d) {
  return destroy("descriptor", d), CUDNN_STATUS_SUCCESS;
}
cudnnStatus_t cudnnBackendSetAttribute(cudnnBackendDescriptor_t, cudnnBackendAttributeName_t,
                                       cudnnBackendAttributeType_t, int64_t, const void*) {
  return dnn("cudnnBackendSetAttribute");
}
cudnnStatus_t cudnnBackendFinalize(cudnnBackendDescriptor_t) { return dnn("cudnnBackendFinalize"); }
cudnnStatus_t cudnnBackendGetAttribute(cudnnBackendDescriptor_t, cudnnBackendAttributeName_t name,
                                       cudnnBackendAttributeType_t type, int64_t room, int64_t* count, void* values) {
  if (name == CUDNN_ATTR_ENGINEHEUR_RESULTS) {
    *count = room ? std::min<int64_t>(room, calls().offered) : calls().offered;
  } else {
    *count = 1;
    if (type == CUDNN_TYPE_INT64) *static_cast<int64_t*>(values) = 4096;
  }
  return dnn("cudnnBackendGetAttribute");
}
cudnnStatus_t cudnnBackendExecute(cudnnHandle_t, cudnnBackendDescriptor_t, cudnnBackendDescriptor_t) {
  return dnn("cudnnBackendExecute");
}

}  // extern "C"
