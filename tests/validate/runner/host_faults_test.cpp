// SPDX-License-Identifier: Apache-2.0
// Bar 5: whatever goes wrong in a run is found in time, named by its op, and leaves nothing running.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <thread>
#include <tuple>

#include "tests/validate/runner/every_schedule.hpp"
#include "validate/runner/host_runner.hpp"

namespace braid {
namespace {

using test::Priced;
using testing::HasSubstr;
using testing::StartsWith;

constexpr double kGenerous = 20;  ///< seconds in which a fault must be found on any machine

std::ptrdiff_t threads_of_this_process() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks));
}

/// What a run with the fault is told; checks that it was in time and that no thread is left.
std::vector<Issue> failure_of(const Priced& c, Fault fault, bool unfolded = false, double limit = kGenerous) {
  const auto before = threads_of_this_process();
  const auto started = std::chrono::steady_clock::now();
  std::vector<Issue> stuck;
  try {
    host_runner({.unfolded = unfolded, .faults = {std::move(fault)}})
        ->run({.program = c.program, .costs = c.costs, .cluster = c.cluster, .time_limit_s = limit});
  } catch (const RunFailed& failed) { stuck = failed.stuck(); }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - started;
  EXPECT_LT(wall.count(), kGenerous);
  // A joined thread is gone for the program at once, for /proc a moment later.
  for (int n = 0; n < 1000 && threads_of_this_process() != before; ++n) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(threads_of_this_process(), before);
  EXPECT_FALSE(stuck.empty()) << "the run ended as if nothing had happened";
  return stuck;
}

/// Two layers on two ranks of TP 2, one forward and one backward each of five microbatches.
Priced small(P2pMode mode = P2pMode::eager, bool host_waits = false) {
  Priced c = test::model_case({.schedule = "stp", .p = 2, .m = 5, .p2p = mode});
  c.program.host_waits = host_waits;
  return c;
}

std::string name(const Program& program, int pp, std::uint32_t op) {
  return to_text(program.ranks[static_cast<std::size_t>(pp)].ops[op].key);
}

bool any(const Op&) { return true; }

/// Every third, from one that differs from rank to rank: a fault at each op would show nothing more.
std::vector<std::uint32_t> thinned(const std::vector<std::uint32_t>& ops, int rank) {
  std::vector<std::uint32_t> some;
  for (auto i = static_cast<std::size_t>(rank); i < ops.size(); i += 3) some.push_back(ops[i]);
  return some;
}

/// The ops of a pipeline rank that `keep` likes.
template <typename Keep>
std::vector<std::uint32_t> ops_of(const Program& program, int pp, Keep keep) {
  std::vector<std::uint32_t> ops;
  const auto& all = program.ranks[static_cast<std::size_t>(pp)].ops;
  for (std::uint32_t k = 0; k < all.size(); ++k) {
    if (keep(all[k])) ops.push_back(k);
  }
  EXPECT_FALSE(ops.empty());
  return ops;
}

/// How messages go, and whether hosts wait for them: then what follows a fault is not even enqueued.
class EveryMode : public testing::TestWithParam<std::tuple<P2pMode, bool>> {
 protected:
  static Priced small_case() { return small(std::get<0>(GetParam()), std::get<1>(GetParam())); }
};
INSTANTIATE_TEST_SUITE_P(Modes, EveryMode,
                         testing::Combine(testing::Values(P2pMode::eager, P2pMode::batched, P2pMode::blocking),
                                          testing::Bool()),
                         [](const auto& param) {
                           const std::string mode = test::name_of({.schedule = "stp", .p2p = std::get<0>(param.param)});
                           return mode + (std::get<1>(param.param) ? "_host_waits" : "");
                         });

TEST_P(EveryMode, ARankThatDiesIsNamedWithTheOpItDiedBefore) {
  const Priced c = small_case();
  for (const int rank : {0, 1}) {
    for (const std::uint32_t op : thinned(ops_of(c.program, rank, any), rank)) {
      const auto stuck = failure_of(c, {.kind = FaultKind::rank_dies, .rank = rank, .op = op});
      ASSERT_EQ(stuck.at(0).where, "rank " + std::to_string(rank) + ": " + name(c.program, rank, op));
      ASSERT_THAT(stuck[0].what, HasSubstr("its rank died before it could start"));
    }
  }
}

