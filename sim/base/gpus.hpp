// SPDX-License-Identifier: Apache-2.0
// The GPUs that Braid knows by name, as their data sheets give them.
//
// Peaks are dense, without sparsity. Memory is what `nvidia-smi` prints as total, because that is what a job can have.
// What a kernel reaches of these peaks is in the cost rules or a Profile.
#pragma once

#include <span>
#include <string>

#include "sim/base/hardware.hpp"

namespace braid {

/// Ordered by architecture.
std::span<const Gpu> known_gpus();

/// Throws Error(where, ...) with the nearest known name, or all of them.
const Gpu& gpu_by_name(const std::string& name, const std::string& where);

}  // namespace braid
