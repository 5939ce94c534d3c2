// SPDX-License-Identifier: Apache-2.0
// The clock that a mix of work lasts at under a power limit.
//
// Products and attention draw more power than a GPU may take for long, so its clock falls to where they fit the limit;
// memory-bound kernels leave some of it, and the clock of the whole rises. It follows within a second, so that one
// clock belongs to a step, not to an op (docs/gpu-findings.md, section 1).
#pragma once

#include "sim/base/units.hpp"
#include "sim/cost/profile.hpp"
#include "sim/program/program.hpp"

namespace braid {

/// Clock over that of the dense peak, of a mix whose products and attention take `busy` at clock 1 and whose other
/// kernels take `memory` at any:
///   clock = sustained_clock / (1 - clock_memory_gain * m),   m = memory / (memory + busy / clock)
/// never above clock_most. The form was found on layers of an H100 (calibrate/fit/layer_sum).
double clock_of_mix(Seconds busy, Seconds memory, const Parameters& parameters);

/// The profile at another clock: its points are of products and attention, and last as many cycles as before.
Profile at_clock(Profile profile, double clock);

/// The profile at the clock of all compute ops of a program together. Waiting is not counted: it would raise the clock
/// further.
Profile at_clock_of(const Program& program, const Gpu& gpu, const Profile& profile);
/// The same of a program that does not show its ops: `ops` says by work how many there are in all.
Profile at_clock_of(const Program& program, const std::vector<double>& ops, const Gpu& gpu, const Profile& profile);
/// By work, how many ops of the program there are.
std::vector<double> ops_of_works(const Program& program);

}  // namespace braid
