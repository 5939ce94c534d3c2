// SPDX-License-Identifier: Apache-2.0
// The commands that play many configurations: each puts its options into the command line, and says what is to be run
// in `chosen` when it was asked for.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace braid {

/// braid sweep FILE.toml, braid sweep merge STORE...
void add_sweep_command(CLI::App& app, std::function<void()>& chosen);
/// braid size MODEL --gpus h100:512
void add_size_command(CLI::App& app, std::function<void()>& chosen);
/// braid report STORE
void add_report_command(CLI::App& app, std::function<void()>& chosen);

}  // namespace braid
