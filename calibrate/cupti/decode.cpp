// SPDX-License-Identifier: Apache-2.0
#include "calibrate/cupti/decode.hpp"

#include <cupti.h>

#include <algorithm>
#include <cstring>
#include <tuple>

namespace braid::gpu {
namespace {

CopyKind copy_kind(std::uint8_t kind) {
  switch (kind) {
    case CUPTI_ACTIVITY_MEMCPY_KIND_HTOD:
      return CopyKind::host_to_device;
    case CUPTI_ACTIVITY_MEMCPY_KIND_DTOH:
      return CopyKind::device_to_host;
    case CUPTI_ACTIVITY_MEMCPY_KIND_DTOD:
    case CUPTI_ACTIVITY_MEMCPY_KIND_PTOP:
      return CopyKind::device_to_device;
    default:
      return CopyKind::other;
  }
}

// The fields that kernels, memsets and copies have under the same names.
template <class Record>
GpuActivity common(const Record& r, ActivityKind kind, std::string name) {
  return {.kind = kind,
          .start_ns = r.start,
          .end_ns = r.end,
          .device = r.deviceId,
          .context = r.contextId,
          .stream = r.streamId,
          .correlation = r.correlationId,
          .channel = r.channelID,
          .graph_node = r.graphNodeId,
          .name = std::move(name)};
}

void keep(GpuActivity a, GpuTrace& t) {
  if (!a.start_ns || a.end_ns < a.start_ns)
    ++t.without_time;
  else
    t.activities.push_back(std::move(a));
}

template <class Record>
const Record& as(const CUpti_Activity* record) {
  return *reinterpret_cast<const Record*>(record);
}

template <class Record>
void keep_copy(const Record& m, GpuTrace& t) {
  auto a = common(m, ActivityKind::copy, "copy");
  a.copy = copy_kind(m.copyKind);
  a.bytes = m.bytes;
  keep(std::move(a), t);
}

void take(const CUpti_Activity* record, GpuTrace& t) {
  switch (record->kind) {
    case CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL: {
      const auto& k = as<CUpti_ActivityKernel10>(record);
      auto a = common(k, ActivityKind::kernel, k.name ? k.name : "");
      a.blocks = k.gridX * k.gridY * k.gridZ;
      a.threads = k.blockX * k.blockY * k.blockZ;
      a.registers = k.registersPerThread;
      a.shared_bytes = k.staticSharedMemory + k.dynamicSharedMemory;
      a.cluster = static_cast<int>(k.clusterX * k.clusterY * k.clusterZ);
      return keep(std::move(a), t);
    }
    case CUPTI_ACTIVITY_KIND_MEMSET: {
      const auto& m = as<CUpti_ActivityMemset4>(record);
      auto a = common(m, ActivityKind::memset, "memset");
      a.bytes = m.bytes;
      return keep(std::move(a), t);
    }
    case CUPTI_ACTIVITY_KIND_MEMCPY:
      return keep_copy(as<CUpti_ActivityMemcpy6>(record), t);
    case CUPTI_ACTIVITY_KIND_MEMCPY2:
      return keep_copy(as<CUpti_ActivityMemcpyPtoP4>(record), t);
    case CUPTI_ACTIVITY_KIND_EXTERNAL_CORRELATION: {
      // Other libraries push ids of other kinds; ours are CUSTOM0.
      const auto& e = as<CUpti_ActivityExternalCorrelation>(record);
      if (e.externalKind == CUPTI_EXTERNAL_CORRELATION_KIND_CUSTOM0) t.tags[e.correlationId] = e.externalId;
      return;
    }
    case CUPTI_ACTIVITY_KIND_RUNTIME:
    case CUPTI_ACTIVITY_KIND_DRIVER:
      ++t.api;
      return;
    default:
      ++t.unknown;
  }
}

// How long CUPTI takes the record at `at` to be: the fewest bytes with which it reads it; `room` when none suffice.
std::size_t record_bytes(std::uint8_t* at, std::size_t room) {
  std::size_t size = 8;
  for (CUpti_Activity* first = nullptr; size < room; size += 8, first = nullptr)
    if (cuptiActivityGetNextRecord(at, size, &first) == CUPTI_SUCCESS) break;
  return std::min(size, room);
}

// Whether something other than zeros follows the last record (nullptr: none was found). CUPTI says "no more records" of
// a clean end and of a cut record alike.
bool has_rest(ActivityBuffer b, const CUpti_Activity* last) {
  auto* at = b.data;
  auto* const end = b.data + b.valid_bytes;
  if (last) {
    at += reinterpret_cast<const std::uint8_t*>(last) - b.data;
    at += record_bytes(at, static_cast<std::size_t>(end - at));
  }
  return std::any_of(at, end, [](std::uint8_t byte) { return byte != 0; });
}

}  // namespace

std::uint64_t GpuTrace::tag(const GpuActivity& a) const {
  if (a.graph_node)
    if (const auto at = node_tags.find(a.graph_node); at != node_tags.end()) return at->second;
  const auto at = tags.find(a.correlation);
  return at == tags.end() ? 0 : at->second;
}

std::string summary(const GpuTrace& t) {
  const auto tagged =
      std::count_if(t.activities.begin(), t.activities.end(), [&](const GpuActivity& a) { return t.tag(a) != 0; });
  std::string s = std::to_string(t.activities.size()) + " activities, " + std::to_string(tagged) + " tagged, ";
  if (t.complete()) return s + "complete";
  return s + "INCOMPLETE: " + std::to_string(t.dropped) + " dropped, " + std::to_string(t.without_time) +
         " without time, " + std::to_string(t.unknown) + " unknown, " + std::to_string(t.unreadable) +
         " buffers cut short";
}

bool layouts_match() {
  const struct {
    CUpti_ActivityKind kind;
    std::size_t bytes;
  } read[] = {{CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL, sizeof(CUpti_ActivityKernel10)},
              {CUPTI_ACTIVITY_KIND_MEMSET, sizeof(CUpti_ActivityMemset4)},
              {CUPTI_ACTIVITY_KIND_MEMCPY, sizeof(CUpti_ActivityMemcpy6)},
              {CUPTI_ACTIVITY_KIND_MEMCPY2, sizeof(CUpti_ActivityMemcpyPtoP4)},
              {CUPTI_ACTIVITY_KIND_EXTERNAL_CORRELATION, sizeof(CUpti_ActivityExternalCorrelation)}};
  return std::all_of(std::begin(read), std::end(read), [](const auto& r) {
    alignas(8) std::uint8_t buffer[1024] = {};
    std::memcpy(buffer, &r.kind, sizeof r.kind);
    return record_bytes(buffer, sizeof buffer) >= r.bytes;
  });
}

void decode(ActivityBuffer b, GpuTrace& t) {
  CUpti_Activity *record = nullptr, *last = nullptr;
  if (b.valid_bytes >= sizeof(CUpti_Activity))
    while (cuptiActivityGetNextRecord(b.data, b.valid_bytes, &record) == CUPTI_SUCCESS) take(last = record, t);
  t.unreadable += has_rest(b, last);
}

GpuTrace decode_all(std::span<const ActivityBuffer> buffers, std::size_t dropped) {
  GpuTrace t;
  t.hash = 0xcbf29ce484222325u;
  for (const auto& b : buffers) {
    for (std::size_t i = 0; i < b.valid_bytes; ++i) t.hash = (t.hash ^ b.data[i]) * 0x100000001b3u;
    decode(b, t);
  }
  t.dropped = dropped;
  std::sort(t.activities.begin(), t.activities.end(), [](const GpuActivity& a, const GpuActivity& b) {
    return std::tie(a.start_ns, a.end_ns) < std::tie(b.start_ns, b.end_ns);
  });
  return t;
}

}  // namespace braid::gpu
