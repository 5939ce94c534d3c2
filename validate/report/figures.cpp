// SPDX-License-Identifier: Apache-2.0
#include "validate/report/figures.hpp"

#include <fmt/format.h>

#include <cmath>

namespace braid {

std::string signed_percent(double share) {
  const std::string text = fmt::format("{:+.2f}", 100 * share);
  return text == "+0.00" || text == "-0.00" ? "0.00" : text;
}

std::string error_percent(double share, bool within_spread) {
  if (!std::isfinite(share)) return "-";
  const std::string text = signed_percent(share);
  return within_spread && text != "0.00" ? "~" + text : text;
}

std::string percent(double share) { return share > 0 ? fmt::format("{:.2f}", 100 * share) : "-"; }

std::string of_step(Seconds difference, Seconds step) { return signed_percent(difference / step); }

const char* outcome(const Verdict& verdict) {
  if (!verdict.judged) return "not judged";
  return verdict.held ? "held" : "BROKEN";
}

bool is_percent(const Verdict& verdict) { return verdict.limit.ends_with("_percent"); }

std::string what_of(const Verdict& verdict) {
  std::string text = verdict.limit;
  if (!verdict.run.empty()) text += " of " + verdict.run;
  if (verdict.judged && is_percent(verdict)) {
    text += fmt::format(": {:+.3g} (at most {:g})", verdict.value, verdict.allowed);
  } else if (verdict.judged) {
    text += fmt::format(": {:g} pairs misordered", verdict.value);
  }
  return text;
}

}  // namespace braid
