// SPDX-License-Identifier: Apache-2.0
// validate/limits.toml as it was when the program was built.
#pragma once

#include "validate/report/limits.hpp"

namespace braid {

Limits shipped_limits();

}  // namespace braid
