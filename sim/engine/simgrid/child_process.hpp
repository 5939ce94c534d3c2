// SPDX-License-Identifier: Apache-2.0
// Runs a function in a child process and brings its failure home.
#pragma once

#include <functional>

namespace braid {

/// Forks, runs `work` in the child and waits for it. What the parent is to see afterwards must be in memory that both
/// share. An Error thrown by `work` is thrown here with the same words; a child that dies otherwise is an Error too.
void run_in_child(const std::function<void()>& work);

}  // namespace braid