TEST_P(EveryMode, ALostMessageIsNamedWithBothItsEnds) {
  const Priced c = small_case();
  for (const Message& m : c.program.messages) {
    for (const bool at_sender : {true, false}) {
      const auto stuck = failure_of(c, {.kind = FaultKind::message_lost,
                                        .rank = at_sender ? m.from : m.to,
                                        .op = at_sender ? m.send_op : m.recv_op});
      ASSERT_EQ(stuck.at(0).where, "rank " + std::to_string(m.to) + ": " + name(c.program, m.to, m.recv_op));
      ASSERT_THAT(stuck[0].what, StartsWith("its message, sent as " + name(c.program, m.from, m.send_op) + " of rank " +
                                            std::to_string(m.from)));
      ASSERT_THAT(stuck[0].what, HasSubstr("never came"));
    }
  }
}

TEST(HostFaults, AStuckCollectiveIsNamedWithHowManyAreInIt) {
  const Priced c = small();
  const auto is_collective = [&](const Op& op) { return c.program.works[op.work].kind == WorkKind::collective; };
  for (const std::uint32_t op : ops_of(c.program, 1, is_collective)) {
    // Unfolded, ranks of stage 1 are GPUs 2 and 3: the second of them gets stuck, the first one tells it.
    const auto stuck = failure_of(c, {.kind = FaultKind::collective_stuck, .rank = 3, .op = op}, true);
    ASSERT_EQ(stuck.at(0).where, "rank 2: " + name(c.program, 1, op));
    ASSERT_THAT(stuck[0].what, HasSubstr("all 2 ranks that take part are in it"));
  }
}

TEST(HostFaults, AnOpThatHangsIsGivenUpAfterTheTimeLimit) {
  const Priced c = small();
  const auto on = [](Lane lane) { return [lane](const Op& op) { return op.lane == lane; }; };
  for (const std::uint32_t op : {ops_of(c.program, 0, on(Lane::compute))[7], ops_of(c.program, 0, on(Lane::tp))[3]}) {
    const auto stuck = failure_of(c, {.kind = FaultKind::op_hangs, .rank = 0, .op = op}, false, 0.2);
    EXPECT_EQ(stuck.at(0).where, "rank 0: " + name(c.program, 0, op));
    EXPECT_EQ(stuck.back().what, "the step was given up after 0.2 s");
  }
}

TEST_P(EveryMode, AnOpThatIsNeverEnqueuedIsNamed) {
  const Priced c = small_case();
  for (const std::uint32_t op : thinned(ops_of(c.program, 1, any), 1)) {
    const auto stuck = failure_of(c, {.kind = FaultKind::op_dropped, .rank = 1, .op = op});
    ASSERT_EQ(stuck.at(0).where, "rank 1: " + name(c.program, 1, op));
  }
}

TEST(HostFaults, ARankWhoseCollectivesComeInAnotherOrderIsFound) {
  // GPU 1 comes to the second of two all-reduces first, GPU 0 to the first: neither ends. GPU 1 could start the first.
  const Priced c = small();
  const auto on_tp = [](const Op& op) { return op.lane == Lane::tp; };
  const auto ops = ops_of(c.program, 0, on_tp);
  for (std::size_t n = 0; n + 1 < ops.size(); ++n) {
    try {
      host_runner({.unfolded = true, .faults = {{.kind = FaultKind::ops_swapped, .rank = 1, .op = ops[n]}}})
          ->run({.program = c.program, .costs = c.costs, .cluster = c.cluster, .time_limit_s = kGenerous});
      ADD_FAILURE() << name(c.program, 0, ops[n]) << " was swapped, and nobody saw it";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("rank 1: " + name(c.program, 0, ops[n]))) << error.what();
    }
  }
}

TEST(HostFaults, AnOpThatRunsAheadOfWhatItNeedsIsFoundByVerify) {
  // The first forward of stage 1 starts at once, before the message that brings its input.
  const Priced c = small();
  const auto& ops = c.program.ranks[1].ops;
  std::uint32_t first = 0;
  while (ops[first].lane != Lane::compute) ++first;
  try {
    host_runner({.faults = {{.kind = FaultKind::waits_ignored, .rank = 1, .op = first}}})
        ->run({.program = c.program, .costs = c.costs, .cluster = c.cluster});
    FAIL() << "it was not seen";
  } catch (const RunFailed& error) {
    EXPECT_THAT(error.what(), HasSubstr("rank 1: " + name(c.program, 1, first)));
    EXPECT_THAT(error.what(), HasSubstr("that it depends on ends at"));
  }
}

TEST(HostFaults, ARunAfterAFailedOneIsAsGoodAsNew) {
  const Priced c = small();
  failure_of(c, {.kind = FaultKind::rank_dies, .rank = 0, .op = 3});
  EXPECT_NO_THROW(host_runner()->run({.program = c.program, .costs = c.costs, .cluster = c.cluster}));
}

