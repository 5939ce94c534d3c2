// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "sim/app/sweep_commands.hpp"

namespace braid {

void add_size_command(CLI::App&, std::function<void()>&) {}

}  // namespace braid
