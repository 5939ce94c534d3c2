// SPDX-License-Identifier: Apache-2.0
// Time against size: straight lines t = alpha + bytes / beta, one for each range of sizes (a protocol of NCCL, or a
// kernel that fits a cache or not), and bandwidth against the number of CTAs.
#pragma once

#include <span>
#include <vector>

#include "sim/base/units.hpp"

namespace braid {

struct SizeTime {
  double bytes = 0, seconds = 0;
};

/// Holds for sizes from `from` to the next segment's.
struct Segment {
  double from = 0;   ///< bytes
  double alpha = 0;  ///< seconds, not negative
  double beta = 0;   ///< bytes a second; infinite where time does not grow
};

/// At most `most` segments of at least three sizes each. Within a segment non-negative least squares of the relative
/// error; cuts where they make the sum of squares least (dynamic programming over the sizes); as many as Schwarz's
/// criterion (BIC, three unknowns a segment) justifies. Throws Error("fit", ...) for fewer than three sizes or values
/// that are not positive.
std::vector<Segment> fit_alpha_beta(std::vector<SizeTime> points, int most = 3);
double seconds_of(std::span<const Segment> segments, double bytes);

/// Bandwidth of c CTAs: the smooth minimum of c * each and `all`, ((c each)^-q + all^-q)^(-1/q).
struct CtaLaw {
  double each = 0;  ///< bytes a second of one CTA with the others idle
  double all = 0;   ///< that no number of CTAs exceeds
  double sharpness = 4;
};
struct CtaRate {
  double ctas = 0, bytes_per_second = 0;
};
/// Throws Error("fit", ...) for fewer than three rates.
CtaLaw fit_cta_law(std::span<const CtaRate> rates);
double rate_of(const CtaLaw& law, double ctas);

}  // namespace braid
