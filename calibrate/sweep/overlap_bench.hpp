// SPDX-License-Identifier: Apache-2.0
// One compute op beside one kind of communication: how both are run together, and the row that comes of it.
//
// Communication is a stand-in, and each row says which: `hold` takes SMs and moves nothing, `copy` also moves bytes
// through device memory at a pace per CTA (-1: unpaced), `nccl_self` is NCCL's own send/receive kernel on a
// communicator of one rank.
#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <vector>

#include "calibrate/comm/paced_copy.hpp"
#include "calibrate/sweep/bench.hpp"
#include "calibrate/sweep/overlap_ops.hpp"
#include "calibrate/sweep/overlap_start.hpp"
#if BRAID_HAVE_NCCL
#include "calibrate/comm/nccl_self.hpp"
#endif

namespace braid::gpu {

inline constexpr const char* kOverlapColumns =
    "compute,sm_target,comm,ctas,pace_gb_per_s_per_cta,launches,alone_samples,alone_us,alone_p10_us,alone_p90_us,"
    "samples,beside_us,beside_p10_us,beside_p90_us,compute_slowdown,comm_alone_gb_per_s,comm_beside_gb_per_s,"
    "comm_slowdown,clock_alone_mhz,clock_beside_mhz,compute_slowdown_in_cycles,"
    "pass,m,n,k,algo_id,tile_m,tile_n,stages_id,cluster_id,split_k,"
    "start_samples,start_alone_us,start_us,start_p90_us,start_last_us,gated_start_us,gated_start_p90_us,"
    "gated_start_last_us";
inline constexpr int kOverlapKeys = 5;

/// Communication that a row is about. comm: hold, copy, nccl_self or nccl_self_repeated.
struct OverlapComm {
  const char* comm;
  int ctas;
  double pace = PacedCopy::kUnpaced;  ///< GB/s per CTA, of copy
  bool with_start = false;            ///< of hold: measure the start delay too
};

class OverlapBench {
 public:
  OverlapBench(Bench&, CsvFile&);
#if BRAID_HAVE_NCCL
  /// A communicator for rows of `ctas`, timed alone here. NCCL rounds counts up to a power of two.
  void add_exchange(int ctas);
#endif
  /// The op of the rows that follow, timed alone. It must outlive them.
  void begin(const OverlapOp&, int sm_target);
  /// Times the op alone again, for the rows that follow: the clock wanders.
  void refresh_alone();
  /// Measures and writes one row. Throws Error for an nccl_self row of CTAs that were not added.
  void row(const OverlapComm&);

 private:
  struct Rates {
    double alone, beside;  // GB/s of communication
    bool late = false;     // the host was slower than the gate's patience: the row does not count
  };
  struct Starts {
    StartDelay alone, beside, gated;
  };
  Rates beside(const OverlapComm&);
  Rates beside_paced(const OverlapComm&);
  Starts starts(int ctas);
  void enqueue_compute();
  void collect(Stats&, double& mhz);
  void write(const OverlapComm&, const Rates&, const Starts&);
#if BRAID_HAVE_NCCL
  struct Exchange {
    NcclSelf nccl;
    std::size_t long_bytes = 0, short_bytes = 0;
    double long_us = 0, short_us = 0;  // alone
    Exchange(int ctas, const std::shared_ptr<DeviceBuffer>& from, const std::shared_ptr<DeviceBuffer>& to)
        : nccl(ctas, from, to) {}
  };
  Rates beside_one_long(const Exchange&);
  Rates beside_many_short(const Exchange&);
  double exchange_us(const NcclSelf&, std::size_t bytes, int count);
  std::shared_ptr<DeviceBuffer> from_, to_;
  std::vector<std::unique_ptr<Exchange>> exchanges_;
#endif
  struct Destroy {
    void operator()(cudaGraphExec_t g) const { cudaGraphExecDestroy(g); }
  };
  Bench& b_;
  CsvFile& csv_;
  cudaStream_t s_;
  Stream q_{Stream::Priority::highest};
  std::vector<Event> compute_, comm_;
  ClockStamps stamps_;
  PacedCopy paced_;
  Gate gate_;
  StartProbe start_;
  std::unique_ptr<std::remove_pointer_t<cudaGraphExec_t>, Destroy> graph_;
  const OverlapOp* op_ = nullptr;
  int batch_ = 1, target_ = 0;
  Stats alone_, beside_;
  double clock_alone_ = 0, clock_beside_ = 0;
};

}  // namespace braid::gpu
