// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/profile.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

#include "sim/base/error.hpp"

namespace braid {

double parameter(const Profile& profile, std::string_view name) {
  return profile.parameters.*parameter_info(name, "profile").value;
}

Profile with_parameter(Profile profile, std::string_view name, double value, const std::string& source) {
  const ParameterInfo& info = parameter_info(name, "profile");
  if (!std::isfinite(value) || value < info.least || value > info.most) {
    throw Error("profile." + std::string(name),
                fmt::format("{} is outside {} to {} {}", value, info.least, info.most, info.unit));
  }
  profile.parameters.*info.value = value;
  profile.sources[info.name] = source;
  return profile;
}

std::string profile_id(const Profile& profile) {
  // FNV-1a over the numbers as they would be printed: short, and stable across compilers.
  std::uint64_t hash = 14695981039346656037u;
  const auto add = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  };
  add(profile.gpu);
  for (const ParameterInfo& info : parameter_list())
    add(fmt::format("\n{}={}", info.name, profile.parameters.*info.value));
  for (const auto& [key, point] : profile.points) add(fmt::format("\n{}={}", key, point.duration.value));
  for (const auto& [key, curve] : profile.held) {
    for (const auto& [sms, factor] : curve) add(fmt::format("\n{} beside {}={}", key, sms, factor));
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace braid
