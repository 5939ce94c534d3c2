// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/memory_bound.hpp"

#include <gtest/gtest.h>

#include "sim/cost/message.hpp"
#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

TEST(ElementwiseTime, IsBytesOverTheReachedBandwidthAndALaunchForEachKernel) {
  // 8 GB at 0.8 * 1 TB/s = 10 ms, three kernels of 2 us.
  Parameters p = ideal_parameters();
  p.memory_efficiency = 0.8;
  p.kernel_overhead_s = 2e-6;
  EXPECT_NEAR(elementwise_time(Bytes(8e9), 3, round_gpu(), p).value, 10.006e-3, 1e-12);
  EXPECT_EQ(elementwise_time(Bytes(0), 0, round_gpu(), p).value, 0);
}

TEST(HostCopyTime, IsBytesOverTheReachedHostBandwidth) {
  // 1 GB at 0.5 * 20 GB/s = 0.1 s, plus 10 us; nothing to copy costs nothing.
  Parameters p = ideal_parameters();
  p.host_copy_efficiency = 0.5;
  p.host_copy_overhead_s = 10e-6;
  EXPECT_NEAR(host_copy_time(Bytes(1e9), round_cluster(), p).value, 0.10001, 1e-12);
  EXPECT_EQ(host_copy_time(Bytes(0), round_cluster(), p).value, 0);
}

CommCost over(PathKind path, const Cluster& cluster, const Parameters& p) {
  return message_costs(Bytes(3e9), cluster, p)[static_cast<std::size_t>(path)];
}

TEST(MessageCosts, AreOverheadAndLatencyAndBytesOverThePath) {
  // 3 GB: 30 ms over 100 GB/s in the node, 0.3 s over one 10 GB/s NIC.
  Parameters p = ideal_parameters();
  p.message_overhead_s = 5e-6;
  p.spine_latency_s = 1e-6;
  const Cluster cluster = round_cluster();
  EXPECT_NEAR(over(PathKind::same_node, cluster, p).transfer.value, 0.03, 1e-12);
  EXPECT_NEAR(over(PathKind::same_node, cluster, p).latency.value, 5.5e-6, 1e-15);
  EXPECT_NEAR(over(PathKind::same_leaf, cluster, p).transfer.value, 0.3, 1e-12);
  EXPECT_NEAR(over(PathKind::same_leaf, cluster, p).latency.value, 6.5e-6, 1e-15);
  EXPECT_NEAR(over(PathKind::cross_leaf, cluster, p).latency.value, 7.5e-6, 1e-15);
  EXPECT_EQ(over(PathKind::same_gpu, cluster, p).latency.value, 0);
  EXPECT_EQ(over(PathKind::same_gpu, cluster, p).transfer.value, 0);
}

TEST(MessageCosts, HaveOnePairsLinksOfAMesh) {
  // Three of the four GPUs are peers: 100 / 3 GB/s between two, 3 GB take 0.09 s.
  Cluster mesh = round_cluster();
  mesh.intra = IntraNode::nvlink_mesh;
  EXPECT_NEAR(over(PathKind::same_node, mesh, ideal_parameters()).transfer.value, 0.09, 1e-12);
}

}  // namespace
}  // namespace braid
