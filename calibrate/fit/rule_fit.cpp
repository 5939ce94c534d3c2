// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/rule_fit.hpp"

#include <algorithm>
#include <cmath>

#include "sim/base/error.hpp"
#include "sim/numeric/least_squares.hpp"

namespace braid {
namespace {

// The rules have steps (waves, choice of tiles): differences over a wider step see the slope, not the stair.
constexpr double kStep = 1e-2;
constexpr double kSoft = 0.02;
constexpr double kBegin = 0.1;  ///< of the largest value

}  // namespace

Profile with_values(Profile profile, std::span<const std::string> names, std::span<const double> values,
                    const std::string& source) {
  for (std::size_t i = 0; i < names.size(); ++i)
    profile = with_parameter(std::move(profile), names[i], values[i], source);
  return profile;
}

std::vector<double> fit_parameters(const Profile& profile, const Gpu& gpu, std::span<const Sample> samples,
                                   std::span<const std::string> names) {
  std::vector<Unknown> unknowns;
  for (const std::string& name : names) {
    const ParameterInfo& info = parameter_info(name, "fit");
    // A parameter that is off at the start has no slope there: it begins where it matters.
    const double start = parameter(profile, name);
    unknowns.push_back({.start = start > 0 ? start : info.most * kBegin, .least = info.least, .most = info.most});
  }
  const auto residuals = [&](std::span<const double> values) {
    const Profile rules = with_values(profile, names, values, "");
    std::vector<double> r;
    r.reserve(samples.size());
    for (const Sample& sample : samples) r.push_back(std::log(ruled(sample, gpu, rules) / sample.measured));
    return r;
  };
  return least_squares(residuals, unknowns, {.step = kStep, .soft = kSoft}).values;
}

std::vector<Residual> residuals_of(const Profile& profile, const Gpu& gpu, std::span<const Sample> samples) {
  std::vector<Residual> residuals;
  residuals.reserve(samples.size());
  for (const Sample& s : samples) {
    residuals.push_back({.kind = s.kind,
                         .shape = s.shape,
                         .source = s.source,
                         .measured = s.measured.value,
                         .predicted = ruled(s, gpu, profile).value});
  }
  return residuals;
}

std::vector<Residual> cross_validated(const Profile& profile, const Gpu& gpu, std::span<const Sample> samples,
                                      std::span<const std::string> names, std::size_t folds) {
  BRAID_CHECK(folds > 1, "cross-validation needs two folds or more");
  std::vector<Residual> all(samples.size());
  for (std::size_t fold = 0; fold < folds; ++fold) {
    std::vector<Sample> seen, held_out;
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const bool out = i % folds == fold;
      (out ? held_out : seen).push_back(samples[i]);
      if (out) indices.push_back(i);
    }
    const Profile fitted = with_values(profile, names, fit_parameters(profile, gpu, seen, names), "");
    std::vector<Residual> some = residuals_of(fitted, gpu, held_out);
    for (std::size_t i = 0; i < indices.size(); ++i) all[indices[i]] = std::move(some[i]);
  }
  return all;
}

}  // namespace braid
