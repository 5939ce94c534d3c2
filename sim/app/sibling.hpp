// SPDX-License-Identifier: Apache-2.0
// Commands of `braid` that are programs of their own, so that the simulator links neither CUDA nor Qt.
#pragma once

#include <string_view>

namespace braid {

struct Sibling {
  std::string_view command;  ///< "calibrate": the program is braid-calibrate
  std::string_view what;     ///< for `braid --help`
  std::string_view part;     ///< the folder of the sources, for the message when it is not there
};

inline constexpr Sibling kSiblings[] = {
    {.command = "calibrate",
     .what = "measure on real GPUs and fit profiles; see braid calibrate --help",
     .part = "calibrate/"},
    {.command = "validate",
     .what = "hold predictions against measured runs; see braid validate --help",
     .part = "validate/"},
    {.command = "gui",
     .what = "timelines in a window, bubble by bubble; see braid gui --help",
     .part = "gui/; it is built where Qt 6 is: the Debian packages qt6-base-dev and qt6-svg-dev"},
};

/// The sibling of that name, or null.
const Sibling* sibling(std::string_view command);

/// Becomes the program braid-COMMAND: the one in the folder of the running program, else the first on PATH. `arguments`
/// is argv from the command on, with its null at the end. The exit code is then its own. Throws Error when there is no
/// such program or it cannot be started.
[[noreturn]] void start(const Sibling& sibling, char** arguments);

}  // namespace braid
