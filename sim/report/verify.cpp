// SPDX-License-Identifier: Apache-2.0
#include "sim/report/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace braid {
namespace {

constexpr std::size_t kMostIssues = 100;
constexpr double kClock = 2e-9;
constexpr double kRelative = 1e-9;

class Verifier {
 public:
  explicit Verifier(const Played& played)
      : played_(played),
        program_(*played.program),
        timeline_(*played.timeline),
        measured_(timeline_.provenance.kind == "measured"),
        slack_(kClock + kRelative * std::abs(timeline_.step_time.value)),
        issues_(played.faults),
        messages_of_(program_.batch_size.size()) {
    for (std::uint32_t m = 0; m < program_.messages.size(); ++m) messages_of_[program_.messages[m].batch].push_back(m);
  }

  std::vector<Issue> run() {
    check_whole();
    for (std::size_t rank = 0; rank < timeline_.ranks.size(); ++rank) check_times(rank);
    // What follows looks spans up by op and compares their times: only where all are there and are numbers.
    if (!issues_.empty()) return issues_;
    for (std::size_t rank = 0; rank < played_.ranks.size(); ++rank) {
      check_order(rank);
      check_dependences(rank);
      if (played_.unfolded) check_collectives(rank);
    }
    check_messages();
    return issues_;
  }

 private:
  template <typename... Args>
  void add(std::size_t rank, const OpKey& key, fmt::format_string<Args...> what, Args&&... args) {
    if (issues_.size() >= kMostIssues) return;
    issues_.push_back({fmt::format("rank {}: {}", timeline_.ranks[rank].rank, to_text(key)),
                       fmt::format(what, std::forward<Args>(args)...)});
  }
  static std::string at(double time) { return fmt::format("{:.9g} s", time); }
  const OpKey& key(std::size_t rank, std::uint32_t op) const { return played_.ops(rank).ops[op].key; }

  void check_whole() {
    const double step = timeline_.step_time.value;
    double last = 0;
    for (const RankTimeline& rank : timeline_.ranks) {
      for (const auto& lane : rank.lanes) {
        for (const Span& span : lane) last = std::max(last, span.end.value);
      }
    }
    if (!(std::isfinite(step) && std::abs(step - last) <= slack_)) {
      issues_.push_back({"timeline", fmt::format("the step ends at {}, its last op at {}", at(step), at(last))});
    }
    const Placement& p = program_.placement;
    const int stands_for = played_.unfolded ? 1 : p.tp * p.dp;
    if (!played_.ranks.empty() && timeline_.multiplicity != stands_for) {
      issues_.push_back({"timeline", fmt::format("says that a rank stands for {} GPUs; by the placement it is {}",
                                                 timeline_.multiplicity, stands_for)});
    }
  }

  void check_times(std::size_t rank) {
    for (const auto& lane : timeline_.ranks[rank].lanes) {
      for (std::size_t i = 0; i < lane.size(); ++i) {
        const Span& s = lane[i];
        const double start = s.start.value, end = s.end.value, stretch = s.stretch.value;
        if (!(std::isfinite(start) && std::isfinite(end) && std::isfinite(stretch))) {
          add(rank, s.key, "has a time that is not a number");
        } else if (start < 0 || end < start) {
          add(rank, s.key, "runs from {} to {}", at(start), at(end));
        } else if (end > timeline_.step_time.value + slack_) {
          add(rank, s.key, "ends at {}, after the step", at(end));
        } else if (stretch < -slack_ || stretch > end - start + slack_) {
          add(rank, s.key, "is stretched by {} of its {}", at(stretch), at(end - start));
        } else if (i > 0 && start < lane[i - 1].start.value) {
          add(rank, s.key, "is not in order of start in the timeline");
        }
      }
    }
  }

  void check_order(std::size_t rank) {
    const std::vector<Op>& ops = played_.ops(rank).ops;
    std::array<std::uint32_t, kLanes> last;
    last.fill(kNoSpan);
    for (std::uint32_t op = 0; op < ops.size(); ++op) {
      if (ops[op].lane == Lane::pp) continue;
      std::uint32_t& before = last[static_cast<std::size_t>(ops[op].lane)];
      if (before != kNoSpan && played_.start(rank, op) < played_.end(rank, before) - slack_) {
        add(rank, key(rank, op), "starts at {}, before the op ahead of it on its lane, {}, ends at {}",
            at(played_.start(rank, op)), to_text(key(rank, before)), at(played_.end(rank, before)));
      }
      before = op;
    }
  }

