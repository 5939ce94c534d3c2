// SPDX-License-Identifier: Apache-2.0
// What the engine needs to know of each class of work: how long it takes alone, and what it does to others.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/base/units.hpp"
#include "sim/program/program.hpp"

namespace braid {

/// A communication alone on its links takes latency + transfer. Under contention `transfer` shares the links.
struct CommCost {
  Seconds latency;
  Seconds transfer;
};

/// How two GPUs are joined; messages of one work can cost differently on each.
enum class PathKind : std::uint8_t { same_gpu, same_node, same_leaf, cross_leaf };
inline constexpr int kPathKinds = 4;

/// Host time to issue the ops of each work, by index into Program::works. Empty: the host is always ahead.
struct Launches {
  std::vector<Seconds> time;  ///< from the launch of the op before it to that of its last kernel
  std::vector<Seconds> lead;  ///< how long before its last launch the op can start and still never wait for one

  bool empty() const { return time.empty(); }
  bool operator==(const Launches&) const = default;
};

/// What a work costs alone and how that was found, for people; the engine does not look at it.
struct Price {
  Seconds time;
  Bytes traffic;       ///< through the GPU's memory; of communication and copies what one GPU sends
  std::string source;  ///< rule or measurement
};

/// Prices of messages that take another path than the slowest one of their work, which prices[work] is about.
struct PathPrices {
  std::vector<Price> prices;
  std::vector<std::uint16_t> work;       ///< by price
  std::vector<std::int32_t> of_message;  ///< by Program::messages: into prices, -1 for that of its work; may be empty
};

/// Costs of the works of one Program, by index into Program::works.
struct Costs {
  std::vector<Seconds> duration;     ///< compute, copy, fixed: alone on the GPU; 0 for communication
  std::vector<CommCost> collective;  ///< for collectives: of this program's groups; 0 otherwise
  std::vector<std::array<CommCost, kPathKinds>> message;  ///< for messages, by PathKind
  /// stretch[compute work][communication work]: time that a second of the communication adds to the compute op beside
  /// it, per second of overlap when alone: the op advances at rate 1 / (1 + sum of stretches of what runs beside it).
  std::vector<std::vector<double>> stretch;
  /// SMs that a communication of this work holds while it runs, 0 for all else; empty: not known.
  std::vector<double> sms_held{};
  Launches launches;
  std::vector<std::string> notes;  ///< what was not modelled, or lies outside the calibration
  std::vector<Price> prices{};     ///< by work (price.hpp); empty: not told
  PathPrices path_prices{};        ///< (price.hpp)
};

/// Host time to issue an op of this work.
inline Seconds launch_of(const Costs& costs, std::uint16_t work) {
  return costs.launches.empty() ? Seconds(0) : costs.launches.time[work];
}

}  // namespace braid
