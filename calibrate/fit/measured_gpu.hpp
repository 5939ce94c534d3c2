// SPDX-License-Identifier: Apache-2.0
// Which of the GPUs that Braid knows a table was measured on, and what a share of its peak means at a measured clock.
#pragma once

#include <string>

#include "sim/base/hardware.hpp"

namespace braid {

/// The data sheet of the GPU that the driver calls so ("NVIDIA H100 80GB HBM3"), or that is named as Braid does
/// ("H100-80G"). Throws Error(where, ...) for any other, with what can be done.
const Gpu& measured_gpu(const std::string& driver_name, const std::string& where);

/// Hertz at which the data sheet's dense peak is reached: peak / (SMs x flops a cycle and SM), where a tensor core's
/// flops a cycle are the power of two that puts the clock nearest to 1.8 GHz (A100 2048, H100 4096, B200 8192: NVIDIA's
/// architecture white papers).
double clock_of_peak(const Gpu& gpu);

/// Bytes a second, one direction, of a GPU's NVLinks together (data sheets); 0 where Braid does not know.
BytesPerSecond nvlink_of(const Gpu& gpu);
/// Raw bytes a second, one direction, of its 16 PCIe lanes: generation 4 for Ampere, 5 for later ones.
BytesPerSecond host_link_of(const Gpu& gpu);

}  // namespace braid
