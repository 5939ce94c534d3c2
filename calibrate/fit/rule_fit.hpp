// SPDX-License-Identifier: Apache-2.0
// Fits parameters of the cost rules (sim/cost) to measured kernels, and says how well it predicts kernels that it has
// not seen.
//
// Least squares on the logarithm of predicted over measured, soft-L1 beyond 2 %: every sample weighs the same whatever
// its length, and a kernel that is not of the rule's kind pulls little.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "calibrate/fit/errors.hpp"
#include "calibrate/fit/sample.hpp"

namespace braid {

/// Values of `names` that meet the samples best; all other parameters are those of `profile`. Throws Error for an
/// unknown name, or fewer samples than names.
std::vector<double> fit_parameters(const Profile& profile, const Gpu& gpu, std::span<const Sample> samples,
                                   std::span<const std::string> names);

/// The profile with those values, and why.
Profile with_values(Profile profile, std::span<const std::string> names, std::span<const double> values,
                    const std::string& source);

/// What the rules of a profile say of each sample.
std::vector<Residual> residuals_of(const Profile& profile, const Gpu& gpu, std::span<const Sample> samples);

/// K-fold cross-validation: sample i is predicted by a fit on all samples whose index is not i modulo `folds`.
std::vector<Residual> cross_validated(const Profile& profile, const Gpu& gpu, std::span<const Sample> samples,
                                      std::span<const std::string> names, std::size_t folds);

}  // namespace braid
