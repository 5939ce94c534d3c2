// SPDX-License-Identifier: Apache-2.0
// One point of a sweep from its choice to its row: prune by closed forms, screen, or play whole.
#pragma once

#include <optional>
#include <string>

#include "sim/play/play.hpp"
#include "sim/screen/screen.hpp"
#include "sim/sweep/plan/expand.hpp"
#include "sim/sweep/store/store.hpp"

namespace braid {

/// Why a checked or unchecked scenario's run need not be played: faults of check(), a schedule outside its
/// precondition, layers that do not divide, or (only if it `must_fit`) bytes resident all step that do not fit. One
/// line. Cheap: nothing is lowered.
std::optional<std::string> prune_reason(const Scenario& scenario, const Run& run, bool must_fit);

/// The row of a point without what is found by playing it; status ok.
Configuration described(const Sweep& sweep, std::int64_t point, const Scenario& scenario, const Run& run);
/// The row of a point that could not be played, with the reason; it has of the scenario what can be read.
Configuration failed_point(const Sweep& sweep, std::int64_t point, const std::string& reason);
/// Puts the figures of a report into its row.
void fill_in(Configuration& row, const RunReport& report, const Scenario& scenario);

/// Pruned, or played in blocks on the ideal network, by units where there is noise, which blocks cannot show. One that was played and does not fit the memory is ok, with fits =
/// false: pictures show it, and nobody refines it. An Error on the way is a row with status failed.
Configuration screen_point(const Sweep& sweep, std::int64_t point, Screener& screener);
/// Played by units on the network that the scenario asks for.
Configuration play_point(const Sweep& sweep, std::int64_t point);

}  // namespace braid
