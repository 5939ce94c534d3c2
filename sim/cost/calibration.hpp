// SPDX-License-Identifier: Apache-2.0
// Holds the cost rules against measured durations, and fits named parameters to some of them.
//
// The fit is a pattern search (Hooke and Jeeves) on the mean squared logarithm of predicted over measured: rules have
// steps (waves, choices of kernels), so gradients would mislead. It is deterministic and needs no library.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/cost/compute.hpp"
#include "sim/cost/profile.hpp"

namespace braid {

/// One measured compute op.
struct Sample {
  std::string kind;  ///< what errors are listed by: "gemm F", "attention backward", ...
  WorkItem item;
  Seconds measured;
};

Sample gemm_sample(const Gemm& gemm, Pass pass, Seconds measured);
Sample attention_sample(const AttentionShape& shape, Seconds measured);
/// One kernel that moves bytes.
Sample elementwise_sample(Bytes bytes, Seconds measured);

/// Relative errors of one kind of sample, as shares: 0.05 is 5 %.
struct ErrorOfKind {
  std::string kind;
  int count = 0;
  double mean_absolute = 0;  ///< mean of |predicted - measured| / measured
  double mean = 0;           ///< signed: above 0 the rule is too slow
  double worst = 0;          ///< the one furthest from 0, signed
  std::string worst_at;      ///< its point key
};

/// Errors of the rules (points of the profile do not count), by kind in alphabetical order, the last row "all".
std::vector<ErrorOfKind> errors_of_rules(const Profile& profile, const Gpu& gpu, std::span<const Sample> samples);

/// The profile with the named parameters moved, inside their bounds, to where the samples are met best. Throws Error
/// for an unknown name or no samples.
Profile fit_parameters(Profile profile, const Gpu& gpu, std::span<const Sample> samples,
                       std::span<const std::string> names, const std::string& source);

}  // namespace braid
