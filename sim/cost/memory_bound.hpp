// SPDX-License-Identifier: Apache-2.0
// Kernels that only move bytes: norms, activations, residual adds, the optimizer step, and copies to the host.
#pragma once

#include "sim/base/hardware.hpp"
#include "sim/base/units.hpp"
#include "sim/cost/cost_parameters.hpp"

namespace braid {

/// bytes / (memory_efficiency * bandwidth) + kernels * kernel_overhead.
Seconds elementwise_time(Bytes bytes, int kernels, const Gpu& gpu, const Parameters& parameters);

/// A copy between a GPU and its host: overhead + bytes / (host_copy_efficiency * host bandwidth).
/// Throws Error("cluster.host_bandwidth", ...) if there are bytes and no bandwidth.
Seconds host_copy_time(Bytes bytes, const Cluster& cluster, const Parameters& parameters);

}  // namespace braid
