// SPDX-License-Identifier: Apache-2.0
// Runs a Program on CPU threads with a virtual clock: every wait, event, rendezvous and message is real, durations are
// those of RunRequest::costs, as the engine with an ideal network means them. It shares no code with the engine, so
// the two check one another, and it shows without a GPU that a program runs, and that one which does not is found.
//
// The result says placement "host". Its timeline is of kind "simulated": no time of it was measured, and verify() holds
// it to equal intervals at both ends of a message and in all members of a collective.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "validate/runner/fault.hpp"
#include "validate/runner/runner.hpp"

namespace braid {

struct HostOptions {
  /// Every GPU of tp * pp * dp, else one for each pipeline rank where that is the same. A GPU takes three to seven
  /// threads; more than kMostHostThreads are refused with an Error.
  bool unfolded = false;
  double jitter = 0;  ///< relative standard deviation of compute times, at most 0.5; independent in every repeat
  std::uint64_t seed = 0;
  std::vector<Fault> faults{};
};
inline constexpr std::size_t kMostHostThreads = 512;

/// Without jitter all steps are equal, so one is played, whatever RunRequest asks for; with jitter `repeats` untraced
/// and `repeats` traced ones. `peak` is what ops held, counted in the run. A fault that names no op, or one that it
/// cannot befall, is an Error.
std::unique_ptr<Runner> host_runner(HostOptions options = {});

}  // namespace braid
