// SPDX-License-Identifier: Apache-2.0
// Builds activity buffers as CUPTI fills them: records of CUPTI's own layout, one behind the other.
#pragma once

#include <cupti.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "calibrate/cupti/decode.hpp"

namespace braid::gpu {

class RecordBuffer {
 public:
  template <class Record>
  RecordBuffer& add(const Record& r) {
    static_assert(sizeof(Record) % 8 == 0, "CUPTI aligns records to 8 bytes");
    words_.resize(words_.size() + sizeof r / 8);
    std::memcpy(words_.data() + words_.size() - sizeof r / 8, &r, sizeof r);
    return *this;
  }

  struct Kernel {
    std::uint64_t start, end;
    std::uint32_t stream = 7, correlation = 1;
    std::uint64_t node = 0;
    const char* name = "k";
  };
  RecordBuffer& kernel(const Kernel& k) {
    CUpti_ActivityKernel10 r{};
    r.kind = CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL;
    r.start = k.start, r.end = k.end, r.streamId = k.stream, r.contextId = 1, r.correlationId = k.correlation;
    r.graphNodeId = k.node, r.name = k.name;
    return add(r);
  }
  RecordBuffer& tag(std::uint32_t correlation, std::uint64_t id,
                    CUpti_ExternalCorrelationKind kind = CUPTI_EXTERNAL_CORRELATION_KIND_CUSTOM0) {
    CUpti_ActivityExternalCorrelation r{};
    r.kind = CUPTI_ACTIVITY_KIND_EXTERNAL_CORRELATION;
    r.externalKind = kind, r.externalId = id, r.correlationId = correlation;
    return add(r);
  }
  RecordBuffer& copy(std::uint64_t start, std::uint64_t end, std::uint8_t kind, std::uint64_t bytes,
                     std::uint32_t stream, std::uint32_t correlation) {
    CUpti_ActivityMemcpy6 r{};
    r.kind = CUPTI_ACTIVITY_KIND_MEMCPY;
    r.start = start, r.end = end, r.copyKind = kind, r.bytes = bytes, r.streamId = stream, r.contextId = 1;
    r.correlationId = correlation, r.channelID = 5;
    return add(r);
  }
  /// A record of another kind that CUPTI knows, `bytes` long.
  RecordBuffer& other(CUpti_ActivityKind kind, std::size_t bytes) {
    const auto at = words_.size();
    words_.resize(at + bytes / 8);
    std::memcpy(words_.data() + at, &kind, sizeof kind);
    return *this;
  }

  ActivityBuffer view() { return {reinterpret_cast<std::uint8_t*>(words_.data()), bytes()}; }
  std::size_t bytes() const { return words_.size() * 8; }

 private:
  std::vector<std::uint64_t> words_;
};

}  // namespace braid::gpu
