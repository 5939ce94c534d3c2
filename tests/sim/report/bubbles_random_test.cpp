// SPDX-License-Identifier: Apache-2.0
// Random programs: the account closes on every rank, and every piece has the cause that the rule gives for an instant
// inside it, asked there from scratch.
#include <gtest/gtest.h>

#include <optional>
#include <random>

#include "sim/report/bubbles.hpp"
#include "sim/report/verify.hpp"
#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using tiny::Deps;
using tiny::Tiny;

int draw(std::mt19937& random, int from, int to) { return std::uniform_int_distribution<int>(from, to)(random); }
/// Whole seconds: many ends coincide, so ties are common, and sums are exact.
double seconds(std::mt19937& random) { return draw(random, 1, 6); }

Deps earlier_ops(std::mt19937& random, const Tiny& tiny, int rank) {
  const auto count = static_cast<int>(tiny.program().ranks[static_cast<std::size_t>(rank)].ops.size());
  Deps deps;
  for (int i = 0; i < 2 && count > 0; ++i) {
    deps.push_back(static_cast<std::uint32_t>(draw(random, std::max(0, count - 4), count - 1)));
  }
  return deps;
}

Tiny random_program(std::mt19937& random) {
  const int ranks = draw(random, 1, 4);
  Tiny tiny(ranks, draw(random, 1, 3), draw(random, 1, 2));
  tiny.program().host_waits = draw(random, 0, 1) == 1;
  for (int n = 0; n < 60; ++n) {
    tiny.kernels(draw(random, 1, 2));
    const int rank = draw(random, 0, ranks - 1);
    const Deps deps = earlier_ops(random, tiny, rank);
    switch (draw(random, 0, 7)) {
      case 0:
        tiny.collective(rank, Lane::tp, seconds(random), deps);
        break;
      case 1:
        tiny.collective(rank, Lane::dp, seconds(random), deps);
        break;
      case 2:
        tiny.copy(rank, draw(random, 0, 1) == 0 ? Lane::h2d : Lane::d2h, seconds(random), deps);
        break;
      case 3:
        if (ranks > 1) tiny.eager(rank, (rank + 1) % ranks, draw(random, 0, 4), deps);
        break;
      case 4:
        if (ranks > 1) {
          const int other = (rank + 1) % ranks;
          tiny.batch({{rank, other, seconds(random), deps, earlier_ops(random, tiny, other)},
                      {other, rank, seconds(random), earlier_ops(random, tiny, other), deps}});
        }
        break;
      default:
        tiny.compute(rank, seconds(random), deps);
    }
  }
  return tiny;
}

/// The rule of bubbles.hpp for one instant, written for one instant and without regard to speed.
class RuleAt {
 public:
  RuleAt(const Played& played, const std::vector<std::vector<double>>& issued, double time)
      : played_(played), issued_(issued), time_(time) {}

  Cause of_compute(std::size_t rank, std::uint32_t op) const { return ask(rank, op); }

 private:
  struct Unmet {
    double end;
    int lane;
    bool other_rank;
    double start;
    Cause cause;
    std::uint32_t op;
  };

  static int lane_number(Lane lane) {
    switch (lane) {
      case Lane::tp:
        return 0;
      case Lane::pp:
        return 1;
      case Lane::dp:
        return 2;
      case Lane::host:
        return 4;
      case Lane::compute:
        return 5;
      default:
        return 3;
    }
  }
  static Cause of_lane(Lane lane) {
    constexpr std::array causes{Cause::tp, Cause::pp_transfer, Cause::dp, Cause::offload, Cause::host, Cause::host};
    return causes[static_cast<std::size_t>(lane_number(lane))];
  }
  const Op& op_of(std::size_t rank, std::uint32_t op) const { return played_.ops(rank).ops[op]; }

  std::vector<std::uint32_t> waits_of(std::size_t rank, std::uint32_t op) const {
    const RankProgram& program = played_.ops(rank);
    const auto deps = program.deps_of(program.ops[op]);
    std::vector<std::uint32_t> waits(deps.begin(), deps.end());
    for (std::uint32_t before = op; before-- > 0 && program.ops[op].lane != Lane::pp;) {
      if (program.ops[before].lane == program.ops[op].lane) return waits.push_back(before), waits;
    }
    return waits;
  }
  double ready(std::size_t rank, std::uint32_t op) const {
    double when = issued_[rank][op];
    for (const std::uint32_t dep : waits_of(rank, op)) when = std::max(when, played_.end(rank, dep));
    return when;
  }
  void add_own(std::size_t rank, std::uint32_t op, std::vector<Unmet>& unmet) const {
    for (const std::uint32_t dep : waits_of(rank, op)) {
      const Lane lane = op_of(rank, dep).lane;
      if (played_.end(rank, dep) <= time_) continue;
      unmet.push_back({played_.end(rank, dep), lane_number(lane), false, played_.start(rank, dep), of_lane(lane), dep});
    }
  }

