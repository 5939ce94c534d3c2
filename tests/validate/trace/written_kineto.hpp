// SPDX-License-Identifier: Apache-2.0
// Traces of torch.profiler written by hand, event by event, in the layout of Kineto's own writer. Times in us.
#pragma once

#include <fmt/format.h>

#include <string>

namespace braid::test {

class WrittenKineto {
 public:
  std::string gpu = "NVIDIA H100 80GB HBM3";
  int rank = 0;
  int world_size = 1;

  /// An event as it stands in traceEvents.
  WrittenKineto& raw(const std::string& event) {
    events_ += (events_.empty() ? "\n  " : ",\n  ") + event;
    return *this;
  }
  /// A kernel and the launch of it, at `launch` on the host.
  WrittenKineto& kernel(const std::string& name, double start, double duration, int stream, double launch,
                        const std::string& more_args = "") {
    ++correlation_;
    raw(fmt::format(R"({{"ph": "X", "cat": "cuda_runtime", "name": "cudaLaunchKernel", "pid": 900, "tid": 900,
    "ts": {:.3f}, "dur": 1.000, "args": {{"External id": 7, "cbid": 211, "correlation": {}}}}})",
                    launch, correlation_));
    return gpu_event("kernel", name, start, duration, stream,
                     fmt::format(R"(, "correlation": {}{})", correlation_, more_args));
  }
  /// A kernel whose launch is not in the file.
  WrittenKineto& lone_kernel(const std::string& name, double start, double duration, int stream) {
    return gpu_event("kernel", name, start, duration, stream, "");
  }
  WrittenKineto& copy(const std::string& name, double start, double duration, int stream) {
    return gpu_event("gpu_memcpy", name, start, duration, stream, R"(, "bytes": 4096)");
  }
  WrittenKineto& range(const std::string& name, double start, double duration, const char* category = "user_annotation",
                       int tid = 900) {
    return raw(fmt::format(
        R"({{"ph": "X", "cat": "{}", "name": "{}", "pid": 0, "tid": {}, "ts": {:.3f}, "dur": {:.3f}, "args": {{"External id": 9}}}})",
        category, name, tid, start, duration));
  }
  WrittenKineto& step(int number, double start, double duration) {
    return range(fmt::format("ProfilerStep#{}", number), start, duration);
  }

  std::string text() const {
    return fmt::format(R"({{
  "schemaVersion": 1,
  "deviceProperties": [
    {{"id": 0, "name": "{}", "totalGlobalMem": 85017493504, "numSms": 132}}
  ],
  "distributedInfo": {{"backend": "nccl", "rank": {}, "world_size": {}, "pg_count": 1,
    "pg_config": [{{"pg_name": "0", "pg_desc": "default_pg", "ranks": [0]}}]}},
  "displayTimeUnit": "ms",
  "baseTimeNanoseconds": 1700000000000000000,
  "traceEvents": [{}
  ],
  "traceName": "x.json"
}}
)",
                       gpu, rank, world_size, events_);
  }

 private:
  WrittenKineto& gpu_event(const char* category, const std::string& name, double start, double duration, int stream,
                           const std::string& more_args) {
    return raw(fmt::format(
        R"({{"ph": "X", "cat": "{}", "name": "{}", "pid": 0, "tid": {}, "ts": {:.3f}, "dur": {:.3f},
    "args": {{"device": 0, "context": 1, "stream": {}, "grid": [8, 1, 1]{}}}}})",
        category, name, stream, start, duration, stream, more_args));
  }

  std::string events_;
  int correlation_ = 100;
};

}  // namespace braid::test
