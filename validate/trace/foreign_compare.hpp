// SPDX-License-Identifier: Apache-2.0
// A prediction held against somebody else's run of the same scenario, as far as a profiler's file allows.
//
// Both sides are reduced to the same questions and asked by the same code: lanes of a rank over one step. A run's
// figures are means over the steps that were kept, then over ranks; a prediction's are over the same ranks.
// Three definitions differ by nature, and the result says so: a NCCL kernel runs from its launch and waits for its
// peers inside, a predicted message is only its bytes; a GEMM's or an attention's share of a predicted unit is not
// known, so their classes have no prediction but the flops that the scenario gives them; clocks of files do not agree,
// so nothing is compared between ranks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/program/program.hpp"
#include "sim/timeline/timeline.hpp"
#include "validate/trace/foreign_trace.hpp"

namespace braid {

/// One step of one rank, or a mean of several.
struct StepLoad {
  Seconds step;
  Seconds busy;           ///< on compute
  Seconds communication;  ///< at least one tp, pp or dp op in flight
  Seconds exposed;        ///< of that, the time in which nothing computes

  /// The bubble: the part of the step in which nothing computes.
  double idle_share() const { return step.value > 0 ? 1 - busy / step : 0; }
  /// HolisticTraceAnalysis' comp_comm_overlap: time that computes and communicates over time that communicates.
  double overlap() const { return communication.value > 0 ? 1 - exposed / communication : 0; }
};

struct RankLoads {
  int rank = 0;  ///< in the job
  int pp = 0;
  int steps = 0;  ///< that were kept
  StepLoad measured;
  StepLoad predicted;
};

/// Time of the ops of one class, summed over a step's ops, mean over ranks.
struct ClassTime {
  std::string name;  ///< to_text(KernelClass), or "compute in all"
  Seconds measured;
  double count = 0;  ///< ops a step and rank
  std::optional<Seconds> predicted;
  Flops flops;  ///< of the scenario, a step and rank: gemm and attention only
};

/// Computing time of all actions of one type that both sides know; the mean of one.
struct ActionTime {
  std::string type;  ///< "F", "B", "I", "W", or a braid: "F&B"
  int count = 0;
  Seconds measured;
  Seconds predicted;
};

/// The order of F, B or I, and W that a rank ran, against the program's. A W counts if the run labels it apart.
struct ActionOrder {
  int rank = 0;
  int actions = 0;               ///< that the run labels in the first step kept
  std::string first_difference;  ///< "" if there is none
};

struct ForeignComparison {
  std::string schedule;
  std::string source;         ///< "torch.profiler", "Nsight Systems"
  std::string gpu;            ///< as the profiler names it
  std::string predicted_gpu;  ///< as the prediction's provenance names it
  int ranks_of_job = 0;       ///< of the scenario
  StepLoad measured;          ///< means over ranks
  StepLoad predicted;
  std::vector<RankLoads> ranks;
  std::vector<ClassTime> classes;  ///< those that took time on either side
  std::vector<ActionTime> actions;
  std::vector<ActionOrder> orders;
  std::vector<std::string> unknown_kernels;  ///< names of class `other`, the longest in sum first, a few
  std::uint64_t lost = 0;
  std::uint64_t odd_labels = 0;
  std::uint64_t guessed_lanes = 0;  ///< NCCL kernels whose group is not in the file
  std::vector<std::string> not_compared;
  std::vector<std::string> notes;
  Timeline timeline;  ///< measured: of each rank the step whose duration is the median, the lower one of two
};

/// `traces` are of different ranks of one job. Throws Error for a rank that is not known, is there twice or is not in
/// the scenario, for a job of another size, for steps that take no time, and if `predicted` is no run of `program`.
ForeignComparison compare_foreign(const std::vector<ForeignTrace>& traces, int unmarked_steps, const Program& program,
                                  const Timeline& predicted);

}  // namespace braid
