// SPDX-License-Identifier: Apache-2.0
// What a run means: the numbers that tables, JSON and HTML show.
//
// Times of ranks are means over the GPUs, with the worst rank beside them. A folded timeline has the pipeline ranks of
// one replica, and each stands for as many GPUs as any other; in one folded in part a rank counts as often as it
// stands.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/memory/memory.hpp"
#include "sim/report/bubbles.hpp"

namespace braid {

/// A time of ranks: their mean, and the rank where it is longest.
struct OverRanks {
  Seconds mean;
  Seconds worst;
  int worst_rank = 0;
};

struct RunReport {
  std::string schedule;  ///< the run's label
  Seconds step_time;
  double samples_per_s = 0;  ///< 0 without a model
  double tokens_per_s_per_gpu = 0;
  double mfu = 0;                       ///< model flops of the step over the dense peak of all GPUs; 0 without a model
  Seconds bubble_global;                ///< step time minus mean work; work is busy + stretch
  Seconds bubble_span;                  ///< the longest span of a rank (first compute op to drain) minus mean work
  std::array<OverRanks, kCauses> idle;  ///< by Cause; their means sum up to bubble_global
  OverRanks busy;
  OverRanks stretch;
  OverRanks exposed_communication;  ///< tp, pp or dp in flight and nothing computes
  MemoryPeak peak;                  ///< of the fullest rank
  Bytes gpu_memory;                 ///< what fits
  std::uint64_t ops = 0;            ///< spans of the timeline; copies that were folded do not count
  std::uint64_t flows = 0;          ///< transfers that SimGrid played
  std::uint64_t lost = 0;           ///< records of a measured timeline that were not understood
  int gpus = 0;                     ///< of the whole job
  int folded = 1;                   ///< GPUs that every rank of the timeline stands for; 1 where they differ
  Launches launches;                ///< of the Costs, which gaps_of() and explain() ask for
  double wall_s = 0;                ///< time that the simulation took; never written into files
  std::vector<RankTime> ranks;      ///< by position in the timeline
  std::vector<MemoryPeak> peaks;    ///< the same
  std::vector<std::string> notes;   ///< what was not modelled, or lies outside the calibration
  std::map<std::string, std::string> provenance;  ///< of the timeline, "kind" among them

  bool fits() const { return gpu_memory.value <= 0 || peak.bytes <= gpu_memory; }
  /// Share of the step, means over ranks: tp; pp_wait and pp_transfer, warm_up and drain; the others.
  double tp_share() const;
  double pp_share() const;
  double other_share() const;
};

struct Comparison {
  std::string scenario;
  std::vector<RunReport> runs;
};

/// How much faster run `i` is than the first: samples a second over samples a second; the ratio of step times where
/// there are no samples.
double speed_up(const Comparison& comparison, std::size_t i);

}  // namespace braid
