// SPDX-License-Identifier: Apache-2.0
// From a folder of tables to a profile, and to what each fit is worth.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "calibrate/fit/errors.hpp"
#include "sim/cost/profile.hpp"

namespace braid {

/// One fit: what it found, and predictions of measurements that it did not see.
struct FitPart {
  std::string name;                                    ///< "matrix products"
  std::string how;                                     ///< how predictions were made, one line
  std::vector<std::pair<std::string, double>> values;  ///< by name with unit: parameters of the profile, or of a law
  std::vector<Residual> residuals;
  bool rivals = false;  ///< the kinds are predictions of the same measurements: errors over all of them say nothing
};

struct FolderFit {
  Profile profile;
  std::vector<FitPart> parts;
  std::vector<std::string> notes;  ///< tables that are not there or were cut short, what was not fitted
};

/// Reads the tables that are in `dir` (gemm, grid, attention, memory, layer, layer_ops, overlap, collective, copy),
/// fits what they allow, and leaves all other parameters at the defaults of the GPU. `gpu_name` overrides what the
/// tables say ("" = do not). Throws Error if there is no table, one is wrong or cut, or two are of different GPUs.
FolderFit fit_folder(const std::string& dir, const std::string& gpu_name);

}  // namespace braid
