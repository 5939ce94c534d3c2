// SPDX-License-Identifier: Apache-2.0
// Quantities that do not mix by accident: a double in base SI with only the operators that mean something.
//
// Bytes / BytesPerSecond compiles and is Seconds; Bytes + Seconds does not compile. Everything inside Braid is in
// seconds, bytes and flops; other units exist only at the edge, as text ("400 GB/s") or in column names (dur_ns).
// Rates are per direction and per rank. GB = 1e9 bytes, GiB = 2^30 bytes.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace braid {

/// A physical quantity seconds^T * bytes^B * flops^F, stored in base units.
template <int T, int B, int F>
struct Quantity {
  double value = 0.0;

  constexpr Quantity() = default;
  constexpr explicit Quantity(double base_units) : value(base_units) {}
  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity operator-() const { return Quantity(-value); }
  constexpr Quantity& operator+=(Quantity o) {
    value += o.value;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity o) {
    value -= o.value;
    return *this;
  }
  constexpr Quantity& operator*=(double x) {
    value *= x;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.value + b.value); }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.value - b.value); }
  friend constexpr Quantity operator*(Quantity a, double x) { return Quantity(a.value * x); }
  friend constexpr Quantity operator*(double x, Quantity a) { return Quantity(a.value * x); }
  friend constexpr Quantity operator/(Quantity a, double x) { return Quantity(a.value / x); }
};

/// Dividing like by like gives a plain number; anything else a quantity of the right kind.
template <int T, int B, int F, int T2, int B2, int F2>
constexpr auto operator/(Quantity<T, B, F> a, Quantity<T2, B2, F2> b) {
  if constexpr (T == T2 && B == B2 && F == F2) {
    return a.value / b.value;
  } else {
    return Quantity<T - T2, B - B2, F - F2>(a.value / b.value);
  }
}
template <int T, int B, int F, int T2, int B2, int F2>
constexpr auto operator*(Quantity<T, B, F> a, Quantity<T2, B2, F2> b) {
  if constexpr (T + T2 == 0 && B + B2 == 0 && F + F2 == 0) {
    return a.value * b.value;
  } else {
    return Quantity<T + T2, B + B2, F + F2>(a.value * b.value);
  }
}

using Seconds = Quantity<1, 0, 0>;  ///< from the start of the step, where it is a point in time
using Bytes = Quantity<0, 1, 0>;
using Flops = Quantity<0, 0, 1>;  ///< floating-point operations, a multiply-add is two
using BytesPerSecond = Quantity<-1, 1, 0>;
using FlopsPerSecond = Quantity<-1, 0, 1>;

inline namespace literals {
constexpr Seconds operator""_s(long double x) { return Seconds(static_cast<double>(x)); }
constexpr Seconds operator""_s(unsigned long long x) { return Seconds(static_cast<double>(x)); }
constexpr Seconds operator""_us(long double x) { return Seconds(static_cast<double>(x) * 1e-6); }
constexpr Seconds operator""_us(unsigned long long x) { return Seconds(static_cast<double>(x) * 1e-6); }
constexpr Bytes operator""_B(unsigned long long x) { return Bytes(static_cast<double>(x)); }
constexpr Bytes operator""_GB(unsigned long long x) { return Bytes(static_cast<double>(x) * 1e9); }
constexpr BytesPerSecond operator""_Bps(unsigned long long x) { return BytesPerSecond(static_cast<double>(x)); }
constexpr BytesPerSecond operator""_GBps(unsigned long long x) { return BytesPerSecond(static_cast<double>(x) * 1e9); }
constexpr FlopsPerSecond operator""_Flops(unsigned long long x) { return FlopsPerSecond(static_cast<double>(x)); }
}  // namespace literals

/// Reads "400 GB/s", "5 us", "80 GiB", "312 TFLOP/s": a finite number, blanks, a unit of the asked kind.
///
/// Time: s ms us ns. Size: B, kB MB GB TB (powers of 1000), KiB MiB GiB TiB (powers of 1024). Bandwidth: a size per
/// "/s", or bit/s kbit/s Mbit/s Gbit/s Tbit/s. Compute: FLOP/s with k M G T P. Throws Error(where, ...) that names
/// the text and the units which would do. A bare number is an error: its unit would be a guess.
Seconds parse_seconds(std::string_view text, const std::string& where);
Bytes parse_bytes(std::string_view text, const std::string& where);
BytesPerSecond parse_bandwidth(std::string_view text, const std::string& where);
FlopsPerSecond parse_flop_rate(std::string_view text, const std::string& where);

/// For people: "1.234 s", "12.3 ms", "4.56 us".
std::string to_text(Seconds t);
/// For people, in powers of 1000: "41.2 GB".
std::string to_text(Bytes b);
/// For people: "12,345".
std::string grouped(std::int64_t count);

}  // namespace braid