  /// A receive that its batch does not wait for is played by its sender alone.
  bool waits_for_its_own(const Op& op) const {
    if (op.key.kind != OpKind::recv || op.message == kNoMessage) return true;
    return waits_for_receivers(program_.messages[op.message].batch);
  }
  bool waits_for_receivers(std::uint32_t batch) const {
    return program_.batch_size[batch] > messages_of_[batch].size();
  }

  void check_dependences(std::size_t rank) {
    const RankProgram& program = played_.ops(rank);
    for (std::uint32_t op = 0; op < program.ops.size(); ++op) {
      if (!waits_for_its_own(program.ops[op])) continue;
      for (const std::uint32_t dep : program.deps_of(program.ops[op])) {
        if (played_.start(rank, op) >= played_.end(rank, dep) - slack_) continue;
        add(rank, key(rank, op), "starts at {}, but {} that it depends on ends at {}", at(played_.start(rank, op)),
            to_text(key(rank, dep)), at(played_.end(rank, dep)));
      }
    }
  }

  bool equal(const Span& a, const Span& b) const {
    return std::abs((a.start - b.start).value) <= slack_ && std::abs((a.end - b.end).value) <= slack_;
  }

  void check_messages() {
    // Each column of the placement, the ranks of one (tp, dp), exchanges its own copy of every message.
    for (std::size_t rank = 0; rank < played_.ranks.size(); ++rank) {
      if (played_.ranks[rank].pp != 0) continue;
      for (const Message& m : program_.messages) check_ends(rank, m);
      for (std::uint32_t batch = 0; batch < program_.batch_size.size() && !measured_; ++batch) check_batch(rank, batch);
    }
  }

  void check_ends(std::size_t column, const Message& m) {
    const std::size_t from = played_.pipeline_peer(column, m.from), to = played_.pipeline_peer(column, m.to);
    const Span& send = played_.span(from, m.send_op);
    const Span& recv = played_.span(to, m.recv_op);
    if (measured_ ? recv.end.value >= send.start.value - slack_ : equal(send, recv)) return;
    add(to, recv.key, "covers {} .. {}, its send on rank {} {} .. {}", at(recv.start.value), at(recv.end.value),
        timeline_.ranks[from].rank, at(send.start.value), at(send.end.value));
  }

  void check_batch(std::size_t column, std::uint32_t batch) {
    if (messages_of_[batch].size() < 2) return;
    const auto send_of = [&](std::uint32_t m) -> const Span& {
      const Message& message = program_.messages[m];
      return played_.span(played_.pipeline_peer(column, message.from), message.send_op);
    };
    const std::uint32_t first = messages_of_[batch].front();
    for (const std::uint32_t m : messages_of_[batch]) {
      if (std::abs((send_of(m).start - send_of(first).start).value) <= slack_) continue;
      const Message& message = program_.messages[m];
      add(played_.pipeline_peer(column, message.from), send_of(m).key,
          "starts at {}, another message of its batch at {}", at(send_of(m).start.value),
          at(send_of(first).start.value));
    }
  }

  void check_collectives(std::size_t rank) {
    const std::vector<Op>& ops = played_.ops(rank).ops;
    std::array<std::vector<std::size_t>, 2> groups{played_.group(rank, Scope::tp), played_.group(rank, Scope::dp)};
    for (std::uint32_t op = 0; op < ops.size(); ++op) {
      const WorkItem& work = program_.works[ops[op].work];
      if (work.kind != WorkKind::collective) continue;
      // With the first member alone: the others do the same, so all are compared once.
      const std::size_t first = groups[static_cast<std::size_t>(work.scope)].front();
      const Span& mine = played_.span(rank, op);
      const Span& theirs = played_.span(first, op);
      const bool meet = mine.start <= theirs.end && theirs.start <= mine.end;
      if (measured_ ? meet : equal(mine, theirs)) continue;
      add(rank, mine.key, "covers {} .. {}, on rank {} of its group {} .. {}", at(mine.start.value), at(mine.end.value),
          timeline_.ranks[first].rank, at(theirs.start.value), at(theirs.end.value));
    }
  }

  const Played& played_;
  const Program& program_;
  const Timeline& timeline_;
  bool measured_;
  double slack_;
  std::vector<Issue> issues_;
  std::vector<std::vector<std::uint32_t>> messages_of_;  ///< by batch
};

}  // namespace

std::vector<Issue> verify(const Played& played) { return Verifier(played).run(); }

std::vector<Issue> verify(const Program& program, const Timeline& timeline) { return verify(join(program, timeline)); }

}  // namespace braid
