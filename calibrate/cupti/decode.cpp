// SPDX-License-Identifier: Apache-2.0
#include "calibrate/cupti/decode.hpp"

#include <cupti.h>

namespace braid::gpu {

std::uint64_t GpuTrace::tag(const GpuActivity& a) const {
  const auto at = tags.find(a.correlation);
  return at == tags.end() ? 0 : at->second;
}

void decode(std::uint8_t* buffer, std::size_t valid_bytes, GpuTrace& t) {
  CUpti_Activity* record = nullptr;
  while (valid_bytes && cuptiActivityGetNextRecord(buffer, valid_bytes, &record) == CUPTI_SUCCESS) {
    switch (record->kind) {
      case CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL: {
        const auto* k = reinterpret_cast<const CUpti_ActivityKernel10*>(record);
        if (!k->start || !k->end) {
          ++t.without_time;
          break;
        }
        t.activities.push_back({.start_ns = k->start,
                                .end_ns = k->end,
                                .context = k->contextId,
                                .stream = k->streamId,
                                .correlation = k->correlationId,
                                .channel = k->channelID,
                                .graph_node = k->graphNodeId,
                                .blocks = k->gridX * k->gridY * k->gridZ,
                                .threads = k->blockX * k->blockY * k->blockZ,
                                .registers = k->registersPerThread,
                                .shared_bytes = k->staticSharedMemory + k->dynamicSharedMemory,
                                .cluster = static_cast<int>(k->clusterX * k->clusterY * k->clusterZ),
                                .name = k->name ? k->name : ""});
        break;
      }
      case CUPTI_ACTIVITY_KIND_MEMSET: {
        const auto* m = reinterpret_cast<const CUpti_ActivityMemset4*>(record);
        if (!m->start || !m->end) {
          ++t.without_time;
          break;
        }
        t.activities.push_back({.start_ns = m->start,
                                .end_ns = m->end,
                                .context = m->contextId,
                                .stream = m->streamId,
                                .correlation = m->correlationId,
                                .channel = m->channelID,
                                .graph_node = m->graphNodeId,
                                .name = "memset"});
        break;
      }
      case CUPTI_ACTIVITY_KIND_EXTERNAL_CORRELATION: {
        const auto* e = reinterpret_cast<const CUpti_ActivityExternalCorrelation*>(record);
        t.tags[e->correlationId] = e->externalId;
        break;
      }
      case CUPTI_ACTIVITY_KIND_RUNTIME:
      case CUPTI_ACTIVITY_KIND_DRIVER:
        ++t.api;
        break;
      default:
        ++t.unknown;
    }
  }
}

}  // namespace braid::gpu
