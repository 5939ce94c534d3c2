// SPDX-License-Identifier: Apache-2.0
// What every sweep needs, and the sweeps by name. A sweep writes one or more tables into `out`, row by row, and returns
// when its points are measured or its budget is spent; it leaves out points that its tables have already.
#pragma once

#include <string>
#include <vector>

#include "calibrate/device/device.hpp"
#include "calibrate/device/sampler.hpp"
#include "calibrate/method/budget.hpp"
#include "calibrate/method/run_sweeps.hpp"
#include "calibrate/table/table_writer.hpp"
#include "calibrate/units/gemm.hpp"

namespace braid::gpu {

struct Bench {
  std::string out;
  bool quick = false;
  int shape = -1;  ///< of the layer sweep: only this one, and traced (one recording per process); -1: all, untraced
  int sms = 0;     ///< measure on a partition of so many SMs; 0: the whole GPU
  ProgressLine* progress = nullptr;  ///< told of every point
  const Budget* budget = nullptr;    ///< of the sweep that runs: whether its tables were cut short
  Nvml nvml{};
  DeviceFacts facts = device_facts();
  Sampler sampler{nvml, sms};
  LtHandle lt{};
  /// How many SMs the sampler's stream has.
  int sm_count() const { return sampler.sms() ? sampler.sms() : facts.sm_count; }
  /// The table `name`.csv in `out`. The first `key_columns` columns name a row, so that a table that was cut goes on;
  /// 0: it starts again.
  CsvFile table(const std::string& name, const std::string& header, const std::string& method,
                int key_columns = 0) const;
  /// measure_points with this bench's progress.
  void measure(const std::vector<Point>& points, const Budget& of) const { measure_points(points, of, progress); }
};

void sweep_launch(Bench&, const Budget&);      ///< launch.csv: what launches, graph nodes, events and L2 flushes cost
void sweep_gemm(Bench&, const Budget&);        ///< gemm.csv: linear layers of real models, F, I, W
void sweep_grid(Bench&, const Budget&);        ///< grid.csv: products across wave boundaries and at random sizes
void sweep_attention(Bench&, const Budget&);   ///< attention.csv
void sweep_memory(Bench&, const Budget&);      ///< memory.csv: memory-bound kernels and device copies
void sweep_overlap(Bench&, const Budget&);     ///< overlap.csv: compute beside communication-like kernels
void sweep_collective(Bench&, const Budget&);  ///< collective.csv: NCCL on the GPUs present, and its stand-ins on one
void sweep_copy(Bench&, const Budget&);        ///< copy.csv: host to device and back, alone and beside compute
void sweep_unit(Bench&, const Budget&);        ///< unit.csv: whole units of a layer, embedding, head with loss
void sweep_layer(Bench&, const Budget&);  ///< layer_ops.csv, layer.csv: a whole layer in sequence against its parts

void sweep_power(Bench&, const Budget&);      ///< power.csv: clock and speed over time as the load changes
void sweep_partition(Bench&, const Budget&);  ///< partition.csv: units on SM partitions, the others idle or loaded
void sweep_braid(
    Bench&,
    const Budget&);  ///< braid.csv: a forward and a backward layer braided with exchanges, against one after the other

/// Numerics of every kernel against a double-precision reference; prints one line each and returns how many are off.
int check_numerics(Bench&);

/// The columns of a Timing, for every table that holds one, and its fields. half_width: of the 95 % interval of the
/// median, in microseconds; throttled: samples that were dropped.
inline constexpr const char* kTimingColumns =
    "launches,samples,median_us,p10_us,p90_us,cold_samples,cold_median_us,cold_p10_us,cold_p90_us,kcycles,kcycles_p10,"
    "kcycles_p90,clock_mhz,cold_clock_mhz,power_w,slowdown_bits,p25_us,p75_us,half_width,throttled";
void append(std::vector<Field>& row, const Timing&);
/// Writes `label`, the timing and `tail` as a row. Without a sample that counts there is no row, and the budget is told
/// that a point was left out.
void put(CsvFile&, const Bench&, std::vector<Field> label, const Timing&, const std::vector<Field>& tail = {});

/// Operand pools and a result buffer for matrix products, and how one product is timed from them.
class GemmRig {
 public:
  GemmRig(Bench&, std::size_t operand_bytes, std::size_t result_bytes);
  /// An Enqueue that runs `g` on rotating slices.
  Enqueue enqueue(const Gemm& g) const;
  void tune(Gemm& g, int limit) const;
  /// Relative error of sampled elements of one run.
  double check(const Gemm& g) const;
  bool fits(const GemmShape&) const;

 private:
  Bench& bench_;
  OperandPool activations_, weights_;
  DeviceBuffer result_;
};

}  // namespace braid::gpu
