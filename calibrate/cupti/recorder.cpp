// SPDX-License-Identifier: Apache-2.0
#include "calibrate/cupti/recorder.hpp"

#include <cupti.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <mutex>

#include "calibrate/device/check.hpp"

namespace braid::gpu {
namespace {

// External ids come only beside API records. Enabling single calls (cuptiActivityEnableRuntimeApi) yields none when
// CUPTI starts after the CUDA context, as it does here; the whole kinds do (CUPTI 13.0, H100,
// results/0001-h100-probes).
constexpr CUpti_ActivityKind kKinds[] = {CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL, CUPTI_ACTIVITY_KIND_MEMSET,
                                         CUPTI_ACTIVITY_KIND_EXTERNAL_CORRELATION, CUPTI_ACTIVITY_KIND_RUNTIME,
                                         CUPTI_ACTIVITY_KIND_DRIVER};
constexpr std::size_t kBufferBytes = 8u << 20;

// CUPTI's callbacks carry no user pointer, so their state must live at file scope.
struct Buffers {
  std::mutex mutex;
  std::vector<std::pair<std::uint8_t*, std::size_t>> done;
  std::size_t dropped = 0;
} g_buffers;
CUpti_SubscriberHandle g_subscriber{};

void check(CUptiResult r, const char* call) {
  const char* text = "?";
  cuptiGetResultString(r, &text);
  if (r != CUPTI_SUCCESS) throw Error(call, text);
}
std::uint64_t CUPTIAPI now_ns() { return recording_clock_ns(); }
void CUPTIAPI on_callback(void*, CUpti_CallbackDomain, CUpti_CallbackId, const void*) {}
void CUPTIAPI on_request(std::uint8_t** buffer, std::size_t* size, std::size_t* records) {
  *size = kBufferBytes;
  *records = 0;
  *buffer = static_cast<std::uint8_t*>(std::aligned_alloc(8, kBufferBytes));
}
// Only queues: parsing here, under our lock, can deadlock against CUPTI's own lock.
void CUPTIAPI on_complete(CUcontext context, std::uint32_t stream, std::uint8_t* buffer, std::size_t,
                          std::size_t valid) {
  std::size_t dropped = 0;
  cuptiActivityGetNumDroppedRecords(context, stream, &dropped);
  const std::lock_guard lock(g_buffers.mutex);
  g_buffers.done.emplace_back(buffer, valid);
  g_buffers.dropped += dropped;
}

}  // namespace

std::uint64_t recording_clock_ns() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1000000000ull + static_cast<std::uint64_t>(t.tv_nsec);
}

bool start_recording(std::string* why) try {
  char holder[CUPTI_OLD_SUBSCRIBER_NAME_MIN_LEN] = {};
  CUpti_SubscriberParams p{};
  p.structSize = CUpti_SubscriberParams_STRUCT_SIZE;
  p.subscriberName = "braid-calibrate";
  p.oldSubscriberName = holder;
  p.oldSubscriberSize = sizeof holder;
  check(cuptiSubscribe_v2(&g_subscriber, on_callback, nullptr, &p), "cuptiSubscribe_v2");
  check(cuptiActivityRegisterTimestampCallback(now_ns), "cuptiActivityRegisterTimestampCallback");
  check(cuptiActivityRegisterCallbacks(on_request, on_complete), "cuptiActivityRegisterCallbacks");
  for (const auto k : kKinds) check(cuptiActivityEnable(k), "cuptiActivityEnable");
  return true;
} catch (const Error& e) {
  if (why) *why = e.what();
  return false;
}

GpuTrace stop_recording() {
  check(cuptiActivityFlushAll(0), "cuptiActivityFlushAll");
  for (const auto k : kKinds) cuptiActivityDisable(k);
  check(cuptiActivityFlushAll(CUPTI_ACTIVITY_FLAG_FLUSH_FORCED), "cuptiActivityFlushAll");
  cuptiUnsubscribe(g_subscriber);
  GpuTrace t;
  const std::lock_guard lock(g_buffers.mutex);
  for (const auto& [buffer, valid] : g_buffers.done) {
    decode(buffer, valid, t);
    std::free(buffer);
  }
  g_buffers.done.clear();
  t.dropped = g_buffers.dropped;
  std::sort(t.activities.begin(), t.activities.end(),
            [](const auto& a, const auto& b) { return a.start_ns < b.start_ns; });
  return t;
}

RecordingTag::RecordingTag(std::uint64_t id) {
  cuptiActivityPushExternalCorrelationId(CUPTI_EXTERNAL_CORRELATION_KIND_CUSTOM0, id);
}
RecordingTag::~RecordingTag() {
  std::uint64_t last = 0;
  cuptiActivityPopExternalCorrelationId(CUPTI_EXTERNAL_CORRELATION_KIND_CUSTOM0, &last);
}

}  // namespace braid::gpu
