// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/memory_bound.hpp"

#include "sim/base/error.hpp"

namespace braid {

Seconds elementwise_time(Bytes bytes, int kernels, const Gpu& gpu, const Parameters& p) {
  return bytes / (gpu.memory_bandwidth * p.memory_efficiency) + kernels * Seconds(p.kernel_overhead_s);
}

Seconds host_copy_time(Bytes bytes, const Cluster& cluster, const Parameters& p) {
  if (!(bytes.value > 0)) return {};
  if (!(cluster.host_bandwidth.value > 0)) {
    throw Error("cluster.host_bandwidth",
                "the program copies to the host; give the bandwidth of one GPU to host memory");
  }
  return Seconds(p.host_copy_overhead_s) + bytes / (cluster.host_bandwidth * p.host_copy_efficiency);
}

}  // namespace braid
