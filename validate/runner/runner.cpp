// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/runner.hpp"

namespace braid {

RunFailed::RunFailed(std::vector<Issue> stuck) : Error(std::span<const Issue>(stuck)), stuck_(std::move(stuck)) {}

}  // namespace braid
