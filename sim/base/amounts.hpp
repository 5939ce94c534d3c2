// SPDX-License-Identifier: Apache-2.0
// Money, power and large counts as people write them: what planning speaks of beside the physics of units.hpp.
#pragma once

#include <string>
#include <string_view>

namespace braid {

struct Money {
  double amount = 0;
  std::string currency;  ///< three letters: "USD"
  bool operator==(const Money&) const = default;
};

/// "2.50 USD", "3M$", "$3M", "3 M USD", "1.2 k EUR": a positive number, perhaps k, M, B or T (10^3 to 10^12), and a
/// currency: $, €, or its three capital letters. Throws Error(where, ...) that says what would do.
Money parse_money(std::string_view text, const std::string& where);

/// Watts: "1.3 kW", "700 W", "2 MW". Positive. Throws Error(where, ...).
double parse_watts(std::string_view text, const std::string& where);

/// "15T", "4M", "300 B", "20000000": a positive number, perhaps k, M, B or T. Throws Error(where, ...); `what` names
/// what is counted.
double parse_count(std::string_view text, const std::string& what, const std::string& where);

/// Seconds: "60d", "12 h", "8w". Positive. Throws Error(where, ...).
double parse_long_time(std::string_view text, const std::string& where);

/// For people, three digits: "15 T", "4.19 M", "512".
std::string short_count(double count);

}  // namespace braid
