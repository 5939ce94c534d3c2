// SPDX-License-Identifier: Apache-2.0
// What every sweep needs, and the sweeps by name. A sweep writes one or more CSV files into `out`, row by row, and
// returns when its points or its budget are used up.
#pragma once

#include <string>
#include <vector>

#include "calibrate/device/device.hpp"
#include "calibrate/device/sampler.hpp"
#include "calibrate/method/budget.hpp"
#include "calibrate/table/table_writer.hpp"
#include "calibrate/units/gemm.hpp"

namespace braid::gpu {

struct Bench {
  std::string out;
  bool quick = false;
  int shape = -1;  ///< of the layer sweep: only this one, and traced (one recording per process); -1: all, untraced
  Nvml nvml{};
  DeviceFacts facts = device_facts();
  Sampler sampler{nvml};
  LtHandle lt{};
  CsvFile table(const std::string& name, const std::string& header, const std::string& method) const {
    return {out + "/" + name + ".csv", provenance(facts, nvml, name, method), header};
  }
};

void sweep_launch(Bench&, const Budget&);     ///< launch.csv: what launches, graph nodes, events and L2 flushes cost
void sweep_gemm(Bench&, const Budget&);       ///< gemm.csv: linear layers of real models, F, I, W
void sweep_grid(Bench&, const Budget&);       ///< grid.csv: products across wave boundaries and at random sizes
void sweep_attention(Bench&, const Budget&);  ///< attention.csv
void sweep_memory(Bench&, const Budget&);     ///< memory.csv: memory-bound kernels and device copies
void sweep_overlap(Bench&, const Budget&);    ///< overlap.csv: compute beside communication-like kernels
void sweep_copy(Bench&, const Budget&);       ///< copy.csv: host to device and back, alone and beside compute
void sweep_layer(Bench&, const Budget&);      ///< layer_ops.csv, layer.csv: a whole layer in sequence against its parts

void sweep_power(Bench&, const Budget&);      ///< power.csv: clock and speed over time as the load changes
void sweep_partition(Bench&, const Budget&);  ///< partition.csv: units on SM partitions, the others idle or loaded
void sweep_braid(
    Bench&,
    const Budget&);  ///< braid.csv: a forward and a backward layer braided with exchanges, against one after the other

/// Numerics of every kernel against a double-precision reference; prints one line each and returns how many are off.
int check_numerics(Bench&);

/// The columns of a Timing, for every table that holds one, and its fields.
inline constexpr const char* kTimingColumns =
    "launches,samples,median_us,p10_us,p90_us,cold_samples,cold_median_us,cold_p10_us,cold_p90_us,kcycles,kcycles_p10,"
    "kcycles_p90,clock_mhz,cold_clock_mhz,power_w,slowdown_bits";
void append(std::vector<Field>& row, const Timing&);

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
