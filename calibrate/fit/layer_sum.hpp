// SPDX-License-Identifier: Apache-2.0
// The sum of units measured alone against whole layers in sequence: whether parts add up, and at which clock.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "calibrate/fit/errors.hpp"
#include "calibrate/table/table.hpp"

namespace braid {

extern const std::vector<std::string> kLayerColumns, kLayerOpColumns;

/// One sequence of a layer, times per layer.
struct LayerSum {
  std::string layer;     ///< "qwen2-12.1b tp4 1x6144"
  std::string sequence;  ///< F, I, W, B (I and W) or FB
  std::string source;
  double cycles = 0;      ///< of products and attention, each measured alone
  double memory_s = 0;    ///< of the other kernels, each measured alone
  double plain_s = 0;     ///< all of them, in the time that each took alone
  double clock = 0;       ///< Hz, while the sequence ran
  double measured_s = 0;  ///< the sequence, launched as a graph
};

/// Every sequence whose ops are all in the tables of the same run: layer.csv with layer_ops.csv, layer_7.csv with
/// layer_ops_7.csv.
std::vector<LayerSum> layer_sums(std::span<const Table* const> layers, std::span<const Table* const> ops);

/// The median clock of whole passes (FB) in Hz; 0 if there is none.
double median_clock(std::span<const LayerSum> sums);

/// sustained_clock and clock_memory_gain (sim/cost/clock.hpp) by which cycles and memory-bound times make the measured
/// sequences. `peak_clock` is that of the dense peak in Hz, `most` the highest clock over it.
struct ClockLaw {
  double sustained = 1, gain = 0;
};
/// Throws Error("fit", ...) for fewer than three sequences.
ClockLaw fit_clock(std::span<const LayerSum> sums, double peak_clock, double most);

/// Sums of units alone against sequences: at the clock that each sequence ran at; in the plain times that units took;
/// and, with three layers or more, at the clock of its mix by a law that was fitted without that layer.
std::vector<Residual> layer_residuals(std::span<const LayerSum> sums, double peak_clock, double most);

}  // namespace braid
