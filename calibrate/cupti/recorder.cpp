// SPDX-License-Identifier: Apache-2.0
#include "calibrate/cupti/recorder.hpp"

#include <cupti.h>

#include <cstdlib>
#include <ctime>
#include <mutex>

#include "calibrate/cupti/op_tag.hpp"
#include "calibrate/device/check.hpp"

#define BRAID_CUPTI(call)                                                                                         \
  do {                                                                                                            \
    const CUptiResult braid_status = (call);                                                                      \
    ::braid::gpu::gpu_check(braid_status == CUPTI_SUCCESS, result_text(braid_status), #call, __FILE__, __LINE__); \
  } while (0)

namespace braid::gpu {
namespace {

// External ids come only beside API records. Enabling single calls (cuptiActivityEnableRuntimeApi) yields none when
// CUPTI starts after the CUDA context, as it does here; the whole kinds do (CUPTI 13.0, H100,
// results/0001-h100-probes).
constexpr CUpti_ActivityKind kKinds[] = {CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL,
                                         CUPTI_ACTIVITY_KIND_MEMSET,
                                         CUPTI_ACTIVITY_KIND_MEMCPY,
                                         CUPTI_ACTIVITY_KIND_MEMCPY2,
                                         CUPTI_ACTIVITY_KIND_EXTERNAL_CORRELATION,
                                         CUPTI_ACTIVITY_KIND_RUNTIME,
                                         CUPTI_ACTIVITY_KIND_DRIVER};
constexpr std::size_t kBufferBytes = 8u << 20;

// CUPTI's callbacks carry no user pointer, so their state must live at file scope.
struct Buffers {
  std::mutex mutex;
  std::vector<ActivityBuffer> done;
  std::size_t dropped = 0;
} g_buffers;
CUpti_SubscriberHandle g_subscriber{};

std::string result_text(CUptiResult r) {
  const char* text = nullptr;
  cuptiGetResultString(r, &text);
  return text ? text : "CUPTI result " + std::to_string(static_cast<int>(r));
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
  g_buffers.done.push_back({buffer, valid});
  g_buffers.dropped += dropped;
}

void subscribe() {
  if (!layouts_match()) {
    std::uint32_t version = 0;
    BRAID_CUPTI(cuptiGetVersion(&version));
    throw Error("CUPTI", "the library's version " + std::to_string(version) + " lays records out otherwise than " +
                             std::to_string(CUPTI_API_VERSION) + ", which Braid was built with");
  }
  char holder[CUPTI_OLD_SUBSCRIBER_NAME_MIN_LEN] = {};
  CUpti_SubscriberParams p{};
  p.structSize = CUpti_SubscriberParams_STRUCT_SIZE;
  p.subscriberName = "braid-calibrate";
  p.oldSubscriberName = holder;
  p.oldSubscriberSize = sizeof holder;
  const auto status = cuptiSubscribe_v2(&g_subscriber, on_callback, nullptr, &p);
  gpu_check(status == CUPTI_SUCCESS,
            result_text(status) + (holder[0] ? std::string(", held by ") + holder : std::string()), "cuptiSubscribe_v2",
            __FILE__, __LINE__);
}

}  // namespace

std::uint64_t recording_clock_ns() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1000000000ull + static_cast<std::uint64_t>(t.tv_nsec);
}

bool start_recording(std::string* why) {
  bool subscribed = false;
  try {
    if (g_subscriber) throw Error("CUPTI", "a recording is already running");
    subscribe();
    subscribed = true;
    BRAID_CUPTI(cuptiActivityRegisterTimestampCallback(now_ns));
    BRAID_CUPTI(cuptiActivityRegisterCallbacks(on_request, on_complete));
    for (const auto k : kKinds) BRAID_CUPTI(cuptiActivityEnable(k));
    return true;
  } catch (const Error& e) {
    if (subscribed) {  // leave CUPTI as it was found; what fails here cannot be helped
      for (const auto k : kKinds) cuptiActivityDisable(k);
      cuptiUnsubscribe(g_subscriber);
      g_subscriber = {};
    }
    if (why) *why = e.what();
    return false;
  }
}

GpuTrace stop_recording() {
  if (!g_subscriber) throw Error("CUPTI", "nothing is being recorded");
  const auto flushed = cuptiActivityFlushAll(0);
  for (const auto k : kKinds) cuptiActivityDisable(k);
  const auto rest = cuptiActivityFlushAll(CUPTI_ACTIVITY_FLAG_FLUSH_FORCED);
  cuptiUnsubscribe(g_subscriber);
  g_subscriber = {};
  std::vector<ActivityBuffer> done;
  std::size_t dropped = 0;
  {
    const std::lock_guard lock(g_buffers.mutex);
    done.swap(g_buffers.done);
    dropped = std::exchange(g_buffers.dropped, 0);
  }
  GpuTrace t;
  const bool ok = flushed == CUPTI_SUCCESS && rest == CUPTI_SUCCESS;
  if (ok) t = decode_all(done, dropped);
  for (const auto& b : done) std::free(b.data);
  gpu_check(ok, result_text(flushed != CUPTI_SUCCESS ? flushed : rest), "cuptiActivityFlushAll", __FILE__, __LINE__);
  return t;
}

RecordingTag::RecordingTag(std::uint64_t id) {
  cuptiActivityPushExternalCorrelationId(CUPTI_EXTERNAL_CORRELATION_KIND_CUSTOM0, id);
}
RecordingTag::RecordingTag(const OpKey& key) : RecordingTag(tag_of(key)) {}
RecordingTag::~RecordingTag() {
  std::uint64_t last = 0;
  cuptiActivityPopExternalCorrelationId(CUPTI_EXTERNAL_CORRELATION_KIND_CUSTOM0, &last);
}

void GraphTags::add(cudaStream_t capturing, std::uint64_t tag) {
  auto status = cudaStreamCaptureStatusNone;
  unsigned long long id = 0;
  cudaGraph_t graph{};
  BRAID_CUDA(cudaStreamGetCaptureInfo(capturing, &status, &id, &graph));
  if (status != cudaStreamCaptureStatusActive) throw Error("graph tags", "the stream is not being captured");
  std::size_t count = 0;
  BRAID_CUDA(cudaGraphGetNodes(graph, nullptr, &count));
  std::vector<cudaGraphNode_t> nodes(count);
  if (count) BRAID_CUDA(cudaGraphGetNodes(graph, nodes.data(), &count));
  for (auto* node : nodes) {
    std::uint64_t node_id = 0;
    BRAID_CUPTI(cuptiGetGraphNodeId(node, &node_id));
    tags_.try_emplace(node_id, tag);
  }
}
void GraphTags::add(cudaStream_t capturing, const OpKey& key) { add(capturing, tag_of(key)); }

}  // namespace braid::gpu
