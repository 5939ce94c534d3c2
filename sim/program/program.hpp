// SPDX-License-Identifier: Apache-2.0
// The ops of each pipeline rank with their dependences and lanes: what a simulator plays and a real run executes.
//
// A Program describes one replica: pipeline rank r stands for all tp * dp GPUs that share its place, which run the
// same ops. Costs depend on the kind of work alone, so each op names an entry of `works` and there are few of those.
// Times are not here.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/base/hardware.hpp"
#include "sim/base/modes.hpp"
#include "sim/base/op_key.hpp"
#include "sim/model/work.hpp"

namespace braid {

/// Where bytes on a rank come from; the table that answers "does it fit" has one column for each.
enum class MemoryClass : std::uint8_t { parameters, gradients, optimizer, activations, buffers };
inline constexpr int kMemoryClasses = 5;
const char* to_text(MemoryClass c);

enum class WorkKind : std::uint8_t { compute, collective, message, copy, fixed };
/// The group a collective spans. Its members are the GPUs that differ in that coordinate of the Placement only.
enum class Scope : std::uint8_t { tp, dp };

/// One class of ops: all that a cost rule or the memory account needs to know.
struct WorkItem {
  WorkKind kind = WorkKind::compute;
  Work compute;                            ///< kind compute
  OpKind collective = OpKind::all_reduce;  ///< kind collective: all_reduce, reduce_scatter or all_gather
  Scope scope = Scope::tp;                 ///< kind collective
  Bytes bytes;                             ///< collective (the full buffer), message or copy
  Seconds fixed;                           ///< kind fixed: abstract cost of a schedule played without a model
  Bytes optimizer_traffic;                 ///< kind compute, optimizer step: bytes through memory
  Bytes alloc;                             ///< of class activations, taken when the op starts
  Bytes release;                           ///< returned when the op ends
  bool operator==(const WorkItem&) const = default;
};

inline constexpr std::uint32_t kNoMessage = 0xffffffffu;

struct Op {
  OpKey key;
  Lane lane = Lane::compute;
  std::uint16_t work = 0;  ///< index into Program::works
  std::uint16_t dep_count = 0;
  std::uint32_t dep_begin = 0;  ///< into RankProgram::deps
  /// Send and recv ops: index into Program::messages; none at a fixed cost, where the other end is not played.
  std::uint32_t message = kNoMessage;
};

/// Ops in issue order: on an ordered lane they run in this order. A dependence names an earlier op of the same rank.
struct RankProgram {
  std::vector<Op> ops;
  std::vector<std::uint32_t> deps;
  std::array<Bytes, kMemoryClasses> resident{};  ///< bytes held through the whole step

  std::span<const std::uint32_t> deps_of(const Op& op) const {
    return std::span(deps).subspan(op.dep_begin, op.dep_count);
  }
};

/// In place of an op: none.
inline constexpr std::uint32_t kNoOp = 0xffffffffu;
/// By op: the op before it on its ordered lane; kNoOp for the first ones and on pp, where messages are under way
/// together.
std::vector<std::uint32_t> ops_before(const RankProgram& rank);

/// A point-to-point transfer: send_op of one rank and recv_op of another cover the same interval, that of the bytes
/// under way.
struct Message {
  std::int32_t from = 0;
  std::int32_t to = 0;
  std::uint32_t send_op = 0;
  std::uint32_t recv_op = 0;
  std::uint32_t batch = 0;  ///< messages of one batch start together
};

struct Program {
  std::string schedule;
  Placement placement;
  P2pMode p2p = P2pMode::eager;
  bool host_waits = false;  ///< the host issues what follows messages when they have ended
  std::vector<WorkItem> works;
  std::vector<RankProgram> ranks;  ///< by pipeline rank
  std::vector<Message> messages;
  /// How many posted ops each batch waits for: its sends (eager, 1) or its sends and recvs (batched).
  std::vector<std::uint32_t> batch_size;

  Flops model_flops_per_step;  ///< of the whole job, MFU's numerator; 0 when played at abstract costs
  double samples_per_step = 0;
  double tokens_per_step = 0;

  std::size_t op_count() const;
};

/// Every fault: an index out of range, a dependence on a later op, a message whose ends do not match, ops that wait
/// for one another in a circle (also through messages, batches and lanes). Empty if there is none.
std::vector<Issue> check(const Program& program);

/// One line an op, with its dependences; for goldens that a person can read.
std::string to_text(const Program& program);

}  // namespace braid
