// SPDX-License-Identifier: Apache-2.0
#include "gui/model/class_numbers.hpp"

#include <algorithm>

#include "sim/report/metrics.hpp"
#include "sim/report/op_class.hpp"

namespace braid {
namespace {

constexpr std::size_t kKinds = static_cast<std::size_t>(OpKind::copy_in) + 1;
constexpr std::size_t kUnits = static_cast<std::size_t>(Unit::head) + 1;
constexpr std::size_t kPasses = static_cast<std::size_t>(CommOf::weight_grad) + 2;  // and none

/// Everything of a key that class_of() looks at.
std::size_t slot_of(const OpKey& key, Lane lane) {
  const bool serves = (lane == Lane::tp || lane == Lane::pp) && key.index >= 0 && key.index + 1 < int{kPasses};
  const std::size_t pass = serves ? static_cast<std::size_t>(key.index) : kPasses - 1;
  const std::size_t kind = static_cast<std::size_t>(lane) * kKinds + static_cast<std::size_t>(key.kind);
  return (kind * kUnits + static_cast<std::size_t>(key.unit)) * kPasses + pass;
}

}  // namespace

ClassNumbers::ClassNumbers(const RunView& run)
    : run_(run),
      by_key_(kLanes * kKinds * kUnits * kPasses, kNoIndex),
      by_name_(run.names(), kNoIndex),
      by_category_(kCategories, kNoIndex) {}

std::uint32_t ClassNumbers::added(std::uint32_t& place, std::string name, std::uint32_t span) {
  const auto [at, is_new] = by_text_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
  place = at->second;
  if (is_new) {
    names_.push_back(std::move(name));
    categories_.push_back(run_.category[span]);
  }
  return place;
}

std::uint32_t ClassNumbers::of(std::uint32_t span, Lane lane) {
  if (is_keyed(run_, span)) {
    std::uint32_t& place = by_key_[slot_of(run_.key[span], lane)];
    return place != kNoIndex ? place : added(place, class_of(run_.key[span], lane), span);
  }
  if (!run_.name.empty() && run_.name[span] != kNoIndex) {
    std::uint32_t& place = by_name_[run_.name[span]];
    return place != kNoIndex ? place : added(place, std::string(run_.name_at(run_.name[span])), span);
  }
  std::uint32_t& place = by_category_[static_cast<std::size_t>(run_.category[span])];
  return place != kNoIndex ? place : added(place, to_text(run_.category[span]), span);
}

bool is_keyed(const RunView& run, std::uint32_t span) {
  if (run.key.empty() || is_idle(run.category[span])) return false;
  OpKey key = run.key[span];
  key.rank = 0;
  return key != OpKey{};
}

bool is_peer(const RunView& run, std::uint32_t span, Lane lane) {
  return lane == Lane::pp && is_keyed(run, span) && stands_for_peer(run.key[span], lane);
}

}  // namespace braid
