// SPDX-License-Identifier: Apache-2.0
// Random factors on durations that depend on (seed, rank, op) and on nothing else, so no order of play changes them.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace braid {

/// splitmix64's output function [Steele, Lea, Flood 2014]: a bijection of 64 bits that passes for random.
inline std::uint64_t mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/// A log-normal factor with mean 1 and relative standard deviation `jitter`: never negative, sum unbiased.
inline double jitter_factor(std::uint64_t seed, std::uint32_t rank, std::uint32_t op, double jitter) {
  if (jitter == 0) return 1;
  const std::uint64_t first = mix64(mix64(seed) ^ (std::uint64_t{rank} << 32 | op));
  const double u = (static_cast<double>(first >> 11) + 0.5) * 0x1p-53;
  const double v = static_cast<double>(mix64(first) >> 11) * 0x1p-53;
  const double normal = std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);  // Box-Muller
  const double variance = std::log1p(jitter * jitter);
  return std::exp(std::sqrt(variance) * normal - variance / 2);
}

}  // namespace braid
