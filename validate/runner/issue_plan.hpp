// SPDX-License-Identifier: Apache-2.0
// In which order a rank's host thread enqueues its ops, on which streams, and behind which events: the one translation
// of a Program into what a GPU (or the host backend) executes.
//
// Every op of an ordered lane goes on that lane's stream in program order. Dependences on ops of other streams are
// waits for events; those that an earlier wait or the stream's own order already covers are left out.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/program/program.hpp"

namespace braid {

/// How messages reach streams.
enum class MessageStreams : std::uint8_t {
  /// Each message is a stream of its own, as in the engine: nothing but its posts holds it back.
  free,
  /// One stream for each neighbour and direction, sends and receives in the order in which the *sender's* program
  /// posts them, as NCCL needs it; of `batched` messages one stream a rank, and the rank's ops of one batch enqueued as
  /// one group.
  ordered,
};

struct IssueStep {
  std::uint32_t op = 0;      ///< into RankProgram::ops
  std::uint16_t stream = 0;  ///< into RankIssue::streams
  bool records = false;      ///< an op on another stream waits for this one
  std::uint32_t group = 0;   ///< ordered, batched: ops with the same group (not 0) are adjacent and enqueued together
  std::vector<std::uint32_t> waits;  ///< ops of this rank on other streams that must have ended; each `records`
};

struct IssueStream {
  Lane lane = Lane::compute;
  std::int32_t peer = -1;  ///< pp, ordered: the pipeline rank at the other end; -1: any
  bool receives = false;   ///< pp, ordered, eager: direction
};

struct RankIssue {
  std::vector<IssueStream> streams;  ///< compute is stream 0
  std::vector<IssueStep> steps;      ///< in the order of enqueueing
};

/// By pipeline rank. The program must have passed check().
std::vector<RankIssue> issue_plan(const Program& program, MessageStreams messages);

/// What would keep the plan from ending, over all ranks: streams, events, messages, batches and collectives that wait
/// in a circle, named by OpKey. Empty if it ends.
std::vector<Issue> check(const Program& program, const std::vector<RankIssue>& plan);

}  // namespace braid
