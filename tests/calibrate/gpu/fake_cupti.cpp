// SPDX-License-Identifier: Apache-2.0
#include <cupti.h>

#include <cstdio>
#include <cstring>

#include "tests/calibrate/gpu/fake.hpp"

using namespace braid::fake;

namespace {

CUpti_BuffersCallbackRequestFunc g_request = nullptr;
CUpti_BuffersCallbackCompleteFunc g_complete = nullptr;

CUptiResult cupti(const char* name, CUptiResult bad = CUPTI_ERROR_UNKNOWN) { return status(name, CUPTI_SUCCESS, bad); }

size_t bytes_of(CUpti_ActivityKind kind) {
  switch (kind) {
    case CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL:
      return sizeof(CUpti_ActivityKernel10) - calls().shorter;
    case CUPTI_ACTIVITY_KIND_MEMSET:
      return sizeof(CUpti_ActivityMemset4);
    case CUPTI_ACTIVITY_KIND_MEMCPY:
      return sizeof(CUpti_ActivityMemcpy6);
    case CUPTI_ACTIVITY_KIND_MEMCPY2:
      return sizeof(CUpti_ActivityMemcpyPtoP4);
    default:
      return sizeof(CUpti_ActivityExternalCorrelation);
  }
}

}  // namespace

extern "C" {

CUptiResult cuptiGetResultString(CUptiResult r, const char** text) {
  *text = r == CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED ? "CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED"
                                                              : "CUPTI_ERROR_UNKNOWN";
  return CUPTI_SUCCESS;
}
CUptiResult cuptiGetVersion(uint32_t* v) { return *v = 120000, cupti("cuptiGetVersion"); }
CUptiResult cuptiSubscribe_v2(CUpti_SubscriberHandle* s, CUpti_CallbackFunc, void*, CUpti_SubscriberParams* p) {
  const auto r = cupti("cuptiSubscribe_v2", CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED);
  std::snprintf(p->oldSubscriberName, p->oldSubscriberSize, "%s", calls().holder.c_str());
  if (r == CUPTI_SUCCESS) *s = create<CUpti_SubscriberHandle>("subscriber");
  return r;
}
CUptiResult cuptiUnsubscribe(CUpti_SubscriberHandle s) { return destroy("subscriber", s), CUPTI_SUCCESS; }
CUptiResult cuptiActivityRegisterTimestampCallback(CUpti_TimestampCallbackFunc) {
  return cupti("cuptiActivityRegisterTimestampCallback");
}
CUptiResult cuptiActivityRegisterCallbacks(CUpti_BuffersCallbackRequestFunc r, CUpti_BuffersCallbackCompleteFunc c) {
  return g_request = r, g_complete = c, cupti("cuptiActivityRegisterCallbacks");
}
CUptiResult cuptiActivityEnable(CUpti_ActivityKind) {
  const auto r = cupti("cuptiActivityEnable");
  if (r == CUPTI_SUCCESS) ++calls().live["enabled kind"];
  return r;
}
CUptiResult cuptiActivityDisable(CUpti_ActivityKind) {
  auto& n = calls().live["enabled kind"];
  n -= n > 0;
  return cupti("cuptiActivityDisable");
}
CUptiResult cuptiActivityFlushAll(uint32_t) {
  auto& records = calls().records;
  if (!records.empty()) {
    uint8_t* buffer = nullptr;
    size_t size = 0, most = 0;
    g_request(&buffer, &size, &most);
    std::memcpy(buffer, records.data(), records.size());
    g_complete(nullptr, 0, buffer, size, records.size());
    records.clear();
  }
  return cupti("cuptiActivityFlushAll");
}
CUptiResult cuptiActivityGetNumDroppedRecords(CUcontext, uint32_t, size_t* n) {
  *n = calls().dropped;
  return cupti("cuptiActivityGetNumDroppedRecords");
}
CUptiResult cuptiActivityGetNextRecord(uint8_t* buffer, size_t valid, CUpti_Activity** r) {
  auto* next = *r ? reinterpret_cast<uint8_t*>(*r) + bytes_of((*r)->kind) : buffer;
  const auto left = static_cast<size_t>(buffer + valid - next);
  if (left < sizeof(CUpti_Activity) || left < bytes_of(reinterpret_cast<CUpti_Activity*>(next)->kind))
    return CUPTI_ERROR_MAX_LIMIT_REACHED;
  *r = reinterpret_cast<CUpti_Activity*>(next);
  return CUPTI_SUCCESS;
}
CUptiResult cuptiActivityPushExternalCorrelationId(CUpti_ExternalCorrelationKind, uint64_t) {
  return ++calls().live["pushed tag"], CUPTI_SUCCESS;
}
CUptiResult cuptiActivityPopExternalCorrelationId(CUpti_ExternalCorrelationKind, uint64_t*) {
  return --calls().live["pushed tag"], CUPTI_SUCCESS;
}
CUptiResult cuptiGetGraphNodeId(CUgraphNode, uint64_t* id) { return *id = 1, cupti("cuptiGetGraphNodeId"); }

}  // extern "C"
