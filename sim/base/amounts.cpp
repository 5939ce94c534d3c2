// SPDX-License-Identifier: Apache-2.0
#include "sim/base/amounts.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <span>
#include <utility>

#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr std::pair<const char*, double> kScales[] = {{"", 1}, {"k", 1e3}, {"M", 1e6}, {"B", 1e9}, {"T", 1e12}};
constexpr std::pair<std::string_view, const char*> kSigns[] = {{"$", "USD"}, {"€", "EUR"}};

std::string without_blanks(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (c != ' ' && c != '\t') kept += c;
  }
  return kept;
}

struct Amount {
  double number;
  std::string unit;  ///< what stands behind it, without blanks
};

/// A positive finite number in front, or nothing.
std::optional<Amount> amount_of(std::string_view text) {
  const std::string copy(text);
  char* end = nullptr;
  const double number = std::strtod(copy.c_str(), &end);
  if (end == copy.c_str() || !std::isfinite(number) || number <= 0) return std::nullopt;
  return Amount{.number = number, .unit = without_blanks(end)};
}

std::optional<double> scaled(std::string_view text, std::span<const std::pair<const char*, double>> units) {
  const std::optional<Amount> amount = amount_of(text);
  if (!amount) return std::nullopt;
  for (const auto& [unit, scale] : units) {
    if (amount->unit == unit && std::isfinite(amount->number * scale)) return amount->number * scale;
  }
  return std::nullopt;
}

bool is_code(std::string_view text) {
  if (text.size() != 3) return false;
  for (const char c : text) {
    if (c < 'A' || c > 'Z') return false;
  }
  return true;
}

/// Takes the currency off either end of `text`; "" if there is none.
std::string take_currency(std::string& text) {
  for (const auto& [sign, code] : kSigns) {
    if (text.starts_with(sign)) {
      text.erase(0, sign.size());
      return code;
    }
    if (text.ends_with(sign)) {
      text.resize(text.size() - sign.size());
      return code;
    }
  }
  if (text.size() > 3 && is_code(std::string_view(text).substr(text.size() - 3))) {
    const std::string code = text.substr(text.size() - 3);
    text.resize(text.size() - 3);
    return code;
  }
  return "";
}

}  // namespace

Money parse_money(std::string_view text, const std::string& where) {
  std::string rest = without_blanks(text);
  const std::string currency = take_currency(rest);
  const std::optional<double> amount = scaled(rest, kScales);
  if (currency.empty() || !amount) {
    throw Error(where, fmt::format("'{}' is no sum of money; write for example \"2.50 USD\" or \"3M$\"", text));
  }
  return {.amount = *amount, .currency = currency};
}

double parse_watts(std::string_view text, const std::string& where) {
  static constexpr std::pair<const char*, double> units[] = {{"W", 1}, {"kW", 1e3}, {"MW", 1e6}};
  if (const std::optional<double> watts = scaled(text, units)) return *watts;
  throw Error(where, fmt::format("'{}' is no power above 0; write for example \"1.3 kW\" (units: W, kW, MW)", text));
}

double parse_count(std::string_view text, const std::string& what, const std::string& where) {
  if (const std::optional<double> count = scaled(text, kScales)) return *count;
  throw Error(where, fmt::format("'{}' is no number of {} above 0; write for example 15T (k, M, B, T: 10^3 to 10^12)",
                                 text, what));
}

double parse_long_time(std::string_view text, const std::string& where) {
  static constexpr std::pair<const char*, double> units[] = {{"h", 3600}, {"d", 86400}, {"w", 7 * 86400}};
  if (const std::optional<double> seconds = scaled(text, units)) return *seconds;
  throw Error(where, fmt::format("'{}' is no time above 0; write for example 60d (h, d or w)", text));
}

std::string short_count(double count) {
  static constexpr std::pair<double, const char*> kSteps[] = {{1e12, " T"}, {1e9, " B"}, {1e6, " M"}, {1e4, " k"}};
  for (const auto& [scale, name] : kSteps) {
    if (std::abs(count) >= scale) return fmt::format("{:.3g}{}", count / (scale == 1e4 ? 1e3 : scale), name);
  }
  return fmt::format("{:.4g}", count);
}

}  // namespace braid
