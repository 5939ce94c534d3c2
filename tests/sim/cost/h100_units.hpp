// SPDX-License-Identifier: Apache-2.0
// The measured H100 of tests/data/h100-units as samples, split into the few rows that the profile is fitted on and the
// rest, which it has to predict.
#pragma once

#include <string>
#include <vector>

#include "sim/cost/calibration.hpp"

namespace braid {

/// Median clock of whole layers at the power limit; cycles become time at this clock.
inline constexpr double kLayerClock = 1400e6;

struct H100Samples {
  std::vector<Sample> fitted;  ///< every 25th matrix product, every 10th attention of a pass, every 10th memory row
  std::vector<Sample> held_out;
};

const Gpu& h100();
/// `folder` is one of tests/data with the same tables.
H100Samples h100_gemms(const std::string& folder = "h100-units");
H100Samples h100_attention(bool backward, const std::string& folder = "h100-units");
/// Without memset, which only writes, and cross_entropy, whose kernel reads twice.
H100Samples h100_memory();

/// Compute beside `ctas` SMs' worth of communication.
struct H100Overlap {
  std::string compute;
  std::string comm;
  double ctas = 0;
  double comm_bytes_per_second = 0;
  double slowdown = 0;
};
std::vector<H100Overlap> h100_overlaps();

/// Times of one of four layers in sequence, launched as a graph; `sequence` is F, I, W or FB.
struct H100Layer {
  std::string model;
  int tp = 1;
  double batch = 1;
  double sequence_length = 0;
  std::string sequence;
  Seconds measured;
};
std::vector<H100Layer> h100_layers(const std::string& folder = "h100-units");

/// The rules' time of that layer: what the measured one runs, op by op.
Seconds layer_time(const H100Layer& layer, const Gpu& gpu, const Profile& profile);

/// The profile of scenarios/profiles/h100-80g.csv, made anew from the fitted rows.
Profile fit_h100();

}  // namespace braid
