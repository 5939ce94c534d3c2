// SPDX-License-Identifier: Apache-2.0
// What OpKernels asks of CUDA, cuBLASLt and cuDNN, over stand-ins that count calls and do nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/calibrate/gpu/fake.hpp"
#include "tests/validate/runner/small_programs.hpp"
#include "validate/device/op_kernels.hpp"

namespace braid::gpu {
namespace {

using fake::calls;
using fake::error_of;
using ::testing::AllOf;
using ::testing::HasSubstr;

Program program_of(const Scenario& scenario, const std::string& schedule = "1f1b",
                   AsyncAllReduce async = AsyncAllReduce::column) {
  const struct Run run { .schedule = schedule, .async_all_reduce = async };
  return lower(schedule_of(scenario, run), scenario, run);
}

/// Calls that start kernels. One of cuDNN's is one call, however many kernels it launches.
int started() {
  auto& made = calls().made;
  return made["launch"] + made["cublasLtMatmul"] + made["cudnnBackendExecute"];
}

/// Kernels that Work counts and the real code has not, op by op:
/// F attn: the residual add, and Q and K apart; F mlp: the residual add; F head: six kernels of a loss that is one
/// here; I attn: attention's three that are one call, Q and K apart; I of a norm behind a branch: the add of the
/// residual's gradient; I head: the loss's two, whose gradient F has left.
int fused(const Op& op) {
  const Unit unit = op.key.unit;
  if (op.key.kind == OpKind::forward || op.key.kind == OpKind::recompute) {
    return unit == Unit::attn ? 2 : unit == Unit::mlp ? 1 : unit == Unit::head ? 5 : 0;
  }
  if (op.key.kind == OpKind::input_grad) {
    return unit == Unit::attn ? 3 : unit == Unit::head ? 2 : unit == Unit::pre_attn || unit == Unit::pre_mlp ? 1 : 0;
  }
  return 0;
}

class OpKernelsCalls : public ::testing::Test {
 protected:
  void SetUp() override { calls() = {}; }
  void TearDown() override {
    for (const auto& [kind, count] : calls().live) EXPECT_EQ(count, 0) << kind << " left behind";
  }
};

void expect_kernels_as_counted(const Program& program) {
  for (int rank = 0; rank < static_cast<int>(program.ranks.size()); ++rank) {
    const OpKernels kernels(program, rank, {});
    const auto& ops = program.ranks[static_cast<std::size_t>(rank)].ops;
    for (std::uint32_t op = 0; op < ops.size(); ++op) {
      const int before = started();
      kernels.enqueue(op, nullptr);
      const Work& work = program.works[ops[op].work].compute;
      const bool core = ops[op].key.kind == OpKind::recompute && ops[op].key.unit == Unit::attn && work.gemms.empty();
      const int counted = ops[op].lane == Lane::compute ? work.kernels - (core ? 0 : fused(ops[op])) : 0;
      ASSERT_EQ(started() - before, counted) << to_text(ops[op].key);
    }
  }
}

TEST_F(OpKernelsCalls, EveryOpStartsTheKernelsThatWorkCountsButForThoseThatAreFused) {
  expect_kernels_as_counted(program_of(testing::small_scenario(4, 2, 3)));
  expect_kernels_as_counted(program_of(testing::small_scenario(4, 2, 3), "zb-h1"));
  expect_kernels_as_counted(program_of(testing::small_scenario(4, 2, 5), "stp", AsyncAllReduce::whole));
  expect_kernels_as_counted(program_of(testing::small_scenario(4, 2, 3, Recompute::full)));
  expect_kernels_as_counted(program_of(testing::small_scenario(4, 2, 3, Recompute::selective)));
}

TEST_F(OpKernelsCalls, EnqueueingTakesNoMemoryAndWaitsForNothing) {
  const Program program = program_of(testing::small_scenario(4, 2, 3));
  const OpKernels kernels(program, 0, {});
  const auto before = calls().made;
  for (std::uint32_t op = 0; op < program.ranks[0].ops.size(); ++op) kernels.enqueue(op, nullptr);
  for (const char* call : {"cudaMalloc", "cudaFree", "cudaHostAlloc", "cudaStreamSynchronize", "cudaDeviceSynchronize",
                           "cudaMemcpy", "cudaMemGetInfo", "cublasLtMatmulAlgoGetHeuristic"}) {
    EXPECT_EQ(calls().made[call], before.contains(call) ? before.at(call) : 0) << call;
  }
}

TEST_F(OpKernelsCalls, ACopyIsOneCallThatMovesItsBytes) {
  Program program = program_of(testing::small_scenario(2, 2, 1));
  RankProgram& rank = program.ranks[0];
  const auto out = static_cast<std::uint32_t>(rank.ops.size());
  program.works.push_back({.kind = WorkKind::copy, .bytes = Bytes(4096)});
  const auto work = static_cast<std::uint16_t>(program.works.size() - 1);
  for (const auto& [kind, lane] : {std::pair(OpKind::copy_out, Lane::d2h), std::pair(OpKind::copy_in, Lane::h2d)}) {
    rank.ops.push_back({.key = {.microbatch = 0, .chunk = 0, .kind = kind}, .lane = lane, .work = work});
  }
  const OpKernels kernels(program, 0, {});
  for (std::uint32_t n = 0; n < 2; ++n) {
    const int before = calls().made["cudaMemcpyAsync"], kernels_before = started();
    kernels.enqueue(out + n, nullptr);
    EXPECT_EQ(calls().made["cudaMemcpyAsync"], before + 1);
    EXPECT_EQ(started(), kernels_before);
  }
  EXPECT_THAT(kernels.notes(), ::testing::Contains(HasSubstr("copies to and from the host")));
}

// Two ranks, one layer each, one microbatch: what rank 0 sends is what its last all-reduce has summed, and lies where
// the plan says; a residual of 32 tokens x 64 has 2048 elements.
TEST_F(OpKernelsCalls, CommunicationMovesTheTensorsOfThePlan) {
  const Program program = program_of(testing::small_scenario(2, 2, 1));
  for (int rank = 0; rank < 2; ++rank) {
    const OpKernels kernels(program, rank, {});
    const auto& ops = program.ranks[static_cast<std::size_t>(rank)].ops;
    std::map<OpKind, int> moved;
    for (std::uint32_t op = 0; op < ops.size(); ++op) {
      if (ops[op].lane == Lane::compute) continue;
      const CommBuffers b = kernels.buffers(op);
      const PlannedTensor& tensor = kernels.plan().tensors[kernels.plan().of(op).front().tensor];
      const void* place = kernels.tensor(op, kernels.plan().of(op).front().role);
      ++moved[ops[op].key.kind];
      EXPECT_EQ(b.elements, ops[op].key.unit == Unit::head && tensor.role == Role::loss ? 192u : 2048u);  // 3 fp32 x 32
      EXPECT_LE(2 * b.elements, tensor.bytes);
      EXPECT_EQ(b.in, ops[op].key.kind == OpKind::recv ? nullptr : place) << to_text(ops[op].key);
      EXPECT_EQ(b.out, ops[op].key.kind == OpKind::send ? nullptr : place) << to_text(ops[op].key);
      EXPECT_EQ(tensor.received, ops[op].key.kind == OpKind::recv);
    }
    EXPECT_EQ(moved[OpKind::send], 1);
    EXPECT_EQ(moved[OpKind::recv], 1);
    // Forward attn, mlp and embedding or head; backward mlp, attn and, on the last rank, head.
    EXPECT_EQ(moved[OpKind::all_reduce], rank == 0 ? 5 : 6);
  }
}

TEST_F(OpKernelsCalls, GradientsThatReplicasShareMoveABufferOfTheirOwn) {
  Scenario scenario = testing::small_scenario(2, 2, 2);
  scenario.plan.dp = 2;
  scenario.model.tied_embeddings = true;
  const Program program = program_of(scenario);
  const OpKernels kernels(program, 0, {});
  int buckets = 0, exchanged = 0;
  for (std::uint32_t op = 0; op < program.ranks[0].ops.size(); ++op) {
    const Op& o = program.ranks[0].ops[op];
    const CommBuffers b = kernels.buffers(op);
    if (o.lane == Lane::dp) {
      ++buckets;
      EXPECT_EQ(b.elements, 2 * kernels.layout().count);  // four bytes a parameter
      EXPECT_EQ(b.in, b.out);
    } else if (o.lane == Lane::pp && o.key.microbatch < 0) {
      ++exchanged;
      EXPECT_EQ(b.elements, 2u * 256 * 64);
      EXPECT_NE(o.key.kind == OpKind::send ? b.in : b.out, nullptr);
    }
  }
  EXPECT_EQ(buckets, 1);
  EXPECT_EQ(exchanged, 2);
  EXPECT_THAT(kernels.notes(), ::testing::Contains(HasSubstr("exchange are stood for by a buffer")));
}

// Each element of the row has a weight, a gradient and three states: 2 + 4 + 12 bytes.
TEST_F(OpKernelsCalls, HeldCountsParametersAndWhatIsLive) {
  Scenario scenario = testing::small_scenario(2, 2, 2);
  for (const double states : {12.0, 0.0}) {
    scenario.step_end.optimizer = states > 0;
    const Program program = program_of(scenario);
    const OpKernels kernels(program, 0, {});
    EXPECT_EQ(kernels.held().value, (6 + states) * static_cast<double>(kernels.layout().elements) +
                                        static_cast<double>(kernels.plan().most_live));
  }
}

// 25 million parameters: one layer of 64 and a vocabulary of 390 thousand. The least that may have states of their own
// is 16 Mi, so that memory for them is short by 8 million and two slices are updated one after the other.
TEST_F(OpKernelsCalls, StatesThatDoNotFitAreSharedBySlices) {
  Scenario scenario = testing::small_scenario(2, 2, 1);
  scenario.model.vocab = 780000;
  const Program program = program_of(scenario);
  const auto& ops = program.ranks[0].ops;
  const auto optimizer = static_cast<std::uint32_t>(ops.size() - 1);
  ASSERT_EQ(ops[optimizer].key.kind, OpKind::optimizer);
  {
    const OpKernels kernels(program, 0, {});
    const int before = started();
    kernels.enqueue(optimizer, nullptr);
    EXPECT_EQ(started() - before, 1);
    EXPECT_THAT(kernels.notes(), ::testing::Not(::testing::Contains(HasSubstr("slice after slice"))));
  }
  // The reserve of 768 MiB, 6 bytes for each of 25 million (144 MiB), 12 for 18 million (206 MiB); activations are
  // small.
  calls().free_bytes = std::size_t{768 + 144 + 206} << 20;
  const OpKernels kernels(program, 0, {});
  const int before = started();
  kernels.enqueue(optimizer, nullptr);
  EXPECT_EQ(started() - before, 2);
  EXPECT_THAT(kernels.notes(), ::testing::Contains(HasSubstr("slice after slice")));
}

TEST_F(OpKernelsCalls, ShortMemoryIsAnErrorThatSaysHowMuch) {
  const Program program = program_of(testing::small_scenario(2, 2, 2));
  calls().free_bytes = std::size_t{256} << 20;
  EXPECT_THAT(error_of([&] { OpKernels(program, 1, {}); }),
              AllOf(HasSubstr("GPU 0"), HasSubstr("rank 1 needs 0.75 GiB"), HasSubstr("0.25 are free")));
}

TEST_F(OpKernelsCalls, APartitionTakesItsShareOfTheMemory) {
  const Program program = program_of(testing::small_scenario(2, 2, 2));
  // 1 of 132 SMs: 80 GiB / 132 = 0.61 GiB.
  EXPECT_THAT(error_of([&] { OpKernels(program, 0, {.sms = 1}); }), HasSubstr("0.61 are free"));
  EXPECT_EQ(error_of([&] { OpKernels(program, 0, {.sms = 32}); }), "");
}

// The first call of cudnnSetStream is the question; where the answer is no, every op has the context on top and off
// again.
TEST_F(OpKernelsCalls, APartitionsContextIsCurrentOnlyWhereCudnnWantsIt) {
  const Program program = program_of(testing::small_scenario(2, 2, 2));
  int context = 0;
  for (const bool refused : {false, true}) {
    calls() = {};
    if (refused) calls().fail = "cudnnSetStream", calls().at = 1;
    const OpKernels kernels(program, 0, {.sms = 32, .context = &context});
    auto& made = calls().made;
    EXPECT_EQ(made["cuCtxPushCurrent"] > 0, refused);
    const int before = made["cuCtxPushCurrent"];
    kernels.enqueue(0, nullptr);
    EXPECT_EQ(made["cuCtxPushCurrent"] - before, refused ? 1 : 0);
    EXPECT_EQ(made["cuCtxPushCurrent"], made["cuCtxPopCurrent"]);
  }
}

TEST_F(OpKernelsCalls, AFailureHalfWayLeavesNothing) {
  const Program program = program_of(testing::small_scenario(2, 2, 1));
  const auto make = [&] { OpKernels(program, 0, {}); };
  EXPECT_EQ(error_of(make), "");
  const auto made = calls().made;
  for (const char* call : {"cudaMalloc", "cublasLtMatmul", "cudnnCreate", "cudnnBackendExecute", "cudaEventRecord",
                           "cudaDeviceSynchronize", "cudaStreamSynchronize", "cudaSetDevice"}) {
    ASSERT_GT(made.at(call), 0) << call;
    for (const int at : {1, made.at(call)}) {
      calls() = {.fail = call, .at = at};
      EXPECT_THAT(error_of(make), HasSubstr(call)) << at;
      EXPECT_EQ(calls().held(), 0) << call << ' ' << at;
    }
  }
}

TEST_F(OpKernelsCalls, AModelWithoutKernelsIsRefused) {
  Scenario scenario = testing::small_scenario(2, 2, 2);
  scenario.plan.sequence_parallel = true;
  const Program program = program_of(scenario);
  EXPECT_THAT(error_of([&] { OpKernels(program, 0, {}); }), HasSubstr("sequence parallelism"));
}

}  // namespace
}  // namespace braid::gpu
