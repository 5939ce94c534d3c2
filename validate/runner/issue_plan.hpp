// SPDX-License-Identifier: Apache-2.0
// In which order a rank's host thread enqueues its ops, on which streams, and behind which events: the one translation
// of a Program into what a GPU (or the host backend) executes.
//
// Every op of an ordered lane goes on that lane's stream in program order. Dependences on ops of other streams are
// waits for events; those that an earlier wait or the stream's own order already covers are left out. A wait names an
// op that is enqueued before: an event that nobody has recorded yet would hold nothing back.
//
// An eager receive waits for nothing of its own rank, as in the engine: whoever reads the bytes waits for it.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/program/program.hpp"

namespace braid {

/// How messages reach streams.
enum class MessageStreams : std::uint8_t {
  /// Each message is a stream of its own, as in the engine: nothing but its posts holds it back. Ops are enqueued in
  /// program order.
  free,
  /// One stream for each neighbour and direction, sends and receives in the order in which the *sender's* program
  /// posts them, as NCCL needs it; of `batched` messages one stream a rank, and the rank's ops of one batch enqueued as
  /// one group. Batches follow one another in one order over all ranks, that of the longest chains of ops before them.
  /// Otherwise in program order, but for what has to go ahead of its place so that streams keep these orders.
  ordered,
};

struct IssueStep {
  std::uint32_t op = 0;      ///< into RankProgram::ops
  std::uint32_t stream = 0;  ///< into RankIssue::streams
  bool records = false;      ///< an op on another stream waits for this one (in a group: for the end of the group)
  std::uint32_t group = 0;   ///< ordered, batched: ops with the same group (not 0) are adjacent and enqueued together
  /// Ops of this rank on other streams that must have ended; each `records`. Of a group all are on its first step.
  std::vector<std::uint32_t> waits;
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

/// What would keep the plan from ending, over all ranks: streams, events, messages and batches that wait in a circle,
/// named by OpKey; and what makes it no plan of the program: an op enqueued never or twice, an event that is waited for
/// but not recorded before, a group in pieces. Empty if it ends. The members of a collective run one plan, so they
/// cannot disagree. The program must have passed check().
std::vector<Issue> check(const Program& program, const std::vector<RankIssue>& plan);

}  // namespace braid
