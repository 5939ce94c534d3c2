// SPDX-License-Identifier: Apache-2.0
// How long each op of a sequence takes inside replays of its graph: which op every recorded launch belongs to. Host
// only.
//
// Two mappings that know nothing of each other. By tag: the graph's nodes carry the tags of their ops (GraphTags), and
// all launches of one replay share its correlation id. By order: a pass in which the host waited between the ops tells
// how many launches each makes, and a replay repeats them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "calibrate/cupti/decode.hpp"
#include "sim/base/op_key.hpp"

namespace braid::gpu {

/// The pass in which ops ran one by one, before the replays.
struct OpByOp {
  std::vector<OpKey> ops;                ///< in order, no two alike
  std::vector<std::uint64_t> bounds_ns;  ///< one more than ops: op i ran between the i-th and the next
};

enum class MappedBy : std::uint8_t { nothing, tag, order };

struct ReplayTimes {
  std::vector<std::vector<const GpuActivity*>> launches;  ///< of each op in the pass; they point into the trace
  std::vector<std::vector<double>> us;  ///< of each op: the sum of its launches, one for each replay that counts
  MappedBy by = MappedBy::nothing;      ///< what `us` rests on; without a mapping it is empty
  std::size_t pass_untagged = 0;        ///< launches of the pass without an op's tag: told by the clock alone
  std::size_t pass_astray = 0;          ///< launches of the pass that ran in the time of another op than their tag says
  std::size_t replayed = 0, tagged = 0;  ///< launches of replays (soak too), and those with the tag of an op
  std::size_t stray = 0;                 ///< launches after the pass that no graph made
  std::size_t cut = 0;                   ///< of the replays asked for, those that tags do not show whole
  std::optional<bool> agree;             ///< whether both mappings name the same ops; unset where one cannot tell
};

/// The times of the last `replays` replays (those before are a soak). By tag where every launch of these has one; else
/// by order where the launches after the pass are whole replays; else by tag of those replays that are whole. Throws
/// Error unless `pass` has a bound more than ops.
ReplayTimes replay_times(const GpuTrace&, const OpByOp& pass, std::size_t replays);

/// One line: launches tagged and astray, replays cut, which mapping the times rest on and whether the other agrees.
std::string summary(const ReplayTimes&);

}  // namespace braid::gpu
