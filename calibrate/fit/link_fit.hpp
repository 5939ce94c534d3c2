// SPDX-License-Identifier: Apache-2.0
// Fits of what moves bytes: NCCL's collectives over NVLink, copies to and from the host, and the lines and laws that
// describe any communication kernel (size and number of CTAs).
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "calibrate/fit/alpha_beta.hpp"
#include "calibrate/fit/errors.hpp"
#include "calibrate/table/table.hpp"
#include "sim/cost/profile.hpp"

namespace braid {

extern const std::vector<std::string> kCollectiveColumns, kCopyColumns;

/// One collective of one size. Bytes are the buffer's as nccl-tests counts it.
struct CollectiveSample {
  std::string backend;  ///< nccl: GPUs and their links; nccl_self, partition_ring: one GPU, no link
  std::string op;
  std::string source;
  double ranks = 1, ctas = 0;  ///< CTAs asked for; 0: NCCL's choice
  double bytes = 0, seconds = 0;
};
/// Rows that ended in time. Throws Error at the field that is wrong.
std::vector<CollectiveSample> collective_samples(const Table& table);

/// Parameters of the simulator's collectives that NCCL's own choice over NVLink shows.
inline const std::vector<std::string> kCollectiveParameters = {"nvlink_efficiency", "ll_bandwidth",
                                                               "collective_overhead_s"};
/// Their values by rows of backend nccl with 0 CTAs asked; throws Error("fit", ...) if these are fewer than 4.
std::vector<double> fit_collectives(const Profile& profile, const Gpu& gpu, std::span<const CollectiveSample> samples);
std::vector<Residual> collective_residuals(const Profile& profile, const Gpu& gpu,
                                           std::span<const CollectiveSample> samples);
/// Five folds, as for kernels.
std::vector<Residual> cross_validated_collectives(const Profile& profile, const Gpu& gpu,
                                                  std::span<const CollectiveSample> samples);

/// Lines of one backend, op, ranks and CTAs.
struct CollectiveLines {
  std::string name;  ///< "partition_ring all_reduce, 4 ranks, 8 CTAs"
  std::vector<Segment> segments;
  std::vector<Residual> left_out;  ///< each size that is not at an end, by a fit without it
};
std::vector<CollectiveLines> collective_lines(std::span<const CollectiveSample> samples);

/// Bandwidth by CTAs at the largest size of each backend, op and number of ranks.
std::vector<std::pair<std::string, CtaLaw>> cta_laws(std::span<const CollectiveSample> samples);

/// Pinned copies with nothing beside them: host_copy_efficiency (of PCIe's raw rate) and host_copy_overhead_s.
struct CopyFit {
  double efficiency = 0, overhead_s = 0;
  std::vector<Residual> left_out;
};
CopyFit fit_copies(std::span<const Table* const> tables, const Gpu& gpu);

}  // namespace braid
