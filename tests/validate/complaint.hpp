// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <string>

namespace braid::test {

/// What Error the call throws, or "no complaint".
template <typename Call>
std::string complaint(Call call) {
  try {
    call();
  } catch (const std::exception& e) { return e.what(); }
  return "no complaint";
}

}  // namespace braid::test
