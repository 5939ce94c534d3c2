// SPDX-License-Identifier: Apache-2.0
// How one collective at one size is timed and checked, whoever carries it out.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "calibrate/comm/collective_check.hpp"
#include "calibrate/comm/collective_kind.hpp"
#include "calibrate/device/gate.hpp"
#include "calibrate/sweep/bench.hpp"

namespace braid::gpu {

/// Those who take part in a collective: NCCL on several GPUs, NCCL on one, partitions of one.
struct Party {
  std::string backend;
  int ctas;                           ///< asked for; 0: left to NCCL
  std::vector<cudaStream_t> streams;  ///< of each rank
  std::vector<RankBuffers> buffers;   ///< of each rank; `to` is written
  std::vector<Collective> collectives;
  std::function<void(Collective, std::size_t bytes)> enqueue;        ///< on all ranks
  std::function<double(Collective, std::size_t bytes)> estimate_us;  ///< null: there is none
  std::function<bool()> sound;  ///< asked when all are idle: did the last collectives end as they should?
  std::function<void()> abort;  ///< when a stream does not become idle; the party is not used any more
};

inline constexpr const char* kCollectiveColumns =
    "backend,op,ranks,ctas_asked,bytes,samples,median_us,p10_us,p90_us,algbw_gb_per_s,busbw_gb_per_s,"
    "nccl_estimate_us,clock_mhz,error";
inline constexpr int kCollectiveKeys = 5;

class CollectiveTimer {
 public:
  CollectiveTimer(Bench&, CsvFile&);
  /// Measures a party's collectives at the sizes that the table lacks, until the budget is spent. A party that gets
  /// stuck leaves one row that says so, and its other points out.
  void measure(const Party&, const Budget&);

 private:
  bool point(const Party&, Collective, std::size_t bytes);
  bool all_idle(const Party&) const;
  struct Sampled {
    bool ended, on_time;  ///< on_time: everything was enqueued before the gates gave up
  };
  Sampled sample(const Party&, Collective, std::size_t bytes, int samples, int batch);
  Bench& b_;
  CsvFile& csv_;
  std::vector<std::unique_ptr<Gate>> gates_;  // one per GPU
  std::vector<Event> events_;
  ClockStamps stamps_;
};

}  // namespace braid::gpu