  Cause ask(std::size_t rank, std::uint32_t op) const {
    const Program& program = *played_.program;
    std::vector<Unmet> unmet;
    const Op& me = op_of(rank, op);
    if (me.message != kNoMessage) {
      const std::uint32_t batch = program.messages[me.message].batch;
      for (const Message& m : program.messages) {
        if (m.batch != batch) continue;
        const bool both = program.batch_size[batch] > 1;
        for (const auto& [on, post] : {std::pair{m.from, m.send_op}, std::pair{m.to, m.recv_op}}) {
          if (!both && post == m.recv_op && on == m.to) continue;
          const std::size_t where = played_.pipeline_peer(rank, on);
          if (where == rank) {
            add_own(rank, post, unmet);
          } else if (ready(where, post) > time_) {
            unmet.push_back({ready(where, post), 1, true, 0, Cause::pp_wait, post});
          }
        }
      }
    } else {
      add_own(rank, op, unmet);
      const WorkItem& work = program.works[me.work];
      if (work.kind == WorkKind::collective) {
        for (const std::size_t peer : played_.group(rank, work.scope)) {
          const double theirs = ready(peer, op);
          if (theirs <= time_ || theirs <= ready(rank, op)) continue;
          unmet.push_back({theirs, lane_number(me.lane), true, 0, of_lane(me.lane), op});
        }
      }
    }
    std::optional<Unmet> blamed;
    for (const Unmet& u : unmet) {
      if (!blamed || u.end > blamed->end ||
          (u.end == blamed->end &&
           (u.lane < blamed->lane || (u.lane == blamed->lane && (u.other_rank > blamed->other_rank ||
                                                                 (!blamed->other_rank && u.start > blamed->start)))))) {
        blamed = u;
      }
    }
    if (!blamed) return Cause::host;
    if (blamed->other_rank || blamed->start <= time_) return blamed->cause;
    return ask(rank, blamed->op);
  }

  const Played& played_;
  const std::vector<std::vector<double>>& issued_;
  double time_;
};

/// By position in the timeline and op.
std::vector<std::vector<double>> issued_in(const Tiny& tiny, const Played& played, double launch) {
  std::vector<std::vector<double>> issued;
  for (std::size_t rank = 0; rank < played.ranks.size(); ++rank) {
    std::vector<double> end;
    for (std::uint32_t op = 0; op < played.ops(rank).ops.size(); ++op) end.push_back(played.end(rank, op));
    issued.push_back(tiny.issued(played.ranks[rank].pp, launch, end));
  }
  return issued;
}

class RandomPrograms : public testing::TestWithParam<int> {};

TEST_P(RandomPrograms, AccountForEverySecond) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const Tiny tiny = random_program(random);
  const double launch = draw(random, 0, 3) == 0 ? 1.5 : 0;
  const bool unfold = draw(random, 0, 1) == 1;
  const Timeline timeline =
      tiny.play({.unfold = unfold, .launch = launch, .slowdown = [&](int gpu) { return 1 + gpu % 3; }});
  const Played played = join_complete(tiny.program(), timeline);
  EXPECT_EQ(verify(played).size(), 0u);
  for (const RankTime& time : account(played, tiny.launches(launch))) {
    EXPECT_NEAR((time.busy + time.stretch + time.idle_total()).value, timeline.step_time.value, 1e-9);
  }
}

TEST_P(RandomPrograms, BlameWhatTheRuleBlamesAtEveryInstant) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const Tiny tiny = random_program(random);
  const double launch = draw(random, 0, 3) == 0 ? 1.5 : 0;
  const bool unfold = draw(random, 0, 1) == 1;
  const Timeline timeline =
      tiny.play({.unfold = unfold, .launch = launch, .slowdown = [&](int gpu) { return 1 + gpu % 3; }});
  const Played played = join_complete(tiny.program(), timeline);
  const std::vector<std::vector<double>> issued = issued_in(tiny, played, launch);
  for (std::size_t rank = 0; rank < played.ranks.size(); ++rank) {
    double covered = 0;
    for (const Gap& gap : gaps_of(played, rank, tiny.launches(launch))) {
      covered += (gap.end - gap.start).value;
      const auto& compute = timeline.ranks[rank].lanes[static_cast<std::size_t>(Lane::compute)];
      if (compute.empty() || gap.start >= compute.back().end) continue;
      const bool head = gap.end <= compute.front().start;
      // Whole and half seconds everywhere: an eighth from either end of a piece lie strictly inside.
      for (const double instant : {gap.start.value + 0.125, gap.end.value - 0.125}) {
        const auto waiting = static_cast<std::uint32_t>(gap.waiting.index);
        Cause expected = RuleAt(played, issued, instant).of_compute(rank, waiting);
        const bool of_schedule =
            expected == Cause::pp_wait || expected == Cause::pp_transfer || expected == Cause::host;
        if (head && of_schedule) expected = Cause::warm_up;
        EXPECT_STREQ(to_text(gap.cause), to_text(expected))
            << "seed " << GetParam() << ", rank " << rank << ", at " << instant;
      }
    }
    const RankTime time = account(played, tiny.launches(launch))[rank];
    EXPECT_NEAR(covered, time.idle_total().value, 1e-9);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomPrograms, testing::Range(1, 151));

}  // namespace
}  // namespace braid
