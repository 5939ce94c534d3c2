// SPDX-License-Identifier: Apache-2.0
// An OpKey as the 64-bit number that CUPTI carries from a launch to the kernel's record.
#pragma once

#include <cstdint>

#include "sim/base/op_key.hpp"

namespace braid::gpu {

/// The tag of an op; never 0. OpKey has 120 bits, so ranges are narrower than its types: rank 0 to 65535, index 0 to
/// 4095, microbatch -1 to 4094, layer -1 to 1022, chunk -1 to 62. Throws Error beyond them.
std::uint64_t tag_of(const OpKey&);

/// The op of a tag made by tag_of. Throws Error for any other number.
OpKey op_of(std::uint64_t tag);

/// Whether `tag` was made by tag_of (other tags are plain numbers of the caller).
bool is_op_tag(std::uint64_t tag);

}  // namespace braid::gpu
