// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/plan/point_math.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace braid {
namespace {

constexpr double kLargestWhole = 9007199254740992;  // 2^53
constexpr int kNone = -1;

/// The place of the given fact that a field sets for the run, or kNone.
int fact_of(const std::string& field, int run_index) {
  if (field == fmt::format("run.{}.chunks", run_index)) return static_cast<int>(kGiven) - 1;
  for (std::size_t i = 0; i + 1 < kGiven; ++i) {
    if (field == kGivenFacts[i].field) return static_cast<int>(i);
  }
  return kNone;
}

}  // namespace

PointMath::PointMath(const Sweep& sweep, const std::vector<int>& run_indices) {
  std::vector<Issue> issues;
  const auto compile = [&](const std::vector<Expression>& texts, std::vector<CompiledExpression>& into) {
    for (const Expression& text : texts) {
      try {
        into.emplace_back(text, facts_);
      } catch (const Error& error) { issues.push_back({"", error.what()}); }
    }
  };
  compile(sweep.constraints, constraints_);
  compile(sweep.derived, derived_);
  throw_if_any(issues);
  for (const Expression& derived : sweep.derived) {
    sets_.emplace_back();
    for (const int run : run_indices) sets_.back().push_back(fact_of(derived.field, run));
  }
  values_.resize(derived_.size());
  order(sweep);
}

void PointMath::order(const Sweep& sweep) {
  std::vector<bool> derived_done(derived_.size()), constraint_done(constraints_.size());
  const auto ready = [&](const CompiledExpression& expression) {
    return std::all_of(expression.needs().begin(), expression.needs().end(), [&](std::size_t fact) {
      for (std::size_t d = 0; d < derived_.size(); ++d) {
        if (!derived_done[d] && std::count(sets_[d].begin(), sets_[d].end(), static_cast<int>(fact)) > 0) return false;
      }
      return true;
    });
  };
  while (true) {
    for (std::size_t c = 0; c < constraints_.size(); ++c) {
      if (constraint_done[c] || !ready(constraints_[c])) continue;
      constraint_done[c] = true;
      steps_.push_back({.derives = false, .index = c});
    }
    std::size_t next = 0;
    while (next < derived_.size() && (derived_done[next] || !ready(derived_[next]))) ++next;
    if (next == derived_.size()) break;
    derived_done[next] = true;
    steps_.push_back({.derives = true, .index = next});
  }
  std::vector<Issue> issues;
  for (std::size_t d = 0; d < derived_.size(); ++d) {
    if (derived_done[d]) continue;
    std::vector<std::string> others;
    for (std::size_t e = 0; e < derived_.size(); ++e) {
      if (e != d && !derived_done[e]) others.push_back(sweep.derived[e].field);
    }
    issues.push_back(
        {sweep.derived[d].where, fmt::format("'{}': needs what it is to give{}{}", sweep.derived[d].text,
                                             others.empty() ? "" : ", through ", fmt::join(others, " and "))});
  }
  throw_if_any(issues);
}

void PointMath::compute(std::size_t derived, std::size_t run) {
  const double value = derived_[derived].value();
  if (value != std::floor(value) || std::abs(value) > kLargestWhole) {
    throw Error(derived_[derived].expression().where,
                fmt::format("'{}': is {:g}, no whole number; keep such points out by a constraint, as 'gpus % (tp * "
                            "pp) == 0' would, or use floor()",
                            derived_[derived].expression().text, value));
  }
  values_[derived] = static_cast<std::int64_t>(value);
  if (const int fact = sets_[derived][run]; fact != kNone) {
    given_[static_cast<std::size_t>(fact)] = value;
    facts_ = given_;
    complete(facts_);
  }
}

std::optional<std::size_t> PointMath::first_unsatisfied(const Facts& given, std::size_t run) {
  facts_ = given_ = given;
  complete(facts_);
  for (const Step& step : steps_) {
    if (step.derives) {
      compute(step.index, run);
    } else if (constraints_[step.index].value() == 0) {
      return step.index;
    }
  }
  return std::nullopt;
}

const std::vector<std::int64_t>& PointMath::derive(const Facts& given, std::size_t run) {
  facts_ = given_ = given;
  complete(facts_);
  for (const Step& step : steps_) {
    if (step.derives) compute(step.index, run);
  }
  return values_;
}

}  // namespace braid
