// SPDX-License-Identifier: Apache-2.0
// A configuration as bytes, for the way from one process to another of the same program.
#pragma once

#include <string>
#include <string_view>

#include "sim/sweep/store/store.hpp"

namespace braid {

/// All columns; not the id, which is the store's own.
std::string pack(const Configuration& configuration);
/// Of what pack() made.
Configuration unpack(std::string_view bytes);

}  // namespace braid
