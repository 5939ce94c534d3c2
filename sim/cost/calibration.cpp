// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "sim/base/error.hpp"
#include "sim/cost/attention.hpp"
#include "sim/cost/point.hpp"

namespace braid {
namespace {

constexpr double kFirstStep = 0.3;  ///< relative
constexpr int kHalvings = 12;       ///< of the step: the last one is 0.00015
constexpr int kRounds = 200;        ///< at one step size, at most

double loss_of(const Profile& profile, const Gpu& gpu, std::span<const Sample> samples) {
  double sum = 0;
  for (const Sample& sample : samples) {
    const double error = std::log(compute_cost(sample.item, gpu, profile).duration / sample.measured);
    sum += error * error;
  }
  return sum / static_cast<double>(samples.size());
}

/// Hooke and Jeeves' search: probe each parameter up and down, then leap on along the way that helped.
class Search {
 public:
  Search(Profile rules, const Gpu& gpu, std::span<const Sample> samples, std::span<const std::string> names)
      : rules_(std::move(rules)), gpu_(gpu), samples_(samples) {
    for (const std::string& name : names) infos_.push_back(&parameter_info(name, "fit"));
    loss_ = loss_of(rules_, gpu_, samples_);
  }

  Parameters best() {
    double step = kFirstStep;
    for (int halving = 0; halving < kHalvings; ++halving, step /= 2) {
      for (int round = 0; round < kRounds; ++round) {
        const Parameters before = rules_.parameters;
        if (!probe(step)) break;
        leap(before);
      }
    }
    return rules_.parameters;
  }

 private:
  bool improves(const Parameters& parameters) {
    const Parameters kept = std::exchange(rules_.parameters, parameters);
    const double loss = loss_of(rules_, gpu_, samples_);
    if (loss < loss_) {
      loss_ = loss;
      return true;
    }
    rules_.parameters = kept;
    return false;
  }

  bool probe(double step) {
    bool any = false;
    for (const ParameterInfo* info : infos_) {
      for (const double factor : {1 + step, 1 / (1 + step)}) {
        Parameters moved = rules_.parameters;
        double& value = moved.*info->value;
        // A parameter that is 0 has no relative step: it starts from a thousandth of its range.
        value = std::clamp((value == 0 ? info->most * 1e-3 : value) * factor, info->least, info->most);
        if (improves(moved)) {
          any = true;
          break;
        }
      }
    }
    return any;
  }

  void leap(const Parameters& before) {
    Parameters further = rules_.parameters;
    for (const ParameterInfo* info : infos_) {
      double& value = further.*info->value;
      const double was = before.*info->value;
      if (was > 0) value = std::clamp(value * (value / was), info->least, info->most);
    }
    improves(further);
  }

  Profile rules_;
  const Gpu& gpu_;
  std::span<const Sample> samples_;
  std::vector<const ParameterInfo*> infos_;
  double loss_ = 0;
};

void add(ErrorOfKind& to, double error, const std::string& at) {
  ++to.count;
  to.mean_absolute += std::abs(error);
  to.mean += error;
  if (to.count == 1 || std::abs(error) > std::abs(to.worst)) {
    to.worst = error;
    to.worst_at = at;
  }
}

}  // namespace

Sample gemm_sample(const Gemm& gemm, Pass pass, Seconds measured) {
  const char* names[] = {"gemm F", "gemm I", "gemm W"};
  Sample sample{.kind = names[static_cast<int>(pass)], .item = {}, .measured = measured};
  sample.item.compute.pass = pass;
  sample.item.compute.gemms = {gemm};
  sample.item.compute.kernels = 1;
  return sample;
}

Sample attention_sample(const AttentionShape& shape, Seconds measured) {
  Sample sample{.kind = shape.backward ? "attention backward" : "attention forward", .item = {}, .measured = measured};
  sample.item.compute.attention = shape;
  sample.item.compute.kernels = attention_kernels(shape);
  return sample;
}

Sample elementwise_sample(Bytes bytes, Seconds measured) {
  Sample sample{.kind = "elementwise", .item = {}, .measured = measured};
  sample.item.compute.elementwise = bytes;
  sample.item.compute.kernels = 1;
  return sample;
}

std::vector<ErrorOfKind> errors_of_rules(const Profile& profile, const Gpu& gpu, std::span<const Sample> samples) {
  Profile rules = profile;
  rules.points.clear();
  std::map<std::string, ErrorOfKind> by_kind;
  ErrorOfKind all{.kind = "all", .worst_at = {}};
  for (const Sample& sample : samples) {
    const double error = compute_cost(sample.item, gpu, rules).duration / sample.measured - 1;
    const std::string at = work_key(sample.item.compute);
    ErrorOfKind& kind = by_kind[sample.kind];
    kind.kind = sample.kind;
    add(kind, error, at);
    add(all, error, at);
  }
  std::vector<ErrorOfKind> errors;
  errors.reserve(by_kind.size() + 1);
  for (auto& [name, kind] : by_kind) errors.push_back(std::move(kind));
  errors.push_back(std::move(all));
  for (ErrorOfKind& kind : errors) {
    const int count = std::max(1, kind.count);
    kind.mean_absolute /= count;
    kind.mean /= count;
  }
  return errors;
}

Profile fit_parameters(Profile profile, const Gpu& gpu, std::span<const Sample> samples,
                       std::span<const std::string> names, const std::string& source) {
  if (samples.empty()) throw Error("fit", "no samples to fit on");
  Profile rules = profile;
  rules.points.clear();
  rules.parameters = Search(rules, gpu, samples, names).best();
  for (const std::string& name : names) {
    profile = with_parameter(std::move(profile), name, parameter(rules, name), source);
  }
  return profile;
}

}  // namespace braid
