// SPDX-License-Identifier: Apache-2.0
// How much longer a kernel takes beside communication: measured pairs, and the fit of the stretch rule
// (sim/cost/stretch) to them.
//
// What a kernel loses to SMs that are held is measured (`hold` rows: a kernel that takes SMs and moves nothing); what
// it loses to shared memory bandwidth is fitted by non-negative least squares. A pair is predicted from its kernel's
// hold row and coefficients that were fitted on other kernels.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "calibrate/fit/errors.hpp"
#include "calibrate/table/table.hpp"
#include "sim/base/hardware.hpp"
#include "sim/cost/compute.hpp"
#include "sim/cost/profile.hpp"

namespace braid {

/// One kernel beside one stand-in for communication.
struct OverlapSample {
  std::string compute;  ///< name of the kernel in the table
  KernelKind kind = KernelKind::fixed;
  std::string key;   ///< of its point
  std::string comm;  ///< hold, copy, nccl_self
  std::string source;
  double ctas = 0;
  double used = 0;      ///< share of the memory bandwidth that the kernel uses alone
  double taken = 0;     ///< the same of the communication
  double slowdown = 1;  ///< in cycles for products and attention, in time for the others
};

/// Pairs of a table; rows of products planned for fewer SMs, and of exchanges that come late (nccl_self_repeated), are
/// left out. Throws Error at the field that is wrong.
std::vector<OverlapSample> overlap_samples(const Table& table, const Gpu& gpu);
extern const std::vector<std::string> kOverlapColumns;

/// Coefficients of the stretch rule. NCCL's kernels cost a product more than plain copies of the same traffic.
struct OverlapFit {
  double traffic = 0;       ///< products and attention, for u v, any communication
  double nccl_traffic = 0;  ///< added to it for NCCL's kernels
  double sms = 0;           ///< memory-bound kernels, for c / S
  double memory = 0;        ///< memory-bound kernels, for u v
};

/// Slowdown while `ctas` SMs are held by something that moves nothing, by kernel.
std::map<std::string, HeldSlowdown> held_slowdowns(std::span<const OverlapSample> samples);

/// More of the memory bandwidth than this is not fitted: a collective over NVLink takes at most 3 x 450 GB/s of 3.35
/// TB/s.
inline constexpr double kMostTaken = 0.5;

OverlapFit fit_overlap(std::span<const OverlapSample> samples, const std::map<std::string, HeldSlowdown>& held,
                       const Gpu& gpu);
double predicted_slowdown(const OverlapSample& sample, const HeldSlowdown& held, const OverlapFit& fit, const Gpu& gpu);

/// Every pair that moves bytes, predicted by coefficients fitted without any pair of its kernel.
std::vector<Residual> cross_validated_overlap(std::span<const OverlapSample> samples, const Gpu& gpu);

/// Share by which the waves rule underestimates the hold rows of products with the tiles that the rules of a profile
/// choose: stretch_interference, the median over rows of 4 to 24 SMs.
double interference(std::span<const OverlapSample> samples, const Profile& profile, const Gpu& gpu);
/// What the simulator says of pairs whose kernel was never measured beside anything: rules alone.
std::vector<Residual> ruled_overlap(std::span<const OverlapSample> samples, const Profile& profile, const Gpu& gpu);

}  // namespace braid
