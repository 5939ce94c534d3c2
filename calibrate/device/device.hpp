// SPDX-License-Identifier: Apache-2.0
// Facts of the GPU and of the libraries that a profile must carry to mean anything.
#pragma once

#include <string>
#include <vector>

namespace braid::gpu {

class Nvml;

struct DeviceFacts {
  std::string name;
  int sm_count = 0, cc_major = 0, cc_minor = 0;
  int l2_bytes = 0, shared_bytes_per_block = 0;
  double memory_gib = 0;
};

/// Facts of the current device. Throws Error without one.
DeviceFacts device_facts();

/// The `#` lines of a table: GPU, driver, library versions, multiprocessors, clocks and power seen now, method, `more`,
/// date (UTC).
std::vector<std::string> provenance(const DeviceFacts&, const Nvml&, const std::string& table,
                                    const std::string& method, const std::vector<std::string>& more = {});

}  // namespace braid::gpu
