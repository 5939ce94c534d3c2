// SPDX-License-Identifier: Apache-2.0
#include "sim/base/units.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <span>
#include <utility>
#include <vector>

#include "sim/base/error.hpp"

namespace braid {
namespace {

using UnitTable = std::span<const std::pair<const char*, double>>;

double parse(std::string_view text, UnitTable units, const std::string& where, const char* what) {
  const std::string copy(text);
  char* end = nullptr;
  const double number = std::strtod(copy.c_str(), &end);
  std::string known;
  for (const auto& [name, scale] : units) known += (known.empty() ? "" : ", ") + std::string(name);
  const auto complain = [&](const std::string& why) {
    throw Error(where, fmt::format("'{}' is not a {}: {} (units: {})", text, what, why, known));
  };
  if (end == copy.c_str()) complain("it must start with a number");
  std::string_view unit(end);
  while (!unit.empty() && (unit.front() == ' ' || unit.front() == '\t')) unit.remove_prefix(1);
  while (!unit.empty() && (unit.back() == ' ' || unit.back() == '\t')) unit.remove_suffix(1);
  if (unit.empty()) complain("its unit is missing");
  for (const auto& [name, scale] : units) {
    if (unit != name) continue;
    const double value = number * scale;
    if (!std::isfinite(value)) complain("it is not finite");
    return value;
  }
  complain(fmt::format("unknown unit '{}'", unit));
  std::abort();
}

constexpr double kKi = 1024.0, kMi = kKi * 1024, kGi = kMi * 1024, kTi = kGi * 1024;

}  // namespace

Seconds parse_seconds(std::string_view text, const std::string& where) {
  static constexpr std::pair<const char*, double> units[] = {{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}};
  return Seconds(parse(text, units, where, "time"));
}

Bytes parse_bytes(std::string_view text, const std::string& where) {
  static constexpr std::pair<const char*, double> units[] = {{"B", 1},     {"kB", 1e3},  {"MB", 1e6},
                                                             {"GB", 1e9},  {"TB", 1e12}, {"KiB", kKi},
                                                             {"MiB", kMi}, {"GiB", kGi}, {"TiB", kTi}};
  return Bytes(parse(text, units, where, "size"));
}

BytesPerSecond parse_bandwidth(std::string_view text, const std::string& where) {
  static constexpr std::pair<const char*, double> units[] = {
      {"B/s", 1},          {"kB/s", 1e3},       {"MB/s", 1e6},       {"GB/s", 1e9},       {"TB/s", 1e12},
      {"KiB/s", kKi},      {"MiB/s", kMi},      {"GiB/s", kGi},      {"TiB/s", kTi},      {"bit/s", 0.125},
      {"kbit/s", 0.125e3}, {"Mbit/s", 0.125e6}, {"Gbit/s", 0.125e9}, {"Tbit/s", 0.125e12}};
  return BytesPerSecond(parse(text, units, where, "bandwidth"));
}

FlopsPerSecond parse_flop_rate(std::string_view text, const std::string& where) {
  static constexpr std::pair<const char*, double> units[] = {{"FLOP/s", 1},    {"kFLOP/s", 1e3},  {"MFLOP/s", 1e6},
                                                             {"GFLOP/s", 1e9}, {"TFLOP/s", 1e12}, {"PFLOP/s", 1e15}};
  return FlopsPerSecond(parse(text, units, where, "rate of arithmetic"));
}

std::string to_text(Seconds t) {
  const double v = std::abs(t.value);
  if (v >= 1 || v == 0) return fmt::format("{:.4g} s", t.value);
  if (v >= 1e-3) return fmt::format("{:.4g} ms", t.value * 1e3);
  if (v >= 1e-6) return fmt::format("{:.4g} us", t.value * 1e6);
  return fmt::format("{:.4g} ns", t.value * 1e9);
}

std::string to_text(Bytes b) {
  const double v = std::abs(b.value);
  if (v >= 1e12) return fmt::format("{:.4g} TB", b.value / 1e12);
  if (v >= 1e9) return fmt::format("{:.4g} GB", b.value / 1e9);
  if (v >= 1e6) return fmt::format("{:.4g} MB", b.value / 1e6);
  if (v >= 1e3) return fmt::format("{:.4g} kB", b.value / 1e3);
  return fmt::format("{:.4g} B", b.value);
}

std::string grouped(std::int64_t count) {
  std::string text = std::to_string(count);
  const std::ptrdiff_t first = count < 0 ? 1 : 0;
  for (auto at = std::ssize(text) - 3; at > first; at -= 3) text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

}  // namespace braid