std::string refusal(HostOptions options) {
  const Priced c = small();
  try {
    host_runner(std::move(options))->run({.program = c.program, .costs = c.costs, .cluster = c.cluster});
  } catch (const Error& error) { return error.what(); }
  return "";
}

TEST(HostFaultsErrors, AFaultThatCannotBefallIsRefused) {
  const Priced c = small();
  const std::uint32_t compute = ops_of(c.program, 0, [](const Op& op) { return op.lane == Lane::compute; })[0];
  const std::uint32_t last = ops_of(c.program, 0, [](const Op& op) { return op.lane == Lane::compute; }).back();
  const std::uint32_t send = ops_of(c.program, 0, [](const Op& op) { return op.lane == Lane::pp; })[0];
  const auto with = [](FaultKind kind, int rank, std::uint32_t op) {
    return refusal({.faults = {{.kind = kind, .rank = rank, .op = op}}});
  };
  EXPECT_THAT(with(FaultKind::rank_dies, 2, 0), HasSubstr("no rank 2 is played"));
  EXPECT_THAT(with(FaultKind::rank_dies, 0, 99999), HasSubstr("rank 0 has no op 99999"));
  EXPECT_THAT(with(FaultKind::message_lost, 0, compute), HasSubstr("is no end of a message"));
  EXPECT_THAT(with(FaultKind::collective_stuck, 0, compute), HasSubstr("is no collective"));
  EXPECT_THAT(with(FaultKind::op_hangs, 0, send), HasSubstr("is no op of a stream"));
  EXPECT_THAT(with(FaultKind::ops_swapped, 0, last), HasSubstr("is no op with another behind it"));
  EXPECT_THAT(refusal({.faults = {{.kind = FaultKind::rank_dies, .rank = 0, .op = 0, .key = "F nothing"}}}),
              HasSubstr("rank 0 has no 'F nothing'"));
}

TEST(HostFaultsErrors, AJitterOutsideItsRangeIsRefused) {
  EXPECT_THAT(refusal({.jitter = 0.6}), HasSubstr("is a number from 0 to 0.5"));
  EXPECT_THAT(refusal({.jitter = -0.1}), HasSubstr("is a number from 0 to 0.5"));
}

TEST(ParseFault, ReadsKindRankAndOp) {
  const Fault dies = parse_fault("dies:rank=2,at=40");
  EXPECT_EQ(dies.kind, FaultKind::rank_dies);
  EXPECT_EQ(dies.rank, 2);
  EXPECT_EQ(dies.op, 40U);
  EXPECT_EQ(dies.key, "");
  const Fault lost = parse_fault("lost:rank=0,at=send mb3 chunk0");
  EXPECT_EQ(lost.kind, FaultKind::message_lost);
  EXPECT_EQ(lost.key, "send mb3 chunk0");
  EXPECT_EQ(parse_fault("stuck:rank=0,at=1").kind, FaultKind::collective_stuck);
  EXPECT_EQ(parse_fault("hangs:rank=0,at=1").kind, FaultKind::op_hangs);
  EXPECT_EQ(parse_fault("drops:rank=0,at=1").kind, FaultKind::op_dropped);
  EXPECT_EQ(parse_fault("swaps:rank=0,at=1").kind, FaultKind::ops_swapped);
  EXPECT_EQ(parse_fault("early:rank=0,at=1").kind, FaultKind::waits_ignored);
}

TEST(ParseFault, FindsAnOpByItsKey) {
  const Priced c = small();
  const std::uint32_t op = ops_of(c.program, 0, [](const Op& o) { return o.key.microbatch == 3; })[0];
  const auto stuck = failure_of(c, parse_fault("dies:rank=0,at=" + name(c.program, 0, op)));
  EXPECT_EQ(stuck.at(0).where, "rank 0: " + name(c.program, 0, op));
}

TEST(ParseFaultErrors, SayWhatWouldDo) {
  const auto complaint = [](const std::string& text) -> std::string {
    try {
      parse_fault(text);
    } catch (const Error& error) { return error.what(); }
    return "";
  };
  EXPECT_THAT(complaint("explodes:rank=0,at=1"), HasSubstr("no such kind of fault; write KIND:rank=N,at=OP"));
  EXPECT_THAT(complaint("dies"), HasSubstr("rank= and at= are missing"));
  EXPECT_THAT(complaint("dies:at=1,rank=0"), HasSubstr("rank= and at= are missing"));
  EXPECT_THAT(complaint("dies:rank=x,at=1"), HasSubstr("not a whole number"));
  EXPECT_THAT(complaint("dies:rank=-1,at=1"), HasSubstr("not a whole number"));
  EXPECT_THAT(complaint("dies:rank=1,at="), HasSubstr("names no op"));
}

}  // namespace
}  // namespace braid
