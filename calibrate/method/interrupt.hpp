// SPDX-License-Identifier: Apache-2.0
// Ctrl-C in order: the first SIGINT or SIGTERM is remembered, so that the point at hand is finished and the tables are
// closed; the second ends the process at once with kInterruptedCode. One within half a second of the first is the same
// key press: under timeout(1), which passes on what the terminal sent to it, it comes twice.
#pragma once

namespace braid {

inline constexpr int kInterruptedCode = 130;  ///< as a shell reports a program that Ctrl-C ended

/// From now on; once per process.
void catch_interrupts();
bool interrupted();

}  // namespace braid
